"""BERT's encoder in plain PyTorch, its layers taken from a file: what the embedder and the reader share.

Devlin et al. 2019, as in Hugging Face's BertModel: post-norm layers, exact GELU, learnt positions, one segment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.embedding.e5 import E5, unpacked

EPSILON = 1e-12


class Layer(nn.Module):
    """One transformer layer; queries, keys and values are one matrix."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        """`inner` is the feed-forward part's width."""
        super().__init__()
        self.heads = heads
        self.attend = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, EPSILON)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.narrow_norm = nn.LayerNorm(width, EPSILON)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """States `(n, tokens, width)`; `mask` `(n, 1, 1, tokens)` is False at padding, None where there is none."""
        n, length, width = states.shape
        parts = self.attend(states).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        found = functional.scaled_dot_product_attention(query, key, value, mask)
        found = self.attended(found.transpose(1, 2).reshape(n, length, width))
        states = self.attended_norm(states + found)
        found = self.narrow(functional.gelu(self.widen(states)))
        done: Tensor = self.narrow_norm(states + found)
        return done


class Encoder(nn.Module):
    """multilingual-e5-small: token ids in, a state for each token out. Word vectors stay in their file."""

    def __init__(self, e5: E5) -> None:
        """Unpacks the layers."""
        super().__init__()
        file = e5.file
        self._words = e5.words
        self.width = file.width
        self.positions: Tensor
        positions = torch.from_numpy(e5.file.plain("emb.pos").reshape(-1, file.width))
        segment = torch.from_numpy(e5.file.plain("emb.type")[: file.width])
        self.register_buffer("positions", positions + segment, persistent=False)
        self.norm = nn.LayerNorm(file.width, EPSILON)
        self.norm.load_state_dict({"weight": _tensor(e5, "emb.ln.w"), "bias": _tensor(e5, "emb.ln.b")})
        self.layers = nn.ModuleList(packed_layer(e5, number) for number in range(file.layers))

    def embedded(self, ids: Tensor) -> Tensor:
        """The input states `(n, tokens, width)` of ids `(n, tokens)`."""
        different, places = np.unique(ids.numpy(), return_inverse=True)
        words = torch.from_numpy(unpacked(self._words[different]))[torch.from_numpy(places.reshape(ids.shape))]
        found: Tensor = self.norm(words + self.positions[: ids.shape[1]])
        return found

    def forward(self, ids: Tensor, lengths: Sequence[int]) -> Tensor:
        """States `(n, tokens, width)` of ids `(n, tokens)`, of which `lengths` are no padding."""
        states, mask = self.embedded(ids), masked(ids, lengths)
        for layer in self.layers:
            states = layer(states, mask)
        return states


def masked(ids: Tensor, lengths: Sequence[int]) -> Tensor | None:
    """What attention may look at, `(n, 1, 1, tokens)`; None where nothing is padding."""
    if min(lengths) == ids.shape[1]:
        return None
    return (torch.arange(ids.shape[1]) < torch.tensor(lengths)[:, None])[:, None, None, :]


def packed_layer(e5: E5, number: int) -> Layer:
    """The model's own layer of this number, from 0, unpacked."""
    file = e5.file
    width, inner = file.width, file.inner
    layer = Layer(width, file.heads, inner)

    def linear(name: str, rows: int) -> dict[str, Tensor]:
        weight = torch.from_numpy(file.matrix(f"l{number}.{name}.w", rows))
        return {"weight": weight, "bias": _tensor(e5, f"l{number}.{name}.b")}

    parts = [linear(name, width) for name in "qkv"]
    layer.attend.load_state_dict({key: torch.cat([part[key] for part in parts]) for key in ("weight", "bias")})
    layer.attended.load_state_dict(linear("ao", width))
    layer.widen.load_state_dict(linear("fi", inner))
    layer.narrow.load_state_dict(linear("fo", width))
    for norm, name in ((layer.attended_norm, "aln"), (layer.narrow_norm, "oln")):
        norm.load_state_dict({"weight": _tensor(e5, f"l{number}.{name}.w"), "bias": _tensor(e5, f"l{number}.{name}.b")})
    return layer


def _tensor(e5: E5, name: str) -> Tensor:
    return torch.from_numpy(e5.file.plain(name))

"""The reader's network: the encoder's lower layers as they are, upper layers and heads trained in `evals/training`.

Of a question and a window of sentences it says, for each sentence, the log-odds that it answers against that nothing in the
window does, and, for each token, how likely the short answer starts and ends there.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from index.embedding.bert import Encoder, masked

SHARED = 4
"""Layers taken from the encoder unchanged: training them too moved nothing and they would have to be shipped."""

NEVER = -1e4
"""A log-odds that leaves nothing after the softmax, and stays finite in half precision."""


class Network(nn.Module):
    """`upper` layers and three heads over the shared `encoder`; only what is its own is saved and trained."""

    def __init__(self, encoder: Encoder) -> None:
        """Starts from the encoder's own upper layers; the heads are random."""
        super().__init__()
        width = encoder.width
        self._encoder = [encoder]  # in a list, so that it is no part of what is saved and trained
        self.upper = nn.ModuleList(copy.deepcopy(layer) for layer in encoder.layers[SHARED:])
        self.mix = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: Tensor, lengths: Sequence[int], sentence: Tensor, n: int) -> tuple[Tensor, Tensor]:
        """Log-odds `(windows, n)` of the sentences, and of each token `(windows, tokens, 2)` as start and end.

        `ids` `(windows, tokens)`; `sentence` `(windows, tokens)` is the number of the sentence a token is of, from 0 and
        below `n`, or -1. Of a sentence without tokens the log-odds mean nothing.
        """
        mask = masked(ids, lengths)
        states = self._lower(ids, mask)
        for layer in self.upper:
            states = layer(states, mask)
        own = nn.functional.one_hot(sentence.clamp(min=0), n).to(states.dtype) * (sentence >= 0)[..., None]
        counts = own.sum(1)[..., None]
        mean = torch.einsum("wth,wtn->wnh", states, own) / counts.clamp(min=1)
        held = [states.masked_fill(own[:, :, k : k + 1] == 0, NEVER).max(1).values for k in range(n)]
        most = torch.stack(held, 1) * (counts > 0)
        seen = torch.cat([mean, most, states[:, :1].expand(-1, n, -1)], -1)
        odds = self.out(self.dropout(torch.tanh(self.mix(seen)))).squeeze(-1)
        return odds, self.span(states).masked_fill((sentence < 0)[..., None], NEVER)

    def _lower(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        encoder = self._encoder[0]
        with torch.no_grad():
            states = encoder.embedded(ids)
            for layer in encoder.layers[:SHARED]:
                states = layer(states, mask)
        return states


def save(network: Network, path: Path) -> None:
    """Write what is the reader's own, in half precision."""
    from safetensors.torch import save_file

    save_file({name: value.half().contiguous() for name, value in network.state_dict().items()}, path)


def load(network: Network, path: Path) -> Network:
    """`network` with the weights of a file that `save` wrote."""
    from safetensors.torch import load_file

    network.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return network

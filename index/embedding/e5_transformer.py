"""multilingual-e5-small as a sentence-transformers model, its weights read where its package keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.input_module import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from torch import Tensor

from index.embedding.bert import Encoder
from index.embedding.e5 import E5, LONGEST, Floats
from index.embedding.turns import slices

QUERY, PASSAGE = "query: ", "passage: "
"""What the model was trained to read before its texts (Wang et al. 2024, "Multilingual E5 Text Embeddings")."""


class E5Transformer(InputModule):
    """Texts to token states. It is read from its package and never saved."""

    def __init__(self, e5: E5) -> None:
        """Unpacks the layers."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = Encoder(e5)
        self.tokenizer = e5.tokenizer
        self.max_seq_length = LONGEST
        self._pad, self._end = e5.file.pad, e5.file.eos

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Token ids and what is no padding, both `(n, tokens)`, and the tokens' characters in the texts `(n, tokens, 2)`."""
        found = self.tokenizer.encode_batch([f"{prompt or ''}{text}" for text in inputs])
        length = min(max(len(one.ids) for one in found), self.max_seq_length)
        ids, mask = torch.full((len(found), length), self._pad), torch.zeros(len(found), length, dtype=torch.long)
        offsets = torch.zeros(len(found), length, 2, dtype=torch.long)
        for row, one in enumerate(found):
            own = one.ids if len(one.ids) <= length else [*one.ids[: length - 1], self._end]
            ids[row, : len(own)] = torch.tensor(own)
            mask[row, : len(own)] = 1
            offsets[row, : len(own)] = torch.tensor(one.offsets[: len(own)])
        return {"input_ids": ids, "attention_mask": mask, "offsets": offsets}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The features with the states `(n, tokens, width)` beside them."""
        lengths = features["attention_mask"].sum(1).tolist()
        states: Tensor = self.encoder(features["input_ids"], lengths)
        return {**features, "token_embeddings": states}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Never: the package has it."""
        raise NotImplementedError("the embedded encoder is read from its package")


def sentence_transformer(e5: E5) -> SentenceTransformer:
    """The model, with the mean of a text's token states as its vector, of length 1."""
    parts = [E5Transformer(e5), Pooling(e5.file.width), Normalize()]
    prompts = {"query": QUERY, "passage": PASSAGE, "document": PASSAGE}
    return SentenceTransformer(modules=parts, device="cpu", prompts=prompts)


def pooled(
    transformer: E5Transformer, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
) -> tuple[Tensor, Tensor]:
    """The vectors of passages `(n, width)`, and those of their sentences one after the other, in one pass.

    `spans` are each text's sentences as ranges of its characters; a sentence's vector is the mean of its tokens' states,
    which have seen the whole passage.
    """
    read = transformer.preprocess(texts, PASSAGE)
    mask = read["attention_mask"]
    with torch.no_grad():
        states = transformer.encoder(read["input_ids"], mask.sum(1).tolist())
    whole = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    own = []
    starts, ends = read["offsets"][..., 0] - len(PASSAGE), read["offsets"][..., 1] - len(PASSAGE)
    for row, ranges in enumerate(spans):
        for start, end in ranges:
            held = (starts[row] < end) & (ends[row] > start) & (ends[row] > starts[row])
            own.append(states[row][held].mean(0) if held.any() else whole[row])
    normalise = torch.nn.functional.normalize
    return normalise(whole, dim=-1), normalise(torch.stack(own), dim=-1) if own else torch.zeros(0, whole.shape[1])


def pooled_in_parts(
    transformer: E5Transformer,
    texts: Sequence[str],
    spans: Sequence[Sequence[tuple[int, int]]],
    turn: Callable[[], AbstractContextManager[None]],
) -> tuple[Floats, list[Floats]]:
    """The same for any number of texts, a few in each `turn`: vectors `(n, width)`, and those of each one's sentences."""
    whole = np.zeros((len(texts), transformer.encoder.width if texts else 0), np.float32)
    parts: dict[int, Floats] = {}

    for some in slices(texts):
        with turn():
            states, own = pooled(transformer, [texts[i] for i in some], [spans[i] for i in some])
        ends = np.cumsum([len(spans[i]) for i in some])
        for place, i in enumerate(some):
            whole[i] = states[place].numpy()
            parts[i] = own[ends[place] - len(spans[i]) : ends[place]].numpy()
    return whole, [parts[i] for i in range(len(texts))]

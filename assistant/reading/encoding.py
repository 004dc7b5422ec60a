"""What the reader is given of a question and a window, token by token: question, what stands above, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION_TOKENS = 64
ABOVE_TOKENS = 32
"""Of the title and headings above a passage; of more the last ones are read, which are nearest."""

BEGIN, END = 0, 2
"""The tokenizer's ids of the marks `<s>` and `</s>`."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids; of each token its sentence's number, or -1, and its characters `[start, end)` of the sentence's text."""

    ids: tuple[int, ...]
    sentence: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


def encoded(tokenizer: Tokenizer, question: str, above: str, sentences: Sequence[str], limit: int) -> Encoded:
    """`<s> question </s> above </s> sentences </s>`, in at most `limit` tokens: the last sentences are cut off."""
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
    heading = tokenizer.encode(above, add_special_tokens=False).ids[-ABOVE_TOKENS:] if above else []
    ids = [BEGIN, *asked, END, *((*heading, END) if heading else ())]
    own, offsets = [-1] * len(ids), [(0, 0)] * len(ids)
    for number, part in enumerate(tokenizer.encode_batch(list(sentences), add_special_tokens=False)):
        room = max(0, limit - 1 - len(ids))
        ids += part.ids[:room]
        own += [number] * min(room, len(part.ids))
        offsets += part.offsets[:room]
    return Encoded((*ids, END), (*own, -1), (*offsets, (0, 0)))

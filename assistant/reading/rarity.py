"""How rare the words of a text are in the encoder's own vocabulary: it stands for a list of stop words, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.embedding.e5 import E5
from index.embedding.embedder import Embedder
from index.passages.words import MARKS, STOP_WORDS, words

_LETTERS = rf"(?:[^\W_]|[{MARKS}])+"
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*[^\W_]*|{_LETTERS}(?:[-’'.&]{_LETTERS})*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: no blanks stand between words."""

RARE = 12.0
"""The least negative log-probability in the vocabulary of a word that says something of its own, and may be what is
missing: the 7.3, what 10.3, sind 9.7, когда 10.7; planned 14.3, director 12.6, Zinc 20.8, Kündigungsfrist 46. Question words
of some languages are rarer than that: where a part is missing the reader keeps them out, as a question without them is no
clearer."""

COMMON = 9.0
"""The rarity of a word that says nothing."""

UNKNOWN = 20.0
"""The rarity of any word but stop words where the embedder's vocabulary has no probabilities."""


def told(text: str, embedder: Embedder) -> list[tuple[str, float]]:
    """The words of a text, in order, with their rarity; that of the first one in small letters, if it is less."""
    if embedder.e5:
        found = [(text[start:end], rarity) for start, end, rarity in rarities(text, embedder.e5)]
        opening = [rarity for _, _, rarity in rarities(found[0][0].lower(), embedder.e5)] if found else []
        return [(found[0][0], min(found[0][1], sum(opening))), *found[1:]] if found else []
    return [(word, 0.0 if word.lower() in STOP_WORDS else UNKNOWN) for word in re.findall(r"\w+", text)]


def rare_words(text: str, embedder: Embedder) -> dict[str, float]:
    """The words of a text, as they are searched for, with how far they are rarer than a `COMMON` one."""
    found: dict[str, float] = {}
    for written, rarity in told(text, embedder):
        for word in words(written):
            found[word] = max(found.get(word, 0.0), rarity - COMMON)
    return found


def rarities(text: str, e5: E5) -> Iterator[tuple[int, int, float]]:
    """The range of each word and how rare it is, its pieces' negative log-probability in sum; where no blanks stand, the
    vocabulary's pieces are words."""
    found = list(_WORD.finditer(text))
    for word, pieces in zip(
        found, e5.tokenizer.encode_batch([one[0] for one in found], add_special_tokens=False), strict=True
    ):
        rarity = -e5.scores[pieces.ids]
        if not _UNSPACED.fullmatch(word[0]):
            yield word.start(), word.end(), float(rarity.sum())
            continue
        for (start, end), rare in zip(pieces.offsets, rarity, strict=True):
            if end > start:
                yield word.start() + start, word.start() + end, float(rare)

"""Hits in, the few short windows that the reader reads out: a cascade from stored vectors and rare words to the reader.

A window is a run of neighbouring sentences of one passage around one that looks like an answer, as they are seen
(`index.passages.seen`). All windows together, with the question in each, hold at most `TOKENS` tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.library.library import Library
from index.passages.seen import Seen, seen
from index.passages.words import stems
from index.types import Hit, Sentences

TOKENS = 512
"""All that is read for a question: some .12 s on two cores."""

WINDOW_SENTENCES = 3
WINDOW_TOKENS = 128
"""Of one window, the question and what stands above in it. Own questions whose gold is read, open and report half: with four
sentences and 160 tokens .963 and .827, so .949 and .865, with two and 100 .949 and .835."""

WORDS, RANK = 1.0, 0.1
"""What the share of the question's rare words and the passage's place in the search count beside a sentence's cosine, which
counts 1 for the range between the best and the worst found. With words at .25 and at 1, questions whose gold is read: own
.919 and .937, held articles .907 and .944, in their own language .979 and .990, CLAPnq and across languages the same."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit: where it stands in the document, how it is seen, and what the search knows of it.

    `cosine` is that of its vector with the query's; `share` the weighted share of the query's words that it holds.
    """

    hit: Hit
    rank: int
    number: int
    start: int
    end: int
    seen: Seen
    cosine: float
    share: float


def sentences_of(
    query: str, hits: Sequence[Hit], weights: Mapping[str, float], library: Library, stored: Mapping[str, Sentences]
) -> list[Sentence]:
    """All sentences of the hits, in their order; `weights` are the rarity of the query's stems.

    `stored` are the sentences by chunk, see `Library.sentences_of`.
    """
    vector = library.embedder.encode_query(query)
    total = sum(weights.values()) or 1.0
    made = []
    for rank, hit in enumerate(hits):
        own = stored.get(hit.chunk.id)  # none where the document was replaced since the search
        if own is None:
            continue
        chunk = hit.chunk
        spans = [(start - chunk.start, end - chunk.start) for start, end in own.spans]
        cosines = own.vectors @ vector
        for number, (span, shown, cosine) in enumerate(
            zip(spans, seen(chunk.text, spans, chunk.header), cosines, strict=True)
        ):
            held = stems(shown.text)
            share = sum(weight for word, weight in weights.items() if word in held) / total
            place = (span[0] + chunk.start, span[1] + chunk.start)
            made.append(Sentence(hit, rank, number, *place, shown, float(cosine), share))
    return made


def windows(
    question: int, sentences: Sequence[Sentence], sizes: Sequence[int], heads: Mapping[str, int], tokens: int = TOKENS
) -> list[list[int]]:
    """The numbers of the sentences of each window, the likeliest first; a window may lose its end to `WINDOW_TOKENS`.

    `question` is the question's length in tokens, `sizes` are the sentences', `heads` those of what stands above, by chunk;
    all windows together have at most so many `tokens`.
    """
    taken: set[int] = set()
    made: list[list[int]] = []
    longest = 0
    for best in map(int, np.argsort(-_likely(sentences), kind="stable")):
        if best in taken:
            continue
        head = question + heads[sentences[best].hit.chunk.id] + SPECIAL
        room = min(WINDOW_TOKENS, tokens // (len(made) + 1)) - head  # windows are padded to the longest
        window = _around(best, sentences, sizes, room, taken)
        longest = max(longest, head + min(room, sum(sizes[place] for place in window)))
        if room < LEAST_ROOM or (len(made) + 1) * longest > tokens:
            break
        taken.update(window)
        made.append(window)
    return made


SPECIAL = 4
"""The marks between question, heading and sentences."""

LEAST_ROOM = 24
"""Tokens that a window has to have for its sentences, to be worth reading."""


def _around(best: int, sentences: Sequence[Sentence], sizes: Sequence[int], room: int, taken: set[int]) -> list[int]:
    """The sentence and its neighbours of the same passage, the next before the one before, while they fit."""
    window, left = [best], room - sizes[best]
    for step in (1, -1, 2, -2, 3, -3):
        place = best + step
        near = 0 <= place < len(sentences) and sentences[place].hit.chunk.id == sentences[best].hit.chunk.id
        joined = near and (place - 1 in window or place + 1 in window) and place not in taken
        if joined and len(window) < WINDOW_SENTENCES and sizes[place] <= left:
            window.append(place)
            left -= sizes[place]
    return sorted(window)


def _likely(sentences: Sequence[Sentence]) -> npt.NDArray[np.float64]:
    cosines = np.array([one.cosine for one in sentences])
    spread = float(cosines.max() - cosines.min()) or 1.0
    shares = np.array([one.share for one in sentences])
    ranks = np.array([one.rank for one in sentences])
    likely: npt.NDArray[np.float64] = (cosines - cosines.min()) / spread + WORDS * shares - RANK * ranks / (ranks.max() + 1)
    return likely

"""A document in, the statements it holds out, with their vectors; and which of them say most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.facts.quantities import quantities
from assistant.reading.evidence import ASKS
from assistant.reading.spans import citation_of
from assistant.types import EvidenceSpan
from assistant.untrusted.injection import gives_orders
from index.embedding.embedder import Embedder, Vectors
from index.library.library import Library
from index.types import Chunk, Document

MOST = 1500
"""Statements looked at, evenly spread: their cosines with one another take 9 MB."""

LEAST_WORDS, MOST_WORDS = 9, 60
"""A shorter sentence says too little to stand alone, a longer one is mostly a list."""

SHORT_WORDS, FEW = 4, 3
"""What is short stands alone where a document has fewer sentences that are not."""

LEAD = 0.15
"""What a document's first statement counts more than its last one: what a text is about, it says first."""


TELLING = 0.3
"""What a statement with a figure counts more."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence that states something, as evidence, and its vector `(d,)`."""

    span: EvidenceSpan
    vector: Vectors


def statements_of(document: Document, chunks: Sequence[Chunk], library: Library) -> list[Stated]:
    """The statements of a document's chunks that can stand alone, in reading order, each once; none gives orders.

    Of a note with hardly any long sentence the short ones are statements too.
    """
    of_chunk = library.sentences_of(chunks)
    found: dict[int, Stated] = {}
    for chunk in sorted((chunk for chunk in chunks if chunk.id in of_chunk), key=lambda chunk: chunk.start):
        context = f"{document.title}\n{chunk.heading}\n{chunk.text}"
        for (start, end), vector in zip(of_chunk[chunk.id].spans, of_chunk[chunk.id].vectors, strict=True):
            text = document.text[start:end]
            if SHORT_WORDS <= len(text.split()) <= MOST_WORDS and not ASKS.search(text) and not gives_orders(text):
                span = EvidenceSpan(citation_of(document, chunk, start, end), 1.0, context)
                found.setdefault(start, Stated(span, vector))
    all_ = [found[start] for start in sorted(found)]
    long = [one for one in all_ if len(one.span.citation.quote.split()) >= LEAST_WORDS]
    return long if len(long) >= FEW else all_


def central(stated: Sequence[Stated], n: int, embedder: Embedder) -> list[Stated]:
    """The `n` statements that together are most like all of them, in reading order.

    Each next one is the one that adds most to how like every statement is to its nearest chosen one (facility location, as
    in Lin and Bilmes 2011): what is said often is chosen once, and each part of a text has its say.
    """
    stated = stated[:: 1 + len(stated) // MOST]
    if not stated:
        return []
    vectors = np.stack([one.vector for one in stated])
    cosines = np.clip(embedder.spread(vectors @ vectors.T), 0.0, 1.0)
    np.fill_diagonal(cosines, 0.0)  # what is like itself alone, such as a greeting, says little of the document
    weights = 1.0 + LEAD * (1.0 - np.arange(len(stated)) / len(stated))
    weights += TELLING * np.array([bool(quantities(one.span.citation.quote)) for one in stated])
    covered = np.zeros(len(stated), np.float32)
    chosen: list[int] = []
    while len(chosen) < min(n, len(stated)):
        gains = weights * np.maximum(cosines - covered, 0.0).sum(axis=1)
        gains[chosen] = -1.0
        chosen.append(int(gains.argmax()))
        covered = np.maximum(covered, cosines[chosen[-1]])
        covered[chosen[-1]] = 1.0
    return [stated[place] for place in sorted(chosen)]

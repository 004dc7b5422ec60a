"""Whatever a model writes, no citation of the checked answer is a bad link."""

import zlib
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from assistant.answering.quote import numbered
from assistant.checking.cite import attribute, cite
from assistant.checking.verify import verify
from assistant.reading.evidence import select
from assistant.types import Answer, Evidence
from index.embedding.embedder import Embedder, Vectors
from index.library.library import Library
from index.search.search import search

MARKERS = (
    "[1] [2] [9999] [0] [-1] 【1】 【3†source】 [1-3] [1–2] [2-99999] [1, 2] [1;8] [1 [ ] 】 【 [^1] [#2] [source_3] `[2]`"
    " ```[1]``` [a](http://x) [1](#c-d-1-0-9) [[1]] [１] [1.5] (1) [99999999999999999999] [1-] [-3] [] [1]]"
).split()
WORDS = (
    "Korea Zinc plans an annual capacity of 12 tons of germanium . It was over 50t in 2025 , not 5,000 kg ! Umicore ?"
    " Yusheng's is 38 t larger than that \n\n - * # $5m 68% Q4 2025 2026-03-01 20-30 ½ – “germanium” \u2028 é \u00a0 <b> &"
).split(" ")


class Hashed(Embedder):
    """Vectors of hashed words: quick, and which source is chosen doesn't matter here."""

    def encode_documents(self, texts: list[str]) -> Vectors:
        vectors = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.split():
                vector[zlib.crc32(word.encode()) % 64] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def found(seeds: Library) -> Evidence:
    query = "What is the planned annual capacity of germanium?"
    return numbered(select(query, search(query, seeds), seeds))


def drafts(count: int, evidence: Evidence) -> Iterator[str]:
    """Drafts of words, quotes, parts of quotes and markers of every kind, right and wrong."""
    random = Random(0)
    quotes = [span.citation.quote for span in evidence.spans]
    for _ in range(count):
        parts = []
        for _ in range(random.randint(0, 6)):
            quote = random.choice(quotes)
            part = random.choice([quote, quote[: random.randint(0, len(quote))], " ".join(random.choices(WORDS, k=9))])
            parts += [part, random.choice(["", " ", "."]), *random.choices(MARKERS, k=random.randint(0, 2))]
        draft = "".join(parts)
        yield draft[: random.randint(0, len(draft))] if random.random() < 0.3 else draft


def assert_no_bad_link(answer: Answer, evidence: Evidence, library: Library) -> None:
    known = {span.citation.number: span.citation for span in evidence.spans}
    assert {n for span in answer.spans for n in span.numbers} == {c.number for c in answer.citations}
    for citation in answer.citations:
        assert known[citation.number] == citation
        assert citation.holds_in(library.document(citation.document_id, citation.version))
    assert all(span.numbers for span in answer.spans)
    assert [(v.start, v.end) for v in answer.verdicts] == [(span.start, span.end) for span in answer.spans]
    for marker in ("[1]", "[9999]", "【1】", "[1-3]", "[1, 2]"):
        assert marker not in answer.text


def fuzz(count: int, evidence: Evidence, library: Library) -> None:
    embedder = Hashed("hashed")
    for draft in drafts(count, evidence):
        answer = verify(attribute(cite(draft, evidence), evidence, embedder), evidence, embedder)
        assert_no_bad_link(answer, evidence, library)


def test_no_draft_makes_a_bad_link(seeds: Library, found: Evidence) -> None:
    fuzz(300, found, seeds)


@pytest.mark.slow
def test_ten_thousand_drafts_make_no_bad_link(seeds: Library, found: Evidence) -> None:
    fuzz(10_000, found, seeds)

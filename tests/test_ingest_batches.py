"""Documents embedded in batches: what comes out is what each document alone gives, in order, however batches cut them."""

import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.embedder import Vectors
from index.embedding.turns import LIKE, SLICE_CHARACTERS, SLICE_TEXTS, slices
from index.embedding.views import Passages, embedded
from index.errors import ModelError
from index.ingest.batches import AHEAD, BATCH, Batches
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from index.types import Chunk, Document, File
from tests.hashed import Hashed


def version(number: int, count: int) -> tuple[Document, list[Chunk], File]:
    text = "".join(f"Plant {number} made {i:04} tons.\n" for i in range(count))
    size = len(text) // max(count, 1)
    document = Document(f"d{number}", "default", f"{number}.txt", f"Plant {number}", "", None, text, (), 1, "hash")
    chunks = [
        Chunk(document.id, 1, i * size, i * size + size - 1, "", None, text[i * size : i * size + size - 1])
        for i in range(count)
    ]
    return document, chunks, File("folder", document.file, document.id)


@given(st.lists(st.sampled_from([1, 2, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH]), min_size=1, max_size=6))
def test_versions_come_out_whole_and_in_order(counts: list[int]) -> None:
    made, parts = [], 0
    versions = [version(number, count) for number, count in enumerate(counts)]
    with Batches(Hashed()) as batches:
        found = [batch for one in versions for batch in batches.add(*one)]
        for batch in [*found, *batches.rest()]:
            made += batch.whole
            if batch.part:
                parts += 1
                assert 0 < batch.done < batch.total and batch.part.id not in [one.document.id for one in made]
    assert [one.document.id for one in made] == [document.id for document, _, _ in versions]
    assert parts <= sum(counts) // BATCH + 1
    for one, (document, chunks, file) in zip(made, versions, strict=True):
        vectors, sentences = embedded([Passages(document, chunks)], Hashed())
        assert np.array_equal(one.vectors, vectors) and one.file == file and one.chunks == chunks
        assert [own.spans for own in one.sentences] == [own.spans for own in sentences]


class Slow(Hashed):
    """Waits until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def encode_documents(self, texts: list[str]) -> Vectors:
        assert self.go.wait(20)
        return super().encode_documents(texts)


def test_the_caller_reads_on_while_a_batch_is_embedded() -> None:
    embedder = Slow()
    with Batches(embedder) as batches:
        for number in range(AHEAD - 1):
            assert list(batches.add(*version(number, BATCH))) == []
        embedder.go.set()
        assert len([one for batch in batches.rest() for one in batch.whole]) == AHEAD - 1


def test_what_cannot_be_embedded_is_raised_where_it_is_asked_for() -> None:
    class Broken(Hashed):
        def encode_documents(self, texts: list[str]) -> Vectors:
            raise ModelError("there is no such model")

    with Batches(Broken()) as batches, pytest.raises(ModelError, match="no such model"):
        list(batches.add(*version(0, 3 * BATCH)))


def test_files_of_one_content_read_in_one_batch_are_one_document(tmp_path: Path) -> None:
    """The first is not stored yet when the second is read."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text("Zinc is a metal." if name != "c.txt" else "Tin is one too.")
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    reports = {one.file: (one.state, one.reason) for one in ingest(library, [folder])}
    assert reports["b.txt"] == ("added", "the same content as a.txt") and len(library.documents()) == 2
    (folder / "a.txt").write_text("Lead is a metal.")
    (folder / "b.txt").write_text("Iron is a metal.")
    assert {one.file: one.state for one in ingest(library, [folder])}["b.txt"] == "updated"
    assert {one.file: one.text[:4] for one in library.documents()} == {"a.txt": "Lead", "b.txt": "Iron", "c.txt": "Tin "}
    assert library.store.count() == library.count_chunks() == 3


@given(st.lists(st.integers(0, 9000), max_size=60))
def test_texts_of_like_length_go_together(lengths: list[int]) -> None:
    parts = list(slices(["x" * length for length in lengths]))
    assert sorted(i for part in parts for i in part) == list(range(len(lengths)))
    for part in parts:
        own = [lengths[i] for i in part]
        assert len(part) <= SLICE_TEXTS and (len(part) == 1 or sum(own) <= SLICE_CHARACTERS)
        assert min(own) >= LIKE * max(own)
    assert all(lengths[a[-1]] >= lengths[b[0]] for a, b in pairwise(parts))

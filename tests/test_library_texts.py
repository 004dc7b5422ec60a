from pathlib import Path

import numpy as np
import pytest

from index.embedding.embedder import Embedder
from index.errors import StoreError
from index.library.library import Library
from index.library.texts import Texts
from index.settings import IndexSettings
from index.types import Chunk, Document, Embedded, File, Sentences


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(IndexSettings(home=tmp_path), Embedder("embedded"))
    vector = np.ones((1, 384), np.float32)
    for number in range(4):
        document = Document(f"d{number}", "default", f"{number}.txt", "", "", None, "x" * 10, (), 1, "h")
        chunk = Chunk(document.id, 1, 0, 10, "", None, document.text)
        file = File("folder", document.file, document.id)
        made.write([Embedded(document, [chunk], vector, [Sentences(((0, 10),), vector)], file)])
    return made


def test_what_memory_does_not_hold_is_read_and_what_is_too_much_leaves(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.library.texts.MOST_CHARACTERS", 25)
    texts = Texts(library.engine)
    keys = [(f"d{number}", 1) for number in range(4)]
    assert list(texts.read(keys)) == keys
    assert [texts[key].id for key in (*keys, *reversed(keys))] == ["d0", "d1", "d2", "d3", "d3", "d2", "d1", "d0"]
    assert len(texts._kept) == 2 and texts._characters == 20


def test_a_version_that_is_not_there_is_named(library: Library) -> None:
    assert Texts(library.engine).read([("d1", 2), ("d2", 1)]).keys() == {("d2", 1)}
    with pytest.raises(StoreError, match="no version 2 of document d1"):
        library.document("d1", 2)

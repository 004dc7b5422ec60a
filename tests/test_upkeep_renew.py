"""An index of another embedder, open: found in by keywords while it is made anew, and by vectors from then on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.embedding.views import MOST_EMBEDDED
from index.errors import StoreError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.library.wipe import REINDEX
from index.search import passage_questions
from index.search.passage_questions import by_questions
from index.search.search import by_vectors, search
from index.settings import IndexSettings
from index.types import Filters
from index.upkeep.reindex import is_left, renew, share_done
from tests.small_embedder import SmallEmbedder

METALS = "zinc tin lead iron gold radium cobalt nickel".split()
OTHER = SmallEmbedder("other")
"""Of as many dimensions as the first: nothing but the fingerprint tells their vectors apart."""


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document a batch, so that there is a middle."""
    monkeypatch.setattr("index.ingest.batches.BATCH", 1)


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    """A data folder with eight documents, one of them with a question, made with the first embedder."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for i in range(8):
        (docs / f"{i}.txt").write_text(f"Plant {i} makes {METALS[i]}. It was built in {1990 + i}.")
    library = Library(IndexSettings(home=tmp_path / "home"), SmallEmbedder())
    list(ingest(library, [docs]))
    passage_questions.add(library, library.chunks_of(library.documents()[5].id)[0], "a model", ["Who makes the fifth one?"])
    library.close()
    return library.settings


@pytest.fixture
def library(settings: IndexSettings) -> Iterator[Library]:
    library = Library(settings, OTHER, outdated=True)
    yield library
    library.close()


def test_meanwhile_passages_are_found_by_keywords_and_no_stored_vector_is_read(library: Library) -> None:
    assert library.outdated
    [hit] = search("iron", library)
    assert (hit.chunk.text, hit.similarity) == ("Plant 3 makes iron. It was built in 1993.", 0.0)
    ids = [hit.chunk.id]
    assert library.sentences(ids) == {} == by_questions(OTHER.encode_query("fifth"), library, Filters())
    for read in (lambda: by_vectors("iron", library, 3, Filters()), lambda: library.store.vectors(ids)):
        with pytest.raises(StoreError, match="quarry reindex"):
            read()


def test_meanwhile_sentences_have_vectors_of_the_embedder_there_is(library: Library) -> None:
    [hit] = search("iron", library)
    own = library.sentences_of([hit.chunk])[hit.chunk.id]
    texts = [library.document(hit.chunk.document_id, 1).text[start:end] for start, end in own.spans]
    assert texts == ["Plant 3 makes iron.", "It was built in 1993."]
    assert np.allclose(own.vectors, OTHER.encode_documents(texts))
    assert not np.allclose(own.vectors, SmallEmbedder().encode_documents(texts))


def test_of_many_chunks_some_are_embedded_evenly_spread(library: Library, tmp_path: Path) -> None:
    every = [chunk for document in library.documents() for chunk in library.chunks_of(document.id)]
    assert len(library.sentences_of(every)) == 8
    assert len(library.sentences_of(every * (MOST_EMBEDDED // 8))) == 8
    before = OTHER.encoded
    library.sentences_of(every * MOST_EMBEDDED)
    assert OTHER.encoded - before <= 3 * MOST_EMBEDDED


def test_once_it_is_made_anew_it_is_searched_by_vectors_without_being_opened_again(library: Library) -> None:
    changes, shares = library.changes, []
    [old] = search("iron", library)
    for one in renew(library):
        shares.append(share_done(library.settings.home))
        assert one.share == pytest.approx(shares[-1], abs=0.02)
        assert library.outdated and [hit.chunk.text for hit in search("iron", library)] == [old.chunk.text]
    assert shares == sorted(shares) and 0 < shares[0] < 0.2 and shares[-1] == 1.0
    assert not library.outdated and library.changes > changes and not is_left(library.settings.home)
    hits = search("iron", library)
    assert len(hits) == 8 and hits[0].chunk.text.startswith("Plant 3") and hits[0].similarity > 0.2
    stored = library.sentences([old.chunk.id])[old.chunk.id].vectors
    assert np.allclose(stored, library.sentences_of([old.chunk])[old.chunk.id].vectors)
    [cosine] = by_questions(OTHER.encode_query("Who makes the fifth one?"), library, Filters()).values()
    assert cosine > 0.99
    assert list(renew(library)) == []


def test_a_passage_found_before_the_new_index_came_still_has_its_sentences(settings: IndexSettings) -> None:
    """Its chunks may be cut otherwise; those of a document that was replaced have none."""
    library = Library(settings, OTHER, outdated=True)
    [hit] = search("iron", library)
    with library.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chunks SET id = 'another' || id")
        connection.exec_driver_sql("UPDATE sentences SET row = row + 1000")
    library.renewed()
    assert len(library.sentences_of([hit.chunk])[hit.chunk.id].spans) == 2
    library.remove(hit.chunk.document_id)
    assert library.sentences_of([hit.chunk]) == {}
    library.close()


def test_nothing_is_added_meanwhile(library: Library, tmp_path: Path) -> None:
    (tmp_path / "docs" / "new.txt").write_text("Plant 9 makes silver.")
    with pytest.raises(StoreError, match="quarry reindex"):
        list(ingest(library, []))
    list(renew(library))
    assert "added" in [one.state for one in ingest(library, [])]
    assert search("silver", library)[0].chunk.text == "Plant 9 makes silver."


def test_the_library_can_be_changed_and_copied_between_two_documents(library: Library) -> None:
    """Whoever waits for `writing`, as a backup does, waits for one document at most."""
    run = renew(library)
    next(run)
    assert library.writing.acquire(timeout=0)
    waiting = threading.Thread(target=list, args=[run])
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive() and library.outdated
    library.writing.release()
    waiting.join(20)
    assert not library.outdated


def test_stopped_midway_it_goes_on_where_it_was(library: Library) -> None:
    run = renew(library)
    assert [next(run).number for _ in range(5)] == [1, 2, 3, 4, 5]
    run.close()
    assert library.outdated and is_left(library.settings.home) and search("iron", library)
    before = OTHER.encoded
    assert [one.number for one in renew(library)][:3] == [6, 7, 8]
    assert OTHER.encoded - before == 3 * 3  # a passage and two sentences each


def test_what_was_left_after_the_switch_is_cleared_away(library: Library) -> None:
    list(renew(library))
    (library.settings.home / REINDEX).mkdir()
    assert list(renew(library)) == [] and not is_left(library.settings.home)

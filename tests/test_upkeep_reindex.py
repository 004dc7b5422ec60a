import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.errors import StoreError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.library.wipe import REINDEX
from index.search import passage_questions
from index.search.search import search
from index.settings import IndexSettings
from index.upkeep.reindex import reindex
from tests.small_embedder import SmallEmbedder

ANOTHER = SmallEmbedder("another", 48)

SLOW = """
import sys, time
from pathlib import Path
from index.upkeep.reindex import reindex
from index.ingest import batches
from index.settings import IndexSettings
from tests.small_embedder import SmallEmbedder
batches.BATCH = 1
for one in reindex(IndexSettings(home=Path(sys.argv[1])), SmallEmbedder("another", 48)):
    print(one.number, flush=True)
    time.sleep(0.3)
"""


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document a batch, so that there is a middle."""
    monkeypatch.setattr("index.ingest.batches.BATCH", 1)


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    """A data folder with eight documents, one of which had another version, and questions for one."""
    settings = IndexSettings(home=tmp_path / "home")
    docs = tmp_path / "docs"
    docs.mkdir()
    for i in range(8):
        (docs / f"{i}.txt").write_text(f"Plant {i} makes metal{i}. It was built in {1990 + i}.")
    library = Library(settings, SmallEmbedder())
    list(ingest(library, [docs]))
    (docs / "3.txt").write_text("Plant 3 makes metal3 and tin. It was built in 1993.")
    list(ingest(library, [docs]))
    [chunk] = library.chunks_of(library.documents()[5].id)
    passage_questions.add(library, chunk, "a model", ["Who makes the fifth one?"])
    library.close()
    (docs / "3.txt").unlink()  # the stored text is enough
    return settings


def texts(settings: IndexSettings, embedder: SmallEmbedder, query: str) -> list[str]:
    library = Library(settings, embedder)
    assert library.store.count() == library.count_chunks() == 8
    with library.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM keywords").scalar() == 8
        assert connection.exec_driver_sql("SELECT count(*) FROM sentences").scalar() == 8
    found = [hit.chunk.text for hit in search(query, library)]
    library.close()
    return found


def test_another_embedder_is_refused_until_the_index_is_made_anew(settings: IndexSettings) -> None:
    before = texts(settings, SmallEmbedder(), "metal3")
    with pytest.raises(StoreError, match="quarry reindex"):
        Library(settings, ANOTHER)
    done = list(reindex(settings, ANOTHER))
    assert [(one.number, one.total) for one in done] == [(i, 8) for i in range(1, 9)] + [(1, 1)]
    assert done[0].seconds_left > 0 == done[7].seconds_left
    assert texts(settings, ANOTHER, "metal3")[0] == before[0] == "Plant 3 makes metal3 and tin. It was built in 1993."
    assert texts(settings, ANOTHER, "who makes the fifth one?")[0].startswith("Plant 5 makes")
    assert not (settings.home / REINDEX).exists()
    assert len([path for path in (settings.home / "chroma").iterdir() if path.is_dir()]) <= 1
    with pytest.raises(StoreError, match="quarry reindex"):
        Library(settings, SmallEmbedder())
    assert list(reindex(settings, ANOTHER)) == []


def test_a_killed_run_leaves_the_old_index_and_the_next_one_goes_on(settings: IndexSettings) -> None:
    command = [sys.executable, "-c", SLOW, str(settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert [process.stdout.readline() for _ in range(3)] == ["1\n", "2\n", "3\n"]
        process.send_signal(signal.SIGKILL)
    assert texts(settings, SmallEmbedder(), "metal3")[0].startswith("Plant 3")
    assert (settings.home / REINDEX).exists()
    assert [one.number for one in reindex(settings, ANOTHER)][0] in (4, 5)
    assert texts(settings, ANOTHER, "metal3")[0].startswith("Plant 3")


def test_what_changed_meanwhile_is_made_anew_too_and_what_left_leaves(settings: IndexSettings, tmp_path: Path) -> None:
    run = reindex(settings, ANOTHER)
    assert [next(run).number for _ in range(5)] == [1, 2, 3, 4, 5]
    run.close()
    library = Library(settings, SmallEmbedder())
    (tmp_path / "docs" / "0.txt").write_text("Plant 0 closed.")
    (tmp_path / "docs" / "8.txt").write_text("Plant 8 opened.")
    states = {one.file: one.state for one in ingest(library, [])}
    assert (states["0.txt"], states["8.txt"], states["3.txt"]) == ("updated", "added", "removed")
    library.close()
    assert [one.file for one in reindex(settings, ANOTHER)][:5] == ["0.txt", "5.txt", "6.txt", "7.txt", "8.txt"]
    assert texts(settings, ANOTHER, "closed")[0] == "Plant 0 closed."


@pytest.mark.parametrize("embedder", [ANOTHER, SmallEmbedder("a third", 32)])
def test_a_crash_in_the_switch_leaves_the_old_index(
    settings: IndexSettings, monkeypatch: pytest.MonkeyPatch, embedder: SmallEmbedder
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("index.upkeep.reindex.COPIES", ("DELETE FROM sentences", "DELETE FROM keywords", "nonsense"))
        with pytest.raises(StoreError, match="the old one is as it was"):
            list(reindex(settings, embedder))
    assert texts(settings, SmallEmbedder(), "metal3")[0].startswith("Plant 3")
    start = time.monotonic()
    assert [one.number for one in reindex(settings, embedder)] == []
    assert time.monotonic() - start < 20
    assert texts(settings, embedder, "metal3")[0].startswith("Plant 3")

"""3,000 chunks with the real embedder: ingested again they take almost no time, and searches go on while they are read."""

import threading
import time
from pathlib import Path

import pytest

from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

FILES, SECTIONS = 60, 50
CHUNKS = 3000

AGAIN = 0.03
"""The share of the first time that the second may take."""

WHAT = ("water", "oil", "sand", "brine", "grain", "coal", "steam", "milk")


def section(number: int) -> str:
    """Under one heading, what makes one chunk: some 180 words that no other section has in this order."""
    sentences = (
        f"Pump {number}.{line} lifts {number * 7 + line} litres of {WHAT[(number + line) % 8]} daily to basin {number % 97}"
        f", where a filter of {line + 3} layers holds back what is larger than {number % 13 + line} micrometres."
        for line in range(6)
    )
    return f"## Station {number}\n\n{' '.join(sentences)}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for file in range(FILES):
        text = "\n".join(section(file * SECTIONS + place) for place in range(SECTIONS))
        (folder / f"stations {file:02}.md").write_text(f"# Stations of district {file}\n\n{text}")
    return folder


def states(library: Library, folder: Path) -> tuple[list[str], float]:
    """What became of each file, and the seconds it took."""
    start = time.perf_counter()
    found = [report.state for report in ingest(library, [folder]) if report.state != "embedding"]
    return found, time.perf_counter() - start


def test_3000_chunks_ingested_again_take_almost_no_time(library: Library, folder: Path) -> None:
    found, first = states(library, folder)
    assert found == ["added"] * FILES
    assert library.count_chunks() >= CHUNKS
    for path in folder.iterdir():
        path.touch()  # it is the content that decides
    found, again = states(library, folder)
    assert found == ["unchanged"] * FILES
    print(f"first {first:.1f} s, again {again:.2f} s: {again / first:.2%}")
    assert again < AGAIN * first


def test_searches_go_on_while_files_are_read(library: Library, folder: Path) -> None:
    """Each finds the old text or the new of a file that is replaced meanwhile, never none."""
    few = sorted(folder.iterdir())[:4]
    for path in sorted(folder.iterdir())[4:]:
        path.unlink()
    states(library, folder)
    for path in few:
        path.write_text(path.read_text().replace("litres", "gallons"))
    seconds: list[float] = []
    empty: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            start = time.perf_counter()
            hits = search("How much does pump 30.2 lift?", library)
            seconds.append(time.perf_counter() - start)
            if not any("Pump 30.2 lifts" in hit.chunk.text for hit in hits):
                empty.append(len(seconds))
            time.sleep(0.02)

    looking = threading.Thread(target=look)
    looking.start()
    found, _ = states(library, folder)
    done.set()
    looking.join()
    assert found == ["updated"] * len(few)
    assert not empty
    middle, most = sorted(seconds)[len(seconds) // 2], max(seconds)
    print(f"{len(seconds)} searches meanwhile: {middle * 1000:.0f} ms in the middle, {most * 1000:.0f} ms at most")
    assert len(seconds) > 10
    assert any("gallons" in hit.chunk.text for hit in search("How much does pump 30.2 lift?", library))

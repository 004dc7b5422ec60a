"""An ingest killed at any point leaves the old state or the new one of every file, and the next ingest ends it."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from tests.hashed import Hashed
from tests.killed import killed_at
from tests.whole import assert_whole, contents

PLACES = ("north", "south", "east", "west")
BEFORE = {
    "changed.md": "# Changed\n\nThe plant makes 12 tons of germanium.\n\n## Age\n\nIt is old.\n",
    "failing.md": "# Failing\n\nThe canteen opens at eleven.\n",
    "leaving.md": "# Leaving\n\nThe depot holds forty cars.\n",
    "named.md": "# Named\n\nThe basin holds water.\n",
    "twin.md": "# Twin\n\nTwo files say that zinc is a metal.\n",
    "twin2.md": "# Twin\n\nTwo files say that zinc is a metal.\n",
}
AFTER = {
    "added.md": "# Added\n\n" + "\n\n".join(f"## {place}\n\nThe {place} mine gives {place} gold." for place in PLACES),
    "changed.md": "# Changed\n\nThe plant makes 13 tons of germanium.\n\n## Size\n\nIt is large.\n",
    "copy.md": BEFORE["named.md"],
    "failing.md": "\0",
    "renamed.md": BEFORE["named.md"],
    "twin2.md": "# Twin\n\nOne file says that zinc is blue.\n",
    "twin.md": BEFORE["twin.md"],
}
QUERIES = ("tons of germanium", "gold mine", "metal", "basin water", "canteen depot")
POINTS = 30


def put(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)


def state(home: Path) -> dict[str, Any]:
    library = Library(IndexSettings(home=home), Hashed())
    assert_whole(library)
    found = contents(library, *QUERIES)
    library.close()
    return found


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any], int]:
    """A folder that changed since it was ingested, what an index of it held and will hold, and the steps between."""
    place = tmp_path_factory.mktemp("crash")
    folder, home, other = place / "docs", place / "home", place / "other"
    put(folder, BEFORE)
    library = Library(IndexSettings(home=home), Hashed())
    list(ingest(library, [folder]))
    library.close()
    old = state(home)
    put(folder, AFTER)
    shutil.copytree(home, other)
    code, steps = killed_at(0, other, folder)
    assert code == 0
    return place, old, state(other), steps


def texts(found: dict[str, Any]) -> dict[str, str]:
    """By file, the text that it is known to hold."""
    return {file: held[0][4] for (_, names), held in found["documents"].items() for _, file in names}


def assert_survives(states: tuple[Path, dict[str, Any], dict[str, Any], int], part: float, tmp_path: Path) -> None:
    """Kill the ingest after this part of its steps; look at what is left, then let the next one end it."""
    place, old, new, steps = states
    home = tmp_path / "home"
    shutil.copytree(place / "home", home)
    point = 1 + round(part * (steps - 1))
    code, _ = killed_at(point, home, place / "docs")
    assert code == -signal.SIGKILL
    left = state(home)
    for name in {*BEFORE, *AFTER}:
        assert texts(left).get(name) in (texts(old).get(name), texts(new).get(name)), f"{name} at step {point} of {steps}"
    for key, held in left["documents"].items():
        if key in old["documents"] or key in new["documents"]:
            assert held in (old["documents"].get(key), new["documents"].get(key))
    if texts(left) in (texts(old), texts(new)):
        assert left in (old, new)
    library = Library(IndexSettings(home=home), Hashed())
    list(ingest(library, [place / "docs"]))
    library.close()
    assert state(home) == new


@pytest.mark.parametrize("part", [0.1, 0.4, 0.7, 0.95])
def test_a_killed_ingest_leaves_the_old_state_or_the_new(
    states: tuple[Path, dict[str, Any], dict[str, Any], int], part: float, tmp_path: Path
) -> None:
    assert_survives(states, part, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("point", range(POINTS))
def test_an_ingest_killed_anywhere_leaves_the_old_state_or_the_new(
    states: tuple[Path, dict[str, Any], dict[str, Any], int], point: int, tmp_path: Path
) -> None:
    assert_survives(states, point / (POINTS - 1), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.05, 0.2, 0.5, 0.8])
def test_a_first_ingest_killed_anywhere_is_ended_by_the_next(part: float, tmp_path: Path) -> None:
    put(tmp_path / "docs", BEFORE)
    _, steps = killed_at(0, tmp_path / "whole", tmp_path / "docs")
    code, _ = killed_at(1 + round(part * (steps - 1)), tmp_path / "home", tmp_path / "docs")
    assert code == -signal.SIGKILL
    assert set(texts(state(tmp_path / "home"))) <= set(BEFORE)
    library = Library(IndexSettings(home=tmp_path / "home"), Hashed())
    list(ingest(library, [tmp_path / "docs"]))
    library.close()
    assert state(tmp_path / "home") == state(tmp_path / "whole")

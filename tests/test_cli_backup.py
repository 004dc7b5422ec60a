"""A backup that was restored gives the same answers to the same questions, to the character of every citation."""

from pathlib import Path

import pytest

from evals.questions import load_questions
from index.embedding.embedder import Embedder
from index.library.library import Library
from index.settings import IndexSettings
from index.upkeep.backup import back_up, restore
from tests.conftest import final


@pytest.mark.parametrize("every", [30, pytest.param(6, marks=pytest.mark.slow)])  # of the open half; all take minutes
def test_the_same_questions_get_identical_citations(seeds: Library, embedder: Embedder, tmp_path: Path, every: int) -> None:
    back_up(seeds.settings.home, tmp_path / "backup.zip")
    (tmp_path / "restored").mkdir()
    restore(tmp_path / "restored", tmp_path / "backup.zip")
    restored = Library(IndexSettings(home=tmp_path / "restored"), embedder)
    asked = [one for one in load_questions() if one.half == "open"][::every]
    cited = 0
    for one in asked:
        before, after = final(seeds, one.question), final(restored, one.question)
        assert (after.text, after.status, after.citations, after.nearest) == (
            before.text,
            before.status,
            before.citations,
            before.nearest,
        )
        cited += len(after.citations)
    restored.close()
    assert cited > len(asked) / 2

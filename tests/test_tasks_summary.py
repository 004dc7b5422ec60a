"""A note of a few short items has a summary too, and one with nothing to sum up says so."""

from pathlib import Path

import pytest

from assistant.tasks.summary import summary
from assistant.types import Conversation
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings

ITEMS = ("1. Anna orders the new printer by Friday.", "2. The kitchen is painted in June.", "3. Next meeting: 4 May, 10 am.")


@pytest.mark.parametrize("text", ["\n".join(ITEMS), "\n\n".join(ITEMS), "\n".join(f"- {one[3:]}" for one in ITEMS)])
def test_a_note_of_items_is_summed_up_by_them(tmp_path: Path, embedder: Embedder, text: str) -> None:
    answer = summed_up(tmp_path, embedder, f"# Minutes\n\n{text}\n")
    assert len(answer.citations) == 3 and "Anna orders the new printer by Friday." in answer.text


def test_what_has_no_sentence_is_not_summed_up(tmp_path: Path, embedder: Embedder) -> None:
    answer = summed_up(tmp_path, embedder, "# Minutes\n\nNone.\n")
    assert answer.status == "refused" and "nothing to sum up" in answer.text and not answer.citations


def summed_up(place: Path, embedder: Embedder, text: str):  # type: ignore[no-untyped-def]
    (place / "docs").mkdir()
    (place / "docs" / "minutes.md").write_text(text)
    library = Library(IndexSettings(home=place / "home"), embedder)
    list(ingest(library, [place / "docs"]))
    answer = summary("Summarise the minutes", Conversation(), library.documents(), library)
    library.close()
    assert answer
    return answer

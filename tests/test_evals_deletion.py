from pathlib import Path

import pytest

from assistant.types import Answer, Citation
from evals.deletion import became, without
from evals.questions import Question

QUESTION = Question("q", "fact", "How much?", (), ("answered",), (), (("12 t",),), (), "open")
BEFORE = Answer(text="It is 12 t.", status="answered")


def cited(quote: str, text: str = "It is 12 t.") -> Answer:
    return Answer(text=text, citations=(Citation(1, "d", 1, "a.txt", "A", None, 0, len(quote), quote),))


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (Answer(text="The documents do not say.", status="refused"), "refused"),
        (cited("Another plant makes 5 t.", "Another plant makes 5 t."), "changed"),
        (cited("The yearly figure is 12 t."), "other_passage"),
        (cited("The plant is large."), "unchanged"),
    ],
)
def test_an_answer_that_stands_without_its_passage_is_told_from_one_that_does_not(after: Answer, outcome: str) -> None:
    assert became(QUESTION, BEFORE, after) == outcome


def test_the_cited_characters_are_gone_and_the_others_stay(tmp_path: Path) -> None:
    documents, copy = tmp_path / "documents", tmp_path / "copy"
    documents.mkdir()
    (documents / "a.txt").write_text("One. Two. Three.")
    (documents / "b.txt").write_text("Four.")
    without(documents, copy, [("a.txt", 0, 5), ("a.txt", 10, 16), ("a.txt", 0, 5)])
    assert (copy / "a.txt").read_text() == "Two. "
    assert (copy / "b.txt").read_text() == "Four."

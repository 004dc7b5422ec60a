from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.history.history import History
from assistant.history.purge import GONE, purged
from assistant.types import Answer, AnswerSpan, Verdict
from index.library.schema import open_database
from tests.stored import answer, citation, turn


def of(*sentences: tuple[str, tuple[int, ...]], glue: str = " ", documents: tuple[str, ...] = ("a", "b", "c")) -> Answer:
    """An answer of sentences, each with the numbers of the citations it rests on; citation n is of the n-th document."""
    text, spans = "", []
    for sentence, numbers in sentences:
        text += glue if text else ""
        spans.append(AnswerSpan(len(text), len(text) + len(sentence), numbers))
        text += sentence
    cited = {n for _, numbers in sentences for n in numbers}
    citations = tuple(citation(n, f"Quote {n}.", documents[n - 1]) for n in sorted(cited))
    verdicts = tuple(Verdict(span.start, span.end, "supported") for span in spans)
    return Answer(text=text, stage="done", citations=citations, spans=tuple(spans), verdicts=verdicts, notes=("A note.",))


def test_the_quotes_of_a_document_go_with_the_sentences_that_rest_on_them() -> None:
    given = of(("One.", (1,)), ("Two.", (2,)), ("Both.", (1, 2)), ("Three.", (3,)))
    found = purged(given, {"b"})
    assert found.text == f"One. {GONE} Three."
    assert [one.document_id for one in found.citations] == ["a", "c"]
    assert [found.text[span.start : span.end] for span in found.spans] == ["One.", "Three."]
    assert [found.text[one.start : one.end] for one in found.verdicts] == ["One.", "Three."]
    assert found.notes == () and "Quote 2" not in str(found)


def test_an_answer_of_nothing_else_says_so_and_one_of_other_documents_stays() -> None:
    one = of(("One.", (1,)), ("Two.", (1,)), glue="\n")
    assert purged(one, {"a"}).text == GONE and purged(one, {"a"}).citations == ()
    assert purged(one, {"b", "c"}) is one
    refused = Answer(text="Not there.", status="refused", stage="done", nearest=(citation(1, "Near.", "a"),))
    assert purged(refused, {"a"}).nearest == () and purged(refused, {"a"}).text == "Not there."


@given(st.lists(st.tuples(st.from_regex(r"[A-Z][a-z ]{1,8}\.", fullmatch=True), st.sets(st.integers(1, 3), min_size=1))))
def test_what_is_left_rests_on_the_citations_that_are_left(sentences: list[tuple[str, set[int]]]) -> None:
    given = of(*((text, tuple(sorted(numbers))) for text, numbers in sentences))
    found = purged(given, {"b"})
    assert {n for span in found.spans for n in span.numbers} == {one.number for one in found.citations}
    assert all(one.document_id != "b" for one in found.citations)
    kept = [text for text, numbers in sentences if 2 not in numbers]
    assert [found.text[span.start : span.end] for span in found.spans] == kept


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(open_database(tmp_path / "home"))


def test_stored_answers_lose_them_and_the_conversation_stays(history: History) -> None:
    secret = of(("The word is xylophone.", (1,)), ("Other things.", (2,)))
    id_ = history.add("", turn("What is it?", secret)).id
    history.add(id_, turn("And that?", of(("Other things.", (3,)))))
    other = history.add("", turn(given=answer())).id
    before = history.read(other)
    assert history.purge(["a"]) == 1 and history.purge(["a"]) == 0 and history.purge([]) == 0
    first, second = history.read(id_).turns
    assert first.question == "What is it?" and first.answer.text == f"{GONE} Other things."
    assert second.answer.text == "Other things." and history.read(other) == before
    assert history.listed("xylophone") == [] and [one.id for one in history.listed("other things")] == [id_]

"""A refusal says what was searched for, what is near, and what of the question is not given: in words of both."""

import re

import pytest

from assistant.asked import asked
from assistant.refusal import NOT_SAID, phrases, refusal, stretch
from assistant.types import Citation, Evidence, EvidenceSpan
from index.words import words

PASSAGE = "Acme Zinc will invest 55 billion won to establish a process to recover about 15 tons of gallium annually."
OURS = "the documents do not say searched for no document mentions nearest passage speaks of is from it does not mention "
OURS += "say what is asked amount date person place reason asked for and or are not given there nor mentioned"


def refused(query: str, *nowhere: str, passage: str = PASSAGE) -> list[str]:
    citation = Citation(1, "d", 1, "a.txt", "Gallium from Acme", None, 0, len(passage), passage)
    evidence = Evidence((EvidenceSpan(citation, 0.2, f"Gallium from Acme\n\n{passage}"),), 0.1)
    return refusal(query, [asked(query, dict.fromkeys(words(query), 1.0))], evidence, nowhere).split("\n")


def test_the_place_asked_for_is_named_as_not_given() -> None:
    assert refused("Where will Acme Zinc recover its gallium?") == [
        NOT_SAID,
        "Searched for: Acme Zinc recover, gallium.",
        "The nearest passage speaks of “recover about 15 tons of gallium annually”; the place asked for is not given there.",
    ]


def test_the_words_the_passage_lacks_are_named() -> None:
    *_, last = refused("Who is Acme Zinc's chief financial officer?")
    assert last.endswith("the person asked for is not given there, nor is “chief financial officer” mentioned.")
    *_, last = refused("Which awards has Acme Zinc received?")
    assert last.endswith("it does not mention “awards” or “received”.")


def test_a_name_that_no_document_has_is_said_so() -> None:
    assert "No document mentions “Umicore”." in refused("What is Umicore's gallium capacity?", "umicore")


def test_every_word_is_the_question_s_the_passage_s_or_one_of_ours() -> None:
    for query in ("Why did Acme cancel the gallium project in 2024?", "How much does Borealis pay its 5,000 people?"):
        said = re.findall(r"[\w,]*\w", " ".join(refused(query)).lower())
        known = re.findall(r"[\w,]*\w", f"{query} {PASSAGE} Gallium from Acme {OURS}".lower())
        assert set(said) <= set(known)


def test_without_any_passage_it_still_says_what_was_searched_for() -> None:
    query = "锗的价格是多少？"
    assert refusal(query, [], Evidence((), 0.0), ()) == f"{NOT_SAID}\nSearched for: 锗的价格是多少."


def test_phrases_are_what_stands_side_by_side() -> None:
    query = "When will construction of Korea Zinc's germanium plant with 5,000 people be finished?"
    assert phrases(query) == ["construction", "Korea Zinc's germanium plant", "5,000 people", "finished"]
    assert phrases(query, ["zinc", "germanium", "finished"]) == ["Zinc's germanium", "finished"]


def test_a_stretch_is_verbatim_and_short() -> None:
    query = "Will the process recover gallium for 55 billion won?"
    found = stretch(PASSAGE, [asked(query, dict.fromkeys(words(query), 1.0))])
    assert found in PASSAGE and len(found.split()) < len(PASSAGE.split())


@pytest.mark.parametrize(("query", "said"), [("what is x", ["x"]), ("who is 王", ["王"]), ("What about 5", ["5"])])
def test_a_last_word_of_one_letter_is_said(query: str, said: list[str]) -> None:
    assert phrases(query) == said

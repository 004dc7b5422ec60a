"""A question that leans on what was said before is told from one that doesn't, in any language."""

import pytest

from assistant.questions.follow_up import carried, context, earlier, is_edited, leaning, understood
from assistant.types import Answer, Conversation, Turn
from index.embedding.embedder import Embedder
from index.library.library import Library

FIRST = "What annual capacity is planned for Korea Zinc's germanium plant?"


def after(*questions: str) -> Conversation:
    return Conversation(turns=tuple(Turn(one, Answer(query=one, stage="done"), "") for one in questions))


@pytest.mark.parametrize(
    "question",
    [
        "And what does it cost?",
        "Where will it be built?",
        "When did they sign?",
        "Und was kostet sie?",
        "¿Y cuánto cuesta?",
        "그건 얼마예요?",
        "那要多少钱？",
    ],
)
def test_a_question_that_says_little_leans_on_the_one_before(embedder: Embedder, question: str) -> None:
    assert leaning(question, embedder) > 0


@pytest.mark.parametrize(
    "question",
    [
        "What military uses does germanium have in night vision devices?",
        "Welche Kündigungsfrist gilt für den Mietvertrag der Bäckerei Krume?",
        "Which smelter in Ulsan recovers gallium from waste?",
    ],
)
def test_a_question_with_a_subject_of_its_own_does_not(embedder: Embedder, question: str) -> None:
    assert leaning(question, embedder) < 0


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (FIRST, "No, gallium.", "What annual capacity is planned for Korea Zinc's gallium plant?"),
        ("What was China's share in 2024?", "and in 2025?", "What was China's share in 2025?"),
        ("What is the rent of flat 3?", "and flat 5?", "What is the rent of flat 5?"),
        ("Combien coûte le modèle A200 ?", "Et le B300 ?", "Combien coûte le modèle B300 ?"),
        ("Who is Jun Wu?", "When was the company founded?", "When was the company founded (Wu)?"),
        (FIRST, FIRST, FIRST),
    ],
)
def test_a_fragment_takes_its_place_and_other_words_are_carried(
    embedder: Embedder, before: str, question: str, query: str
) -> None:
    assert carried(question, before, embedder) == query


def test_a_chain_of_follow_ups_does_not_grow(embedder: Embedder) -> None:
    query = FIRST
    for _ in range(6):
        query = carried("And how many employees, managers and directors work there nowadays?", query, embedder)
    assert len(query) < 220


def test_what_is_asked_is_understood_with_the_conversation(seeds: Library) -> None:
    assert "Korea Zinc" in understood("And what does it cost?", after(FIRST), seeds)
    alone = "What is the output value Yusheng expects for 2025?"
    assert understood(alone, after(FIRST), seeds) == alone
    assert understood("And what does it cost?", Conversation(), seeds) == "And what does it cost?"


def test_an_edited_query_is_searched_as_it_stands(seeds: Library) -> None:
    edited = "Search for: gallium plant cost"
    assert is_edited(edited) and understood(edited, after(FIRST), seeds) == "gallium plant cost"
    assert context(edited, after(FIRST)) == ()


def test_the_last_two_queries_weigh_in_the_search_and_small_talk_does_not() -> None:
    talk = Turn("Thanks!", Answer(status="meta"), "")
    conversation = after("one?", "two?", "three?")
    conversation = Conversation(turns=(*conversation.turns, talk))
    assert earlier(conversation) == ("one?", "two?", "three?")
    assert context("four?", conversation) == ("two?", "three?")

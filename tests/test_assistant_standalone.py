import pytest

from assistant.standalone import points_back, standalone
from assistant.types import Answer, Conversation, Turn

FIRST = "What is Korea Zinc's planned germanium capacity?"


def conversation(*questions: str) -> Conversation:
    return Conversation(turns=tuple(Turn(question, Answer(query="…"), "") for question in questions))


@pytest.mark.parametrize(
    "question",
    [
        "How much does it cost?",
        "And gallium?",
        "What about the other metal?",
        "Who signed that?",
        "Why?",
        "And the year before?",
    ],
)
def test_a_question_that_points_back_is_searched_with_the_one_it_points_to(question: str) -> None:
    assert standalone(question, conversation(FIRST)) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How many staff does Yusheng employ?",
        "Which mines in Russia are there that Rostec owns?",
        "What does one ton of zinc cost?",
    ],
)
def test_a_question_that_stands_alone_is_unchanged(question: str) -> None:
    assert not points_back(question)
    assert standalone(question, conversation(FIRST)) == question


def test_a_chain_of_follow_ups_does_not_grow() -> None:
    assert standalone("And its price?", conversation(FIRST, "And gallium?", "Why is it so?")) == f"{FIRST} And its price?"
    assert standalone("Why?", conversation()) == "Why?"

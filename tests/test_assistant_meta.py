"""Small talk and questions about the library are answered without a search."""

import pytest

from assistant.meta import meta
from index.library import Library
from tests.conftest import final


@pytest.mark.parametrize(
    "text", ["Good morning, how are you today?", "ok great", "thanks!", "Who made you?", "What can you do?"]
)
def test_small_talk_is_answered_without_a_search(seeds: Library, text: str) -> None:
    answer = final(seeds, text)
    assert (answer.status, answer.hits, answer.citations) == ("meta", (), ())


def test_the_documents_are_listed_with_their_dates(seeds: Library) -> None:
    text = meta("Which documents do you have?", seeds) or ""
    assert text.startswith("I hold 3 documents")
    assert all(document.title in text for document in seeds.documents())
    assert "undated" in text


@pytest.mark.parametrize(
    "question",
    [
        "What is Korea Zinc's planned germanium capacity?",
        "How do you get the symbol on the keyboard?",
        "What are the titles of the books mentioned in the text?",
        "And in 2025?",
        "",
    ],
)
def test_a_question_about_what_the_documents_say_is_searched(seeds: Library, question: str) -> None:
    assert meta(question, seeds) is None

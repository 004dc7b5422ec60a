"""Questions near to what the documents say are refused, and those that they answer are not."""

import pytest

from assistant.chat import ask
from index.library import Library


@pytest.mark.parametrize(
    "question",
    [
        "How many subsidiaries does Rostec have?",
        "What purity grade will Korea Zinc's germanium have?",
        "How many tonnes of germanium did China produce in 1999?",
        "In which month was the MOU between Korea Zinc and HK Materials signed?",
        "Who is the chairman of Yusheng Germanium?",
    ],
)
def test_what_nothing_near_says_is_refused(seeds: Library, question: str) -> None:
    assert list(ask(question, library=seeds))[-1].refused


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("In which region is Russian germanium produced?", "Novosibirsk"),
        ("How many tonnes of germanium did China produce in 2024?", "95t"),
        ("What is the annual capacity of Korea Zinc's germanium plant?", "12 tons"),
    ],
)
def test_what_they_say_is_answered(seeds: Library, question: str, said: str) -> None:
    answer = list(ask(question, library=seeds))[-1]
    assert answer.status == "answered"
    assert said in answer.text

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.model_yes import believed
from assistant.chat import ask
from assistant.errors import LanguageModelError
from assistant.language_models.prompts import CHECK
from assistant.reading.evidence import answerable_from
from index.library.library import Library
from tests.conftest import FakeModel, assert_round_trips, final

QUESTION = "What is Korea Zinc's planned germanium capacity?"
ANSWER = "Korea Zinc plans 12 tons a year."
OTHER_WORDS = "Which US arms maker will get Ge from the Seoul metals group?"
"""Lockheed Martin, in words that the documents don't have: the quotes refuse it."""


def first_source(prompt: str) -> str:
    found = re.search(r"^\[\d+\] (.*)", prompt, re.MULTILINE)
    assert found
    return found[1]


def test_a_model_s_yes_to_the_quotes_lets_it_write_and_its_no_refuses(seeds: Library) -> None:
    assert final(seeds, QUESTION, FakeModel(ANSWER, p_yes=1.0)).text == ANSWER
    llm = FakeModel(ANSWER, p_yes=0.0)
    answer = final(seeds, QUESTION, llm)
    assert answer.refused and answer.nearest and llm.asked == []
    assert_round_trips(answer, seeds)


def test_the_check_and_the_writing_read_the_quotes_alone_and_share_their_prompt_up_to_its_last_line(seeds: Library) -> None:
    llm = FakeModel(ANSWER, p_yes=1.0)
    quotes = final(seeds, QUESTION)
    final(seeds, QUESTION, llm)
    assert llm.checked[0].removesuffix(CHECK) == llm.asked[0].removesuffix("Answer:")
    assert len(re.findall(r"^\[\d+\] ", llm.asked[0], re.MULTILINE)) == len(quotes.citations)


def test_a_model_that_can_t_say_yes_writes_where_the_evidence_is_not_doubtful(seeds: Library) -> None:
    assert final(seeds, QUESTION, FakeModel(ANSWER)).text == ANSWER


def test_a_check_that_breaks_off_leaves_the_quotes_and_says_so(seeds: Library) -> None:
    def fails(prompt: str) -> float:
        raise LanguageModelError("the language model broke off: gone")

    answer = final(seeds, QUESTION, FakeModel(ANSWER, p_yes=fails))
    assert answer.text == final(seeds, QUESTION).text
    assert answer.notes[-1].endswith("gone; the quotes are the answer")


def test_a_question_in_other_words_is_read_by_a_model_and_answered_if_it_says_yes(seeds: Library) -> None:
    assert final(seeds, OTHER_WORDS).refused
    llm = FakeModel(first_source, p_yes=1.0)
    answers = list(ask(OTHER_WORDS, library=seeds, llm=llm))
    assert answers[-1].text == first_source(llm.asked[0]) and answers[-1].confidence < answerable_from("multilingual")
    assert all(answer.refused for answer in answers if answer.stage == "reading")
    assert_round_trips(answers[-1], seeds)


@pytest.mark.parametrize(
    "llm",
    [
        FakeModel(first_source, p_yes=0.3),
        FakeModel(first_source),
        FakeModel("It is 99 t.", p_yes=1.0),
        FakeModel("", p_yes=1.0),
    ],
)
def test_without_a_yes_and_an_answer_that_stands_a_question_in_other_words_stays_refused(
    seeds: Library, llm: FakeModel
) -> None:
    assert final(seeds, OTHER_WORDS, llm).refused
    assert llm.checked


def test_of_a_name_that_occurs_nowhere_a_model_s_word_is_not_taken(seeds: Library) -> None:
    llm = FakeModel("Umicore has a capacity of 12 tons.", p_yes=1.0)
    assert final(seeds, "What is Umicore's germanium recycling capacity?", llm).refused


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_surer_yes_never_makes_an_answer_less_believed(one: float, two: float, doubtful: bool) -> None:
    low, high = sorted((one, two))
    assert believed(low, doubtful=doubtful) <= believed(high, doubtful=doubtful)

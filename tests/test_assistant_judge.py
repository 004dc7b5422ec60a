import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chat import ANSWERABLE, ask
from assistant.errors import LanguageModelError
from assistant.judge import believed
from assistant.prompts import CHECK
from index.library import Library
from tests.conftest import FakeModel, assert_round_trips, final

QUESTION = "What is Korea Zinc's planned germanium capacity?"
ANSWER = "Korea Zinc plans 12 tons a year."
OTHER_WORDS = "俄罗斯的锗产自哪里？"
"""Where Russia's germanium comes from, in words that the documents don't have: the quotes refuse it."""


def first_source(prompt: str) -> str:
    found = re.search(r"^\[\d+\] (.*)", prompt, re.MULTILINE)
    assert found
    return found[1]


def test_a_model_s_yes_leaves_its_answer_and_its_no_the_quotes(seeds: Library) -> None:
    assert final(seeds, QUESTION, FakeModel(ANSWER, p_yes=1.0)).text == ANSWER
    answer = final(seeds, QUESTION, FakeModel(ANSWER, p_yes=0.0))
    assert (answer.text, answer.answerer, answer.removed) == (final(seeds, QUESTION).text, "quotes", 1)
    assert_round_trips(answer, seeds)


def test_the_check_is_put_behind_the_prompt_and_the_verified_answer(seeds: Library) -> None:
    llm = FakeModel(f"{ANSWER} It plans 99 tons of gallium.", p_yes=1.0)
    assert final(seeds, QUESTION, llm).removed == 1
    assert llm.checked == [f"{llm.asked[0]}\n{ANSWER}\n{CHECK}"]


def test_a_model_that_can_t_say_yes_leaves_its_answer(seeds: Library) -> None:
    assert final(seeds, QUESTION, FakeModel(ANSWER)).text == ANSWER


def test_a_check_that_breaks_off_leaves_the_answer_and_says_so(seeds: Library) -> None:
    def fails(prompt: str) -> float:
        raise LanguageModelError("the language model broke off: gone")

    answer = final(seeds, QUESTION, FakeModel(ANSWER, p_yes=fails))
    assert answer.text == ANSWER and answer.notes[-1].endswith("gone; the answer is unchecked")


def test_a_question_in_other_words_is_read_by_a_model_and_answered_if_it_says_yes(seeds: Library) -> None:
    assert final(seeds, OTHER_WORDS).refused
    llm = FakeModel(first_source, p_yes=1.0)
    answers = list(ask(OTHER_WORDS, library=seeds, llm=llm))
    assert answers[-1].text == first_source(llm.asked[0]) and answers[-1].confidence < ANSWERABLE
    assert all(answer.refused for answer in answers if answer.text and answer.stage != "done")
    assert_round_trips(answers[-1], seeds)


@pytest.mark.parametrize(
    "llm", [FakeModel(first_source, p_yes=0.3), FakeModel(first_source), FakeModel("It is 99 t."), FakeModel("")]
)
def test_without_a_yes_a_question_in_other_words_stays_refused(seeds: Library, llm: FakeModel) -> None:
    assert final(seeds, OTHER_WORDS, llm).refused
    assert llm.asked


def test_a_name_that_occurs_nowhere_is_refused_unasked(seeds: Library) -> None:
    llm = FakeModel("Umicore has a capacity of 12 tons.", p_yes=1.0)
    assert final(seeds, "What is Umicore's germanium recycling capacity?", llm).refused
    assert llm.asked == []


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_surer_yes_never_makes_an_answer_less_believed(one: float, two: float, doubtful: bool) -> None:
    low, high = sorted((one, two))
    assert believed(low, doubtful=doubtful) <= believed(high, doubtful=doubtful)

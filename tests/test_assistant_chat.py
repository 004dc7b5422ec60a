import re
from collections.abc import Iterator, Sequence

import pytest

from assistant.answering.draft import compose
from assistant.answering.refusal import NOT_SAID
from assistant.chat import MAX_QUESTION, ask
from assistant.errors import LanguageModelError, OutOfTokensError, QuestionError
from assistant.language_models.prompts import EVIDENCE_CHARACTERS, REFUSAL, messages
from assistant.types import Citation, Conversation, Evidence, EvidenceSpan, Turn
from index.library.library import Library
from tests.conftest import FakeModel, assert_round_trips, final

QUESTION = "What is Korea Zinc's planned germanium capacity?"


def number_of(prompt: str, words: str) -> str:
    """The source number, in a prompt, of the sentence that holds `words`."""
    found = re.search(rf"^\[(\d+)\] .*{re.escape(words)}", prompt, re.MULTILINE)
    assert found
    return found[1]


def test_without_a_model_the_quotes_answer(seeds: Library) -> None:
    answer = final(seeds, QUESTION)
    assert (answer.status, answer.stage, answer.answerer) == ("answered", "done", "quotes")
    assert "annual capacity of 12 tons (t)" in answer.text
    assert_round_trips(answer, seeds)


def test_the_quotes_come_first_and_the_composed_answer_keeps_their_numbers(seeds: Library) -> None:
    llm = FakeModel(lambda prompt: f"Korea Zinc plans 12 tons a year [{number_of(prompt, '12 tons')}].")
    answers = list(ask(QUESTION, library=seeds, llm=llm))
    stages = list(dict.fromkeys(answer.stage for answer in answers))
    assert stages == ["searching", "reading", "writing", "checking", "done"]
    quotes = next(answer for answer in answers if answer.stage == "reading")
    assert "12 tons" in quotes.text
    last = answers[-1]
    assert (last.text, last.answerer) == ("Korea Zinc plans 12 tons a year.", "fake")
    numbers = {citation.quote: citation.number for citation in quotes.citations}
    assert all(numbers[citation.quote] == citation.number for citation in last.citations)
    assert last.seconds.quote is not None and last.seconds.first_token is not None and last.seconds.total is not None
    assert last.seconds.quote <= last.seconds.first_token <= last.seconds.total
    for answer in answers:
        assert_round_trips(answer, seeds)


def test_an_invented_number_is_cut_and_the_quotes_are_the_answer(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel("Korea Zinc plans 99 tons a year."))
    assert "99" not in answer.text
    assert (answer.answerer, answer.removed, answer.status) == ("quotes", 1, "answered")


def test_another_company_s_number_is_cut(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel("Korea Zinc's germanium capacity is 50t. Korea Zinc plans 12 tons a year."))
    assert answer.text == "Korea Zinc plans 12 tons a year."
    assert answer.removed == 1


def test_a_model_that_finds_nothing_means_a_refusal(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel(REFUSAL))
    assert answer.refused
    assert answer.nearest and not answer.citations


def test_quotes_that_a_model_said_yes_to_stand_though_it_then_writes_that_the_sources_do_not_say(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel(REFUSAL, p_yes=0.7))
    assert answer.status == "answered" and "12 tons" in answer.text and answer.answerer == "quotes"


@pytest.mark.parametrize(
    "question",
    [
        "Who is the chief financial officer of Korea Zinc?",
        "What is Umicore's germanium recycling capacity?",
        "What was the revenue of Rostec in 2023?",
        "Who is the CEO of Rostec?",
        "What is the price of germanium per kilogram?",
        "How many employees work at the Onsan refinery in shifts?",
    ],
)
def test_what_the_documents_do_not_hold_is_refused_with_the_nearest_passages(seeds: Library, question: str) -> None:
    for llm in (None, FakeModel("Kim Min-jun, 99 t.", p_yes=1.0)):
        answer = final(seeds, question, llm)
        assert answer.refused and answer.missing
        assert len(answer.nearest) == 3
        assert_round_trips(answer, seeds)


def test_a_refusal_names_what_was_searched_for_and_what_no_document_has(seeds: Library) -> None:
    lines = final(seeds, "What is Umicore's germanium recycling capacity?").text.split("\n")
    assert lines[:2] == [NOT_SAID, "Searched for: What is Umicore's germanium recycling capacity?"]
    assert "“Umicore" in lines[2] and lines[3].startswith("The nearest passage")


def test_a_question_in_two_parts_is_answered_in_part(seeds: Library) -> None:
    question = "What is Korea Zinc's planned germanium capacity and who won the football championship?"
    for llm in (None, FakeModel("Korea Zinc plans 12 tons a year.")):
        answer = final(seeds, question, llm)
        assert (answer.status, "12 tons" in answer.text) == ("partly", True)
        assert answer.notes == ("Not found in the documents: “who won the football championship?”",)
        assert_round_trips(answer, seeds)


def test_a_model_that_breaks_off_leaves_the_quotes_and_says_so(seeds: Library) -> None:
    class Broken:
        name = "broken"

        def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
            yield 1.0

        def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
            yield "Korea Zinc plans 12"
            raise LanguageModelError("the language model broke off: gone")

    answer = list(ask(QUESTION, library=seeds, llm=Broken()))[-1]
    assert "12 tons (t)" in answer.text
    assert "broke off" in answer.notes[0]


def test_a_model_that_writes_nothing_leaves_the_quotes_and_says_so(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel(" "))
    assert "12 tons (t)" in answer.text and answer.notes == ("fake wrote nothing; the quotes are the answer",)


def test_a_composed_answer_without_the_amount_asked_for_leaves_the_quotes(seeds: Library) -> None:
    answer = final(seeds, QUESTION, FakeModel("Korea Zinc is pushing to build a germanium plant at the Onsan Smelter."))
    assert "12 tons (t)" in answer.text and answer.answerer == "quotes" and answer.removed == 0
    asked = "Where is Korea Zinc pushing to build a germanium plant?"
    composed = "Korea Zinc is pushing to build a germanium plant at the Onsan Smelter."
    assert final(seeds, asked, FakeModel(composed)).text == composed


def test_a_sentence_that_says_nothing_is_there_is_left_out_of_an_answer(seeds: Library) -> None:
    draft = "Korea Zinc plans 12 tons a year. The opening date is not mentioned in the provided sources."
    assert final(seeds, QUESTION, FakeModel(draft)).text == "Korea Zinc plans 12 tons a year."


def test_a_reply_cut_off_in_mid_sentence_loses_that_sentence(seeds: Library) -> None:
    class Long(FakeModel):
        def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
            yield "Korea Zinc plans 12 tons a year. It will invest 140"
            raise OutOfTokensError("cut off")

    assert list(ask(QUESTION, library=seeds, llm=Long("")))[-1].text == "Korea Zinc plans 12 tons a year."


def test_closing_the_answer_ends_the_model_s_work(seeds: Library) -> None:
    llm = FakeModel("Korea Zinc plans 12 tons a year. " * 10)
    answers = ask(QUESTION, library=seeds, llm=llm)
    while next(answers).stage != "writing":
        pass
    answers.close()  # type: ignore[attr-defined]
    assert llm.closed


def test_a_follow_up_is_searched_with_what_came_before(seeds: Library) -> None:
    before = Conversation(turns=(Turn(QUESTION, final(seeds, QUESTION), ""),))
    answer = final(seeds, "And how much will it invest in that?", conversation=before)
    assert "Korea Zinc" in answer.query and "germanium" in answer.query
    assert "140 billion won" in answer.text
    assert (
        final(seeds, "How many staff does Yusheng employ?", conversation=before).query
        == "How many staff does Yusheng employ?"
    )


@pytest.mark.parametrize(
    ("question", "message"), [(" \n", "empty"), ("caf\udce9?", "UTF-8"), ("x" * 100_000, f"{MAX_QUESTION:,} at most")]
)
def test_a_question_that_cannot_be_asked_says_why(seeds: Library, question: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        final(seeds, question)


def test_an_empty_library_says_what_to_do(library: Library) -> None:
    with pytest.raises(QuestionError, match="quarry ingest"):
        final(library, QUESTION)


def test_a_prompt_over_the_window_is_not_sent_and_says_so() -> None:
    quote = "The Arden smelter has a capacity of 12 t, " + "and a furnace, " * 1500
    citation = Citation(1, "d", 1, "long.txt", "Long", None, 0, len(quote), quote)
    llm = FakeModel("12 t")
    with pytest.raises(LanguageModelError, match=r"the model's window 4,096"):
        list(compose("What is the capacity?", Evidence((EvidenceSpan(citation, 1.0, quote),), 1.0), llm))
    assert llm.asked == []


def test_the_prompt_is_stable_first_and_bounded(seeds: Library) -> None:
    prompts = []
    for question in (QUESTION, "Why does Russia increase germanium production?"):
        llm = FakeModel(REFUSAL)
        final(seeds, question, llm)
        prompts.append(llm.asked[0])
    shared = len(messages("", ())[0][1])
    assert prompts[0][:shared] == prompts[1][:shared]
    assert all(len(prompt) < shared + EVIDENCE_CHARACTERS + 500 for prompt in prompts)
    assert prompts[0].rstrip().endswith(f"Question: {QUESTION}\nAnswer:")

import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import AssistantError, QuestionError
from assistant.history.history import History
from assistant.rendering import page_words
from assistant.service.answers import AT_ONCE, MOST_WAITING, RECENT, Answers, Question
from assistant.types import Answer, Conversation
from index.library.schema import open_database
from index.types import Filters

FOUND = Answer("Twelve tons.", stage="reading")


class Asked:
    """What `Service.ask` does, held until it is let go; it records what it was asked, after how many turns."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[tuple[str, int]] = []

    def __call__(self, question: str, before: Conversation, filters: Filters) -> Generator[Answer]:
        self.asked.append((question, len(before.turns)))
        if question == "too long":
            raise QuestionError("too long: shorten it")
        if question == "bug":
            raise ZeroDivisionError
        yield Answer()
        yield FOUND
        while not self.go.wait(0.01):
            yield replace(FOUND, text="Twelve tons", stage="writing")
        yield replace(FOUND, text=f"answer to {question}", stage="done")


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(open_database(tmp_path))


@pytest.fixture
def answers(asked: Asked, history: History) -> Answers:
    return Answers(asked, history)


def wait(answers: Answers, id_: str, ended: bool = True) -> None:
    """Until a conversation's answers have ended, or one is under way with its quotes found."""

    def is_there() -> bool:
        talk = answers.of(id_)
        return bool(talk) and (talk.question is None if ended else talk.answer.text != "")

    with answers.changed:
        assert answers.changed.wait_for(is_there, 10)


def questions(history: History, id_: str) -> list[str]:
    return [turn.question for turn in history.read(id_).turns]


def test_an_answer_is_stored_with_nobody_looking_and_what_waits_is_asked_after_it_in_order(
    answers: Answers, asked: Asked, history: History
) -> None:
    id_ = answers.ask(Conversation(), Question("one"))
    for text in ("two", "three", "four"):
        assert answers.ask(Conversation(id_), Question(text)) == id_
    talk = answers.of(id_)
    assert talk is not None and [one.text for one in talk.waiting] == ["two", "three", "four"]
    answers.take_back(id_, talk.waiting[1].number)
    assert history.listed() == []
    asked.go.set()
    wait(answers, id_)
    assert questions(history, id_) == ["one", "two", "four"]
    assert asked.asked == [("one", 0), ("two", 1), ("four", 2)]
    assert answers.running() == []


def test_a_stop_ends_the_answer_under_way_alone_and_keeps_its_quotes(
    answers: Answers, asked: Asked, history: History
) -> None:
    id_ = answers.ask(Conversation(), Question("one"))
    answers.ask(Conversation(id_), Question("two"))
    wait(answers, id_, ended=False)
    talk = answers.of(id_)
    assert talk is not None and talk.question is not None
    answers.stop(talk.question.number)
    answers.stop(talk.question.number + 7)  # not under way: nothing
    with answers.changed:
        answers.changed.wait_for(lambda: bool(history.listed()), 10)
    asked.go.set()
    wait(answers, id_)
    first, second = (turn.answer for turn in history.read(id_).turns)
    assert first.text == "Twelve tons." and first.notes == (page_words.STOPPED,)
    assert second.text == "answer to two" and second.notes == ()


def test_a_turn_is_replaced_once_though_it_was_pressed_twice_and_stays_where_the_new_question_cannot_be_asked(
    answers: Answers, asked: Asked, history: History
) -> None:
    asked.go.set()
    id_ = answers.ask(Conversation(), Question("one"))
    wait(answers, id_)
    talk = answers.of(id_)
    assert talk is not None
    asked.go.clear()
    for _ in range(2):
        answers.ask(talk.conversation, Question("other", replaces=1))
    running = answers.of(id_)
    assert running is not None and running.waiting == () and running.conversation.turns == ()
    asked.go.set()
    wait(answers, id_)
    assert questions(history, id_) == ["other"]
    talk = answers.of(id_)
    assert talk is not None
    answers.ask(talk.conversation, Question("too long", replaces=1))
    wait(answers, id_)
    talk = answers.of(id_)
    assert talk is not None and talk.failed is not None and talk.failed[1] == "too long: shorten it"
    assert [turn.question for turn in talk.conversation.turns] == questions(history, id_) == ["other"]


def test_a_bug_is_told_and_those_that_wait_get_their_turn(answers: Answers, asked: Asked, history: History) -> None:
    id_ = answers.ask(Conversation(), Question("one"))
    answers.ask(Conversation(id_), Question("bug"))
    answers.ask(Conversation(id_), Question("three"))
    asked.go.set()
    wait(answers, id_)
    talk = answers.of(id_)
    assert talk is not None and talk.failed is not None and talk.failed[1] == page_words.BROKE_OFF
    assert questions(history, id_) == ["one", "three"]


def test_nothing_is_stored_of_a_conversation_deleted_meanwhile(answers: Answers, asked: Asked, history: History) -> None:
    id_ = answers.ask(Conversation(), Question("one"))
    answers.ask(Conversation(id_), Question("two"))
    wait(answers, id_, ended=False)
    answers.drop(id_)
    assert answers.of(id_) is None
    answers.close()
    assert history.listed() == [] and len(asked.asked) == 1


def test_an_answer_that_cannot_be_stored_is_still_shown_and_says_so(
    answers: Answers, asked: Asked, history: History
) -> None:
    asked.go.set()
    id_ = answers.ask(Conversation(), Question("one"))
    wait(answers, id_)
    talk = answers.of(id_)
    assert talk is not None
    history.delete(id_)  # as by a command in another window
    answers.ask(talk.conversation, Question("two"))
    wait(answers, id_)
    talk = answers.of(id_)
    assert talk is not None and "this answer is not stored" in talk.conversation.turns[-1].answer.notes[0]
    assert history.listed() == []


def test_what_is_under_way_waits_and_is_remembered_is_bounded(answers: Answers, asked: Asked) -> None:
    ids = [answers.ask(Conversation(), Question("one")) for _ in range(AT_ONCE)]
    with pytest.raises(AssistantError, match="too many conversations"):
        answers.ask(Conversation(), Question("one"))
    for _ in range(MOST_WAITING):
        answers.ask(Conversation(ids[0]), Question("next"))
    with pytest.raises(AssistantError, match="too many questions wait"):
        answers.ask(Conversation(ids[0]), Question("next"))
    asked.go.set()
    with answers.changed:
        assert answers.changed.wait_for(lambda: not answers.running(), 30)
    assert len([id_ for id_ in ids if answers.of(id_)]) == RECENT


def test_a_stop_of_the_server_keeps_what_was_found_and_asks_nothing_more(
    answers: Answers, asked: Asked, history: History
) -> None:
    id_ = answers.ask(Conversation(), Question("one"))
    answers.ask(Conversation(id_), Question("two"))
    wait(answers, id_, ended=False)
    answers.close()
    (turn,) = history.read(id_).turns
    assert turn.question == "one" and turn.answer.text == "Twelve tons."

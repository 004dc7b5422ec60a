"""Answers as the server's own work: each comes to its end in a thread, whoever looks on, and its turn is stored then.

A conversation's questions are answered one after the other: what is asked meanwhile waits, and can be taken back.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assistant.errors import AssistantError
from assistant.history.history import History
from assistant.rendering import page_words
from assistant.types import Answer, Conversation, Turn
from index.errors import IndexingError
from index.types import Filters

AT_ONCE = 40
"""Conversations answered at the same time; for the language model they wait in its own line."""

MOST_WAITING = 20
"""Questions that wait in one conversation."""

RECENT = 20
"""Conversations that are remembered after their last answer, for pages that have yet to draw it."""

PATIENCE = 3.0
"""Seconds that the server, asked to stop, waits for its answers to be stored as far as they are."""

Ask = Callable[[str, Conversation, Filters], Generator[Answer]]
"""See `assistant.chat.ask`."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, and where to search for it. `number` is its name in this process, from 1.

    With `replaces`, the number of the last turn, that one goes when the new one is there.
    """

    text: str
    filters: Filters = Filters()
    replaces: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation at work: its turns, the question under way with its answer so far, and those that wait.

    `failed` is the last question where it could not be asked, with the reason. `is_stored` says whether the history has
    the conversation; `version` grows with each change.
    """

    conversation: Conversation
    question: Question | None = None
    answer: Answer = Answer()
    waiting: tuple[Question, ...] = ()
    failed: tuple[Question, str] | None = None
    is_stored: bool = False
    version: int = 0


class Answers:
    """The conversations at work in this process. Safe to use from many threads.

    Whoever looks on waits for `changed`; `version` grows with each change of anything, `listed` with each beginning and end.
    """

    def __init__(self, ask: Ask, history: History) -> None:
        """Nothing is asked yet."""
        self.changed = threading.Condition()
        self.version = 0
        self.listed = 0
        self.closed = False
        self._ask = ask
        self._history = history
        self._storing = threading.Lock()
        self._talks: dict[str, Talk] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._stopped: set[int] = set()
        self._last = 0

    def ask(self, conversation: Conversation, question: Question) -> str:
        """Begin to answer, after those that wait in this conversation; its id, also where it is new.

        A turn is replaced only where nothing of the conversation is under way: else its question follows as a new one.

        Raises:
            AssistantError: too much is under way already.
        """
        with self.changed:
            id_ = conversation.id or secrets.token_hex(6)
            talk = self._talks.get(id_)
            self._last += 1
            question = replace(question, number=self._last)
            if talk is None or talk.question is None:
                if len(self._threads) >= AT_ONCE:
                    raise AssistantError(page_words.TOO_BUSY)
                stored = talk.is_stored if talk else bool(conversation.turns)
                whole = replace(conversation, id=id_)
                turns = whole.turns[: question.replaces - 1] if question.replaces else whole.turns
                self._put(Talk(replace(whole, turns=turns), question, is_stored=stored))
                thread = threading.Thread(target=self._work, args=(id_, whole), name=f"answers {id_}", daemon=True)
                self._threads[id_] = thread
                thread.start()
            elif len(talk.waiting) >= MOST_WAITING:
                raise AssistantError(page_words.TOO_MANY_WAIT)
            elif question.replaces is None or question.replaces != talk.question.replaces:  # else it was pressed twice
                self._put(replace(talk, waiting=(*talk.waiting, replace(question, replaces=None))))
            self.listed += 1
            return id_

    def of(self, id_: str) -> Talk | None:
        """A conversation at work, or one that was a moment ago."""
        with self.changed:
            return self._talks.get(id_)

    def running(self) -> list[Talk]:
        """The conversations at work, the last one first."""
        with self.changed:
            return [talk for talk in reversed(self._talks.values()) if talk.question]

    def stop(self, number: int) -> None:
        """Let what was found so far be the answer to this question; those that wait come next."""
        with self.changed:
            if any(talk.question and talk.question.number == number for talk in self._talks.values()):
                self._stopped.add(number)

    def take_back(self, id_: str, number: int) -> None:
        """Forget a question that waits; one that no longer does goes on."""
        with self.changed:
            if talk := self._talks.get(id_):
                self._put(replace(talk, waiting=tuple(one for one in talk.waiting if one.number != number)))

    def drop(self, id_: str) -> None:
        """End the work at a conversation that is being deleted: nothing of it is stored any more."""
        with self._storing, self.changed:
            if (talk := self._talks.pop(id_, None)) and talk.question:
                self._stopped.add(talk.question.number)
            self._count()

    def close(self) -> None:
        """Stop all answers, and wait until they are stored as far as they are, but not for ever."""
        with self.changed:
            self.closed = True
            self._count()
            threads = list(self._threads.values())
        end = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self, id_: str, whole: Conversation) -> None:
        """Answer a conversation's questions until none waits; it is `whole` again where the first one can't be asked."""
        while (talk := self.of(id_)) and talk.question:
            question = talk.question
            answer, reason = self._answered(talk, question)
            with self._storing:
                if (talk := self.of(id_)) is None:
                    break
                done = replace(talk, conversation=whole, failed=(question, reason))
                done = done if reason else self._stored(replace(talk, answer=answer), question)
                whole = done.conversation
                with self.changed:
                    waiting = () if self.closed else self._talks[id_].waiting
                    following = waiting[0] if waiting else None
                    self._put(replace(done, question=following, answer=Answer(), waiting=waiting[1:]))
                    self._stopped.discard(question.number)
                    self._forget()
                    self.listed += 1
                    if following is None:
                        del self._threads[id_]
                        return
        with self.changed:
            self._threads.pop(id_, None)
            self.listed += 1

    def _answered(self, talk: Talk, question: Question) -> tuple[Answer, str]:
        """The final answer to a question, or the reason why there is none."""
        kept = Answer()
        try:
            with closing(self._ask(question.text, talk.conversation, question.filters)) as answers:
                for answer in answers:
                    if answer.stage != "done" and (self.closed or question.number in self._stopped):
                        answer = stopped(kept)
                    if answer.stage == "done":
                        return answer, ""
                    kept = answer if answer.stage == "reading" else kept
                    self._show(talk, answer)
        except (AssistantError, IndexingError) as error:
            return kept, str(error)
        except Exception:  # a bug: told to whoever asked, and those that wait get their turn
            _LOG.exception("an answer broke off")
        return kept, page_words.BROKE_OFF

    def _stored(self, talk: Talk, question: Question) -> Talk:
        """The talk with its turn, which the history has too, unless it can't be written."""
        before, turn = talk.conversation, Turn(question.text, talk.answer, datetime.now(UTC).isoformat(timespec="seconds"))
        try:
            if question.replaces and talk.is_stored:
                self._history.withdraw(before.id, question.replaces)
            title = self._history.add(before.id, turn, begins=not talk.is_stored).title
            talk = replace(talk, conversation=replace(before, title=title), is_stored=True)
        except AssistantError as error:  # the answer is still worth reading
            note = page_words.NOT_STORED.format(reason=error)
            turn = replace(turn, answer=replace(turn.answer, notes=(*turn.answer.notes, note)))
        return replace(talk, conversation=replace(talk.conversation, turns=(*before.turns, turn)))

    def _show(self, talk: Talk, answer: Answer) -> None:
        """Let others see how far an answer is; what waits is as it is now."""
        with self.changed:
            if now := self._talks.get(talk.conversation.id):
                self._put(replace(now, answer=answer))

    def _put(self, talk: Talk) -> None:
        self._count()
        self._talks[talk.conversation.id] = replace(talk, version=self.version)

    def _count(self) -> None:
        self.version += 1
        self.changed.notify_all()

    def _forget(self) -> None:
        ended = [id_ for id_, talk in self._talks.items() if talk.question is None]
        for id_ in ended[:-RECENT]:
            del self._talks[id_]


def stopped(kept: Answer) -> Answer:
    """The answer that a stopped one leaves: the quotes, if they were found; what is not checked never stays."""
    if not kept.text:
        return Answer(text=page_words.STOPPED_EARLY, status="meta", stage="done")
    return replace(kept, stage="done", notes=(*kept.notes, page_words.STOPPED))

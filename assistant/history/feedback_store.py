"""Feedback kept in a data folder's database, with all that the answer rested on. By any thread.

It is made an evaluation question on demand; `feedback_question` has the rules.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.errors import FeedbackError
from assistant.history.feedback import FEEDBACK, Feedback, Rating, Reason
from assistant.history.feedback_question import question_of
from assistant.history.history import FOUND, TURN
from index.library.schema import feedback, meta, turns
from index.library.texts import Texts

QUESTIONS = "feedback.jsonl"
"""The file of the data folder that evaluation questions are written to, for `python -m evals run --feedback FILE`."""


class FeedbackStore:
    """The feedback in a data folder's database."""

    def __init__(self, engine: sa.Engine, home: Path) -> None:
        """`engine` is the open database of the data folder `home`."""
        self._engine = engine
        self._file = home / QUESTIONS
        self._texts = Texts(engine)
        self._writing = threading.Lock()

    def add(
        self,
        conversation_id: str,
        number: int,
        rating: Rating,
        reasons: Sequence[Reason] = (),
        right_answer: str = "",
        remark: str = "",
    ) -> Feedback:
        """Keep what was thought of the answer of a stored turn, instead of what was thought of it before.

        Raises:
            FeedbackError: there is no such turn, a text is too long, or nothing can be written.
        """
        given = {"rating": rating, "reasons": tuple(reasons), "right_answer": right_answer.strip(), "remark": remark.strip()}
        try:
            with self._engine.begin() as connection:
                self._delete(connection, conversation_id, number)  # writes first: no turn goes in between
                now = datetime.now(UTC).isoformat(timespec="seconds")
                added = Feedback(**_asked(connection, conversation_id, number), **given, created=now)  # type: ignore[arg-type]
                row = {"conversation_id": conversation_id, "number": number, "created": now}
                connection.execute(sa.insert(feedback).values(row | {"feedback": FEEDBACK.dump_json(added).decode()}))
        except sa.exc.OperationalError as error:
            raise FeedbackError(f"the feedback can't be written ({error.orig}): free some space and try again") from error
        return added

    def remove(self, conversation_id: str, number: int) -> None:
        """Forget what was thought of a turn's answer, if anything was."""
        with self._engine.begin() as connection:
            self._delete(connection, conversation_id, number)

    def of(self, conversation_id: str) -> list[Feedback]:
        """What was thought of a conversation's answers, in order of turn."""
        return self._read(sa.select(feedback).where(feedback.c.conversation_id == conversation_id))

    def listed(self) -> list[Feedback]:
        """All feedback, the oldest first."""
        return self._read(sa.select(feedback).order_by(feedback.c.created))

    def as_question(self, id_: str) -> dict[str, Any]:
        """Make an evaluation question of a feedback: a line of the data folder's `feedback.jsonl`, which is returned.

        One made of the same feedback earlier is replaced.

        Raises:
            FeedbackError: there is no such feedback, it tells too little, or the file can't be read or written.
        """
        conversation_id, _, number = id_.rpartition("-")
        found = [one for one in self.of(conversation_id) if str(one.number) == number]
        if not found:
            raise FeedbackError(f"there is no feedback {id_}: `quarry feedback list` names them all")
        question = self._question(found[0])
        with self._writing:
            try:
                there = self._file.read_text(encoding="utf-8").split("\n") if self._file.exists() else []
                kept = [line for line in there if line.strip() and json.loads(line)["id"] != question["id"]]
                lines = [*kept, json.dumps(question, ensure_ascii=False)]
                temporary = self._file.with_suffix(".new")
                temporary.write_bytes("".join(f"{line}\n" for line in lines).encode())
                temporary.replace(self._file)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise FeedbackError(f"{self._file} can't be continued ({error}): move it away and try again") from error
        return question

    def questions(self) -> list[dict[str, Any]]:
        """Of each feedback, the oldest first, its `id` and the evaluation `question`, or the `reason` why there is none."""
        made: list[dict[str, Any]] = []
        for one in self.listed():
            try:
                made.append({"id": one.id, "question": self._question(one)})
            except FeedbackError as error:
                made.append({"id": one.id, "reason": str(error)})
        return made

    def _question(self, one: Feedback) -> dict[str, Any]:
        keys = [(place.document_id, place.version) for place in one.citations]
        keys += [(place.document_id, place.version) for place in one.hits]
        return question_of(one, self._texts.read(keys))

    def _read(self, query: sa.Select[Any]) -> list[Feedback]:
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(feedback.c.conversation_id, feedback.c.number)).all()
        return [FEEDBACK.validate_json(row.feedback) for row in rows]

    @staticmethod
    def _delete(connection: sa.Connection, conversation_id: str, number: int) -> None:
        own = sa.and_(feedback.c.conversation_id == conversation_id, feedback.c.number == number)
        connection.execute(sa.delete(feedback).where(own))


def _asked(connection: sa.Connection, conversation_id: str, number: int) -> dict[str, Any]:
    """What a feedback keeps of a turn and of those before it."""
    until = sa.and_(turns.c.conversation_id == conversation_id, turns.c.number <= number)
    rows = connection.execute(sa.select(turns).where(until).order_by(turns.c.number)).all()
    if not rows or rows[-1].number != number:
        raise FeedbackError(f"there is no answer {number} in conversation {conversation_id}: it may have been deleted")
    *earlier, turn = [TURN.validate_json(row.turn) for row in rows]
    answer = turn.answer
    return {
        "conversation_id": conversation_id,
        "number": number,
        "question": turn.question,
        "history": tuple(one.question for one in earlier),
        "query": answer.query,
        "answer": answer.text,
        "status": answer.status,
        "citations": answer.citations,
        "hits": FOUND.validate_json(rows[-1].hits or "[]"),
        "answerer": answer.answerer,
        "index": connection.execute(sa.select(meta.c.value).where(meta.c.key == "fingerprint")).scalar() or "",
    }

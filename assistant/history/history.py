"""Conversations that last: turns in, the same turns out to the byte. Kept in the data folder's database, by any thread."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from assistant.errors import HistoryError
from assistant.history.purge import purged
from assistant.types import Answer, Conversation, Found, Listed, Outdated, Turn
from index.library.schema import conversations, documents, feedback, turns, versions

TURN = TypeAdapter(Turn)
CONVERSATION = TypeAdapter(Conversation)
FOUND = TypeAdapter(tuple[Found, ...])

LONGEST_TITLE = 200
"""Characters of a title that a person gives."""

OWN_TITLE = 60
"""Characters of a title made of the first question."""


class History:
    """The stored conversations of a database. Safe to use from many threads, and on any database of SQLAlchemy's."""

    def __init__(self, engine: sa.Engine) -> None:
        """`engine` is an open data folder's database."""
        self._engine = engine

    def listed(self, words: str = "") -> list[Listed]:
        """The conversations, the last changed first; only those whose title, questions and answers hold all `words`."""
        count = sa.select(sa.func.count()).where(turns.c.conversation_id == conversations.c.id).scalar_subquery()
        query = sa.select(conversations, count.label("turns")).order_by(conversations.c.changed.desc(), conversations.c.id)
        with self._engine.connect() as connection:
            found = [Listed(row.id, row.title, row.turns, row.created, row.changed) for row in connection.execute(query)]
            for word in words.casefold().split():
                holding = sa.select(turns.c.conversation_id).where(turns.c.words.contains(word, autoescape=True)).distinct()
                ids = set(connection.execute(holding).scalars())
                found = [one for one in found if one.id in ids or word in one.title.casefold()]
        return found

    def read(self, id_: str) -> Conversation:
        """A conversation with its turns in order.

        Raises:
            HistoryError: there is none of this id.
        """
        query = sa.select(turns.c.turn).where(turns.c.conversation_id == id_).order_by(turns.c.number)
        with self._engine.connect() as connection:
            title = connection.execute(sa.select(conversations.c.title).where(conversations.c.id == id_)).scalar()
            if title is None:
                raise _unknown(id_)
            found = tuple(TURN.validate_json(turn) for turn in connection.execute(query).scalars())
        return Conversation(id_, title, found)

    def add(self, id_: str, turn: Turn, begins: bool = False) -> Listed:
        """Store a turn as the last of a conversation, or, where `id_` is empty or `begins` one, as the first of a new one.

        Of the hits stays only where they stand, for a feedback: a follow-up finds its own.

        Raises:
            HistoryError: there is no conversation of this id.
            ValueError: the answer is not final; what is not checked is never stored.
        """
        if turn.answer.stage != "done":
            raise ValueError(f"an answer at the stage {turn.answer.stage} is not stored")
        hits = FOUND.dump_json(found(turn.answer)).decode()
        turn = replace(turn, answer=replace(turn.answer, hits=()))
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._writing() as connection:
            # The first statement writes: whoever else adds to this conversation now waits until this turn is in.
            if id_ and not begins:
                changed = connection.execute(
                    sa.update(conversations).where(conversations.c.id == id_).values(changed=now)
                ).rowcount
                if not changed:
                    raise _unknown(id_)
            else:
                id_ = id_ or secrets.token_hex(6)
                row = {"id": id_, "title": titled(turn.question), "created": now, "changed": now}
                connection.execute(sa.insert(conversations).values(row))
            last = sa.select(sa.func.max(turns.c.number)).where(turns.c.conversation_id == id_)
            number = (connection.execute(last).scalar() or 0) + 1
            stored = {"turn": TURN.dump_json(turn).decode(), "words": _words(turn), "hits": hits}
            connection.execute(sa.insert(turns).values(conversation_id=id_, number=number, **stored))
            return _listed(connection, id_)

    def rename(self, id_: str, title: str) -> Listed:
        """Give a conversation another title.

        Raises:
            HistoryError: there is none of this id, or the title is empty or too long.
        """
        title = " ".join(title.split())
        if not 0 < len(title) <= LONGEST_TITLE:
            raise HistoryError(f"the title has {len(title)} characters: give one of 1 to {LONGEST_TITLE}")
        with self._writing() as connection:
            query = sa.update(conversations).where(conversations.c.id == id_).values(title=title)
            if not connection.execute(query).rowcount:
                raise _unknown(id_)
            return _listed(connection, id_)

    def delete(self, id_: str) -> Listed:
        """Forget a conversation with all its turns and what was thought of them; what it was.

        Raises:
            HistoryError: there is none of this id.
        """
        with self._writing() as connection:
            query = sa.update(conversations).where(conversations.c.id == id_).values(changed=conversations.c.changed)
            connection.execute(query)  # writes first, as in `add`: no turn comes in between
            deleted = _listed(connection, id_)
            connection.execute(sa.delete(feedback).where(feedback.c.conversation_id == id_))
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == id_))
            connection.execute(sa.delete(conversations).where(conversations.c.id == id_))
        return deleted

    def withdraw(self, id_: str, number: int) -> Listed:
        """Forget a conversation's turn of this number, from 1, and those after it: they are asked anew.

        Raises:
            HistoryError: there is no conversation of this id.
        """
        with self._writing() as connection:
            query = sa.update(conversations).where(conversations.c.id == id_).values(changed=conversations.c.changed)
            connection.execute(query)  # writes first, as in `add`: no turn comes in between
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == id_, turns.c.number >= number))
            return _listed(connection, id_)

    def outdated(self, cited: Sequence[tuple[str, int]]) -> list[Outdated]:
        """Those of the cited versions, as document id and version, that are no longer current, in that order."""
        keys = dict.fromkeys(cited)
        ids = sorted({id_ for id_, _ in keys})
        of_version = [versions.c[name] for name in ("document_id", "version", "written", "state")]
        joined = sa.join(versions, documents, versions.c.document_id == documents.c.id)
        query = sa.select(*of_version, documents.c.version.label("current")).select_from(joined)
        query = query.where(versions.c.document_id.in_(ids))
        with self._engine.connect() as connection:
            rows = {(row.document_id, row.version): row for row in connection.execute(query)}
        found = []
        for id_, version in keys:
            row = rows.get((id_, version))
            if row is None or row.current != version:
                removed = row is None or row.current is None or row.state in ("erasing", "erased")
                found.append(Outdated(id_, version, row.written if row else None, removed))
        return found

    def purge(self, document_ids: Collection[str]) -> int:
        """Take what stored answers quote of these documents, and the sentences that rest on it; the number of answers."""
        changed = 0
        if not document_ids:
            return changed
        with self._writing() as connection:
            connection.execute(sa.update(turns).where(sa.false()).values(turn=""))  # writes first, as in `add`
            citing = sa.or_(*(turns.c.turn.contains(id_, autoescape=True) for id_ in document_ids))
            for row in connection.execute(sa.select(turns).where(citing)).all():
                turn = TURN.validate_json(row.turn)
                answer = purged(turn.answer, document_ids)
                if answer != turn.answer:
                    changed += 1
                    turn = replace(turn, answer=answer)
                    own = sa.and_(turns.c.conversation_id == row.conversation_id, turns.c.number == row.number)
                    stored = {"turn": TURN.dump_json(turn).decode(), "words": _words(turn)}
                    connection.execute(sa.update(turns).where(own).values(stored))
        return changed

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is stored, or nothing."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise HistoryError(
                f"the conversations can't be written ({error.orig}): free some space and try again"
            ) from error


def found(answer: Answer) -> tuple[Found, ...]:
    """Where the passages stand that an answer's search found, best first."""
    return tuple(
        Found(hit.chunk.document_id, hit.chunk.version, hit.chunk.start, hit.chunk.end, hit.score) for hit in answer.hits
    )


def titled(question: str) -> str:
    """A title made of a question: its first words."""
    text = " ".join(question.split())
    return text if len(text) <= OWN_TITLE else text[:OWN_TITLE].rsplit(" ", 1)[0] + " …"


def _words(turn: Turn) -> str:
    quotes = [citation.quote for citation in turn.answer.citations]
    titles = dict.fromkeys(citation.title for citation in turn.answer.citations)
    return "\n".join((turn.question, turn.answer.text, *titles, *quotes)).casefold()


def _listed(connection: sa.Connection, id_: str) -> Listed:
    row: Any = connection.execute(sa.select(conversations).where(conversations.c.id == id_)).first()
    if row is None:
        raise _unknown(id_)
    count = sa.select(sa.func.count()).where(turns.c.conversation_id == id_)
    return Listed(row.id, row.title, connection.execute(count).scalar_one(), row.created, row.changed)


def _unknown(id_: str) -> HistoryError:
    return HistoryError(f"there is no conversation {id_}: `quarry conversations list` names them all")

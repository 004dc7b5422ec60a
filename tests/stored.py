"""Answers made by hand, for tests of what is stored: no model has a part in them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import sqlalchemy as sa

from assistant.service.owner import Owner
from assistant.service.remote import replied
from assistant.types import Answer, AnswerSpan, Candidate, Citation, Seconds, Turn, Verdict
from index.library.schema import documents, versions

AWKWARD = (
    'Line one\r\nline "two"\u2028 \u0085 12,5\u00a0t \U0001f9ea ``` ![x](http://evil.example/x.png) '
    "\x1b[31m \x00 الطاقة 锗 <b>\\"
)
"""Text that a line of JSON, a Markdown file, a terminal or a database could spoil."""


def citation(number: int = 1, quote: str = AWKWARD, document_id: str = "arden", version: int = 1) -> Citation:
    return Citation(
        number, document_id, version, "a/arden.txt", "The Arden smelter", "2025-03", 7, 7 + len(quote), quote, 3, "Capacity"
    )


def answer(text: str = "Its capacity is 12,5 t.", *citations: Citation) -> Answer:
    """Every field differs from its default."""
    cited = citations or (citation(), citation(2, "Another quote."))
    return Answer(
        text=text,
        status="partly",
        stage="done",
        citations=cited,
        spans=(AnswerSpan(0, len(text), tuple(one.number for one in cited)),),
        verdicts=(Verdict(0, len(text), "computed", "12 500 kg / 1 000 = 12,5 t"),),
        confidence=0.1 + 0.2,
        removed=2,
        missing=("gallium",),
        candidates=(Candidate("Arden", 2), Candidate("Onsan", 1)),
        nearest=(citation(3, "The nearest."),),
        notes=("The sources disagree.",),
        answerer="a model",
        query="Arden smelter capacity",
        seconds=Seconds(0.1, 0.30000000000000004, 2.5),
    )


def turn(question: str = "What is its capacity?", given: Answer | None = None) -> Turn:
    return Turn(question, given or answer(), "2026-03-03T10:11:12+00:00")


def store_document(engine: sa.Engine, document_id: str, version: int, written: str | None) -> None:
    """A version of a document, now the current one."""
    with engine.begin() as connection:
        row = {
            "document_id": document_id,
            "version": version,
            "state": "current",
            "title": "t",
            "publisher": "",
            "date": None,
        }
        row |= {"text": "text", "pages": "[]", "content_hash": "", "written": written}
        connection.execute(sa.insert(versions).values(row))
        connection.execute(sa.delete(documents).where(documents.c.id == document_id))
        place = {"id": document_id, "folder": "/f", "collection": "default", "file": "t.txt"}
        connection.execute(sa.insert(documents).values(place | {"version": version}))


@contextmanager
def small_owner(service: object) -> Iterator[Owner]:
    """An owner's door in small: the same calls and lines over real HTTP."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.headers["Authorization"] == "Bearer secret" else 403)
            self.end_headers()
            for line in replied(service, *self.path.split("/")[2:], body):
                self.wfile.write(line)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Owner(1, f"http://127.0.0.1:{server.server_port}", "secret")
        server.shutdown()

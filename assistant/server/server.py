"""The HTTP side: the page, the sources it opens, and the door through which other commands reach the owner."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Header, HTTPException
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.errors import HistoryError, OwnerError
from assistant.page.pictures import has_picture, original, page_picture
from assistant.page.source_html import source_html
from assistant.rendering.export import cited, conversation_object, markdown
from assistant.rendering.render import json_line
from assistant.server.heavy_imports import ENVIRONMENT
from assistant.service.owner import Owner, announce
from assistant.service.remote import replied
from assistant.service.service import LocalService
from assistant.settings import EVALUATION, AssistantSettings
from index.errors import StoreError
from index.types import Document


def free_socket(settings: AssistantSettings) -> socket.socket:
    """A socket bound to the settings' host and port.

    Raises:
        OwnerError: the port is taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise OwnerError(
            f"port {settings.port} on {settings.host} can't be used ({error.strerror}): "
            "stop what uses it, or choose another with --port or QUARRY_PORT (0 takes any free one)"
        ) from error
    return listener


SHOWN_AS = {"pdf": "application/pdf"} | dict.fromkeys(("txt", "md", "csv", "log", "rst"), "text/plain; charset=utf-8")
"""Kinds of files that a browser shows and doesn't run."""

Number = Annotated[int, PathParameter(ge=0, lt=2**31)]


def application(service: LocalService, token: str) -> FastAPI:
    """The app: the page at `/`, `/source` for its panel, `/health`, and `/owner/…` for whoever holds `token`."""
    os.environ.update(ENVIRONMENT)
    from assistant.page.page import mount_page

    app = FastAPI(title="Quarry", docs_url=None, redoc_url=None, openapi_url=None)
    # A page of another site that points its name at this machine must not read the documents.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    def cited_version(document_id: str, version: int) -> Document:
        try:
            return service.library.document(document_id, version)
        except StoreError as error:
            raise HTTPException(404, str(error)) from error

    def holding(document_id: str, version: int, start: int, end: int) -> Document:
        document = cited_version(document_id, version)
        if not 0 <= start < end <= len(document.text):
            raise HTTPException(404, f"the document has no characters {start} to {end}")
        return document

    def original_of(document: Document) -> str:
        """Where the file can be had, if it may still be the one that was read."""
        current = service.library.current(document.id)
        same = current is not None and current.version == document.version
        return f"/original/{document.id}/{document.version}" if same else ""

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/source/{document_id}/{version}/{start}/{end}", response_class=HTMLResponse)
    def source(document_id: str, version: Number, start: Number, end: Number) -> str:
        document = holding(document_id, version, start, end)
        since = service.conversations.outdated([(document_id, version)])
        drawn = document.page_at(start) is not None and has_picture(document, service.library)
        picture = f"/page/{document_id}/{version}/{start}/{end}" if drawn else ""
        return source_html(document, start, end, since[0] if since else None, picture, original_of(document))

    @app.get("/source/{document_id}/{version}", response_class=HTMLResponse)
    def whole(document_id: str, version: Number) -> str:
        """A document from its beginning."""
        document = cited_version(document_id, version)
        return source_html(document, 0, 0, original=original_of(document))

    @app.get("/original/{document_id}/{version}")
    def file(document_id: str, version: Number, download: bool = False) -> Response:
        """The file that a document was read from; only what a browser shows without running it opens in a tab."""
        document = cited_version(document_id, version)
        data = original(document, service.library)
        if data is None:
            raise HTTPException(404, "the file is no longer the one that was read")
        name = document.file.rpartition("/")[2]
        kind = SHOWN_AS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        way = "attachment" if download or kind == "application/octet-stream" else "inline"
        headers = {
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return Response(data, media_type=kind, headers=headers)

    @app.get("/page/{document_id}/{version}/{start}/{end}")
    def page(document_id: str, version: Number, start: Number, end: Number) -> Response:
        """The page of a PDF as a picture, the passage marked."""
        document = holding(document_id, version, start, end)
        drawn = page_picture(document, start, end, service.library)
        if drawn is None:
            raise HTTPException(404, "the file is no longer the one that was read")
        return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    @app.get("/conversations/{name}")
    def export(name: str) -> Response:
        """A stored conversation as a file, `<id>.md` or `<id>.json`."""
        id_, _, form = name.rpartition(".")
        try:
            conversation = service.conversations.read(id_)
        except HistoryError as error:
            raise HTTPException(404, str(error)) from error
        outdated = service.conversations.outdated(cited(conversation))
        if form == "md":
            content, kind = markdown(conversation, outdated), "text/markdown"
        elif form == "json":
            content, kind = json_line(conversation_object(conversation, outdated)), "application/json"
        else:
            raise HTTPException(404, f"a conversation is exported as .md or .json, not .{form}")
        headers = {"Content-Disposition": f'attachment; filename="quarry-{name}"', "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)

    @app.get("/report")
    def report() -> FileResponse:
        """The latest evaluation report that was put into the data folder; it can run and load nothing."""
        file = service.library.settings.home / EVALUATION
        if not file.is_file():
            raise HTTPException(
                404, f"there is no {EVALUATION} in the data folder: `python -m evals report RUN --out` makes one"
            )
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
        return FileResponse(file, media_type="text/html; charset=utf-8", headers=headers)

    @app.post("/owner/{name}/{what}")
    def owned(name: str, what: str, body: dict[str, Any], authorization: Annotated[str, Header()] = "") -> StreamingResponse:
        """A method of the owner's, see `assistant.service.remote`."""
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(403, "the owner's token is needed")
        try:
            return StreamingResponse(replied(service, name, what, body))
        except LookupError as error:
            raise HTTPException(404, str(error)) from error

    return mount_page(app, service)


def _is_no_stop(record: logging.LogRecord) -> bool:
    """Whether a log record is anything but an open page that a stop of the server cut off."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def serve(service: LocalService, settings: AssistantSettings, home: Path, listener: socket.socket) -> None:
    """Serve on `listener` until the process is stopped; `ready` lines go to standard output."""
    import uvicorn

    token = secrets.token_urlsafe(32)
    app = application(service, token)
    port = listener.getsockname()[1]
    address = f"http://{'[::1]' if ':' in settings.host else settings.host}:{port}"

    class Server(uvicorn.Server):
        """Says its address once it listens."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            announce(home, Owner(os.getpid(), address, token))
            print(f"Quarry is ready: {address}  (stop with Ctrl-C)", flush=True)  # noqa: T201

    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3)
    logging.getLogger("uvicorn.error").addFilter(_is_no_stop)
    Server(config).run(sockets=[listener])

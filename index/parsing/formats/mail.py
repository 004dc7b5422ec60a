"""Mails as EML: subject, sender, receivers and date, then the body; attachments are named, not read."""

from __future__ import annotations

import email
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import default

from index.errors import ReadError
from index.parsing.content import Content, decode, iso_date
from index.parsing.formats.html import page
from index.parsing.marked import joined, one_line

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def read_mail(data: bytes) -> Content:
    """The text of a mail, titled by its subject and dated by its header.

    Raises:
        ReadError: it has none of the headers of a mail.
    """
    message = email.message_from_bytes(data, policy=default)
    if not any(message[name] for name in _HEADERS):
        raise ReadError("it is no mail: it has no subject, sender or date")
    sent = getattr(message["Date"], "datetime", None) if message["Date"] else None
    lines = [
        f"{name}: {_date(sent)}" if name == "Date" and sent else f"{name}: {_header(message, name)}" for name in _HEADERS
    ]
    body = message.get_body(("plain", "html"))
    attached = [one.get_filename() or one.get_content_type() for one in message.iter_attachments()]
    names = ", ".join(map(one_line, attached))
    text = joined(
        [
            *(line for name, line in zip(_HEADERS, lines, strict=True) if message[name]),
            _body(body) if body is not None else "",
            f"Attached, not read: {names}" if attached else "",
        ]
    )
    note = f"attached files are not read: {names}" if attached else ""
    return Content(text, title=_header(message, "Subject"), date=iso_date(sent), note=note)


def _header(message: EmailMessage, name: str) -> str:
    return one_line(str(message[name] or ""))


def _date(sent: datetime) -> str:
    return sent.isoformat(" ", "minutes")


def _body(part: MIMEPart) -> str:
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        text = decode(raw)
    text = text.replace("\r\n", "\n")
    return page(text).text if part.get_content_type() == "text/html" else text

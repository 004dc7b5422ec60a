"""Mails as EML: subject, sender, receivers and date, then the body; what is attached is given beside it."""

from __future__ import annotations

import email
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import default

from index.errors import ReadError
from index.parsing.content import Attached, Content, decode, iso_date
from index.parsing.formats.html import page
from index.parsing.formats.mail_quotes import threaded
from index.parsing.marked import joined, one_line

NAME_CHARACTERS = 100

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def read_mail(data: bytes) -> Content:
    """The text of a mail, titled by its subject and dated by its header: its subject, who wrote to whom and when, its body.

    Raises:
        ReadError: it has none of the headers of a mail.
    """
    message = email.message_from_bytes(data, policy=default)
    if not any(message[name] for name in _HEADERS):
        raise ReadError("it is no mail: it has no subject, sender or date")
    sent = getattr(message["Date"], "datetime", None) if message["Date"] else None
    subject, who = _header(message, "Subject"), _who(message, sent)
    body = message.get_body(("plain", "html"))
    attached = _attached(message)
    names = ", ".join(one.name for one in attached)
    text = joined(
        [
            f"Subject: {subject}" if subject else "",
            f"{who}.",
            _body(body, who) if body is not None else "",
            f"Attached: {names}" if attached else "",
        ]
    )
    return Content(text, title=subject, date=iso_date(sent), attached=attached)


def _who(message: EmailMessage, sent: datetime | None) -> str:
    """Who wrote to whom, and when: a sentence, as what is asked of a mail is asked in such words."""
    sender, to, copy = (_header(message, name) for name in ("From", "To", "Cc"))
    return " ".join(
        filter(
            None,
            (
                f"{sender} wrote" if sender else "Written",
                f"to {to}" if to else "",
                f"(copy to {copy})" if copy else "",
                f"on {sent:%A}, {sent.day} {sent:%B %Y, %H:%M}" if sent else "",
            ),
        )
    )


def attached_to(data: bytes) -> tuple[Attached, ...]:
    """What the bytes of a mail carry, as `read_mail` gives it; nothing where they are no mail."""
    return _attached(email.message_from_bytes(data, policy=default))


def _attached(message: EmailMessage) -> tuple[Attached, ...]:
    """The files of a mail under names that differ; pictures that are part of its text are none."""
    found: dict[str, Attached] = {}
    for part in message.iter_attachments():
        if part.get_content_disposition() == "inline" and part.get_content_maintype() == "image":
            continue
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            assert isinstance(inner, EmailMessage)
            name, data = part.get_filename() or f"{_header(inner, 'Subject')}.eml", inner.as_bytes()
        else:
            name, raw = part.get_filename() or part.get_content_type().replace("/", "."), part.get_payload(decode=True)
            data = raw if isinstance(raw, bytes) else b""
        name = _sound(name)
        number = 2
        while name in found:
            stem, dot, kind = _sound(name).rpartition(".")
            name, number = f"{stem}-{number}{dot}{kind}", number + 1
        found[name] = Attached(name, data)
    return tuple(found.values())


def _sound(name: str) -> str:
    """A name that is no path, and no longer than a file's may be."""
    stem, dot, kind = one_line(name).replace("/", "_").replace("\\", "_").lstrip(".").rpartition(".")
    return f"{stem[:NAME_CHARACTERS]}{dot}{kind[:NAME_CHARACTERS]}" or "unnamed"


def _header(message: EmailMessage, name: str) -> str:
    return one_line(str(message[name] or ""))


def _body(part: MIMEPart, who: str) -> str:
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        text = decode(raw)
    text = text.replace("\r\n", "\n")
    return page(text).text if part.get_content_type() == "text/html" else threaded(text, who)

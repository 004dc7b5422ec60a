"""Mails as EML: subject, sender, receivers and date, then the body; what is attached is given beside it."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import cast

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


def attached(mail: bytes, name: str) -> bytes:
    """The bytes of a file that a mail carries, under the name that `read_mail` gives it.

    Raises:
        ReadError: it carries none of this name.
    """
    try:
        carried = _attached(email.message_from_bytes(mail, policy=default))
    except Exception as error:  # email raises whatever a damaged mail leads it to
        raise ReadError(f"its mail is damaged ({type(error).__name__})") from error
    found = next((one.data for one in carried if one.name == name), None)
    if found is None:
        raise ReadError(f"{name} is no longer attached")
    return found


def _attached(message: EmailMessage) -> tuple[Attached, ...]:
    """The files of a mail under names that differ; its text in another form and pictures within it are none."""
    found: dict[str, Attached] = {}
    body = message.get_body(("plain", "html"))
    for part in _leaves(message):
        named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
        within = part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"
        if part is body or within or not (named or part.get_content_maintype() != "text"):
            continue
        stem, dot, kind = _name(part).rpartition(".")
        name, number = f"{stem}{dot}{kind}", 2
        while name in found:
            name, number = f"{stem or kind}-{number}{dot}{kind if stem else ''}", number + 1
        found[name] = Attached(name, _bytes(part))
    return tuple(found.values())


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that hold no others; a mail within the mail is one."""
    if part.get_content_maintype() != "multipart":
        yield part
        return
    payload = part.get_payload()
    for inner in payload if isinstance(payload, list) else ():
        if isinstance(inner, MIMEPart):
            yield from _leaves(inner)


def _is_mail(part: MIMEPart) -> bool:
    return part.get_content_type() == "message/rfc822"


def _name(part: MIMEPart) -> str:
    """A name that is no path and no longer than a file's may be; a mail's says that it is one."""
    stated = part.get_filename() or ""
    if _is_mail(part):
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        subject = _header(inner, "Subject") if isinstance(inner, EmailMessage) else ""
        stated = f"{(stated or subject or 'mail').removesuffix('.eml')}.eml"
    stated = "".join(letter if letter.isprintable() else " " for letter in stated or part.get_content_type())
    name = one_line(stated).replace("/", "_").replace("\\", "_").lstrip(".")
    stem, dot, kind = name.rpartition(".")
    return f"{stem[:NAME_CHARACTERS]}{dot}{kind[:NAME_CHARACTERS]}" or "unnamed"


def _bytes(part: MIMEPart) -> bytes:
    """What a part holds; nothing where it is too broken to be told."""
    try:
        payload = part.get_payload()
        if _is_mail(part) and isinstance(payload, list) and payload:
            return bytes(cast(EmailMessage, payload[0]))
        raw = part.get_payload(decode=True)
    except Exception:  # email raises whatever a broken part leads it to
        return b""
    return raw if isinstance(raw, bytes) else b""


def _header(message: MIMEPart, name: str) -> str:
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

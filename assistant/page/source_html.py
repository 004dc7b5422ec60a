"""A document as HTML for the source panel, one passage marked."""

from __future__ import annotations

from assistant.page.answer_html import shown
from assistant.rendering import page_words
from assistant.rendering.render import since
from assistant.types import Outdated
from index.types import Document

PIECE = 8000
"""Characters of a piece of the text: the browser lays out only the pieces in view."""


def source_html(
    document: Document, start: int, end: int, outdated: Outdated | None = None, picture: str = "", original: str = ""
) -> str:
    """A document's whole text, the characters `[start, end)` marked; `picture` is the address of its page's picture,
    `original` that of the file itself.

    Nothing is marked where both are 0: the document is opened at its beginning.
    """
    facts = ", ".join(part for part in (document.publisher, document.date, document.file) if part)
    page = document.page_at(start)
    note = f'<p class="q-facts q-since">{since(outdated).capitalize()}.</p>' if outdated else ""
    image = ""
    if picture:
        told = f"{page_words.PAGE_PICTURE.format(page=page)}. {page_words.LARGER}"
        image = f'<figure class="q-page"><button type="button"><img src="{shown(picture)}" alt="{told}"></button>'
        image += f"<figcaption>{told}</figcaption></figure>"
    first, last = (_line_start(document.text, start), _line_end(document.text, end)) if end else (0, 0)
    before, after = _pieces(document.text, 0, first), _pieces(document.text, last, len(document.text))
    passage = ""
    if end:
        lead, tail = document.text[first:start], document.text[end:last]
        passage = f'<mark id="q-passage" tabindex="-1">{shown(document.text[start:end])}</mark>'
        passage = f"<div>{shown(lead)}{passage}{shown(tail)}</div>"
    where = f", page {page}" if page and end else ""
    links = ""
    if original:
        at = f"#page={page}" if page and end else ""
        links = (
            f'<p class="q-facts"><a href="{shown(original)}{at}" target="_blank" rel="noopener">{page_words.ORIGINAL}</a> · '
            f'<a href="{shown(original)}?download=1" download>{page_words.DOWNLOAD}</a></p>'
        )
    return (
        f'<h2 data-where="{shown(document.title + where)}">{shown(document.title)}</h2>'
        f'<p class="q-facts">{shown(facts + where)}</p>{links}{note}{image}'
        f'<div class="q-document">{before}{passage}{after}</div>'
    )


def _pieces(text: str, start: int, end: int) -> str:
    """The whole lines of `[start, end)`, in pieces of some `PIECE` characters."""
    found = []
    while start < end:
        cut = text.find("\n", start + PIECE, end)
        cut = end if cut < 0 else cut + 1
        found.append(f'<div class="q-piece">{shown(text[start:cut])}</div>')
        start = cut
    return "".join(found)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Just behind the line break that ends the line at `at`."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1

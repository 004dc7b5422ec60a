"""Words and a conversation in, the documents they mean out: "this document", "the Korea Zinc article", "both"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Candidate, Conversation
from index.library.library import Library
from index.passages.words import STOP_WORDS, stem, stems, telling
from index.search.filters import narrowed
from index.types import Document, Filters

_NOUNS = frozenset(
    map(
        stem,
        "document file text source article paper report page pdf interview story post letter memo manual handbook guide "
        "library collection".split(),
    )
)
"""What documents are called; such a word alone names none."""

_ONE = re.compile(r"^(?:it|this|that)\b|\bthis (?:one)?\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|every\w*|each|your|library|collection)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:both|these|those|they|them|two|three|documents|files|articles|sources|texts|papers|reports)\b", re.IGNORECASE
)
_COUNTS = frozenset(map(stem, "both two three all every each other last latest whole entire full one".split()))
_WIDE = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PART = r"[^\W\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""A character of a word in a script that puts blanks between words."""
_CHOSEN = re.compile(r"\(([^()]*)\)\W*$")
"""What a reply to a question back has chosen."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The documents that words may mean. `is_open` says that they don't tell which of them."""

    documents: tuple[Document, ...]
    is_open: bool = False


def readable(library: Library, filters: Filters | None) -> list[Document]:
    """The current documents that pass the filters."""
    kept = narrowed(filters or Filters(), library.engine)
    return [
        one
        for one in library.documents()
        if (not kept.collections or one.collection in kept.collections)
        and (not kept.document_ids or one.id in kept.document_ids)
    ]


def meant(phrase: str, conversation: Conversation, documents: Sequence[Document]) -> Meant:
    """Which of `documents` a phrase means: by title, by words of title, publisher or file, else those last cited.

    None where it has a word that is no document's.
    """
    if by_title := titled(phrase, documents):
        return Meant(by_title)
    words = [stem(word) for word in telling(phrase)]
    own = frozenset(words) - _NOUNS - _COUNTS
    nouns = frozenset(words) & _NOUNS
    cited = _cited(conversation, documents)
    plural = bool(_ALL.search(phrase) or _SEVERAL.search(phrase))
    if not own and plural:
        several = cited if len(cited) > 1 and not _ALL.search(phrase) else documents
        return Meant(tuple(several))
    if not own and len(cited) == 1 and (_ONE.search(phrase) or not words):
        return Meant(tuple(cited))
    held = [one for one in documents if own <= _words_of(one)]
    named = [one for one in held if nouns & _words_of(one)] or held
    if own:
        return Meant(tuple(named), is_open=len(named) > 1) if nouns or len(named) == 1 else Meant(())
    if nouns and len(named) == 1:
        return Meant(tuple(named))
    spoken_of = tuple(cited or documents)
    return Meant(spoken_of, is_open=len(spoken_of) > 1)


def title_of(document: Document) -> str:
    """A document's title on one line."""
    return " ".join(document.title.split())


def titled(text: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents whose whole titles a text has as words of their own, in the text's order.

    A title inside a longer one is not meant. Where titles are alike, those whose file the text has.
    """
    text = " ".join(text.lower().split())
    titles = {title_of(one).lower() for one in documents}
    chosen = found.start(1) if (found := _CHOSEN.search(text)) else len(text)
    said = {title: _places(title, text, 0 if _tells(title) or title == text else chosen) for title in titles}
    taken = [place for places in said.values() for place in places]
    starts = {
        title: min(start for start, _ in free)
        for title, places in said.items()
        if (free := [one for one in places if not any(_inside(one, other) for other in taken)])
    }
    named = [one for one in documents if title_of(one).lower() in starts]
    by_file = {one.id: places[0][0] for one in named if (places := _places(one.file.lower(), text))}
    filed = {title_of(one).lower() for one in named if one.id in by_file}
    told = [one for one in named if one.id in by_file or title_of(one).lower() not in filed]
    return tuple(sorted(told, key=lambda one: (starts[title_of(one).lower()], by_file.get(one.id, 0))))


def _places(name: str, text: str, start: int = 0) -> list[tuple[int, int]]:
    """Where a text has a name from `start` on, not as a part of a word, path or file name."""
    if not name or name not in text:
        return []
    before = "" if _WIDE.match(name) else rf"(?<!{_PART})(?<!{_PART}[/.-])"
    after = "" if _WIDE.match(name[-1:]) else rf"(?![/.-]?{_PART})"
    pattern = re.compile(before + re.escape(name) + after)
    return [found.span() for found in pattern.finditer(text, start)]


def _tells(title: str) -> bool:
    """Whether a title is more than a letter or words that any sentence has, as that of the file `a.txt` is."""
    return any(word not in STOP_WORDS and (len(word) > 1 or _WIDE.match(word)) for word in re.findall(r"\w+", title))


def _inside(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return place != other and other[0] <= place[0] and place[1] <= other[1]


def offered(groups: Sequence[Sequence[Document]], library: Library) -> tuple[Candidate, ...]:
    """Documents, or groups of them, as the choices of a question back, with the number of their passages."""
    titles = Counter(title_of(one) for one in {one.id: one for group in groups for one in group}.values())
    return tuple(
        Candidate(
            " and ".join(title_of(one) if titles[title_of(one)] == 1 else f"{title_of(one)}, {one.file}" for one in group),
            sum(len(library.chunks_of(one.id)) for one in group),
        )
        for group in groups
    )


def _cited(conversation: Conversation, documents: Sequence[Document]) -> list[Document]:
    """The documents that the last answer with citations cites, in the order of its citations."""
    by_id = {one.id: one for one in documents}
    for turn in reversed(conversation.turns):
        if ids := dict.fromkeys(one.document_id for one in turn.answer.citations if one.document_id in by_id):
            return [by_id[id_] for id_ in ids]
    return []


def _words_of(document: Document) -> frozenset[str]:
    return stems(f"{document.title} {document.publisher} {document.file} {document.date or ''}".replace("_", " "))

"""Questions to begin with, found in the documents themselves; each was asked, and answered from where it was found.

They are what a document asks itself, as in an interview or a list of questions and answers, and its headings, in whatever
language; last, to sum it up. A folder's own questions, from its sources.toml, come first; they are
asked too. No language model has a part in it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.chat import ask
from assistant.errors import AssistantError
from assistant.reading.evidence import ASKS
from assistant.tasks.mentioned import title_of
from assistant.types import Answer
from assistant.untrusted.injection import gives_orders
from index.errors import IndexingError
from index.library.library import Library
from index.passages.sentences import sentences
from index.types import Document

MOST = 6
"""Questions shown at most."""

FEW = 3
"""With fewer documents than this that yield a question, one document may give several."""

SURE = 0.9
"""The confidence from which an answer by quotes makes its question a starter; .79 is enough to answer at all."""

DOCUMENTS = 24
"""Documents that are read, evenly spaced over the library."""

CHARACTERS = 60_000
"""How much of a document is read: what a text is about stands at its beginning."""

DRAFTS = 6
"""Questions of one document that are asked."""

MOST_ASKED = 60
"""Questions that are asked in all: at some 0.3 s each a matter of seconds, in the background."""

SHORTEST, LONGEST = 12, 110
"""Characters of a question that says enough and still reads at one glance."""

LONGEST_HEADING = 8
"""Words of a heading that is asked about."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, and the range of its document that has to be cited for it."""

    question: str
    document: Document
    start: int
    end: int


def starters(library: Library) -> Iterator[str]:
    """At most `MOST` questions, each as soon as it proved answerable; ends early where the library changes meanwhile."""
    changes = library.changes
    kept: list[str] = []
    if not library.count_chunks():
        return
    given = dict.fromkeys(question for folder in library.folders() for question in folder.questions)
    for question in given:
        if len(kept) < MOST and library.changes == changes and _answer(question, library).status == "answered":
            kept.append(question)
            yield question
    queues = [queue for document in _spread(library.documents()) if (queue := drafts(document, library))]
    asked, told = 0, [0] * len(queues)
    for _ in range(DRAFTS):
        for place, queue in enumerate(queues):
            fits = told[place] == 0 or len([n for n in told if n]) < FEW
            if len(kept) >= MOST or asked >= MOST_ASKED or library.changes != changes:
                return
            if not fits or not queue:
                continue
            draft = queue.pop(0)
            asked += 1
            if draft.question not in kept and answers(draft, library):
                told[place] += 1
                kept.append(draft.question)
                yield draft.question


def drafts(document: Document, library: Library) -> list[Draft]:
    """Questions found in a document: those it asks, then its headings, in its order; last, to sum it up; `DRAFTS` in all."""
    text = document.text[:CHARACTERS]
    made: dict[str, Draft] = {}
    for start, end in sentences(text):
        question = _SPEAKER.sub("", " ".join(text[start:end].split()))
        if ASKS.search(question) and SHORTEST <= len(question) <= LONGEST and not gives_orders(question):
            made.setdefault(question, Draft(question, document, end, len(document.text)))
    for chunk in library.chunks_of(document.id):
        heading = chunk.heading.split(" > ")[-1].strip()
        if 0 < len(heading.split()) <= LONGEST_HEADING and not gives_orders(heading):
            question = f"{title_of(document)}: {heading}"
            if len(question) <= LONGEST and heading.lower() not in document.title.lower():
                made.setdefault(question, Draft(question, document, chunk.start, chunk.end))
    whole = f"Summarise “{title_of(document)}”."
    return [*list(made.values())[: DRAFTS - 1], Draft(whole, document, 0, len(document.text))]


_SPEAKER = re.compile(r"^[^:?]{1,40}:\s+(?=\S)")
"""Who asks, in an interview."""


def answers(draft: Draft, library: Library) -> bool:
    """Whether a draft, asked, is surely answered, and by what it was made of."""
    answer = _answer(draft.question, library)
    own = [
        citation
        for citation in answer.citations
        if (citation.document_id, citation.version) == (draft.document.id, draft.document.version)
        and citation.start < draft.end
        and draft.start < citation.end
    ]
    return answer.status == "answered" and not answer.notes and answer.confidence >= SURE and bool(own)


def _answer(question: str, library: Library) -> Answer:
    *_, answer = ask(question, library=library)
    return answer


def _spread(documents: list[Document]) -> list[Document]:
    step = max(1.0, len(documents) / DOCUMENTS)
    return [documents[int(place * step)] for place in range(min(DOCUMENTS, len(documents)))]


class Starters:
    """The starters of a library as it is now, found in the background. Safe to use from many threads."""

    def __init__(self, library: Library) -> None:
        """Nothing is looked for yet."""
        self._library = library
        self._lock = threading.Lock()
        self._changes = -1
        self._found: tuple[str, ...] = ()
        self._thread: threading.Thread | None = None

    def questions(self) -> tuple[str, ...]:
        """What is found by now, at once; where the library has changed, a new search begins and nothing is found yet."""
        with self._lock:
            if self._changes == self._library.changes:
                return self._found
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="starters", daemon=True)
                self._thread.start()
            return ()

    def wait(self, seconds: float) -> tuple[str, ...]:
        """What is found after the search that is under way, or after so many seconds."""
        end = time.monotonic() + seconds
        while not (found := self.questions()) and self._changes != self._library.changes and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def _look(self) -> None:
        # An ingest changes the library with every document; what an outdated index answers says little of the new one.
        while self._library.writing.locked() or self._library.outdated:
            time.sleep(0.5)
        changes = self._library.changes
        try:
            found = tuple(starters(self._library))
        except (AssistantError, IndexingError):
            found = ()  # what is wrong is said to whoever asks
        with self._lock:
            if changes == self._library.changes:
                self._found, self._changes = found, changes

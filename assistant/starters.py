"""Questions to begin with, made of the documents themselves; each was asked, and answered from what it was made of.

A folder's own questions, from its sources.toml, come first; they are asked too. No language model has a part in it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.chat import ask
from assistant.errors import AssistantError
from assistant.injection import gives_orders
from assistant.names import all_names, small_words
from assistant.starter_heading import heading_question
from assistant.starter_rules import DEFINITION, RULES, drafted
from assistant.types import Answer
from index.errors import IndexingError
from index.library import Library
from index.sentences import sentences
from index.types import Document

MOST = 6
"""Questions shown at most."""

FEW = 3
"""With fewer documents than this that yield a question, one document may give several."""

SURE = 0.8
"""The confidence from which an answer by quotes makes its question a starter; 0.6 is enough to answer at all."""

DOCUMENTS = 24
"""Documents that are read, evenly spaced over the library."""

CHARACTERS = 60_000
"""How much of a document is read: what a text is about stands at its beginning."""

DRAFTS = 6
"""Questions of one document that are asked."""

MOST_ASKED = 60
"""Questions that are asked in all: at some 0.1 s each a matter of seconds, in the background."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, the rule that made it, and the range of its document that it was made of."""

    question: str
    rule: str
    document: Document
    start: int
    end: int


def starters(library: Library) -> Iterator[str]:
    """At most `MOST` questions, each as soon as it proved answerable; ends early where the library changes meanwhile."""
    changes = library.changes
    kept: list[str] = []
    rules: list[str] = []
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
            draft = min(queue, key=lambda one: rules.count(one.rule))
            queue.remove(draft)
            asked += 1
            if draft.question not in kept and answers(draft, library):
                told[place] += 1
                rules.append(draft.rule)
                kept.append(draft.question)
                yield draft.question


def drafts(document: Document, library: Library) -> list[Draft]:
    """Questions made of a document, the most telling first; of its headings only where its sentences give none.

    What several sentences answer, each otherwise, is too wide a question, and a name said only once is hardly what the
    document is about.
    """
    text = document.text[:CHARACTERS]
    small = small_words([text])
    found = [
        Draft(one.question, one.rule, document, start, end)
        for start, end in sentences(text)
        if not gives_orders(text[start:end])
        for one in drafted(text[start:end], small)
    ]
    times = Counter(one.question for one in found)
    flat = " ".join([document.title, *text.split()])
    found = [
        one for one in found if (times[one.question] == 1 or one.rule == DEFINITION) and _is_subject(one.question, flat)
    ]
    if found:
        first = {one.question: one for one in reversed(found)}
        return sorted(first.values(), key=lambda one: (list(RULES).index(one.rule), one.start))
    made: dict[str, Draft] = {}
    for chunk in library.chunks_of(document.id):
        question = heading_question(document.title, chunk.heading, text)
        if question and not gives_orders(question):
            made.setdefault(question, Draft(question, "heading", document, chunk.start, chunk.end))
    return list(made.values())


def _is_subject(question: str, text: str) -> bool:
    """Whether the text has all names of a question at least twice."""
    asked = question.partition(" ")[2].rstrip("?")
    return all(text.count(name) > 1 for _, name in all_names(asked))


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

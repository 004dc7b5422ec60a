"""The values that travel through an answer. Offsets are half-open ranges of characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.types import Document, Hit

Status = Literal["answered", "partly", "refused", "asks_back", "meta"]
Label = Literal["supported", "computed", "partly", "not supported"]
Stage = Literal["searching", "reading", "writing", "checking", "done"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A range of a stored document version, as shown to people: `document.text[start:end] == quote`."""

    number: int
    document_id: str
    version: int
    file: str
    title: str
    date: str | None
    start: int
    end: int
    quote: str
    page: int | None = None
    place: str = ""
    last_page: int | None = None
    """Where it ends, if that is another page."""

    def __post_init__(self) -> None:
        if self.number < 1 or self.end - self.start != len(self.quote):
            raise ValueError(f"citation {self.number}: [{self.start}, {self.end}) is not the range of its quote")

    def holds_in(self, document: Document) -> bool:
        """Whether the quote stands in `document` exactly where the citation says."""
        same = (document.id, document.version) == (self.document_id, self.version)
        return same and document.text[self.start : self.end] == self.quote


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its columns' names, its cells, and the range that the names stand in."""

    names: tuple[str, ...]
    cells: tuple[str, ...]
    header: Citation


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A sentence that may answer: its citation, its score in [0, 1], and the words around it that say whom it is about.

    `answer` is the range of the short answer in the document, where one was found. `seen` is the sentence as the reader sees
    it; `row` what it is of a table whose columns have names.
    """

    citation: Citation
    score: float
    context: str
    answer: tuple[int, int] | None = None
    seen: str = ""
    row: TableRow | None = None

    @property
    def short(self) -> str:
        """The words of the short answer; empty where none was found."""
        if self.answer is None:
            return ""
        start, end = self.answer
        return self.citation.quote[start - self.citation.start : end - self.citation.start]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sentences found, best first, and how likely they hold the answer, in [0, 1]. `missing` are words they lack.

    Those numbered up to `quoted` are to be quoted.
    """

    spans: tuple[EvidenceSpan, ...]
    answerable: float
    missing: tuple[str, ...] = ()
    quoted: int = 0


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The characters `[start, end)` of an answer's text rest on the citations with these numbers."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The few words that answer, `[start, end)` of the document that citation `number` is of, within its range."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of the answer's sentence `[start, end)` found; what is not supported is cut and has none."""

    start: int
    end: int
    label: Label
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Time since the question came; None for what did not happen."""

    quote: float | None = None
    first_token: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that a question may mean, and in how many of the passages found it is named."""

    name: str
    passages: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole at every stage: each one yielded replaces the last.

    `text` holds no markers: `spans` say which of its characters rest on which citations. `removed` counts statements
    that failed their check; `candidates` are the subjects that an answer asking back offers; `nearest` are the passages
    a refusal shows; `short` are the few words that answer, within a citation; `answerer` is `quotes` or the model's name;
    `ahead` is how many others wait for the model before it. `several` says that its quotes answer several parts of the
    question, or disagree: none is more than another.
    """

    text: str = ""
    status: Status = "answered"
    stage: Stage = "searching"
    citations: tuple[Citation, ...] = ()
    spans: tuple[AnswerSpan, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    confidence: float = 0.0
    removed: int = 0
    missing: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    answerer: str = "quotes"
    query: str = ""
    hits: tuple[Hit, ...] = ()
    seconds: Seconds = Seconds()
    ahead: int = 0
    several: bool = False
    short: ShortAnswer | None = None

    @property
    def refused(self) -> bool:
        """Whether the documents were found not to hold the answer."""
        return self.status == "refused"

    @property
    def short_range(self) -> tuple[int, int] | None:
        """Where the short answer stands in `text`, in what rests on its citation; None where it isn't said so there."""
        if self.short is None:
            return None
        for span in self.spans:
            at = self.text.find(self.short.text, span.start, span.end)
            if self.short.number in span.numbers and at >= 0:
                return at, at + len(self.short.text)
        return None


@dataclass(frozen=True, slots=True)
class Enriched:
    """A passage that now has questions; `number` of `total` says how far the work is."""

    file: str
    questions: tuple[str, ...]
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its final answer; `created` is ISO 8601 in UTC."""

    question: str
    answer: Answer
    created: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order."""

    id: str = ""
    title: str = ""
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored conversation as a list shows it. `turns` is their number; `created` and `changed` as in `Turn`."""

    id: str
    title: str
    turns: int
    created: str
    changed: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a passage found stands, and the score it was found with."""

    document_id: str
    version: int
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Outdated:
    """A cited version that is no longer current. `written` says when it came, None where that is not known."""

    document_id: str
    version: int
    written: str | None
    removed: bool

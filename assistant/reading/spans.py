"""A sentence found, as a span of evidence: its citation, its short answer, and what it is of a table."""

from __future__ import annotations

from assistant.reading.reader import Reading
from assistant.reading.windows import Sentence
from assistant.types import Citation, EvidenceSpan, TableRow
from index.library.library import Library
from index.passages.seen import Seen
from index.types import Chunk, Document


def span_of(sentence: Sentence, reading: Reading | None, score: float, library: Library) -> EvidenceSpan:
    """The sentence with what the reader says of it, None where it wasn't read, and its score, in [0, 1]."""
    chunk, seen = sentence.hit.chunk, sentence.seen
    document = library.document(chunk.document_id, chunk.version)
    citation = citation_of(document, chunk, sentence.start, sentence.end)
    context = f"{document.title}\n{chunk.heading}\n{chunk.text}"
    return EvidenceSpan(citation, score, context, _short_answer(sentence, reading), seen.text, _row(document, chunk, seen))


def _short_answer(sentence: Sentence, reading: Reading | None) -> tuple[int, int] | None:
    """Where the short answer stands in the document; None where the sentence was not read."""
    if reading is None:
        return None
    source = sentence.seen.source(*reading.answer)
    offset = sentence.hit.chunk.start
    return (source[0] + offset, source[1] + offset) if source else None


def _row(document: Document, chunk: Chunk, seen: Seen) -> TableRow | None:
    """The row that a sentence is; a header above its chunk is the last text of that form before it."""
    if not seen.names or (not chunk.header and _begins_within(document.text, chunk.start)):
        return None
    start, end = (place + chunk.start for place in seen.header)
    if seen.header[0] < 0:
        start = document.text.rfind(chunk.header, 0, chunk.start)
        end = start + len(chunk.header)
    return TableRow(seen.names, seen.cells, citation_of(document, chunk, start, end)) if start >= 0 else None


def _begins_within(text: str, start: int) -> bool:
    """Whether a chunk begins within a table whose columns' names are too long to go with it."""
    line = text.rfind("\n", 0, start) + 1
    above = text[line:start].strip(" \t") or text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : max(line - 1, 0)]
    return "|" in above or "\t" in above


def citation_of(document: Document, chunk: Chunk, start: int, end: int) -> Citation:
    """A range of a document as a citation, its place that of `chunk`; its number is given later."""
    page, last = document.page_at(start), document.page_at(max(start, end - 1))
    return Citation(
        number=1,
        document_id=document.id,
        version=document.version,
        file=document.file,
        title=document.title,
        date=document.date,
        start=start,
        end=end,
        quote=document.text[start:end],
        page=page,
        place=chunk.heading,
        last_page=last if last != page else None,
    )

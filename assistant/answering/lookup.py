"""A query in, what the documents hold of it out, and whether it is given or refused.

It is passages, the sentences read, parts not found and disagreements; what stands of that without a language model is quotes
or a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.conflicts import Conflict, conflicts, first, said
from assistant.answering.quote import numbered, quote
from assistant.answering.refusal import refused_for
from assistant.questions.partly import missing_parts, not_given
from assistant.questions.parts import in_turn, joined, parts
from assistant.reading.evidence import answerable_from, select
from assistant.reading.missing import missing
from assistant.types import Answer, Evidence
from index.library.library import Library
from index.search.search import search
from index.types import Filters, Hit

HOPELESS = 0.2
"""Evidence less likely than this is refused unasked: a language model's yes to it would be believed too easily."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found for a query: the evidence numbered, the names of parts that were not found, the disagreements.

    `answerable` is the least probability of evidence that is given; `notes` stand under every answer. `filters` and
    `context` are what it was searched with.
    """

    query: str
    filters: Filters | None
    context: tuple[str, ...]
    hits: tuple[Hit, ...]
    evidence: Evidence
    lacking: tuple[str, ...]
    disagreeing: tuple[Conflict, ...]
    answerable: float
    notes: tuple[str, ...] = ()
    several: bool = False
    """Whether the question has several parts, or what was found disagrees."""

    @property
    def doubtful(self) -> bool:
        """Whether the evidence is too weak to be given."""
        return self.evidence.answerable < self.answerable

    @property
    def settled(self) -> bool:
        """Whether a language model has nothing to add: disputed quotes stay word for word, what is hopeless is refused."""
        return bool(self.disagreeing) or self.evidence.answerable < min(HOPELESS, self.answerable)

    def on(self, answer: Answer) -> Answer:
        """`answer` with what was found; it says what is disputed, and which parts it lacks."""
        told = (*self.notes, *said(self.disagreeing))
        if self.lacking and not self.doubtful:
            return replace(self.about(answer), status="partly", notes=(*told, not_given(self.lacking)))
        return replace(self.about(answer), notes=told)

    def standing(self, library: Library) -> Answer:
        """What stands without a language model: the quotes, or the refusal where the evidence is in doubt."""
        return self.refusal(library) if self.doubtful else self.on(quote(self.evidence))

    def refusal(self, library: Library) -> Answer:
        """That the documents don't hold it, what is missing, and the passages nearest to it."""
        evidence = self.evidence
        text = refused_for(self.query, evidence, missing(self.query, evidence, library), library)
        nearest = tuple(replace(span.citation, number=n) for n, span in enumerate(evidence.spans[:3], 1))
        return self.about(Answer(text=text, status="refused", nearest=nearest))

    def about(self, answer: Answer) -> Answer:
        """`answer` with what was found, of which it says nothing itself."""
        sure, missed = self.evidence.answerable, self.evidence.missing
        return replace(
            answer, query=self.query, hits=self.hits, confidence=sure, missing=missed, notes=self.notes, several=self.several
        )


def looked_up(
    query: str, library: Library, filters: Filters | None, context: Sequence[str], notes: tuple[str, ...] = ()
) -> Lookup:
    """Each part of the query searched and read, and what they hold together; `context` as in `search`."""
    queries = parts(query, library.embedder)
    hits_of = {part: search(part, library, filters=filters, context=context) for part in queries}
    evidence_of = {part: select(part, hits, library, len(hits_of)) for part, hits in hits_of.items()}
    answerable = answerable_from(library.embedder.name)
    lacking = missing_parts(query, evidence_of, answerable)
    evidence = joined([own for part, own in evidence_of.items() if part not in lacking])
    disagreeing = conflicts(query, evidence, library.embedder)
    return Lookup(
        query,
        filters,
        tuple(context),
        tuple(in_turn(list(hits_of.values()))),
        numbered(first(disagreeing, evidence)),
        tuple(lacking.values()),
        disagreeing,
        answerable,
        notes,
        several=len(queries) > 1 or bool(disagreeing),
    )

"""`contoso`: the questions of Azure's own RAG demo over its PDFs, asked through `ask`; the right page is the gold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.language_models.client import LanguageModel
from assistant.types import Answer
from evals.corpus import library_of_folders
from evals.errors import EvaluationError
from evals.metrics import Span, citation_precision, citation_recall, rouge_l, token_f1
from evals.questions import read_lines
from evals.run import asked_in_turn, citation_object, open_model, seconds_object
from evals.runs import Record, Run, print_table
from evals.statistics import mean, proportion
from index.library.library import Library

PAGES = 3
"""How many distinct pages of the search are looked at, as many as the demo's own answers were given."""

CITATION = re.compile(r"\s*\[([^\[\]]+?)#page=(\d+)\]")


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question, its true answer without citations, and the pages (file, number from 1) that hold it."""

    id: str
    question: str
    truth: str
    pages: tuple[tuple[str, int], ...]


def contoso(directory: Path, *, questions: Path, llm: str = "none", limit: int | None = None) -> dict[str, Any]:
    """Ask the questions of a file over `directory`/docs, print the table, save the run and return its figures."""
    documents = directory / "docs"
    asked = load_page_questions(questions)[:limit]
    published = load_published(directory / "rival_metrics.json")
    model = open_model(llm)
    with library_of_folders([documents]) as library:
        check_gold(asked, library, questions)
        if model is not None:
            model.start()
        saved = Run("contoso", {"llm": llm, "limit": limit}, [questions, documents], library.fingerprint)
        records = saved.measure(asked, lambda q: q.id, lambda q: measured(q, library, model), "questions")
        figures = summary(records) | {"chunks": library.count_chunks()}
    print_table(["figure", "value"], [[name, value] for name, value in figures.items()])
    if published:
        show_published(published)
    saved.finish(figures)
    return figures


def load_page_questions(path: Path) -> list[PageQuestion]:
    """The questions of a file with lines of `question` and `truth`, whose citations look like [file.pdf#page=7].

    Raises:
        EvaluationError: the file is missing or malformed, or a truth names no page.
    """
    questions = []
    for number, row in enumerate(read_lines(path), 1):
        question, truth = row.get("question"), row.get("truth")
        if not (isinstance(question, str) and question.strip() and isinstance(truth, str)):
            raise EvaluationError(f"{path}: object {number} needs a `question` and a `truth`")
        pages = tuple(dict.fromkeys((file, int(page)) for file, page in CITATION.findall(truth)))
        if not pages:
            raise EvaluationError(f"{path}: the truth of object {number} names no page, as in [file.pdf#page=7]")
        questions.append(PageQuestion(str(number), question, CITATION.sub("", truth).strip(), pages))
    return questions


def check_gold(questions: Sequence[PageQuestion], library: Library, path: Path) -> None:
    """Make sure that the gold pages can be found at all.

    Raises:
        EvaluationError: a gold file or page is not in the library.
    """
    counts = {document.file: len(document.pages) for document in library.documents()}
    for question in questions:
        for file, page in question.pages:
            if not 1 <= page <= counts.get(file, 0):
                raise EvaluationError(f"{path}: object {question.id}: there is no page {page} of {file} in the documents")


def page_span(file: str, page: int | None, following: int = 0) -> Span:
    """A page as the range of its number, with `following` pages after it; no page is an empty range, in no other."""
    return (file, page, page + 1 + following) if page else (file, 0, 0)


def first_pages(answer: Answer, library: Library, n: int = PAGES) -> list[Span]:
    """The first `n` distinct pages of what the search found, best first. A passage of a file without pages is none."""
    files = [library.document(hit.chunk.document_id, hit.chunk.version).file for hit in answer.hits]
    found = [(file, hit.chunk.page) for file, hit in zip(files, answer.hits, strict=True) if hit.chunk.page]
    return [page_span(file, page) for file, page in dict.fromkeys(found)][:n]


def page_scores(
    found: Sequence[Span], cited: Sequence[Span], pages: Sequence[tuple[str, int]], said: bool
) -> dict[str, Any]:
    """Page recall of the search, citation precision and recall, and whether a citation is right.

    Each exactly, and as `_next` with the page after a gold one accepted too: many a label is that of the page where
    the section starts. Nothing cited leaves no precision; a question not answered has no right or wrong citation.
    """
    scores: dict[str, float | None] = {}
    for suffix, following in (("", 0), ("_next", 1)):
        gold = [page_span(file, page, following) for file, page in pages]
        precision = citation_precision(cited, gold) if said else None
        scores |= {
            f"page_recall{suffix}": citation_recall(found, gold),
            f"citation_precision{suffix}": precision,
            f"citation_recall{suffix}": citation_recall(cited if said else [], gold),
            f"any_citation{suffix}": float(bool(precision)) if said else None,
        }
    return scores


def measured(question: PageQuestion, library: Library, llm: LanguageModel | None) -> Record:
    """A question's record; an answer that says nothing (a refusal) has no words in common with the truth."""
    answer = asked_in_turn(question.question, [], library, llm)
    said = answer.status in ("answered", "partly")
    found = first_pages(answer, library)
    cited = [page_span(citation.file, citation.page) for citation in answer.citations]
    scores = page_scores(found, cited, question.pages, said) | {
        "cites": float(bool(cited)) if said else None,
        "refused": float(answer.refused),
        "token_f1": token_f1(answer.text, question.truth) if said else 0.0,
        "rouge_l": rouge_l(answer.text, [question.truth]) if said else 0.0,
        "words": float(len(answer.text.split())) if said else None,
    }
    detail = {
        "question": question.question,
        "truth": question.truth,
        "gold": question.pages,
        "pages": [span[:2] for span in found],
        "status": answer.status,
        "query": answer.query,
        "answer": answer.text,
        "answerer": answer.answerer,
        "confidence": answer.confidence,
        "citations": [citation_object(citation) for citation in answer.citations],
        "seconds": seconds_object(answer),
    }
    return Record(question.id, "contoso", scores, detail)


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """The figures of a run."""
    means = ("page_recall", "citation_precision", "citation_recall")
    shares = ("any_citation", "any_citation_next", "cites", "refused")
    words = [record.scores["words"] for record in records if record.scores["words"] is not None]
    figures: dict[str, Any] = {"n": len(records)}
    for name in (*(f"{name}{suffix}" for name in means for suffix in ("", "_next")), "token_f1", "rouge_l"):
        figures[name] = mean([record.scores[name] for record in records])
    for name in shares:
        figures[name] = proportion([None if (v := record.scores[name]) is None else v > 0.5 for record in records])
    return figures | {"median_words": median(words) if words else None}


PUBLISHED = {
    "ctx_recall": "page recall",
    "cit_prec": "citation precision",
    "cit_recall": "citation recall",
    "any_gold_cited": "any right",
    "tokF1": "token F1",
    "rLf": "ROUGE-L",
    "words": "mean words",
    "n_gold": "n",
}
"""The figures of rival_metrics.json that stand beside ours."""


def load_published(path: Path) -> dict[str, dict[str, float]]:
    """What others published, by configuration; empty where there is no such file."""
    if not path.is_file():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): dict(row) for name, row in rows.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path} is malformed: {error}") from error


def show_published(published: dict[str, dict[str, float]]) -> None:
    """Print others' figures as they gave them."""
    print("\nPublished by others over their own search and models, on all their questions: context only")
    print_table(
        ["configuration", *PUBLISHED.values()],
        [[name, *(row.get(figure) for figure in PUBLISHED)] for name, row in published.items()],
    )

"""`chunks`: exact excerpts of long texts, looked for by the product's search; how much is found, how much beside it.

The data is Chroma's chunking report: corpora/*.md, and questions_df.csv with the excerpts that answer each question.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.corpus import chosen_settings, library_of_folders
from evals.errors import EvaluationError
from evals.metrics import Span, range_recall_and_iou
from evals.runs import Record, Run, print_table
from evals.statistics import mean, percentiles
from index.library.library import Library
from index.search.search import by_keywords, by_vectors, search
from index.types import Chunk, Filters

FIGURES = ("recall", "iou", "precision", "characters")
"""Shares of characters, and how many characters were retrieved."""


@dataclass(frozen=True, slots=True)
class ExcerptQuestion:
    """A question and the excerpts that answer it; `file` is its corpus, as the library names it."""

    id: str
    file: str
    question: str
    excerpts: tuple[Span, ...]


def chunks(
    directory: Path,
    *,
    top_k: int = 5,
    chunk_tokens: int | None = None,
    limit: int | None = None,
    corpora: Sequence[str] = (),
) -> dict[str, Any]:
    """Search for every question (or `limit` of them, evenly spaced), print the table, save the run, return its figures.

    `corpora` are the names of those that are searched and asked about, without any: all.
    """
    settings = chosen_settings() if chunk_tokens is None else replace(chosen_settings(), chunk_tokens=chunk_tokens)
    files = [directory / "corpora" / f"{name}.md" for name in corpora]
    names = [file.name for file in files]
    questions = [one for one in load_excerpt_questions(directory) if not names or one.file in names]
    asked = questions if limit is None else evenly_spaced(questions, limit)
    data = [directory / "questions_df.csv", *(files or [directory / "corpora"])]
    with library_of_folders(files or [directory / "corpora"], settings) as library:
        check_stored(library, directory)
        options = {"top_k": top_k, "chunk_tokens": settings.chunk_tokens, "limit": limit, "corpora": list(corpora)}
        saved = Run("chunks", options, data, library.fingerprint)
        records = saved.measure(asked, lambda q: q.id, lambda q: measured(q, library, top_k), "questions")
        figures = summary(records) | {"chunks": library.count_chunks()}
    show(figures, top_k)
    saved.finish(figures)
    return figures


def load_excerpt_questions(directory: Path) -> list[ExcerptQuestion]:
    """The questions of questions_df.csv, in its order.

    Raises:
        EvaluationError: a file is missing, a row is malformed, or an excerpt is not what its corpus has at its offsets.
    """
    path = directory / "questions_df.csv"
    texts: dict[str, str] = {}
    questions: list[ExcerptQuestion] = []
    for line, row in _rows(path):
        try:
            corpus, question, references = row["corpus_id"], row["question"], json.loads(row["references"])
            excerpts = [(str(e["content"]), int(e["start_index"]), int(e["end_index"])) for e in references]
            if not (corpus and question and excerpts):
                raise ValueError("no corpus, question or excerpt")
        except (KeyError, TypeError, ValueError) as error:
            raise EvaluationError(f"{path}, line {line}: no question with excerpts: {error!r}") from error
        if corpus not in texts:
            texts[corpus] = read_corpus(directory / "corpora" / f"{corpus}.md")
        for content, start, end in excerpts:
            if not 0 <= start < end == start + len(content) or texts[corpus][start:end] != content:
                there = f"is not what {corpus}.md has at [{start}, {end})"
                raise EvaluationError(f"{path}, line {line}: the excerpt {content[:60]!r} {there}")
        spans = tuple((f"{corpus}.md", start, end) for _, start, end in excerpts)
        questions.append(ExcerptQuestion(f"{corpus}-{len(questions) + 1}", f"{corpus}.md", question, spans))
    return questions


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file, each with the number of the line where it ends."""
    if not path.is_file():
        raise EvaluationError(f"there is no file {path}: give the folder of the chunking report's data")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield reader.line_num, row
    except (csv.Error, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} can't be read: {error}") from error


def read_corpus(path: Path) -> str:
    """A corpus with its line ends as they are: translating them would shift the offsets.

    Raises:
        EvaluationError: it is missing or is no UTF-8.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"the corpus {path} can't be read: {error}") from error


def check_stored(library: Library, directory: Path) -> None:
    """Make sure that offsets in stored texts are offsets in the corpora; other documents may lie beside them.

    Raises:
        EvaluationError: a document's text is not its file's.
    """
    for document in library.documents():
        path = directory / "corpora" / document.file
        if path.is_file() and document.text != read_corpus(path):
            raise EvaluationError(f"the library's text of {document.file} is not the file's: its offsets can't be compared")


def evenly_spaced(questions: Sequence[ExcerptQuestion], n: int) -> list[ExcerptQuestion]:
    """`n` questions spread over all of them, so that a small sample has all corpora."""
    n = min(n, len(questions))
    return [questions[i * len(questions) // n] for i in range(n)]


METHODS = ("search", "vectors", "keywords")
"""The product's search, and each of its two rankings alone."""


def retrieve(method: str, query: str, library: Library, top_k: int) -> list[Chunk]:
    """The first `top_k` chunks of a method, best first."""
    if method == "search":
        return [hit.chunk for hit in search(query, library, top_k=top_k)]
    ranked = {"vectors": by_vectors, "keywords": by_keywords}[method](query, library, top_k, Filters())
    found = library.chunks([id_ for id_, _ in ranked])
    return [found[id_] for id_, _ in ranked]


def measured(question: ExcerptQuestion, library: Library, top_k: int) -> Record:
    """A question's record: the figures of each method (`recall` is the search's, `vectors_recall` the vectors')."""
    scores: dict[str, float | None] = {}
    detail: dict[str, Any] = {"question": question.question, "excerpts": question.excerpts}
    for method in METHODS:
        start = time.perf_counter()
        found = retrieve(method, question.question, library, top_k)
        milliseconds = round(1000 * (time.perf_counter() - start), 2)
        retrieved = [(library.document(c.document_id, c.version).file, c.start, c.end) for c in found]
        scores |= {_name(method, figure): value for figure, value in range_scores(retrieved, question.excerpts).items()}
        detail[method] = {"retrieved": retrieved, "milliseconds": milliseconds}
    return Record(question.id, question.file, scores, detail)


def range_scores(retrieved: Sequence[Span], excerpts: Sequence[Span]) -> dict[str, float | None]:
    """The figures of one search: recall, IoU, precision (None where nothing was retrieved), characters retrieved.

    Precision is |E ∩ R| / (sum of retrieved lengths), those of other corpora too (Smith & Troynikov 2024).
    """
    recall, iou = range_recall_and_iou(retrieved, excerpts)
    wanted = {(file, i) for file, start, end in excerpts for i in range(start, end)}
    characters = sum(end - start for _, start, end in retrieved)
    precision = recall * len(wanted) / characters if characters else None
    return {"recall": recall, "iou": iou, "precision": precision, "characters": float(characters)}


def _name(method: str, figure: str) -> str:
    return figure if method == "search" else f"{method}_{figure}"


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """Per method the figures in all and per corpus, and milliseconds per query."""
    groups: dict[str, list[Record]] = {"all": list(records)}
    for record in records:
        groups.setdefault(record.group, []).append(record)
    figures: dict[str, Any] = {"n": len(records)}
    for method in METHODS:
        figures[method] = {
            group: {figure: mean([record.scores[_name(method, figure)] for record in own]) for figure in FIGURES}
            for group, own in groups.items()
        }
        figures[method]["milliseconds"] = percentiles([record.detail[method]["milliseconds"] for record in records])
    return figures


def show(figures: dict[str, Any], top_k: int) -> None:
    """Print the figures of each method and corpus, and the times."""
    rows = [
        [method, corpus, *(of_corpus[figure] for figure in FIGURES)]
        for method in METHODS
        for corpus, of_corpus in figures[method].items()
        if corpus != "milliseconds"
    ]
    print(f"The first {top_k} of {figures['chunks']:,} chunks, all corpora in one index (pooled)")
    print_table(["method", "corpus", *FIGURES], rows)
    for method in METHODS:
        times = figures[method]["milliseconds"]
        print(f"milliseconds per query, {method}: median {times['p50']}, 95th percentile {times['p95']}")

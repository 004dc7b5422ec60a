"""The questions of five sets with what is found for them, to fit the evidence's models on: ours twice, CLAPnq, MTRAG-UN,
Chroma's excerpts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from assistant.asked import Asked
from assistant.evidence import all_statements, asked_of
from assistant.signals import Statement
from assistant.standalone import context, standalone
from evals.chunks import load_excerpt_questions
from evals.clapnq import load_tasks
from evals.corpus import library_of_folders, library_of_passages
from evals.metrics import Span
from evals.mtrag import pooled, task_of
from evals.questions import SEEDS, UNANSWERABLE, half_of, load_questions, read_lines
from evals.run import HAYSTACK, only_asked
from index.library import Library
from index.search import search
from index.spelling import corrected
from index.types import Filters

LEFT_OUT = frozenset("small_talk about_library chinese korean russian injection ambiguous false_premise".split())
"""Kinds of our own questions that say nothing about whether English evidence answers."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; `gold` says of each statement whether it overlaps a gold span."""

    group: str
    half: str
    answerable: bool
    wanted: Asked
    found: tuple[Statement, ...]
    gold: tuple[bool, ...]


def all_cases(data: Path) -> list[Case]:
    """The cases of all sets; the groups are own, haystack, clapnq, mtrag and chunks."""
    return [
        *_own("own", [SEEDS]),
        *_own("haystack", [SEEDS, *(data / name for name in HAYSTACK)]),
        *_clapnq(data / "clapnq"),
        *_mtrag(data / "mtrag-un" / "reference_open.jsonl"),
        *_chunks(data / "chroma-chunking"),
    ]


def _case(
    group: str,
    half: str,
    answerable: bool,
    query: str,
    gold: Sequence[Span],
    library: Library,
    only: str = "",
    earlier: Sequence[str] = (),
) -> Case:
    """What `ask` would find; `only` is a document to search alone, `earlier` the queries asked before."""
    filters = Filters(document_ids=(only,)) if only else None
    query = corrected(query, library)
    wanted = asked_of(query, library)
    found = tuple(all_statements(wanted, search(query, library, filters=filters, context=earlier), library))
    files = [library.document(one.hit.chunk.document_id, one.hit.chunk.version).file for one in found]
    held = tuple(
        any(file == g and one.start < end and start < one.end for g, start, end in gold)
        for file, one in zip(files, found, strict=True)
    )
    return Case(group, half, answerable, wanted, found, held)


def _own(group: str, folders: Sequence[Path]) -> Iterator[Case]:
    with library_of_folders(folders) as library:
        for one in tqdm(load_questions(), group, disable=None):
            if one.kind not in LEFT_OUT:
                said = only_asked(one.history)
                query = standalone(one.question, said, library.embedder.alike)
                earlier = context(one.question, said)
                yield _case(group, one.half, one.kind not in UNANSWERABLE, query, one.gold, library, earlier=earlier)


def _clapnq(folder: Path) -> Iterator[Case]:
    files = ("clapnq_open_answerable.jsonl", "clapnq_open_unanswerable.jsonl")
    tasks = [task for file in files for task in load_tasks(folder / file)]
    with library_of_passages([(task.id, task.title, task.passage) for task in tasks]) as library:
        ids = {document.file: document.id for document in library.documents()}
        for task in tqdm(tasks, "clapnq", disable=None):
            answerable = bool(task.references)
            yield _case("clapnq", half_of(task.id), answerable, task.question, task.gold, library, ids[task.id])


def _mtrag(path: Path) -> Iterator[Case]:
    rows = read_lines(path)
    tasks = [task_of(row, f"{path}: object {number}", {}) for number, row in enumerate(rows, 1)]
    with library_of_passages(pooled(rows)) as library:
        for task in tqdm(tasks, "mtrag", disable=None):
            if task.label in ("ANSWERABLE", "UNANSWERABLE"):
                query = standalone(task.question, task.conversation, library.embedder.alike)
                earlier = context(task.question, task.conversation)
                answerable = task.label == "ANSWERABLE"
                yield _case("mtrag", half_of(task.id), answerable, query, (), library, earlier=earlier)


def _chunks(folder: Path) -> Iterator[Case]:
    with library_of_folders([folder / "corpora"]) as library:
        for one in tqdm(load_excerpt_questions(folder), "chunks", disable=None):
            yield _case("chunks", half_of(one.id), True, one.question, one.excerpts, library)

"""The questions of several sets with what is found for them, to fit the evidence's models on: held articles, ours, CLAPnq,
MTRAG-UN, Chroma's excerpts.

Held articles are those of the training data that the reader never saw. Each of their questions is asked with its article and
without it, where nothing answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from assistant.reading.evidence import Findings, find
from assistant.standalone import context, standalone
from evals.chunks import load_excerpt_questions
from evals.clapnq import load_tasks
from evals.corpus import Passage, library_of_folders, library_of_passages
from evals.metrics import Span
from evals.mtrag import pooled, task_of
from evals.questions import SEEDS, UNANSWERABLE, half_of, load_questions, read_lines
from evals.run import HAYSTACK, only_asked
from evals.training.rows import HELD_TITLES, Row, read_rows
from index.library import Library
from index.likeness import word_weights
from index.search import search
from index.spelling import corrected
from index.types import Filters

LEFT_OUT = frozenset("small_talk about_library injection ambiguous false_premise".split())
"""Kinds of our own questions that say nothing about whether evidence answers."""

HELD_LANGUAGES = ("zh", "de", "ar", "hi")
"""Asked in their own; the other six of the training data are left for reporting by `articles` alone."""

HELD_QUESTIONS = 120
"""Of the English held articles; of each other language a fifth."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; `gold` says of each sentence found whether it overlaps a gold span."""

    group: str
    half: str
    answerable: bool
    question: str
    findings: Findings
    gold: tuple[bool, ...]


def all_cases(data: Path, groups: Sequence[str]) -> list[Case]:
    """The cases of these groups."""
    made = {
        "own": lambda: _own("own", [SEEDS]),
        "haystack": lambda: _own("haystack", [SEEDS, *(data / name for name in HAYSTACK)]),
        "clapnq": lambda: _clapnq(data / "clapnq"),
        "mtrag": lambda: _mtrag(data / "mtrag-un" / "reference_open.jsonl"),
        "chunks": lambda: _chunks(data / "chroma-chunking"),
        "held": lambda: _held(data / "reading" / "train.jsonl.xz"),
    }
    return [case for group in groups for case in made[group]()]


def _case(
    group: str,
    half: str,
    answerable: bool,
    query: str,
    gold: Sequence[Span],
    library: Library,
    only: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> Case:
    """What `ask` would find; `only` are documents to search alone, `earlier` the queries asked before."""
    filters = Filters(document_ids=tuple(only)) if only else None
    query = corrected(query, library)
    hits = search(query, library, filters=filters, context=earlier)
    findings = find(query, hits, word_weights(query, library), library)
    places = [
        (library.document(one.sentence.hit.chunk.document_id, one.sentence.hit.chunk.version).file, one.sentence)
        for one in findings.found
    ]
    held = tuple(any(file == g and one.start < end and start < one.end for g, start, end in gold) for file, one in places)
    return Case(group, half, answerable, query, findings, held)


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
            yield _case("clapnq", half_of(task.id), answerable, task.question, task.gold, library, [ids[task.id]])


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


def _held(path: Path) -> Iterator[Case]:
    """Held articles: English ones with questions that people wrote to have no answer, others in their language, across."""
    rows = read_rows(path)
    sources = dict.fromkeys(row.source for row in rows)
    own = [
        source
        for source in sources
        if source == "squad2" or source in [f"xquad.{language}.own" for language in HELD_LANGUAGES]
    ]
    for source in own:
        of = [row for row in rows if row.source == source]
        yield from _article(
            of, [row for row in of if row.title in HELD_TITLES], HELD_QUESTIONS if source == "squad2" else 24
        )
    english = [row for row in rows if row.source == "xquad.en"]
    place = {row.sentences: number for number, row in enumerate(english)}
    crossing = [
        row
        for source in sources
        if source not in own and source.startswith("xquad.")
        for row in rows
        if row.source == source
    ]
    held = [row for row in crossing if 655 <= place.get(row.sentences, 0) < 770]
    yield from _article(english, held, HELD_QUESTIONS)


def _article(rows: Sequence[Row], asked: Sequence[Row], most: int) -> Iterator[Case]:
    passages: dict[tuple[str, ...], Passage] = {}
    for row in rows:
        name = row.title or f"Text {len(passages) // 5}"
        passages.setdefault(row.sentences, (f"passage {len(passages)}", name, " ".join(" ".join(row.sentences).split())))
    chosen = random.Random(0).sample(list(asked), min(most, len(asked)))
    group = "held" if rows[0].source == "squad2" else "held own" if rows[0].source.endswith(".own") else "held cross"
    with library_of_passages(list(passages.values())) as library:
        documents = library.documents()
        for row in tqdm(chosen, f"{group} {asked[0].source}", disable=None):
            id_, title, text = passages[row.sentences]
            gold = [_place(id_, text, row.sentences[number]) for number in row.gold]
            yield _case(group, half_of(row.question), bool(gold), row.question, gold, library)
            if gold:
                others = [document.id for document in documents if document.title != title]
                yield _case(f"{group} out", half_of(row.question), False, row.question, (), library, others)


def _place(file: str, text: str, sentence: str) -> Span:
    sentence = " ".join(sentence.split())
    start = text.find(sentence)
    return file, start, start + len(sentence)

"""Questions posed to libraries, with what is gold, for the evidence's models to be fitted on: ours, CLAPnq, MTRAG-UN,
held-out training articles.

Held articles are those that training leaves alone. Each of their questions is asked with its article and without it, where
nothing answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from assistant.questions.follow_up import context, understood
from evals.clapnq import load_tasks
from evals.corpus import Passage, library_of_folders, library_of_passages
from evals.metrics import Span
from evals.mtrag import pooled, task_of, with_queries
from evals.questions import SEEDS, UNANSWERABLE, half_of, load_questions, read_lines
from evals.run import HAYSTACK, only_asked
from evals.training.rows import HELD_TITLES, Row, read_rows
from index.library.library import Library
from index.search.search import search
from index.search.spelling import corrected
from index.settings import IndexSettings
from index.types import Filters, Hit

LEFT_OUT = frozenset("small_talk about_library injection ambiguous false_premise".split())
"""Kinds of our own questions that say nothing about whether evidence answers."""

FOREIGN = frozenset("chinese korean russian".split())
"""Kinds of our own questions that an English embedder can't find anything for."""

HELD_LANGUAGES = ("zh", "de", "ar", "hi")
"""Asked in their own; the other six of the training data are left for reporting by `articles` alone."""

HELD_QUESTIONS = 120
"""Of the English held articles; of each other language a fifth."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A question as `ask` would search for it, and the spans that answer it; `only` are documents to search alone,
    `earlier` the queries asked before."""

    group: str
    half: str
    answerable: bool
    query: str
    gold: tuple[Span, ...]
    library: Library
    only: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    def hits(self) -> list[Hit]:
        """What the search finds."""
        filters = Filters(document_ids=self.only) if self.only else None
        return search(self.query, self.library, filters=filters, context=self.earlier)

    def is_gold(self, hit: Hit, start: int, end: int) -> bool:
        """Whether `[start, end)` of the hit's document overlaps a gold span."""
        file = self.library.document(hit.chunk.document_id, hit.chunk.version).file
        return any(file == own and start < last and first < end for own, first, last in self.gold)


def posed(data: Path, sets: Sequence[str], settings: IndexSettings, *, foreign: bool = True) -> Iterator[Posed]:
    """The questions of these sets, each while its library is open; `foreign` says whether other languages are asked in."""
    made = {
        "own": lambda: _own("own", [SEEDS], settings, foreign),
        "haystack": lambda: _own("haystack", [SEEDS, *(data / name for name in HAYSTACK)], settings, foreign),
        "clapnq": lambda: _clapnq(data / "clapnq", settings),
        "mtrag": lambda: _mtrag(data / "mtrag-un" / "reference_open.jsonl", settings),
        "held": lambda: _held(data / "reading" / "train.jsonl.xz", settings),
    }
    for name in sets:
        for one in made[name]():
            yield replace(one, query=corrected(one.query, one.library))


def _own(group: str, folders: Sequence[Path], settings: IndexSettings, foreign: bool) -> Iterator[Posed]:
    with library_of_folders(folders, settings) as library:
        for one in tqdm(load_questions(), group, disable=None):
            if one.kind not in LEFT_OUT and (foreign or one.kind not in FOREIGN):
                said = only_asked(one.history)
                query = understood(one.question, said, library)
                earlier = context(one.question, said)
                yield Posed(group, one.half, one.kind not in UNANSWERABLE, query, one.gold, library, earlier=earlier)


def _clapnq(folder: Path, settings: IndexSettings) -> Iterator[Posed]:
    files = ("clapnq_open_answerable.jsonl", "clapnq_open_unanswerable.jsonl")
    tasks = [task for file in files for task in load_tasks(folder / file)]
    with library_of_passages([(task.id, task.title, task.passage) for task in tasks], settings) as library:
        ids = {document.file: document.id for document in library.documents()}
        for task in tqdm(tasks, "clapnq", disable=None):
            only = (ids[task.id],)
            yield Posed("clapnq", half_of(task.id), bool(task.references), task.question, task.gold, library, only)


def _mtrag(path: Path, settings: IndexSettings) -> Iterator[Posed]:
    rows = read_lines(path)
    tasks = [task_of(row, f"{path}: object {number}", {}) for number, row in enumerate(rows, 1)]
    with library_of_passages(pooled(rows), settings) as library:
        for task in tqdm(tasks, "mtrag", disable=None):
            if task.label in ("ANSWERABLE", "UNANSWERABLE"):
                said = with_queries(task.conversation, library.embedder)
                query = understood(task.question, said, library)
                earlier = context(task.question, said)
                yield Posed("mtrag", half_of(task.id), task.label == "ANSWERABLE", query, (), library, earlier=earlier)


def _held(path: Path, settings: IndexSettings) -> Iterator[Posed]:
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
            of, [row for row in of if row.title in HELD_TITLES], HELD_QUESTIONS if source == "squad2" else 24, settings
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
    yield from _article(english, held, HELD_QUESTIONS, settings)


def _article(rows: Sequence[Row], asked: Sequence[Row], most: int, settings: IndexSettings) -> Iterator[Posed]:
    passages: dict[tuple[str, ...], Passage] = {}
    for row in rows:
        name = row.title or f"Text {len(passages) // 5}"
        passages.setdefault(row.sentences, (f"passage {len(passages)}", name, " ".join(" ".join(row.sentences).split())))
    chosen = random.Random(0).sample(list(asked), min(most, len(asked)))
    group = "held" if rows[0].source == "squad2" else "held own" if rows[0].source.endswith(".own") else "held cross"
    with library_of_passages(list(passages.values()), settings) as library:
        documents = library.documents()
        for row in tqdm(chosen, f"{group} {asked[0].source}", disable=None):
            id_, title, text = passages[row.sentences]
            half = half_of(row.question)
            gold = tuple(_place(id_, text, row.sentences[number]) for number in row.gold)
            yield Posed(group, half, bool(gold), row.question, gold, library)
            if gold:
                others = tuple(document.id for document in documents if document.title != title)
                yield Posed(f"{group} out", half, False, row.question, (), library, others)


def _place(file: str, text: str, sentence: str) -> Span:
    sentence = " ".join(sentence.split())
    start = text.find(sentence)
    return file, start, start + len(sentence)

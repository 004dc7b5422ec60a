"""The sets that retrieval is measured on: each one's documents, its questions with their halves, and its own measures.

In goes the folder of the open benchmark data; out come sets whose cases score the hits of any ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from assistant.questions.follow_up import understood
from assistant.questions.parts import parts
from assistant.types import Answer
from evals.beir import Qrels, read_qrels
from evals.chunks import ExcerptQuestion, check_stored, load_excerpt_questions
from evals.contoso import PageQuestion, check_gold, first_pages, load_page_questions, page_span
from evals.corpus import Passage
from evals.metrics import citation_recall, range_recall_and_iou, ranking_scores
from evals.mtrag import CHUNKS, pooled, task_of
from evals.questions import QUESTIONS, SEEDS, Half, Question, half_of, load_questions, read_lines
from evals.run import HAYSTACK, gold_found, only_asked
from index.library.library import Library
from index.parsing.file import find_files
from index.search.spelling import corrected
from index.types import Hit

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a set: what is searched with, how many chunks of each query count, and what the hits are worth."""

    id: str
    half: Half
    queries: tuple[str, ...]
    top_k: int
    score: Callable[[Sequence[Hit], Library], Scores]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """What goes into the library (the `data` beside it is only read), and the cases, made with the library open."""

    cases: Callable[[Library], list[Case]]
    folders: tuple[Path, ...] = ()
    passages: tuple[Passage, ...] = ()
    data: tuple[Path, ...] = ()
    enriched: bool = False
    """Whether the language model writes questions for the passages first."""


def chunks_set(data: Path) -> RetrievalSet:
    """Chroma's chunking questions over its corpora: recall and IoU in characters of the first 5 chunks, pooled."""
    directory = data / "chroma-chunking"
    questions = load_excerpt_questions(directory)

    def cases(library: Library) -> list[Case]:
        check_stored(library, directory)
        return [Case(one.id, half_of(one.id), (one.question,), 5, partial(_ranges, one)) for one in questions]

    return RetrievalSet(cases, (directory / "corpora",), data=(directory / "questions_df.csv",))


def _ranges(question: ExcerptQuestion, hits: Sequence[Hit], library: Library) -> Scores:
    chunks = [hit.chunk for hit in hits]
    spans = [(library.document(one.document_id, one.version).file, one.start, one.end) for one in chunks]
    recall, iou = range_recall_and_iou(spans, question.excerpts)
    return {"recall@5": recall, "IoU@5": iou}


def contoso_set(data: Path) -> RetrievalSet:
    """The questions of Azure's demo over its documents: recall of the gold pages among the first 3 distinct pages."""
    directory = data / "contoso-hr"
    path = directory / "ground_truth_open.jsonl"
    questions = load_page_questions(path)

    def cases(library: Library) -> list[Case]:
        check_gold(questions, library, path)
        top_k = library.settings.top_k
        return [Case(q.id, half_of(q.id), _asked(q.question, (), library), top_k, partial(_pages, q)) for q in questions]

    return RetrievalSet(cases, (directory / "docs",), data=(path,))


def _pages(question: PageQuestion, hits: Sequence[Hit], library: Library) -> Scores:
    gold = [page_span(file, page) for file, page in question.pages]
    recall = citation_recall(first_pages(Answer(hits=tuple(hits)), library), gold)
    return {} if recall is None else {"page recall@3": recall}


def mtrag_set(data: Path) -> RetrievalSet:
    """The judged tasks of MTRAG-UN over all its passages: nDCG@5, searched with the last turn as it is given."""
    reference = data / "mtrag-un" / "reference_open.jsonl"
    files = sorted((data / "mtrag-un" / "qrels").glob("*.tsv"))
    judged: Qrels = {}
    for path in files:
        judged |= read_qrels(path)
    rows = read_lines(reference)
    tasks = [task_of(row, f"{reference}: object {number}", judged) for number, row in enumerate(rows, 1)]
    found = [
        Case(task.id, half_of(task.id), (task.question,), CHUNKS, partial(_ndcg, task.relevant))
        for task in tasks
        if task.relevant and any(task.relevant.values())
    ]
    return RetrievalSet(lambda library: found, passages=tuple(pooled(rows)), data=(reference, *files))


def _ndcg(relevant: dict[str, int], hits: Sequence[Hit], library: Library) -> Scores:
    files = dict.fromkeys(library.document(hit.chunk.document_id, hit.chunk.version).file for hit in hits)
    return ranking_scores({"task": relevant}, {"task": [(file, 0.0) for file in files]}, ["nDCG@5"])["task"]


def own_set(data: Path) -> RetrievalSet:
    """Our answerable questions over the seeds and the haystack: whether a gold span is in one of the first 5 passages."""
    questions = [question for question in load_questions(QUESTIONS, SEEDS) if question.answerable and question.gold]

    def cases(library: Library) -> list[Case]:
        top_k = library.settings.top_k
        return [Case(q.id, q.half, _asked(q.question, q.history, library), top_k, partial(_gold, q)) for q in questions]

    return RetrievalSet(cases, (SEEDS, *(data / name for name in HAYSTACK)), data=(QUESTIONS,))


def _gold(question: Question, hits: Sequence[Hit], library: Library) -> Scores:
    """A copy of a seed document has the same text, so gold is where it is in the document itself."""
    copies = tuple((copy_name(file), start, end) for file, start, end in question.gold)
    wanted = replace(question, gold=question.gold + copies)
    found = {f"gold in {k}": gold_found(Answer(hits=tuple(hits[:k])), wanted, library) for k in (3, 5)}
    of_kind = {f"{name}, paraphrases": value for name, value in found.items()} if question.kind == "paraphrase" else {}
    return found | of_kind


def _asked(question: str, history: Sequence[str], library: Library) -> tuple[str, ...]:
    """The queries that `ask` searches with."""
    return parts(corrected(understood(question, only_asked(history), library), library), library.embedder)


SETS = {"chunks": chunks_set, "contoso": contoso_set, "mtrag": mtrag_set, "own": own_set}

ROBUST = (
    ("chunks", "chunks among others"),
    ("own on seeds alone", "own"),
    ("own", "own, seeds twice"),
    ("own on seeds alone", "own, seeds enriched"),
)
"""What is compared, before and after."""


def enriched_sets(data: Path) -> dict[str, RetrievalSet]:
    """Our own questions over the seeds alone, without and with questions that the language model wrote for them."""
    plain = replace(own_set(data), folders=(SEEDS,))
    return {"own on seeds alone": plain, "own, seeds enriched": replace(plain, enriched=True)}


def robust_sets(sets: dict[str, RetrievalSet], data: Path, copies: Path) -> dict[str, RetrievalSet]:
    """What `ROBUST` needs beside `sets`: other documents beside theirs, none, or each seed document a second time.

    The seeds' copies are written to the folder `copies`.
    """
    found = {}
    if "chunks" in sets:
        folders = (*sets["chunks"].folders, SEEDS, *contoso_set(data).folders)
        found["chunks among others"] = replace(sets["chunks"], folders=folders, passages=mtrag_set(data).passages)
    if "own" in sets:
        found["own on seeds alone"] = replace(sets["own"], folders=(SEEDS,))
        for path in find_files(SEEDS):
            copy = copies / copy_name(path.relative_to(SEEDS).as_posix())
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes() + b"\n")  # the same content under two names would be stored once
        found["own, seeds twice"] = replace(sets["own"], folders=(*sets["own"].folders, copies))
    return found


def copy_name(file: str) -> str:
    """The name of the copy of a seed document; its title goes with it, as sources.toml doesn't name it."""
    path = PurePosixPath(file)
    return path.with_name(f"copy_of_{path.name}").as_posix()

"""True sentences of the open corpora, each with the passage it stands in: what the verifier has to let through."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from evals.clapnq import load_tasks
from evals.errors import EvaluationError
from evals.mtrag import pooled
from evals.questions import SEEDS, read_lines
from index.parsing.file import find_files, parse, read_sources
from index.passages.sentences import sentences

PASSAGE = 6
"""Sentences before and after one in a long document that make its passage, as many as a chunk has."""

PER_CORPUS = 60
"""Sentences taken of each corpus at most: seven corpora of very unlike sizes weigh alike."""

TELLING = re.compile(r"\d|(?<=[a-z,;] )[A-Z][a-z]{2,}")
"""A number or, within a sentence, a name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, the title and the passage around it, and the corpus it is from."""

    id: str
    corpus: str
    text: str
    title: str
    passage: str


def load_statements(data: Path, per_corpus: int = PER_CORPUS) -> list[Statement]:
    """At most `per_corpus` sentences of each corpus, in the order of their hash: the same ones every time.

    Raises:
        EvaluationError: a part of the open data is missing or malformed.
    """
    found = list(_folder("seeds", SEEDS))
    found += _folder("contoso", data / "contoso-hr" / "docs")
    found += [
        one for path in _files(data / "chroma-chunking" / "corpora") for one in _document(f"chroma {path.stem}", path, "")
    ]
    tasks = load_tasks(data / "clapnq" / "clapnq_open_answerable.jsonl")
    found += [one for task in tasks for one in _statements("clapnq", task.title, task.passage)]
    for _, title, text in pooled(read_lines(data / "mtrag-un" / "reference_open.jsonl")):
        found += _statements("mtrag", title, text)
    ordered = sorted({one.id: one for one in found}.values(), key=lambda one: (one.corpus, one.id))
    return [one for _, own in groupby(ordered, key=lambda one: one.corpus) for one in list(own)[:per_corpus]]


def _files(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        raise EvaluationError(f"there is no folder {folder}: the benchmark data lies beside the project, in shared/data")
    return find_files(folder)


def _folder(corpus: str, folder: Path) -> Iterator[Statement]:
    facts = read_sources(folder).facts
    for path in _files(folder):
        yield from _document(corpus, path, facts.get(path.name, {}).get("title", ""))


def _document(corpus: str, path: Path, title: str) -> Iterator[Statement]:
    content = parse(path, path.read_bytes())
    yield from _statements(corpus, title or content.title or path.stem.replace("_", " "), content.text)


def _statements(corpus: str, title: str, text: str) -> Iterator[Statement]:
    """The sentences of a text that state something telling, each with its passage."""
    spans = sentences(text)
    for place, (start, end) in enumerate(spans):
        sentence = " ".join(text[start:end].split())
        words = sentence.split()
        if 8 <= len(words) <= 50 and sentence[-1] == "." and TELLING.search(sentence) and not _BROKEN.search(sentence):
            first, last = max(0, place - PASSAGE), min(len(spans), place + PASSAGE + 1)
            passage = " ".join(text[spans[first][0] : spans[last - 1][1]].split())
            id_ = hashlib.sha256(f"{corpus}\0{sentence}".encode()).hexdigest()[:16]
            yield Statement(id_, corpus, sentence, title, passage)


_BROKEN = re.compile(r"https?:|[|#<>{}\\]|\?|\.{3}|====")
"""Marks of tables, code and references rather than of a sentence."""

"""`beir`: any folder in BEIR form, ranked by the shipped `search` and, as an ablation, by its parts and their fusions.

In goes a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv; out come nDCG@10, recall and time of each ranking.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.corpus import Passage, library_of_passages
from evals.errors import EvaluationError
from evals.metrics import ranking_scores
from evals.questions import read_lines
from evals.runs import Record, Run, print_table
from evals.statistics import mean, proportion
from index.library.library import Library
from index.search.search import POOL, Ranking, by_keywords, by_vectors, by_views, fuse, search
from index.types import Filters

MEASURES = ("nDCG@10", "R@10", "R@100")

DEPTH = 100
"""How many documents a ranking names, as R@100 looks at so many."""

WEIGHTS = (0.3, 0.5, 0.7)
"""The vectors' fixed parts that are tried beside the one that follows the query."""

RANK_CONSTANT = 60
"""The k of reciprocal rank fusion that Cormack et al. (2009) fixed in a pilot and all others took over."""

QRELS_HEADER = "query-id\tcorpus-id\tscore"

Qrels = dict[str, dict[str, int]]
"""For each query, the grades of the documents judged."""

Part = Callable[[str, Library, int, Filters], Ranking]


def beir(folder: Path) -> dict[str, Any]:
    """Rank every judged query of a BEIR folder, print the ablation, save the run and return its figures."""
    if not folder.is_dir():
        raise EvaluationError(f"there is no folder {folder}: give one with corpus.jsonl, queries.jsonl and qrels/test.tsv")
    files = [folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / "test.tsv"]
    passages = read_corpus(files[0])
    texts = {row["_id"]: row["text"] for row in _rows(files[1])}
    qrels = read_qrels(files[2])
    for query in qrels:
        if query not in texts:
            raise EvaluationError(f"{files[2]}: the query {query} is not in {files[1]}")
    with library_of_passages(passages) as library:
        file_of = files_by_chunk(library)
        if not file_of:
            raise EvaluationError(f"{files[0]} holds no text")
        rankings = ablation(library, file_of)
        for ranking in rankings.values():
            ranking("warm up")  # what is loaded at the first query belongs to no query's time
        saved = Run("beir", {"folder": folder.name}, files, library.fingerprint)

        def score(query: str) -> Record:
            return measured(query, texts[query], folder.name, qrels[query], rankings, file_of)

        records = saved.measure(list(qrels), lambda query: query, score, "queries")
    figures = summary(records, list(rankings), len(set(file_of.values())))
    missing = {document for own in qrels.values() for document in own}.difference(file_of.values())
    figures |= {"chunks": len(file_of), "judged_not_indexed": len(missing)}
    show(figures)
    saved.finish(figures)
    return figures


def ablation(library: Library, file_of: Mapping[str, str]) -> dict[str, Callable[[str], Ranking]]:
    """The rankings of chunks that are compared, by name: a later stage of the search is one more line.

    `search` fuses as many chunks of each part as it is asked for, `POOL` at least: with `POOL` it ranks as for an answer.
    The others take each part deep enough for `DEPTH` documents.
    """
    pool = DEPTH * math.ceil(len(file_of) / len(set(file_of.values())))

    def vectors(query: str) -> Ranking:
        return deep(by_vectors, query, library, file_of, pool)

    def keywords(query: str) -> Ranking:
        return deep(by_keywords, query, library, file_of, pool)

    def views(query: str) -> Ranking:
        return by_views(library.embedder.encode_query(query), dict(vectors(query)), library)

    def weighted(weight: float) -> Callable[[str], Ranking]:
        return lambda query: fuse(vectors(query), keywords(query), weight)

    return {
        "search": lambda query: [(hit.chunk.id, hit.score) for hit in search(query, library, top_k=DEPTH)],
        "search as for an answer": lambda query: [(hit.chunk.id, hit.score) for hit in search(query, library, top_k=POOL)],
        "vectors": vectors,
        "vectors and sentences": views,
        "keywords": keywords,
        **{f"weighted sum {weight}": weighted(weight) for weight in WEIGHTS},
        "reciprocal rank fusion": lambda query: reciprocal_rank_fusion([vectors(query), keywords(query)]),
    }


def deep(part: Part, query: str, library: Library, file_of: Mapping[str, str], pool: int) -> Ranking:
    """A part's first `pool` chunks, or twice as many and so on until more than `DEPTH` documents are among them."""
    while True:
        found = part(query, library, pool, Filters())
        if len(found) < pool or len({file_of[id_] for id_, _ in found}) > DEPTH:
            return found
        pool *= 2


def reciprocal_rank_fusion(rankings: Sequence[Ranking]) -> Ranking:
    """The sum of 1 / (k + rank) over the rankings that hold a chunk, ranks from 1 (Cormack et al. 2009), best first."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, (id_, _) in enumerate(ranking, 1):
            scores[id_] = scores.get(id_, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def measured(
    query: str,
    text: str,
    group: str,
    relevant: Mapping[str, int],
    rankings: Mapping[str, Callable[[str], Ranking]],
    file_of: Mapping[str, str],
) -> Record:
    """A query's record: the measures of every ranking, None where no document is relevant.

    A document with the query's own id is the query itself (ArguAna, Quora) and is left out, as BEIR does, unless judged.
    """
    found: dict[str, list[str]] = {}
    milliseconds: dict[str, float] = {}
    for name, ranking in rankings.items():
        start = time.perf_counter()
        chunks = ranking(text)
        milliseconds[name] = round((time.perf_counter() - start) * 1000, 3)
        names = dict.fromkeys(file_of[id_] for id_, _ in chunks)
        found[name] = [file for file in names if file != query or file in relevant][:DEPTH]
    # One call for all rankings: each stands in for a query with the same judgements.
    given = {name: [(file, 0.0) for file in own] for name, own in found.items()}
    scored = ranking_scores({name: dict(relevant) for name in found}, given, MEASURES)
    scores = {f"{name} {measure}": scored.get(name, {}).get(measure) for name in found for measure in MEASURES}
    ranked = {name: len(own) for name, own in found.items()}
    detail = {"query": text, "milliseconds": milliseconds, "ranked": ranked, "search": found["search"][:10]}
    return Record(query, group, scores, detail | {"relevant": dict(relevant)})


def summary(records: Sequence[Record], names: Sequence[str], documents: int) -> dict[str, Any]:
    """The figures of each ranking, and the share of queries for which `search` ranks fewer documents than R@100 looks at."""
    rankings = {}
    for name in names:
        rankings[name] = {measure: mean([record.scores[f"{name} {measure}"] for record in records]) for measure in MEASURES}
        rankings[name] |= {key: mean([record.detail[key][name] for record in records]) for key in ("milliseconds", "ranked")}
    capped = proportion([record.detail["ranked"]["search"] < min(DEPTH, documents) for record in records])
    return {"rankings": rankings, "search_capped": capped, "documents": documents, "n": len(records)}


def show(figures: Mapping[str, Any]) -> None:
    """Print a row per ranking, and what limits the R@100 of `search`."""
    rows = [[name, *own.values()] for name, own in figures["rankings"].items()]
    print_table(["ranking", *MEASURES, "ms per query", "documents ranked"], rows)
    if capped := figures["search_capped"].value:
        print(f"\nsearch gives {DEPTH} chunks: for {capped:.0%} of the queries they are of fewer than {DEPTH} documents,")
        print("and its R@100 is that of what it ranks.")


def files_by_chunk(library: Library) -> dict[str, str]:
    """For each chunk's id, the file of its document, which is the passage's id."""
    return {chunk.id: document.file for document in library.documents() for chunk in library.chunks_of(document.id)}


def read_corpus(path: Path) -> list[Passage]:
    """The passages of a corpus.jsonl; one that has only a title has it for its text too."""
    passages = [(row["_id"], row.get("title") or "", row["text"]) for row in _rows(path)]
    return [(id_, title, text if text.strip() else title) for id_, title, text in passages]


def read_qrels(path: Path) -> Qrels:
    """The judgements of a tab-separated file with the header of BEIR.

    Raises:
        EvaluationError: the file is missing, or a line of it is malformed.
    """
    if not path.is_file():
        raise EvaluationError(f"there is no file {path}")
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0] != QRELS_HEADER:
        raise EvaluationError(f"{path}, line 1: the header query-id, corpus-id, score (tab-separated) is expected")
    qrels: Qrels = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise EvaluationError(f"{path}, line {number}: query-id, corpus-id and a whole score are expected") from error
    return qrels


def _rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a corpus or of queries, each with an `_id` of its own and a `text`."""
    rows = read_lines(path)
    seen = set()
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("_id"), str) or not isinstance(row.get("text"), str):
            raise EvaluationError(f"{path}: object {number} needs an `_id` and a `text`, both strings")
        if row["_id"] in seen:
            raise EvaluationError(f"{path}: object {number} has the _id {row['_id']} of an earlier one")
        seen.add(row["_id"])
    return rows

"""`ablation`: each stage of the search on each retrieval set: the set's own measures, on both its halves, and the time.

With `robust`, also what the search finds after other documents, or the same ones a second time, are put beside them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from assistant.questions.parts import in_turn
from assistant.service.enrich import enrich
from evals.corpus import library_of_folders, library_of_passages
from evals.errors import EvaluationError
from evals.run import open_model
from evals.runs import Record, Run, print_table
from evals.sets import ROBUST, SETS, Case, RetrievalSet, enriched_sets, robust_sets
from evals.statistics import Estimate, mean, paired_difference, percentiles, proportion
from index.library.library import Library
from index.search.passage_questions import by_questions
from index.search.search import (
    POOL,
    Ranking,
    by_keywords,
    by_vectors,
    by_views,
    candidates,
    search,
    vector_weight,
    without_copies,
)
from index.types import Filters, Hit

T = TypeVar("T")
PARTS = ("vectors", "keywords", "vectors with sentences")
METHODS = (*PARTS, "search")

HALVES = ("all", "open", "report")
Rank = Callable[[str, Library], tuple[dict[str, list[Hit]], dict[str, float]]]
"""What ranks a query: `rankings`, or in the command's own tests a broken one."""

STAGES = {
    "query_vector": "the query's vector",
    "nearest": "nearest vectors",
    "keywords": "+ keywords",
    "chunks": "+ chunks read",
    "cosines": "+ cosines",
    "sentences": "+ sentences",
    "weight": "+ the vectors' weight",
    "copies": "+ copies taken out",
    "added": "all that is added to the vectors",
    "search": "search as a whole",
}
"""What is timed; `added` is the search without the first two."""


def ablation(*, data: Path, sets: str = ",".join(SETS), robust: bool = False, enriched: bool = False) -> dict[str, Any]:
    """Rank every question by every method, print the tables, save the run and return its figures."""
    names = [name for name in sets.split(",") if name]
    if unknown := [name for name in names if name not in SETS]:
        raise EvaluationError(f"there is no set {unknown[0]!r}: the sets are {', '.join(SETS)}")
    with tempfile.TemporaryDirectory(prefix="quarry-evals-") as copies:
        chosen = {name: SETS[name](data) for name in names}
        if robust:
            chosen |= robust_sets(chosen, data, Path(copies))
        if enriched:
            chosen |= enriched_sets(data)
        with library_of_passages([]) as empty:
            files = [path for own in chosen.values() for path in (*own.data, *own.folders)]
            saved = Run("ablation", {"sets": sets, "robust": robust, "enriched": enriched}, files, empty.fingerprint)
        records: dict[str, list[Record]] = {}
        figures: dict[str, Any] = {}
        for name, own in chosen.items():
            records[name], chunks = ranked_set(name, own, saved)
            figures[name] = summary(records[name]) | {"chunks": chunks}
    pairs = [pair for pair in ROBUST if set(pair) <= set(records)]
    figures["robustness"] = {f"{a} -> {b}": before_and_after(records[a], records[b]) for a, b in pairs}
    show(figures, list(chosen))
    saved.finish(figures)
    return figures


def ranked_set(name: str, own: RetrievalSet, saved: Run) -> tuple[list[Record], int]:
    """The records of a set's cases in a library of its own, and how many chunks that holds."""
    with library_of_folders(own.folders, passages=own.passages) as library:
        if own.enriched:
            model = open_model("embedded")
            for _ in tqdm(enrich(library, model), "passages enriched", disable=None):
                pass
        cases = own.cases(library)
        rankings("warm up", library)  # what is loaded at the first query belongs to no query's time
        records = saved.measure(cases, lambda c: f"{name}: {c.id}", lambda c: measured(name, c, library), name)
        return records, library.count_chunks()


def rankings(query: str, library: Library) -> tuple[dict[str, list[Hit]], dict[str, float]]:
    """The first `POOL` hits of each method, best first, and the milliseconds of each stage."""
    times: dict[str, float] = {}

    def timed(stage: str, step: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = step()
        times[stage] = round(1000 * (time.perf_counter() - start), 3)
        return result

    vector = timed("query_vector", lambda: library.embedder.encode_query(query))  # kept: no later step embeds it again
    hits = timed("search", lambda: search(query, library, top_k=POOL))
    vectors = timed("nearest", lambda: by_vectors(query, library, POOL, Filters()))
    keywords = timed("keywords", lambda: by_keywords(query, library, POOL, Filters()))
    fused, chunks, similarity = candidates(query, library, POOL, Filters())
    timed("chunks", lambda: library.chunks(list(chunks)))
    timed("cosines", lambda: library.store.similarities(vector, list(chunks)))
    timed("sentences", lambda: by_views(vector, similarity, library))
    timed("weight", lambda: vector_weight(query, keywords, library))
    timed("copies", lambda: without_copies(fused, chunks, library))
    times["added"] = times["search"] - times["nearest"]
    times["search"] += times["query_vector"]

    def hits_of(ranking: Ranking) -> list[Hit]:
        return [Hit(chunks[id_], score, similarity.get(id_, 0.0)) for id_, score in ranking if id_ in chunks]

    views = by_views(vector, dict(vectors), library, by_questions(vector, library, Filters()))
    by_part = dict(zip(PARTS, map(hits_of, (vectors, keywords, views)), strict=True))
    return by_part | {"search": hits}, times


def measured(name: str, case: Case, library: Library, rank: Rank = rankings) -> Record:
    """A case's record: the scores of each method, and the milliseconds of each stage, per query."""
    found = [rank(query, library) for query in case.queries]
    scores: dict[str, float | None] = {}
    for method in METHODS:
        hits = in_turn([own[method][: case.top_k] for own, _ in found])
        scores |= {f"{method} {measure}": value for measure, value in case.score(hits, library).items()}
    detail = {"half": case.half, "queries": case.queries, "milliseconds": [times for _, times in found]}
    return Record(f"{name}: {case.id}", name, scores, detail)


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """Each measure of each half by method, the search's gain over the best of its parts, and the times of the stages."""
    names = dict.fromkeys(name.removeprefix("search ") for r in records for name in r.scores if name.startswith("search "))
    measures: dict[str, Any] = {measure: {} for measure in names}
    for measure in measures:
        for half in HALVES:
            own = {method: values(records, method, measure, half) for method in METHODS}
            row: dict[str, Any] = {method: estimate(measure, list(own[method].values())) for method in METHODS}
            best = max(PARTS, key=lambda part: row[part].value or 0.0)
            gain = paired_difference(list(own[best].values()), list(own["search"].values()))
            measures[measure][half] = row | {"gain": gain, "best_part": best}
    times = [times for record in records for times in record.detail["milliseconds"]]
    stages = {stage: percentiles([own[stage] for own in times]) for stage in STAGES}
    return {"measures": measures, "milliseconds": stages, "n": len(records)}


def values(records: Sequence[Record], method: str, measure: str, half: str) -> dict[str, float]:
    """A measure's values by the case's id, without the set's name; cases that it isn't taken of are left out."""
    own = [record for record in records if half in ("all", record.detail["half"])]
    scores = ((record.id.split(": ", 1)[1], record.scores.get(f"{method} {measure}")) for record in own)
    return {id_: value for id_, value in scores if value is not None}


def estimate(measure: str, found: Sequence[float]) -> Estimate:
    """The mean, or for a gold passage found or not the share."""
    return proportion([value == 1.0 for value in found]) if measure.startswith("gold") else mean(found)


def before_and_after(before: Sequence[Record], after: Sequence[Record]) -> dict[str, Any]:
    """Each measure of each half of the search in two libraries, and the difference case by case."""
    found: dict[str, Any] = {measure: {} for measure in summary(before)["measures"]}
    for measure in found:
        for half in HALVES:
            one, other = (list(values(own, "search", measure, half).values()) for own in (before, after))
            row = {"before": estimate(measure, one), "after": estimate(measure, other)}
            found[measure][half] = row | {"difference": paired_difference(one, other)}
    return found


def show(figures: Mapping[str, Any], names: Sequence[str]) -> None:
    """Print the measures, the times, and what was compared for robustness."""
    header = ["set", "measure", "half", *METHODS, "search over its best part", "which is"]
    print_table(header, _rows({name: figures[name]["measures"] for name in names}))
    print("\nMilliseconds per query, median / 95th percentile")
    times = [figures[name]["milliseconds"] for name in names]
    header = ["stage", *(f"{name} ({figures[name]['chunks']:,} chunks)" for name in names)]
    print_table(
        header, [[label, *(f"{t[stage]['p50']} / {t[stage]['p95']}" for t in times)] for stage, label in STAGES.items()]
    )
    if figures["robustness"]:
        print("\nThe search before and after")
        print_table(["compared", "measure", "half", "before", "after", "difference"], _rows(figures["robustness"]))


def _rows(figures: Mapping[str, Any]) -> list[list[Any]]:
    """A row for each measure and half of each set."""
    return [
        [name, measure, half, *row.values()]
        for name, measures in figures.items()
        for measure, halves in measures.items()
        for half, row in halves.items()
    ]

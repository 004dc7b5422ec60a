"""Metrics: pure functions from an answer and its gold to a value in [0, 1], or None where there is nothing to score."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

Span = tuple[str, int, int]
"""A file and a half-open range of its characters."""


def normalised(text: str) -> str:
    """NFKC, casefolded, without commas inside numbers, white space collapsed."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"(?<=\d),(?=\d)", "", text).split())


def holds(text: str, form: str) -> bool:
    """Whether a text has a form as whole words: "12 t" is not in "12 thousand". Both are normalised first."""
    text, form = normalised(text), normalised(form)
    before = r"(?<![a-z0-9])" if form[:1].isascii() and form[:1].isalnum() else ""
    after = r"(?![a-z0-9])" if form[-1:].isascii() and form[-1:].isalnum() else ""
    return bool(form) and re.search(before + re.escape(form) + after, text) is not None


def facts_held(text: str, facts: Sequence[Sequence[str]]) -> float | None:
    """The share of required facts of which `text` has some accepted form; None where none is required."""
    if not facts:
        return None
    return sum(any(holds(text, form) for form in forms) for forms in facts) / len(facts)


def is_right(text: str, facts: Sequence[Sequence[str]], wrong: Sequence[str]) -> bool:
    """Whether a text has all required facts, if there are any, and none of the strings that show a wrong answer."""
    return facts_held(text, facts) in (None, 1.0) and not any(holds(text, form) for form in wrong)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def citation_precision(cited: Sequence[Span], gold: Sequence[Span]) -> float | None:
    """The share of citations that overlap a gold span (ALCE, Gao et al. 2023, with spans instead of entailment)."""
    if not cited:
        return None
    return sum(any(overlaps(span, right) for right in gold) for span in cited) / len(cited)


def citation_recall(cited: Sequence[Span], gold: Sequence[Span]) -> float | None:
    """The share of gold spans that some citation overlaps; None where there is no gold."""
    if not gold:
        return None
    return sum(any(overlaps(span, right) for span in cited) for right in gold) / len(gold)


def rouge_l(text: str, references: Sequence[str]) -> float:
    """The best ROUGE-L F1 against the references, by the rouge-score package (stemmed)."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    return max((float(scorer.score(reference, text)["rougeL"].fmeasure) for reference in references), default=0.0)


def token_f1(text: str, reference: str) -> float:
    """The F1 of shared words, as SQuAD counts them: lower case, no punctuation, no articles."""
    words = [_squad_words(side) for side in (text, reference)]
    shared = sum((words[0] & words[1]).values())
    total = sum(words[0].values()) + sum(words[1].values())
    return 2 * shared / total if total else 0.0


def _squad_words(text: str) -> Counter[str]:
    text = re.sub(r"[^\w\s]", "", text.lower())
    return Counter(word for word in text.split() if word not in ("a", "an", "the"))


def range_recall_and_iou(retrieved: Sequence[Span], excerpts: Sequence[Span]) -> tuple[float, float]:
    """Recall |E ∩ R| / |E| and IoU |E ∩ R| / (sum of retrieved lengths + |E not found|), in characters.

    E are the excerpts, R the retrieved ranges (Smith & Troynikov 2024); overlapping ranges count as often as retrieved.
    """
    wanted = {(file, i) for file, start, end in excerpts for i in range(start, end)}
    found = {(file, i) for file, start, end in retrieved for i in range(start, end)} & wanted
    lengths = sum(end - start for _, start, end in retrieved)
    return len(found) / len(wanted), len(found) / (lengths + len(wanted) - len(found))


def ranking_scores(
    qrels: dict[str, dict[str, int]], rankings: dict[str, list[tuple[str, float]]], measures: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Each measure (as ir-measures names it: "nDCG@10", "R@100") of each query that has a relevant document.

    A query without a ranking scores 0. Ties are broken by the order of the ranking, best first.
    """
    import ir_measures

    parsed = [ir_measures.parse_measure(name) for name in measures]
    # Scores by rank, so that a tie can't be broken otherwise than in the ranking given.
    run = {q: {d: 1.0 / (rank + 1) for rank, (d, _) in enumerate(ranking)} for q, ranking in rankings.items()}
    wanted = {query: relevant for query, relevant in qrels.items() if any(grade > 0 for grade in relevant.values())}
    scores = {query: dict.fromkeys(measures, 0.0) for query in wanted}
    for found in ir_measures.iter_calc(parsed, wanted, {query: run.get(query, {}) for query in wanted}):
        scores[found.query_id][str(found.measure)] = float(found.value)
    return scores


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """(coverage, risk) as the most confident answers are taken first: risk is the share of wrong ones among them."""
    order = sorted(range(len(right)), key=lambda i: -confidences[i])
    points, wrong = [], 0
    for taken, i in enumerate(order, 1):
        wrong += not right[i]
        points.append((taken / len(order), wrong / taken))
    return points


def coverage_at_risk(points: Sequence[tuple[float, float]], risk: float) -> float:
    """The largest coverage whose risk is at most `risk`."""
    return max((coverage for coverage, at in points if at <= risk), default=0.0)


def crag_score(answered: Sequence[bool], right: Sequence[bool]) -> float:
    """CRAG's mean: +1 for a right answer, 0 for a refusal, -1 for a wrong one."""
    return sum((1 if good else -1) if said else 0 for said, good in zip(answered, right, strict=True)) / len(answered)

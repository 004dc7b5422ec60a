"""`wice`: claims held against evidence by the product's verifier, on the oracle retrieval dataset.

A row's score is the verifier's support of the claim by all sentences of the row; its weights were fitted on the open half
(`fit`), so that only the report half's figures say how well it does. Whether a claim stands is the verifier's whole check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from assistant.checking.cite import attribute, terms_of
from assistant.checking.support import support
from assistant.checking.verify import verify
from assistant.types import Answer, AnswerSpan, Citation, Evidence, EvidenceSpan
from evals.corpus import CachingEmbedder, chosen_settings
from evals.errors import EvaluationError
from evals.questions import half_of, read_lines
from evals.runs import Record, Run, print_table
from evals.statistics import RESAMPLES, SEED, Estimate
from index.embedding.embedder import Embedder

LABELS = ("supported", "partially_supported", "not_supported")

BATCH = 512
"""Sentences embedded between two steps of the progress bar: some 5 seconds on two cores."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, its label, and its rows: each a choice of evidence sentences."""

    id: str
    label: str
    text: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one row: the score in [0, 1], whether the claim stands, and the sentences taken as its sources."""

    score: float
    stands: bool
    sources: tuple[str, ...]


def wice(path: Path, *, limit: int | None = None) -> dict[str, Any]:
    """Judge each claim by each of its rows; print the table, save the run, return its figures. `limit` counts claims."""
    claims = load_claims(path)[:limit]
    embedder = CachingEmbedder(chosen_settings().embedder)
    saved = Run("wice", {"limit": limit}, [path], embedder.fingerprint)
    texts = list(dict.fromkeys(text for claim in claims for row in ((claim.text,), *claim.rows) for text in row))
    for start in tqdm(range(0, len(texts), BATCH), "embedding", disable=None):
        embedder.encode_documents(texts[start : start + BATCH])
    records = saved.measure(claims, lambda claim: claim.id, lambda claim: measured(claim, embedder), "claims")
    figures = summary(records)
    print(f"oracle retrieval dataset ({path.name}): supported against the rest, best row per claim")
    print_table(["figure", "value"], figures.items())
    saved.finish(figures)
    return figures


def load_claims(path: Path) -> list[Claim]:
    """The claims of an oracle-chunks file, in its order, each with all its rows.

    Raises:
        EvaluationError: the file is missing or malformed, or two rows of a claim disagree about its text or label.
    """
    claims: dict[str, Claim] = {}
    for number, row in enumerate(read_lines(path), 1):
        try:
            id_, label, text = row["meta"]["id"], row["label"], row["claim"]
            sentences = tuple(sentence for sentence in row["evidence"] if sentence.strip())
        except (KeyError, TypeError, AttributeError) as error:
            raise EvaluationError(f"{path}, row {number} is malformed: {error!r}") from error
        if label not in LABELS:
            raise EvaluationError(f"{path}, row {number}: the label is {label!r}, not one of {', '.join(LABELS)}")
        known = claims.get(id_, Claim(id_, label, text, ()))
        if (known.label, known.text) != (label, text):
            raise EvaluationError(f"{path}, row {number}: claim {id_} has another text or label in an earlier row")
        claims[id_] = Claim(id_, label, text, (*known.rows, sentences))
    return list(claims.values())


def measured(claim: Claim, embedder: Embedder) -> Record:
    """A claim's record: it is judged by its best row, and stands if it does in any."""
    judgements = [judge(claim.text, row, embedder) for row in claim.rows]
    scores: dict[str, float | None] = {
        "score": max(judgement.score for judgement in judgements),
        "stands": float(any(judgement.stands for judgement in judgements)),
        "word_overlap": max(word_overlap(claim.text, row) for row in claim.rows),
    }
    detail = {"claim": claim.text, "half": half_of(claim.id), "rows": [asdict(judgement) for judgement in judgements]}
    return Record(claim.id, claim.label, scores, detail)


def judge(claim: str, sentences: Sequence[str], embedder: Embedder) -> Judgement:
    """The product's own way with a sentence of a draft that cites nothing: find its sources, then hold it against them.

    The score is the support by all sentences.
    """
    evidence = evidence_of(sentences)
    answer = attribute(Answer(text=claim, spans=(AnswerSpan(0, len(claim), ()),)), evidence, embedder)
    stands = not verify(answer, evidence, embedder).removed
    quotes = tuple(citation.quote for citation in answer.citations)
    return Judgement(support(claim, evidence.spans, embedder), stands, quotes)


def evidence_of(sentences: Sequence[str]) -> Evidence:
    """Each sentence as a span that can be cited, numbered from 1, all of them around it."""
    context = "\n".join(sentences)
    spans, start = [], 0
    for number, sentence in enumerate(sentences, 1):
        end = start + len(sentence)
        citation = Citation(number, "evidence", 1, "evidence", "", None, start, end, sentence)
        spans.append(EvidenceSpan(citation, 1.0, context))
        start = end + 1
    return Evidence(tuple(spans), 1.0)


def word_overlap(claim: str, sentences: Sequence[str]) -> float:
    """The floor: the share of the claim's words and numbers that occur anywhere in the row."""
    wanted = terms_of(claim)
    return len(wanted & terms_of("\n".join(sentences))) / len(wanted) if wanted else 0.0


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """The figures: thresholds are chosen on the open half of the claims, and balanced accuracy is of the report half."""
    open_, report = ([r for r in records if r.detail["half"] == half] for half in ("open", "report"))
    figures: dict[str, Any] = {}
    for name, prefix in (("score", ""), ("word_overlap", "word_overlap_")):
        threshold = best_threshold(values(open_, name), labels(open_))
        said = [value >= threshold for value in values(report, name)]
        figures[f"{prefix}auroc"] = auroc(values(records, name), labels(records))
        figures[f"{prefix}auroc_report_half"] = auroc(values(report, name), labels(report))
        figures[f"{prefix}balanced_accuracy_report_half"] = auroc(said, labels(report))
        figures[f"{prefix}threshold"] = threshold
    figures["verdict_balanced_accuracy"] = auroc(values(records, "stands"), labels(records))
    figures["verdict_balanced_accuracy_report_half"] = auroc(values(report, "stands"), labels(report))
    return figures | {"claims_supported": sum(labels(records)), "n": len(records)}


def values(records: Sequence[Record], name: str) -> list[float]:
    """A score of each claim."""
    return [record.scores[name] or 0.0 for record in records]


def labels(records: Sequence[Record]) -> list[bool]:
    """Whether each claim is supported; partly is not."""
    return [record.group == "supported" for record in records]


def best_threshold(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The score from which on to say "supported" for the best balanced accuracy; the lowest of equals."""
    from sklearn.metrics import balanced_accuracy_score

    found = {at: balanced_accuracy_score(right, [score >= at for score in scores]) for at in sorted(set(scores))}
    return max(found, key=found.__getitem__, default=0.5)


def auroc(scores: Sequence[float], right: Sequence[bool]) -> Estimate:
    """The area under the ROC curve, bootstrapped over claims; of yes-or-no scores it is their balanced accuracy.

    Each resample's area is the share of pairs, a right claim and a wrong one, that are in order, ties counting half
    (Mann-Whitney). No value where a class is missing.
    """
    from sklearn.metrics import roc_auc_score

    n, truth, found = len(scores), np.array(right, dtype=bool), np.array(scores, dtype=float)
    if len(set(right)) < 2:
        return Estimate(None, None, None, 0, n)
    gaps = found[truth][:, None] - found[~truth][None, :]
    ordered = (gaps > 0) + 0.5 * (gaps == 0)
    counts = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    for_right, for_wrong = counts[:, truth], counts[:, ~truth]
    pairs = for_right.sum(axis=1) * for_wrong.sum(axis=1)
    areas = ((for_right @ ordered) * for_wrong).sum(axis=1)[pairs > 0] / pairs[pairs > 0]
    low, high = np.percentile(areas, [2.5, 97.5])
    return Estimate(float(roc_auc_score(truth, found)), float(low), float(high), n)

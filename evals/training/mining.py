"""Negatives that a search would bring: for each row, passages of other places that share its question's rare words.

The passage of the answer is taken out, and whatever shares a sentence with it, holds the answer's string, or holds nearly
all of what the question says: such a one may answer after all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from evals.training.rows import Row

NEAREST = 12
KEPT = 6

COVERED = 0.8
"""Share of the question's weight of words from which a passage may hold the answer by chance, though nobody marked it."""

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009)."""

WINDOW = 4
"""Sentences of a longer passage that make one window."""

_TERM = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")


def mined(rows: Sequence[Row]) -> list[tuple[tuple[str, ...], ...]]:
    """For each row up to `KEPT` windows of sentences that don't answer its question, the nearest first."""
    found: list[tuple[tuple[str, ...], ...]] = [()] * len(rows)
    english = [number for number, row in enumerate(rows) if row.source == "xquad.en"]
    for pool in sorted({_pool(row) for row in rows}):
        own = [number for number, row in enumerate(rows) if _pool(row) == pool and not _crosses(row)]
        windows = list(dict.fromkeys(window for number in own for window in _windows(rows[number].sentences)))
        for number, near in zip(own, _nearest([rows[number] for number in own], windows), strict=True):
            found[number] = near
    for source in {row.source for row in rows if _crosses(row)}:  # translations of the English questions, in their order
        for number, same in zip((n for n, row in enumerate(rows) if row.source == source), english, strict=True):
            found[number] = found[same]
    return found


def _pool(row: Row) -> str:
    """Whose windows may be its negatives: of its language, small letters for small letters, or their look gives it away."""
    return row.source.split(".")[1] if row.source.endswith(".own") else "en small" if row.source == "nqg" else "en"


def _crosses(row: Row) -> bool:
    return row.source.startswith("xquad.") and not row.source.endswith((".own", ".en"))


def _windows(sentences: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [sentences[start : start + WINDOW] for start in range(0, len(sentences), WINDOW)]


def _nearest(rows: Sequence[Row], windows: Sequence[tuple[str, ...]]) -> list[tuple[tuple[str, ...], ...]]:
    terms: dict[str, int] = {}
    counts = _matrix([" ".join(window) for window in windows], terms, grow=True)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    df = np.bincount(counts.indices, minlength=len(terms))
    idf = np.log(1 + (len(windows) - df + 0.5) / (df + 0.5))
    norm = K1 * (1 - B + B * lengths / lengths.mean())
    weights = counts.tocoo()
    values = idf[weights.col] * weights.data * (K1 + 1) / (weights.data + norm[weights.row])
    scores_of = sparse.csr_matrix((values, (weights.row, weights.col)), counts.shape).T.tocsr()
    asked = _matrix([row.question for row in rows], terms, grow=False)
    asked.data[:] = 1
    held = (counts > 0).astype(np.float32)
    found = []
    for number, row in enumerate(rows):
        own = asked[number]
        scores = np.asarray((own @ scores_of).todense()).ravel()
        best = np.argpartition(-scores, min(NEAREST, len(scores) - 1))[:NEAREST]
        best = best[np.argsort(-scores[best])]
        weighed = own.multiply(idf[None, :]).tocsr()
        covered = np.asarray((held[best] @ weighed.T).todense()).ravel() / max(float(weighed.sum()), 1e-9)
        taken = set(row.sentences)
        kept = [
            windows[one]
            for one, share in zip(best, covered, strict=True)
            if scores[one] > 0
            and share < COVERED
            and not taken & set(windows[one])
            and not (row.answer and row.answer.lower() in " ".join(windows[one]).lower())
        ]
        found.append(tuple(kept[:KEPT]))
    return found


def _matrix(texts: Sequence[str], terms: dict[str, int], *, grow: bool) -> sparse.csr_matrix:
    rows, columns = [], []
    for number, text in enumerate(texts):
        for term in _TERM.findall(text.lower()):
            place = terms.setdefault(term, len(terms)) if grow else terms.get(term)
            if place is not None:
                rows.append(number)
                columns.append(place)
    made = sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(texts), len(terms))).tocsr()
    made.sum_duplicates()
    return made

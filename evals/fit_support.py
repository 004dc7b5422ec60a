"""`fit-support`: the weights of the verifier's support score, by logistic regression on the open half of WiCE's claims.

Each row of a claim is a case, right where the claim is supported; both classes weigh alike. The weights printed are those
of the plain signals, to be written into `assistant/checking/support.py`.
"""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np

from assistant.checking.support import Signals, signals
from evals.corpus import CachingEmbedder, chosen_settings
from evals.questions import half_of
from evals.runs import print_figures, print_table
from evals.wice import evidence_of, load_claims

C = 0.3
"""The inverse strength of regularisation, as chosen in five-fold cross-validation on the open half (AUROC .869)."""


def fit_support(path: Path) -> dict[str, Any]:
    """Fit, print and return the bias and the weight of each signal."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    embedder = CachingEmbedder(chosen_settings().embedder)
    claims = [claim for claim in load_claims(path) if half_of(claim.id) == "open"]
    rows = [(claim, evidence_of(row).spans) for claim in claims for row in claim.rows]
    found = np.array([astuple(signals(claim.text, spans, embedder)) for claim, spans in rows])
    right = np.array([claim.label == "supported" for claim, _ in rows])
    scaler = StandardScaler().fit(found)
    model = LogisticRegression(C=C, class_weight="balanced").fit(scaler.transform(found), right)
    weights = model.coef_[0] / scaler.scale_
    figures: dict[str, Any] = {"bias": float(model.intercept_[0] - weights @ scaler.mean_)}
    figures |= {field.name: float(weight) for field, weight in zip(fields(Signals), weights, strict=True)}
    figures |= {"claims": len(claims), "rows": len(rows)}
    print_table(["figure", "value"], figures.items())
    print_figures("fit-support", figures)
    return figures

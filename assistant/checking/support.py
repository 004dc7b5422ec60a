"""How far a sentence, as a whole, is said by the spans it cites: one score in [0, 1] from words, names, numbers, vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from assistant.checking.cite import terms_of
from assistant.facts.names import held, names, small_words
from assistant.facts.quantities import quantities, unsupported
from assistant.types import EvidenceSpan
from index.embedding.embedder import Embedder

BIAS = -4.185
WEIGHTS = (2.747, 5.011, -0.845, -2.408)
"""A logistic regression on the signals, in order, fitted on the open half of WiCE: `python -m evals fit-support`."""

UNSUPPORTED_BELOW = 0.04
SUPPORTED_FROM = 0.1
"""Far below the .42 that parts WiCE's claims best: what people wrote of CLAPnq's passages is hardly ever flagged."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence: the share of its words' weight that quotes and passages hold, the best cosine of a
    quote; and what speaks against it: how many of its names, and which share of its numbers, stand nowhere there."""

    words: float
    cosine: float
    names_missing: float
    numbers_missing: float


def support(sentence: str, cited: Sequence[EvidenceSpan], embedder: Embedder | None = None) -> float:
    """The score of a sentence on the spans it cites; 0 where it cites none."""
    if not cited:
        return 0.0
    total = BIAS + sum(
        weight * value for weight, value in zip(WEIGHTS, astuple(signals(sentence, cited, embedder)), strict=True)
    )
    return 1 / (1 + math.exp(-total))


def signals(sentence: str, cited: Sequence[EvidenceSpan], embedder: Embedder | None = None) -> Signals:
    """The signals of a sentence on the spans it cites; without an embedder the share of words stands for the cosine."""
    quotes = [span.citation.quote for span in cited]
    texts = list(dict.fromkeys([*quotes, *(span.context for span in cited)]))
    wanted = terms_of(sentence)
    found = wanted & frozenset[str]().union(*map(terms_of, texts))
    words = sum(map(_weight, found)) / sum(map(_weight, wanted)) if wanted else 1.0
    named = [name for _, name in names(sentence, small_words(texts))]
    numbers = [quantity for quantity in quantities(sentence) if not quantity.is_pronoun]
    cosine = words
    if embedder is not None:
        cosine = float(embedder.spread(embedder.encode_documents(quotes) @ embedder.encode_documents([sentence])[0]).max())
    return Signals(
        words,
        cosine,
        float(sum(not any(held(name, text) for text in texts) for name in named)),
        len(unsupported(sentence, texts)) / max(1, len(numbers)),
    )


def _weight(term: str) -> float:
    """Long words are mostly rare ones; a number says more than any word."""
    return 6.0 if term[0].isdigit() else min(len(term), 10) / 3

"""A text in, what it wants of the assistant itself out: small talk, or a question about it or its library.

A text wants what its nearest example wants, in whatever language: the examples, by intent, stand in `intents.toml`, among
them what is asked of documents. It has to be near, and nearer than any of those by a margin; of several sentences each.
"""

from __future__ import annotations

import hashlib
import threading
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from index.embedding.embedder import PACKAGED, Embedder
from index.passages.sentences import sentences

EXAMPLES = Path(__file__).with_name("intents.toml")
VECTORS = Path(__file__).with_name("intents.npz")
"""The examples' vectors by the packaged embedders, in 8 bits, as `python -m evals intents --write` wrote them; of other
embedders they are made at the first question."""

QUESTION = "question"
"""What is asked of the documents: no intent."""

TALK = frozenset(("greeting", "thanks", "goodbye", "apology", "remark", "complaint"))
"""Intents that another one in the same text goes before: "Thanks! What can you do?"."""

NEAR, NEAR_OTHERS = 0.65, 0.75
"""The least cosine to the nearest example, what all texts share taken out: of the embedded encoder, of other embedders."""

MARGIN = 0.045
"""How far it has to be above that of the nearest question. With .65 and .03 four of 3,600 questions that the reader is
trained on were taken for something else, with .6 nine; some of them then became examples. Of 195 other wordings .89 and .95
were found."""

LONGEST = 160
"""Characters. A longer text asks something."""


def intent(text: str, embedder: Embedder) -> str:
    """The intent of a text, as `intents.toml` names it; empty where it is a question to the documents, or may be one."""
    if not text.strip() or len(text) > LONGEST or not embedder.reads(text):
        return ""
    parts = [text[start:end] for start, end in sentences(text, wrapped=False)]
    whole = _nearest(text, embedder)
    if len(parts) < 2 or not whole:
        return whole
    each = [_nearest(part, embedder) for part in parts]
    return next((one for one in reversed(each) if one not in TALK), whole) if all(each) else ""


def _nearest(text: str, embedder: Embedder) -> str:
    names, vectors = examples(embedder)
    cosines = embedder.spread(vectors @ embedder.encode_query(text))
    asks = names == QUESTION
    best = int(np.argmax(np.where(asks, -1.0, cosines)))
    near = NEAR if embedder.e5 else NEAR_OTHERS
    return str(names[best]) if cosines[best] >= max(near, float(cosines[asks].max()) + MARGIN) else ""


_MADE: WeakKeyDictionary[Embedder, npt.NDArray[np.float32]] = WeakKeyDictionary()
_MAKING = threading.Lock()


def examples(embedder: Embedder) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float32]]:
    """The intent of each example `(n,)` and its vector `(n, d)`."""
    names, texts = _read()
    with _MAKING:
        if embedder not in _MADE:
            stored = _stored(embedder.name)
            _MADE[embedder] = embedder.encode_queries(list(texts)) if stored is None else stored
        return names, _MADE[embedder]


@cache
def _read() -> tuple[npt.NDArray[np.str_], tuple[str, ...]]:
    given = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    pairs = [(name, text) for name, own in given.items() for text in own["examples"]]
    return np.array([name for name, _ in pairs]), tuple(text for _, text in pairs)


def _stored(embedder: str) -> npt.NDArray[np.float32] | None:
    """The stored vectors by this embedder; None where there are none of these examples."""
    if embedder not in PACKAGED or not VECTORS.exists():
        return None
    with np.load(VECTORS) as held:
        return _of_length_1(held[embedder].astype(np.float32)) if str(held["hash"]) == _hash() else None


def _of_length_1(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _hash() -> str:
    return hashlib.sha256("\n".join(_read()[1]).encode()).hexdigest()


def store(embedders: Sequence[Embedder]) -> None:
    """Write the examples' vectors by these embedders anew."""
    made = {embedder.name: embedder.encode_queries(list(_read()[1])) for embedder in embedders}
    in_8_bits = {name: np.round(127 * own / np.abs(own).max(1, keepdims=True)).astype(np.int8) for name, own in made.items()}
    np.savez(VECTORS, hash=np.array(_hash()), **in_8_bits)

"""Which evidence a library's embedder has, and from which probability on it is given: the reader's, or that by rules."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asked import Asked
from assistant.evidence import select
from assistant.reading.evidence import select as read
from assistant.reading.windows import TOKENS
from assistant.types import Evidence
from index.library import Library
from index.types import Hit

ANSWERABLE = 0.6
"""Evidence by rules less likely to answer is refused; `python -m evals fit-evidence` prints both errors at each threshold.

Where a language model is there, it reads such evidence first, unless nothing speaks for it.
"""

READ_ANSWERABLE = 0.78
"""The same where the reader read it: on the open halves of `python -m evals fit-reading`, if a fifth of the questions has no
answer, a tenth of the answers is wrong from .73 on; from .78 on no more near misses of our own are answered than before
the reader's last round."""


def weighed(wanted: Asked, hits: Sequence[Hit], library: Library, *, by_meaning: bool = False, parts: int = 1) -> Evidence:
    """The sentences of the hits that may answer; `by_meaning` where rules judge a question in another language.

    Where it is one of so many `parts` of a question, they share what is read.
    """
    if library.embedder.e5 is not None:
        return read(wanted, hits, library, TOKENS // parts)
    return select(wanted, hits, library, by_meaning=by_meaning)


def answerable_from(embedder: str) -> float:
    """The least probability of evidence that is given, with the embedder of this name."""
    return READ_ANSWERABLE if embedder == "multilingual" else ANSWERABLE

"""The language model's own yes or no to the quotes: do they answer exactly this question?

The evidence's signals see that a sentence has the question's words; the model sees more often that it answers another one.
What it says of an answer of its own, asked behind the prompt that wrote it, told nothing (AUROC .49 and .43 on the halves).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.language_models.client import LanguageModel
from assistant.language_models.prompts import check_messages
from assistant.types import EvidenceSpan

BELIEVED = 0.46
"""Quotes with a less likely yes are not given. On 45 questions of the open half this leaves 16 of 19 right and 6 of 26 wrong
ones (the evidence's own threshold: 15 and 14; AUROC .80 against .72), on 45 of the report half 14 of 17 and 7 of 28 (13 and
17; .83 against .66). `python -m evals fit-judge` prints both errors at each threshold."""


def answering(query: str, quoted: Sequence[EvidenceSpan], llm: LanguageModel) -> Iterator[float | None]:
    """How likely the model says yes to the quoted sentences, as the last value; None before, and where it can't tell.

    Raises:
        LanguageModelError: the model can't be reached or breaks off.
    """
    yield from llm.yes(check_messages(query, quoted))


def believed(p_yes: float | None, *, doubtful: bool) -> bool:
    """Whether the quotes are to be given; where the model can't tell, only if the evidence isn't doubtful."""
    return not doubtful if p_yes is None else p_yes >= BELIEVED

"""The language model's own yes or no to its finished answer.

Asked before it answers, the model's yes says little; afterwards it parts right answers from wrong ones. The question is put
behind the prompt that wrote the answer: nearly all of it is in the model's cache, so that the check costs some 35 tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.models import LanguageModel
from assistant.prompts import check_messages
from assistant.types import Evidence

BELIEVED = 0.72
"""An answer with a less likely yes is not given. On 17 answers to a sample of the open half the embedded model's yes had an
AUROC of .97: 8 of 9 right ones were above, none of the wrong ones. It lies between .64 and .80 and is no probability that
the answer is right; `python -m evals fit-judge` prints both errors at each threshold."""


def checked(query: str, answer: str, evidence: Evidence, llm: LanguageModel) -> Iterator[float | None]:
    """How likely the model says yes to its answer, as the last value; None before, and where it can't tell.

    Raises:
        LanguageModelError: the model can't be reached or breaks off.
    """
    yield from llm.yes(check_messages(query, evidence.spans, answer))


def believed(p_yes: float | None, *, doubtful: bool) -> bool:
    """Whether an answer is to be given; where the model can't tell, only if the evidence isn't doubtful."""
    return not doubtful if p_yes is None else p_yes >= BELIEVED

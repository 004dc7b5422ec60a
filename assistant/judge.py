"""The language model's own yes or no to its finished answer.

Asked before it answers, the model's yes says little; afterwards more, how much is still to be measured. The question is put
behind the prompt that wrote the answer: nearly all of it is in the model's cache, so that the check costs some 35 tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.models import LanguageModel
from assistant.prompts import check_messages
from assistant.types import Evidence

BELIEVED = 0.72
"""An answer with a less likely yes is not given. Chosen on 17 answers of the open half (AUROC .97; above it 8 of 9 right
ones, no wrong one) and not confirmed by 9 of the report half (AUROC .60; above it 2 of 5 right ones, 1 of 4 wrong ones):
provisional. `python -m evals fit-judge` prints both errors at each threshold."""


def checked(query: str, answer: str, evidence: Evidence, llm: LanguageModel) -> Iterator[float | None]:
    """How likely the model says yes to its answer, as the last value; None before, and where it can't tell.

    Raises:
        LanguageModelError: the model can't be reached or breaks off.
    """
    yield from llm.yes(check_messages(query, evidence.spans, answer))


def believed(p_yes: float | None, *, doubtful: bool) -> bool:
    """Whether an answer is to be given; where the model can't tell, only if the evidence isn't doubtful."""
    return not doubtful if p_yes is None else p_yes >= BELIEVED

"""A feedback in, an evaluation question out, in the form that `python -m evals run --feedback FILE` reads.

A thumb up says that the answer was right: its status is wanted again, of an answer also its citations.
A thumb down with a right answer wants an answer with the figures and names of that one, so far as the question doesn't
have them itself; where the right answer is a passage copied from a document found, citing it is wanted as well.
A thumb down for "not in the documents, though it is" wants an answer, whatever it says.
Any other thumb down tells what is wrong but not what is right: no question is made of it.
What a wrong answer said is not forbidden: quotes may rightly hold it beside what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.errors import FeedbackError
from assistant.facts.names import held, names, small_words
from assistant.facts.quantities import quantities
from assistant.facts.units import UNIT_OF, UNITS
from assistant.history.feedback import Feedback
from index.types import Document

KIND = "feedback"

THOUGH_IT_IS = "not in the documents, though it is"

SHORT = 6
"""Words of a right answer that is wanted as it is, where it holds no figure or name."""

PASSAGE = 4
"""Words from which a right answer is looked for in the documents found: fewer may stand there by chance."""

_AMOUNT = re.compile(r"(?P<number>\d[\d.,]*)\s*(?P<unit>\D+)")

Documents = Mapping[tuple[str, int], Document]
"""Versions of documents by id and version."""


def question_of(feedback: Feedback, documents: Documents) -> dict[str, Any]:
    """The question for JSON; `documents` are the versions that the feedback cites or found.

    Raises:
        FeedbackError: the feedback doesn't tell what a right answer is.
    """
    said = feedback.status in ("answered", "partly")
    facts = _facts(feedback) if feedback.right_answer else []
    gold = _copied(feedback, documents)
    if feedback.rating == "up":
        status = ["partly", "answered"] if feedback.status == "partly" else [feedback.status]
        gold = gold or _cited(feedback, documents) if said else []
    elif feedback.right_answer:
        status = ["answered", "partly"]
    elif THOUGH_IT_IS in feedback.reasons:
        status = ["answered"]
    else:
        raise FeedbackError(
            f"feedback {feedback.id} says that the answer was not right, but not what is: add the right answer and try again"
        )
    question = {"id": f"feedback-{feedback.id}", "kind": KIND, "question": feedback.question}
    return question | {"history": list(feedback.history), "status": status, "gold": gold, "facts": facts, "wrong": []}


def _facts(feedback: Feedback) -> list[list[str]]:
    """The figures and names of the right answer that the question lacks, each with its forms; a short one as it is."""
    right, question = feedback.right_answer, feedback.question
    small = small_words([question, feedback.answer, *(citation.quote for citation in feedback.citations)])
    asked = [one.text for one in quantities(question)]
    found = [_forms(one.text) for one in quantities(right) if not one.is_pronoun and one.text not in asked]
    found += [[name] for _, name in names(right, small) if not held(name, question)]
    if not found and len(right.split()) <= SHORT:
        found = [[right.strip(" .!")]]
    if not found:
        raise FeedbackError(
            f"the right answer of feedback {feedback.id} has no figure and no name that could be looked for: "
            f"give one, or {SHORT} words at most"
        )
    return [list(forms) for forms in dict.fromkeys(map(tuple, found))]


def _forms(amount: str) -> list[str]:
    """An amount as it is written, and with its unit's other forms: 12 t, 12 tons, 12-ton."""
    found = _AMOUNT.fullmatch(amount)
    if not found or found["unit"].strip().lower() not in UNIT_OF:
        return [amount]
    units = UNITS[UNIT_OF[found["unit"].strip().lower()]].split()
    written = [f"{found['number']}{gap}{unit}" for unit in units for gap in (" ", "", "-")]
    return list(dict.fromkeys([amount, *written]))


def _cited(feedback: Feedback, documents: Documents) -> list[dict[str, str]]:
    """The cited passages, each widened until it stands once in its document."""
    found = []
    for citation in feedback.citations:
        document = documents.get((citation.document_id, citation.version))
        quote = _once(document.text, citation.start, citation.end) if document else citation.quote
        found.append({"file": citation.file, "quote": quote})
    return [dict(one) for one in dict.fromkeys(tuple(one.items()) for one in found)]


def _copied(feedback: Feedback, documents: Documents) -> list[dict[str, str]]:
    """The passage that the right answer is, where exactly one of the documents holds it, once."""
    right = feedback.right_answer
    if len(right.split()) < PASSAGE:
        return []
    holding = [document for document in documents.values() if right in document.text]
    once = len(holding) == 1 and holding[0].text.count(right) == 1
    return [{"file": holding[0].file, "quote": right}] if once else []


def _once(text: str, start: int, end: int) -> str:
    """The range, widened by the lines around it until it stands once in the text."""
    while text.count(text[start:end]) > 1:
        start = text.rfind("\n", 0, max(0, start - 1)) + 1
        following = text.find("\n", end + 1)
        end = len(text) if following < 0 else following
    return text[start:end]

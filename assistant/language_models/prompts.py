"""All words said to the language model. The parts that never change come first, so that its cache keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.types import EvidenceSpan
from assistant.untrusted.injection import gives_orders
from assistant.untrusted.sanitize import promptable

REFUSAL = "The sources do not say."
"""The one phrase for "not there": asked for here, recognised in `compose`."""

SYSTEM = (
    "You answer a question from numbered sources. Use only what the sources state, word for word where you can. "
    "Take care whom and what each source is about: a figure of one company, product or year is never another's. "
    "Write one to three plain full sentences that name the subject and keep every unit. "
    f"If no source answers the question, write only: {REFUSAL}"
)

CHARACTERS_PER_TOKEN = 3
"""English has over four; with this the count of tokens is over-estimated, so that a prompt never outgrows the window."""

MAX_TOKENS = 160
"""The longest composed answer: some 16 seconds on two cores."""

EVIDENCE_CHARACTERS = 930
"""The sources' share of the prompt, so that the whole has at most 350 tokens in the median of our own questions and never
450. A gold sentence is in three of four prompts; 1,100 characters would give 369 tokens and one such case more in 60."""


QUESTIONS_SYSTEM = (
    "Read the passage and write four short questions that it answers, each on a line of its own. Write them as people "
    "ask who have not read it: in plain everyday words, not in the passage's. Name whom or what each is about. "
    "Write nothing but the questions."
)

QUESTIONS_TOKENS = 120
"""The longest reply: four questions of some 15 words."""


def question_messages(title: str, passage: str) -> list[tuple[str, str]]:
    """The (role, text) messages that ask for the questions a passage answers."""
    return [("system", QUESTIONS_SYSTEM), ("user", f"From “{title[:90]}”:\n{passage}\n\nQuestions:")]


TRANSLATION_SYSTEM = (
    "Translate the question into English. Keep every figure, date and code, and every name in Latin script as it is "
    "written. Write nothing but the translated question, and don't answer it."
)

IN_ENGLISH = ("English:", "This question in English, ending with a question mark:")
"""What a translation is asked for with, and again where it was none: a small model answers one question in eight instead."""

TRANSLATION_TOKENS = 80
"""The longest reply: a question of some 60 words."""


def translation_messages(question: str, names: Sequence[str] = (), asking: str = IN_ENGLISH[0]) -> list[tuple[str, str]]:
    """The (role, text) messages that ask for a question in English; `names` are the library's, in an order that stays."""
    system = f"{TRANSLATION_SYSTEM} Names in the documents: {'; '.join(names)}." if names else TRANSLATION_SYSTEM
    return [("system", system), ("user", f"{promptable(question)}\n\n{asking}")]


ANSWER_TRANSLATION_TOKENS = 320
"""The longest reply: an answer of `MAX_TOKENS` in a script that takes twice as many."""


def answer_translation_messages(answer: str, language: str) -> list[tuple[str, str]]:
    """The (role, text) messages that ask for an answer in another language, its figures and names untouched."""
    system = (
        f"Translate the text into {language}. Keep every figure, date and code, and every name of a company or person, in "
        "Latin script as it is written. Write nothing but the translation."
    )
    return [("system", system), ("user", f"{promptable(answer)}\n\n{language}:")]


def messages(query: str, spans: Sequence[EvidenceSpan]) -> list[tuple[str, str]]:
    """The (role, text) messages for a query and its evidence, each sentence below the title of its document."""
    return [("system", SYSTEM), ("user", f"{_question(query, spans)}\nAnswer:")]


CHECK = "Do the sources themselves answer exactly this question? Reply yes or no."
"""Asked before composing, in the place of "Answer:", so that all before it stays cached."""


def check_messages(query: str, spans: Sequence[EvidenceSpan]) -> list[tuple[str, str]]:
    """The messages that ask whether the sources answer: those that ask for the answer, up to their last line."""
    return [("system", SYSTEM), ("user", f"{_question(query, spans)}\n{CHECK}")]


def _question(query: str, spans: Sequence[EvidenceSpan]) -> str:
    return f"{sources(spans)}\n\nQuestion: {promptable(query)}"


def estimated_tokens(said: Sequence[tuple[str, str]]) -> int:
    """An upper estimate of the tokens of messages, without a tokenizer: a character beyond Latin counts as one."""
    text = "".join(text for _, text in said)
    wide = sum(character > "\u024f" for character in text)
    return (len(text) - wide) // CHARACTERS_PER_TOKEN + wide


def sources(spans: Sequence[EvidenceSpan]) -> str:
    """The best sentences that fit, by document in order of their best one, within a document in reading order."""
    chosen: list[EvidenceSpan] = []
    left = EVIDENCE_CHARACTERS
    for span in spans:
        if chosen and len(span.citation.quote) > left:
            continue
        chosen.append(span)
        left -= len(span.citation.quote) + 6
    lines = []
    for document_id in dict.fromkeys(span.citation.document_id for span in chosen):
        own = sorted((s for s in chosen if s.citation.document_id == document_id), key=lambda s: s.citation.start)
        title = promptable(own[0].citation.title)[:90]
        lines.append(f"From “{title}”:" if not gives_orders(title) else "From a document:")
        lines += [f"[{s.citation.number}] {promptable(s.seen if s.row else s.citation.quote)}" for s in own]
    return "\n".join(lines)

"""Questions and passages altered by program: so that the one no longer answers the other, or as people mistype."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.training.facts import FOLDER
from evals.training.rows import Row
from evals.training.windows import Window

_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w'-]+(?: (?:of |the )?[A-Z][\w'-]+)*)")
_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"\b[a-z]{5,}\b")
_ASKED = re.compile(r"(when|where|why|how) (?:did|was|is|are|were|does|do|has|had)\b", re.IGNORECASE)
_KINDS = {
    "when": re.compile(
        r"\d|\b(?:day|week|month|year|century|morning|night|summer|winter|ago|today|before|after)\b|[A-Z]\w+ber\b"
    ),
    "why": re.compile(r"\b(?:because|due|since|as|so|for|to|reason|caus\w+|thus|therefore|led|result\w*)\b", re.IGNORECASE),
}
"""What asks, and what in a passage may answer "when" and "why": without any of it, nothing does."""

ENDING = 3
"""Letters that a word put for another ends in as well, so that it mostly is of its kind: "invented" for "discovered"."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is put for what, all at once: two names change places, or one makes room for another."""

    new: dict[str, str]

    def __call__(self, text: str) -> str:
        """`text` with it done wherever these words stand as a whole."""
        parts = "|".join(map(re.escape, sorted(self.new, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{parts})(?!\w)", lambda found: self.new[found[0]], text)

    def whole(self, window: Window) -> Window:
        """The window with it done everywhere, so that what answered still does."""
        question, above, answer = map(self, (window.question, window.above, window.answer))
        return Window(question, above, tuple(map(self, window.sentences)), window.gold, answer)


class Alterations:
    """Takes a question and its passage apart."""

    def __init__(self, rows: Sequence[Row], chance: random.Random) -> None:
        """Names and words put for others are those of the rows' questions."""
        self._chance = chance
        self._names = [name for row in rows if row.source != "nqg" for name in _NAME.findall(row.question)]
        self._opposites = _opposites(FOLDER / "opposites.txt")
        self._words: dict[str, list[str]] = {}
        for row in rows:
            if "." not in row.source:
                for word in _WORD.findall(row.question):
                    self._words.setdefault(word[-ENDING:], []).append(word)

    def contrasted(self, kind: str, window: Window) -> tuple[Window, Window] | None:
        """Two windows nearly alike, of which only the first answers; None where this kind of change can't be made.

        Question and sentences are changed alike, and of the four windows that this makes two are taken: those in which both
        are changed, or neither, still answer; so an altered look alone tells nothing ("contrast sets", Gardner et al. 2020).
        """
        change = self._change(kind, window)
        if change is None:
            return None
        both = (window, change.whole(window))
        asks, touched = both[0].question != both[1].question, _all_touched(*both)
        if not asks and not touched:
            return None
        turned = asks and touched and self._chance.random() < 0.5
        answers, rival = both[turned], both[not turned]
        if asks and (not touched or self._chance.random() < 0.5):
            return answers, replace(answers, question=rival.question, gold=(), answer="")
        return answers, replace(rival, question=answers.question, gold=(), answer="")

    def _change(self, kind: str, window: Window) -> Change | None:
        question, text = window.question, " ".join(window.sentences)
        if kind == "roles":
            return self._roles(window)
        if kind == "number":
            numbers = [
                one for found in _NUMBER.findall(question) if len(one := found.strip(".,")) > 1 and _stands(one, text)
            ]
            return Change({(old := self._chance.choice(numbers)): self._other_number(old, text)}) if numbers else None
        if kind == "name":
            names = [name for name in _NAME.findall(question) if _stands(name, text)]
            return self._other_name(self._chance.choice(names), question, text) if names else None
        words = [word for word in _WORD.findall(question) if self._others(kind, word)]
        said = [word for word in words if re.search(rf"\b{word}\b", text)]
        if not words:
            return None
        old = self._chance.choice(said if said and self._chance.random() < 0.7 else words)
        others = [word for word in self._others(kind, old) if word not in text and word not in question]
        near = [word for word in _WORD.findall(text) if word[-ENDING:] == old[-ENDING:] and word not in question]
        if kind == "word" and near and self._chance.random() < 0.4:
            others = near
        if not others or _alike(new := self._chance.choice(others), old):
            return None
        return Change({old: new, new: old} if new in text else {old: new})

    def _roles(self, window: Window) -> Change | None:
        """Two names of the answering sentence change places: both of them asked about, or one asked about and the other
        the answer. Names in a list don't."""
        sentence = window.sentences[window.gold[0]]
        asked = list(dict.fromkeys(name for name in _NAME.findall(window.question) if name in sentence))
        others = [*asked, *([window.answer] if window.answer[:1].isupper() and window.answer in sentence else [])]
        pairs = [
            (one, other)
            for one in asked
            for other in others
            if one not in other and other not in one and not _listed(one, other, sentence)
        ]
        if not pairs:
            return None
        one, other = self._chance.choice(pairs)
        return Change({one: other, other: one})

    def _other_name(self, name: str, question: str, text: str) -> Change | None:
        near = [one for one in _NAME.findall(text) if one not in question and one not in name and name not in one]
        if near and self._chance.random() < 0.5:
            new = self._chance.choice(near)
            return Change({name: new, new: name})
        new = self._chance.choice(self._names)
        return None if new.lower() in f"{question} {text}".lower() or name in new else Change({name: new})

    def _other_number(self, number: str, text: str) -> str:
        digits = re.sub(r"\D", "", number)
        chance = self._chance
        for _ in range(9):
            value = int(digits) + chance.choice((-30, -10, -7, -2, -1, 1, 2, 3, 10, 20, 100))
            if value > 0 and str(value) not in text:
                return str(value)
        return str(int(digits) * 3 + 1)

    def _others(self, kind: str, word: str) -> list[str]:
        return self._opposites.get(word, []) if kind == "turned" else self._words.get(word[-ENDING:], [])

    def other_kind(self, window: Window) -> str:
        """The question with "When" or "Why" where it asked for something else, if no date or reason is in its passage."""
        found = _ASKED.match(window.question)
        text = " ".join(window.sentences)
        kinds = [kind for kind, held in _KINDS.items() if not held.search(text)]
        if not found or not kinds or found[1].lower() in kinds:
            return ""
        kind = self._chance.choice(kinds)
        return (kind.capitalize() if found[1][0].isupper() else kind) + window.question[found.end(1) :]


def _all_touched(one: Window, other: Window) -> bool:
    """Whether each sentence that answers is another one in the other window."""
    return all(one.sentences[place] != other.sentences[place] for place in one.gold)


def _listed(one: str, other: str, sentence: str) -> bool:
    """Whether two names stand in one list, in which their order says nothing: "A, B and C"."""
    first, second = sorted((sentence.index(one), sentence.index(other)))
    between = sentence[first + len(one if sentence.index(one) == first else other) : second]
    return not re.search(r"[a-z]", re.sub(r"\b(?:and|or|und|et|y|with)\b", "", between))


def _stands(words: str, text: str) -> bool:
    """Whether they stand there as a whole: "1980" doesn't in "the 1980s"."""
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _alike(one: str, other: str) -> bool:
    """Whether two words are of one stem, or one of them holds the other: they may say the same."""
    return one[:4] == other[:4] or one in other or other in one


def misspelt(question: str, chance: random.Random) -> str:
    """Two letters of a longer word changed places, or one left out or doubled."""
    places = [place for place in range(2, len(question) - 2) if question[place - 1 : place + 2].isalpha()]
    if not places:
        return question
    at = chance.choice(places)
    kind = chance.randrange(3)
    if kind == 0:
        return question[:at] + question[at + 1] + question[at] + question[at + 2 :]
    return question[:at] + question[at + 1 :] if kind == 1 else question[:at] + question[at] + question[at:]


def _opposites(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            one, other = line.split("/")
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found

"""Questions and passages altered by program: so that the one no longer answers the other, or as people mistype."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from evals.training.facts import FOLDER
from evals.training.rows import Row

_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w'-]+(?: (?:of |the )?[A-Z][\w'-]+)*)")
_NUMBER = re.compile(r"\d[\d.,]*")
_ASKED = re.compile(r"(when|where|why|how) (?:did|was|is|are|were|does|do|has|had)\b", re.IGNORECASE)
_KINDS = {
    "when": re.compile(
        r"\d|\b(?:day|week|month|year|century|morning|night|summer|winter|ago|today|before|after)\b|[A-Z]\w+ber\b"
    ),
    "why": re.compile(r"\b(?:because|due|since|as|so|for|to|reason|caus\w+|thus|therefore|led|result\w*)\b", re.IGNORECASE),
}
"""What asks, and what in a passage may answer "when" and "why": without any of it, nothing does."""


class Alterations:
    """Takes a question and its passage apart; each gives what is empty where it can't be done."""

    def __init__(self, rows: Sequence[Row], chance: random.Random) -> None:
        """Names put for others are those of the rows' questions."""
        self._chance = chance
        self._names = [name for row in rows if row.source != "nqg" for name in _NAME.findall(row.question)]
        self._opposites = _opposites(FOLDER / "opposites.txt")

    def swapped(self, row: Row) -> str:
        """The question with another name or number where it had one of its passage; empty where it had none."""
        text, chance = " ".join(row.sentences), self._chance
        numbers = [one for one in _NUMBER.finditer(row.question) if one[0].strip(".,") in text]
        if numbers and chance.random() < 0.7:
            found = chance.choice(numbers)
            return row.question[: found.start()] + self._other_number(found[0], text) + row.question[found.end() :]
        names = [one for one in _NAME.finditer(row.question) if one[0] in text]
        if not names:
            return ""
        name: re.Match[str] = chance.choice(names)
        near = [one for one in _NAME.findall(text) if one not in row.question]
        new = chance.choice(near) if near and chance.random() < 0.5 else chance.choice(self._names)
        if new.lower() in row.question.lower() or new in name[0] or name[0] in new:
            return ""
        return row.question[: name.start()] + str(new) + row.question[name.end() :]

    def _other_number(self, number: str, text: str) -> str:
        plain = number.strip(".,")
        tail = number[len(plain) :]
        digits = re.sub(r"\D", "", plain)
        chance = self._chance
        for _ in range(9):
            value = int(digits) + chance.choice((-30, -10, -7, -2, -1, 1, 2, 3, 10, 20, 100))
            if value > 0 and str(value) not in text:
                return f"{value}{tail}"
        return f"{int(digits) * 3 + 1}{tail}"

    def turned(self, row: Row) -> str:
        """The question with an opposite in it; empty where no word has one."""
        question = row.question
        places = [one for one in re.finditer(r"[A-Za-z]+", question) if one[0].lower() in self._opposites]
        if not places:
            return ""
        found = self._chance.choice(places)
        new = self._chance.choice(self._opposites[found[0].lower()])
        return question[: found.start()] + (new.capitalize() if found[0][0].isupper() else new) + question[found.end() :]

    def renamed(self, question: str, sentences: tuple[str, ...]) -> tuple[str, ...]:
        """The passage with another name or number everywhere for one of the question's; empty where it has none."""
        text = " ".join(sentences)
        names = [one for one in _NAME.findall(question) if one in text]
        numbers = [
            one.strip(".,") for one in _NUMBER.findall(question) if len(one.strip(".,")) > 1 and one.strip(".,") in text
        ]
        if numbers and (not names or self._chance.random() < 0.5):
            old = self._chance.choice(numbers)
            new = self._other_number(old, text)
        elif names:
            old, new = self._chance.choice(names), self._chance.choice(self._names)
            if new.lower() in question.lower():
                return ()
        else:
            return ()
        return tuple(sentence.replace(old, new) for sentence in sentences)

    def other_kind(self, row: Row) -> str:
        """The question with "When" or "Why" where it asked for something else, if no date or reason is in its passage."""
        found = _ASKED.match(row.question)
        text = " ".join(row.sentences)
        kinds = [kind for kind, held in _KINDS.items() if not held.search(text)]
        if not found or not kinds or found[1].lower() in kinds:
            return ""
        kind = self._chance.choice(kinds)
        return (kind.capitalize() if found[1][0].isupper() else kind) + row.question[found.end(1) :]


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

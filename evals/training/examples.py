"""Training examples from the open rows: the passage as it is, beside one made so that it no longer answers.

What takes an answer away: another place that a search would bring, the answer's sentence left out, another name, number or
word in the question or in the passage, names that change places, the opposite asked for. Questions are also asked in small
letters, as keywords, misspelt.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from evals.training.altered import Alterations, misspelt
from evals.training.facts import drawn
from evals.training.rows import Row, by_source
from evals.training.windows import Window

MOST = 4
"""Sentences of a window, as the product reads them; distractors of another place may come on top."""

SHARES = {
    "squad2": 9.0,
    "nqg": 6.0,
    "qamr": 6.0,
    "selqa": 2.5,
    "covidqa": 1.5,
    "clapnq": 1.0,
    "xquad.en": 1.5,
    "cross": 5.0,
    "own": 6.0,
    "facts": 5.0,
}
"""How much of an epoch comes from where; `cross` and `own` are the XQuAD translations, all languages alike."""

AWAY = {"mined": 0.27, "left out": 0.13, "hard": 0.06, "other kind": 0.03, "interviewed": 0.02}
CONTRASTS = {"roles": 0.17, "name": 0.1, "number": 0.08, "turned": 0.05, "word": 0.09}
"""How often an answer is taken away in each way, and by each change of words (`Alterations.contrasted`)."""

JOINED = 0.33
"""How often sentences of another place stand beside a window's own, whether it answers or not: else they would tell it."""

Group = tuple[Window, ...]
"""Windows learnt from together: one that answers and one like it that doesn't, by its question or by its sentences."""


class Examples:
    """Draws groups of windows without end, the same ones for the same seed."""

    def __init__(
        self, rows: Sequence[Row], mined: Sequence[tuple[tuple[str, ...], ...]], held: frozenset[int], seed: int
    ) -> None:
        """`mined` are each row's windows of other places, see `mining`; the rows `held` are left alone."""
        self._rows, self._mined = rows, mined
        self._chance = random.Random(seed)
        self._numbers: dict[str, list[int]] = {}
        for source, numbers in by_source(rows).items():
            group = source if "." not in source or source == "xquad.en" else "own" if source.endswith("own") else "cross"
            self._numbers.setdefault(group, []).extend(number for number in numbers if number not in held)
        self._answered: dict[tuple[str, ...], list[int]] = {}
        for number, row in enumerate(rows):
            if row.gold and number not in held and row.source in ("squad2", "clapnq"):
                self._answered.setdefault(row.sentences, []).append(number)
        self._altered = Alterations(rows, self._chance)
        self._common = _common(rows)

    def __iter__(self) -> Iterator[Group]:
        """One after the other."""
        groups = [group for group in SHARES if group == "facts" or self._numbers.get(group)]
        shares = [SHARES[group] for group in groups]
        while True:
            group = self._chance.choices(groups, shares)[0]
            if group == "facts":
                yield self._asked([drawn(self._chance)])
            else:
                yield self._asked(self._pair(self._chance.choice(self._numbers[group])))

    def _pair(self, number: int) -> list[Window]:
        """The row's own window and one that differs in whether it answers; alone where there is none."""
        row, chance = self._rows[number], self._chance
        title = row.title if row.title and chance.random() < 0.7 else ""
        own = Window(row.question, title, *_cut(row, chance), row.answer)
        if not own.gold:
            joined = self._at_times_joined(own, number)
            others = self._answered.get(row.sentences)
            if not others:
                return [joined]
            answered = chance.choice(others)
            other = self._rows[answered]
            return [self._varied(Window(other.question, title, *_cut(other, chance), other.answer), answered), joined]
        ways = AWAY | CONTRASTS
        for kind in (*chance.choices(tuple(ways), tuple(ways.values()), k=4), "mined", "hard"):
            if kind in CONTRASTS:
                if pair := self._altered.contrasted(kind, own):
                    return [self._at_times_joined(one, number) for one in pair]
            elif taken := self._away(kind, number, row, own):
                is_joined = len(taken.sentences) > MOST
                return [self._varied(own, number), taken if is_joined else self._at_times_joined(taken, number)]
        return [self._varied(own, number)]

    def _varied(self, own: Window, number: int) -> Window:
        draw = self._chance.random()
        if draw < 0.08:
            return Window(own.question, own.above, (own.sentences[own.gold[0]],), (0,), own.answer)
        if draw < 0.12:
            return self._interviewed(own, number, answered=True)
        return self._joined(own, number) if draw < 0.12 + JOINED else own

    def _away(self, kind: str, number: int, row: Row, own: Window) -> Window | None:
        """The window with its answer taken away in this way; None where that can't be."""
        chance, title = self._chance, own.above
        sentences: Sequence[str] = ()
        question = row.question
        if kind == "mined" and (mined := self._mined[number]):
            sentences = chance.choice(mined[:3] if chance.random() < 0.7 else mined)[:MOST]
            title = title if chance.random() < 0.5 else ""
        elif kind == "hard" and (hard := self._hard(row)):
            sentences, title = hard[: chance.randint(1, MOST)], ""
        elif kind == "left out" and len(own.sentences) > 1:
            left = tuple(sentence for place, sentence in enumerate(own.sentences) if place not in own.gold)
            return self._joined(Window(question, title, left, ()), number) if left else None
        elif kind == "interviewed":
            return self._interviewed(own, number, answered=False)
        elif kind == "other kind" and (made := self._altered.other_kind(own)):
            question, sentences = made, own.sentences
        return Window(question, title, tuple(sentences), ()) if sentences else None

    def _interviewed(self, window: Window, number: int, *, answered: bool) -> Window:
        """The question itself stands in the passage, as in interviews and lists of questions, before its answer or before
        something else."""
        place, question = window.gold[0], window.question.rstrip("?？ ") + "?"
        before = window.sentences[max(0, place - 1) : place]
        if answered:
            sentences = (*before, question, *window.sentences[place : place + 2])
            return Window(window.question, window.above, sentences, (len(before) + 1,), window.answer)
        others = [one for one in self._mined[number] if not set(one) & set(window.sentences)]
        return Window(window.question, window.above, (*before, question, *(others[0][:2] if others else ())), ())

    def _at_times_joined(self, window: Window, number: int) -> Window:
        return self._joined(window, number) if self._chance.random() < JOINED else window

    def _joined(self, window: Window, number: int) -> Window:
        """The window with sentences of another place before or after it, as where a short text ends and another begins."""
        others = [one for one in self._mined[number] if not set(one) & set(window.sentences)]
        if not others:
            return window
        more = self._chance.choice(others)[: self._chance.randint(1, 2)]
        if self._chance.random() < 0.5:
            return Window(window.question, window.above, (*window.sentences, *more), window.gold, window.answer)
        moved = tuple(place + len(more) for place in window.gold)
        return Window(window.question, window.above, (*more, *window.sentences), moved, window.answer)

    def _hard(self, row: Row) -> list[str]:
        found = [one for one in row.hard if row.source == "nqg" or one.lower() != one]
        self._chance.shuffle(found)
        return found

    def _asked(self, group: Sequence[Window]) -> Group:
        """The windows with their questions as people also type them, all in the same way."""
        draw, mistyped = self._chance.random(), self._chance.random() < 0.06
        asked: dict[str, str] = {}
        for question in dict.fromkeys(window.question for window in group):
            typed = question.rstrip("?？؟; ") if draw < 0.26 else question
            if draw < 0.12:
                typed = typed.lower()
            elif 0.2 <= draw < 0.26 and " " in question:
                kept = [word for word in question.split() if word.lower().strip("?¿,.") not in self._common]
                typed = " ".join(kept).rstrip("?？؟; ") if len(kept) > 1 else question
            asked[question] = (misspelt(typed, self._chance) if mistyped else typed) or question
        return tuple(replace(window, question=asked[window.question]) for window in group)


def _cut(row: Row, chance: random.Random) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """At most `MOST` neighbouring sentences, one that answers among them, and the numbers of those that do."""
    if len(row.sentences) <= MOST:
        return row.sentences, row.gold
    middle = chance.choice(row.gold) if row.gold else chance.randrange(len(row.sentences))
    first = max(0, min(middle - chance.randint(0, MOST - 1), len(row.sentences) - MOST))
    kept = range(first, first + MOST)
    return row.sentences[first : first + MOST], tuple(place - first for place in row.gold if place in kept)


def _common(rows: Sequence[Row]) -> frozenset[str]:
    """The words that stand in more than one in 60 of the questions of their language: no keyword holds them."""
    found: set[str] = set()
    for numbers in by_source(rows).values():
        counts = Counter(
            word for number in numbers for word in {w.strip("?¿,.") for w in rows[number].question.lower().split()}
        )
        found |= {word for word, n in counts.items() if n > len(numbers) / 60}
    return frozenset(found)

"""Examples from made-up facts: a passage of rows or sentences, and a question about one of them or about one just beside it.

The files in `facts/` list what documents of everyday work say, by language. A question is answered where its name, its fact
and its year stand together; what is missing is another row, another column, the opposite or another year's document.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from evals.training.values import Values
from evals.training.windows import Window

FOLDER = Path(__file__).with_name("facts")

MOST_SENTENCES = 4

Gold = dict[tuple[str, str], tuple[int, ...]]
"""The numbers of the sentences that tell a name's fact, by name and column."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing told of each name: the column it stands in, its values, and the sentences and questions about it."""

    column: str
    value: str
    statements: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(slots=True)
class Family:
    """What one kind of document tells: names and facts; `above` are titles, `asked` how a title's year is asked for."""

    title: str
    language: str
    names: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    facts: list[Fact] = field(default_factory=list)


@cache
def families() -> tuple[Family, ...]:
    """All of them."""
    found: list[Family] = []
    for path in sorted(FOLDER.glob("??.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                found.append(Family(line.strip("[]"), path.stem))
            elif (key := line.partition(":")[0]) in ("names", "above", "asked"):
                setattr(found[-1], key, _parts(line.partition(":")[2], ";"))
            else:
                column, value, statements, questions = _parts(line, "|")
                found[-1].facts.append(Fact(column, value, _parts(statements, "~"), _parts(questions, "~")))
    return tuple(found)


def drawn(chance: random.Random) -> Window:
    """A question and a window, `gold` empty where nothing in it answers; English as often as all others together."""
    english = chance.random() < 0.5
    family = chance.choice([one for one in families() if (one.language == "en") == english])
    values = Values(chance, family.language)
    title = values.fill(chance.choice(family.above)) if family.above else family.title
    names = list(dict.fromkeys(values.fill(chance.choice(family.names)) for _ in range(chance.randint(1, 4))))
    asked_name = chance.choice(names)
    facts = chance.sample(family.facts, min(len(family.facts), chance.randint(2, 5)))
    asked = chance.choice(facts)
    render = chance.choices((_prose, _table, _card, _turned), (5, 4, 2, 2))[0]
    sentences, gold = render(chance, values, names, facts)
    if render is _card:
        title = f"{title} > {names[0]}"
    question = chance.choice(asked.questions).replace("{n}", asked_name)
    found = gold.get((asked_name, asked.column), ())
    if family.asked and values.years:  # the title's year, or another one
        year = values.years[0]
        if chance.random() < 0.4:
            year += chance.choice((-2, -1, 1, 2))
            found = ()
        if chance.random() < 0.85 or not found:
            question = _in_year(question, chance.choice(family.asked).replace("{year}", str(year)), family.language)
    elif chance.random() < 0.3 and found:  # another name, or a fact that isn't told
        question, found = _beside(chance, values, family, names, asked, asked_name, sentences), ()
    answer = values.told.get((asked_name, asked.column), "") if found else ""
    if found and answer not in sentences[found[0]]:  # it begins the sentence
        answer = answer[0].upper() + answer[1:]
    shown = family.asked or render is _card or chance.random() < 0.9
    return Window(question, title if shown else "", tuple(sentences), tuple(found), answer)


def _prose(chance: random.Random, values: Values, names: list[str], facts: list[Fact]) -> tuple[list[str], Gold]:
    cells = [(name, fact) for name in names for fact in facts]
    chance.shuffle(cells)
    sentences: list[str] = []
    gold: Gold = {}
    for name, fact in sorted(cells[:MOST_SENTENCES], key=lambda cell: names.index(cell[0])):
        value = values.told[name, fact.column] = values.fill(chance.choice(values.choices(fact.value)))
        sentence = values.fill(chance.choice(fact.statements).replace("{n}", name).replace("{v}", value))
        gold[name, fact.column] = (len(sentences),)
        sentences.append(sentence[0].upper() + sentence[1:])
    return sentences, gold


def _table(chance: random.Random, values: Values, names: list[str], facts: list[Fact]) -> tuple[list[str], Gold]:
    """Rows as they are read, "column: value; …", some cells empty."""
    first = chance.choice(("Name", "", "No.", "Item"))
    rows: list[str] = []
    gold: Gold = {}
    for name in names[:MOST_SENTENCES]:
        bare = name.removeprefix("the ")
        cells = [f"{first}: {bare}" if first else bare]
        for fact in facts:
            if chance.random() < 0.2:
                continue
            value = values.told[name, fact.column] = values.fill(chance.choice(values.choices(fact.value)))
            cells.append(f"{fact.column}: {value}")
            gold[name, fact.column] = (len(rows),)
        rows.append("; ".join(cells))
    return rows, gold


def _turned(chance: random.Random, values: Values, names: list[str], facts: list[Fact]) -> tuple[list[str], Gold]:
    """Rows of a table whose columns are the names: "Weight; Press A: 5 t; Press B: 7 t"."""
    rows: list[str] = []
    gold: Gold = {}
    for fact in facts[:MOST_SENTENCES]:
        cells = [fact.column]
        for name in names:
            value = values.told[name, fact.column] = values.fill(chance.choice(values.choices(fact.value)))
            cells.append(f"{name.removeprefix('the ')}: {value}")
            gold[name, fact.column] = (len(rows),)
        rows.append("; ".join(cells))
    return rows, gold


def _card(chance: random.Random, values: Values, names: list[str], facts: list[Fact]) -> tuple[list[str], Gold]:
    """Lines "column: value" below a heading that names what they are about."""
    lines: list[str] = []
    gold: Gold = {}
    for fact in facts[:MOST_SENTENCES]:
        value = values.told[names[0], fact.column] = values.fill(chance.choice(values.choices(fact.value)))
        gold[names[0], fact.column] = (len(lines),)
        lines.append(f"{fact.column}: {value}")
    return lines, gold


def _beside(
    chance: random.Random, values: Values, family: Family, names: list[str], asked: Fact, name: str, sentences: list[str]
) -> str:
    """A question that the sentences don't answer though they look so: of another name, or of a fact not told."""
    told = {column for one, column in values.told if one == name}
    others = [fact for fact in family.facts if fact.column not in told]
    if others and chance.random() < 0.6:
        return chance.choice(chance.choice(others).questions).replace("{n}", name)
    other = values.beside(name, family.names)
    if other in names or any(other.lower() in sentence.lower() for sentence in sentences):
        other = values.fill("{place} {model}")
    return chance.choice(asked.questions).replace("{n}", other)


def _in_year(question: str, when: str, language: str) -> str:
    if language in ("ko", "zh", "ja", "tr"):
        return f"{when} {question}" if language in ("ko", "tr") else f"{when}{question}"
    end = question.rstrip("?？ ")
    return f"{end} {when}{question[len(end) :]}"


def _parts(text: str, at: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(at))

"""Pairs of sentences from two documents, read by the reader: which of them disagree about what is asked."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.conflicts import conflicts, first
from assistant.answering.quote import numbered, quote
from assistant.reading.evidence import select
from assistant.types import Evidence
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings

Pair = tuple[str, str, str]

TRUE: list[Pair] = [
    (
        "What is Acme's germanium capacity?",
        "Acme's germanium plant has a capacity of 12 t a year.",
        "The germanium plant of Acme has a capacity of 15 t a year.",
    ),
    ("How many employees does Acme have?", "Acme employs 1,200 people.", "Acme employs about 1,450 people."),
    ("How much did the bridge cost?", "The bridge cost 40 million dollars.", "The bridge cost 52 million dollars."),
    ("How long is the notice period?", "The notice period is 30 days.", "The notice period is 60 days."),
    (
        "How many people did Borealis employ in 2024?",
        "Borealis employed 1,240 people in 2024.",
        "In 2024, Borealis had 1,310 employees.",
    ),
    ("What is the yield?", "The yield of the mill stands at 71 %.", "The mill reported a yield of 78%."),
    (
        "How many days of annual leave do employees get?",
        "Employees get 25 days of annual leave.",
        "Employees get 28 days of annual leave.",
    ),
    (
        "What dose of the drug is given to adults?",
        "Adults are given a dose of 20 g of the drug.",
        "The dose of the drug given to adults is 40 g.",
    ),
    ("How high is the tower?", "The tower is 300 metres high.", "The tower is 324 metres high."),
    (
        "What was Borealis's revenue in 2023?",
        "Borealis reported revenue of $4.2 billion in 2023.",
        "In 2023 Borealis reported revenue of $3.9 billion.",
    ),
    ("When was Acme founded?", "Acme was founded in 2016.", "Acme was founded in 2017."),
    ("What share of the market does Delta hold?", "Delta holds 34 % of the market.", "Delta holds 41% of the market."),
    ("How large is the park?", "The park covers 120 hectares.", "The park covers 150 hectares."),
    (
        "What is the interest rate on the loan?",
        "The loan has an interest rate of 4.5 percent.",
        "The interest rate of the loan is 5.1 percent.",
    ),
    ("When did the museum open?", "The museum opened in March 1998.", "The museum opened in March 1996."),
    (
        "How much does the licence cost per year?",
        "The licence costs 900 euros per year.",
        "The licence costs 1,200 euros per year.",
    ),
    ("How long does the warranty last?", "The warranty lasts 24 months.", "The warranty lasts 36 months."),
    (
        "How much power does the turbine deliver?",
        "The turbine delivers 5 MW of power.",
        "The turbine delivers 8 MW of power.",
    ),
    ("How far is the mine from the port?", "The mine is 80 km from the port.", "The mine is 95 km from the port."),
    (
        "How much gold did the mine produce in 2022?",
        "The mine produced 14 t of gold in 2022.",
        "In 2022 the mine produced 11 t of gold.",
    ),
    ("What is the deductible of the plan?", "The deductible of the plan is $500.", "The plan has a deductible of $750."),
    ("How many hours may trainees work?", "Trainees may work 35 hours a week.", "Trainees may work 40 hours a week."),
]

FALSE: list[Pair] = [
    (
        "What was Borealis's revenue?",
        "Borealis reported revenue of $4.2 billion in 2023.",
        "Borealis reported revenue of $3.9 billion in 2022.",
    ),
    (
        "What is Acme's germanium capacity?",
        "Acme plans a germanium capacity of 15 t.",
        "Acme has a germanium capacity of 12 t.",
    ),
    ("How many employees does Acme have?", "Acme employs 1,200 people.", "Acme employs more than 1,000 people."),
    ("How many employees does Acme have?", "Acme employs 1,200 people.", "Acme employs between 1,000 and 1,500 people."),
    ("How far is the mine from the port?", "The mine is 80 km from the port.", "The mine is 80,000 metres from the port."),
    (
        "What is the germanium capacity?",
        "Acme has a germanium capacity of 12 t.",
        "Borealis has a germanium capacity of 50 t.",
    ),
    ("What is Acme's capacity?", "Acme has a germanium capacity of 12 t.", "Acme has a gallium capacity of 15 t."),
    ("How many employees does Acme have?", "Acme employs about 1,200 people.", "Acme employs 1,190 people."),
    (
        "How much did the bridge cost?",
        "The bridge cost 40 million dollars.",
        "The bridge was expected to cost 52 million dollars.",
    ),
    ("When was Acme founded?", "Acme was founded in 2016.", "Acme opened a second plant in 2019."),
    ("How long is the notice period?", "The notice period is 30 days.", "The notice period is 30 days for all staff."),
    ("How much does the licence cost?", "The licence costs 900 euros per year.", "The licence costs 90 euros per month."),
    (
        "How much gold did the mine produce in 2022?",
        "The mine produced 14 t of gold in 2022.",
        "In the first quarter of 2022 the mine produced 4 t of gold.",
    ),
    (
        "What share of the market does Delta hold?",
        "Delta holds 34 % of the market in Europe.",
        "Delta holds 41% of the market in Asia.",
    ),
    ("How high is the tower?", "The tower is 300 metres high.", "The tower has 57 floors."),
    (
        "How much does it invest?",
        "Acme invests 140 billion won in the plant.",
        "Acme invests 55 billion won in the gallium process.",
    ),
    (
        "What is the interest rate on the loan?",
        "The loan has an interest rate of 4.5 percent.",
        "The interest rate of the loan was raised by 0.6 percent.",
    ),
    (
        "How many days of leave do employees get?",
        "Employees get 25 days of annual leave.",
        "Employees get 10 days of sick leave.",
    ),
    (
        "What is the deductible of the plan?",
        "The deductible of the plan is $500.",
        "The deductible of the plan is $1,000 for families and $500 for one person.",
    ),
    ("How many mines does Acme own?", "Acme owns ten mines.", "Acme owns 10 mines in three provinces."),
    ("How large is the park?", "The park covers 120 hectares.", "The park covered 90 hectares until 1990."),
    ("What is Acme's output?", "Acme's output was 40 t in 2024.", "Acme's output is expected to reach 45 t in 2025."),
    ("How long does the warranty last?", "The warranty lasts 24 months.", "The warranty lasts two years."),
    (
        "How much power does the turbine deliver?",
        "The turbine delivers 5 MW of power.",
        "The turbine delivers up to 8 MW of power.",
    ),
    (
        "What dose of the drug is given?",
        "Adults are given a dose of 20 g of the drug.",
        "Children are given a dose of 5 g of the drug.",
    ),
    ("How many patients were treated?", "The trial treated 120 patients.", "The trial treated 60 patients in each group."),
    (
        "What was the population of Lund in 2010?",
        "Lund had 82,800 inhabitants in 2010.",
        "Lund had 94,703 inhabitants in 2020.",
    ),
    ("How much did Acme's sales grow?", "Acme's sales grew by 12 percent.", "Acme's profit grew by 20 percent."),
    ("What does the pump weigh?", "The pump weighs 12 kg.", "The pump weighs 12,000 g."),
    ("How many staff work at the Onsan plant?", "The Onsan plant has 300 staff.", "Acme has 1,200 staff."),
]


def evidence(
    pair: Pair, folder: Path, embedder: Embedder, dates: tuple[str | None, str | None] = ("2024-06", "2025-03-01")
) -> Evidence:
    """What is found in a library of two documents, each of one of the sentences."""
    (folder / "documents").mkdir()
    for name, text in zip("ab", pair[1:], strict=True):
        (folder / "documents" / f"{name}.txt").write_text(text)
    known = (f'[documents."{name}.txt"]\ndate = "{date}"' for name, date in zip("ab", dates, strict=True) if date)
    (folder / "documents" / "sources.toml").write_text("\n".join(known))
    with closing(Library(IndexSettings(home=folder / "home"), embedder)) as library:
        assert [report.state for report in ingest(library, [folder / "documents"])].count("added") == 2
        return select(pair[0], search(pair[0], library), library)


def disagreeing(pairs: list[Pair], folder: Path, embedder: Embedder) -> list[bool]:
    found = []
    for n, pair in enumerate(pairs):
        (folder / f"{n}").mkdir()
        found.append(bool(conflicts(pair[0], evidence(pair, folder / f"{n}", embedder), embedder)))
    return found


STEPS = [3, pytest.param(1, marks=pytest.mark.slow)]
"""Every third pair, and all of them."""


@pytest.mark.parametrize("step", STEPS)
def test_nearly_all_true_conflicts_are_found(tmp_path: Path, embedder: Embedder, step: int) -> None:
    pairs = TRUE[::step]
    assert sum(disagreeing(pairs, tmp_path, embedder)) >= len(pairs) - 1


@pytest.mark.parametrize("step", STEPS)
def test_what_can_both_be_true_is_hardly_ever_a_conflict(tmp_path: Path, embedder: Embedder, step: int) -> None:
    """Two of them are: what was expected against what was paid, and patients in all against those of a group."""
    assert sum(disagreeing(FALSE[::step], tmp_path, embedder)) <= 2


SEVERAL = (
    "Acme runs 10 mines and three plants, employs 1,200 people and will invest 5 million euros to recover about 15 t of tin."
)


@pytest.mark.parametrize(
    ("question", "changed", "note"),
    [
        ("How many people does Acme employ?", ("1,200", "1,430"), "1,430 (2025-03-01) against 1,200 (2024-06)"),
        ("How many mines does Acme run?", ("10 mines", "14 mines"), "14 (2025-03-01) against 10 (2024-06)"),
        ("How much tin will Acme recover?", ("15 t", "22 t"), "22 t (2025-03-01) against 15 t (2024-06)"),
        ("How many plants does Acme run?", ("1,200", "1,430"), None),
        ("How much tin will Acme recover?", ("5 million", "9 million"), None),
    ],
)
def test_of_several_values_the_one_asked_for_is_compared(
    tmp_path: Path, embedder: Embedder, question: str, changed: tuple[str, str], note: str | None
) -> None:
    found = conflicts(question, evidence((question, SEVERAL, SEVERAL.replace(*changed)), tmp_path, embedder), embedder)
    assert [str(one) for one in found] == ([f"The documents disagree: {note}"] if note else [])


@pytest.mark.parametrize(("one", "other", "n"), [("September", "Sept", 1), ("May", "May", 1), ("May", "June", 0)])
def test_a_month_is_one_period_however_it_is_written(
    tmp_path: Path, embedder: Embedder, one: str, other: str, n: int
) -> None:
    question = "How much gold did the mine make?"
    pair = (question, f"In {one} 2024 the mine made 14 t of gold.", f"In {other} 2024 the mine made 11 t of gold.")
    assert len(conflicts(question, evidence(pair, tmp_path, embedder), embedder)) == n


def test_both_are_quoted_newest_first_and_the_note_dates_them(tmp_path: Path, embedder: Embedder) -> None:
    known = numbered(evidence(TRUE[0], tmp_path, embedder))
    [conflict] = conflicts(TRUE[0][0], known, embedder)
    assert str(conflict) == "The documents disagree: 15 t (2025-03-01) against 12 t (2024-06)"
    shown = quote(numbered(first([conflict], known)))
    assert [citation.date for citation in shown.citations] == ["2025-03-01", "2024-06"]


def test_an_undated_document_comes_last(tmp_path: Path, embedder: Embedder) -> None:
    [conflict] = conflicts(TRUE[0][0], evidence(TRUE[0], tmp_path, embedder, (None, "1999")), embedder)
    assert str(conflict) == "The documents disagree: 15 t (1999) against 12 t (undated)"


def test_it_is_found_in_another_language(tmp_path: Path, embedder: Embedder) -> None:
    pair = ("Wie hoch ist der Turm?", "Der Turm ist 300 Meter hoch.", "Im Norden steht er: Der Turm ist 324 Meter hoch.")
    assert len(conflicts(pair[0], evidence(pair, tmp_path, embedder), embedder)) == 1


def test_one_document_does_not_disagree_with_itself(tmp_path: Path, embedder: Embedder) -> None:
    both = evidence(TRUE[0], tmp_path, embedder)
    one, other = both.spans
    same = replace(other, citation=replace(other.citation, document_id=one.citation.document_id))
    assert conflicts(TRUE[0][0], replace(both, spans=(one, same)), embedder) == ()

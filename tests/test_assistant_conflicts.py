"""Pairs of sentences from two documents: the even ones were used to choose the rules, the odd ones only report."""

import pytest

from assistant.conflicts import conflicts, first
from assistant.quote import numbered, quote
from assistant.types import Citation, Evidence, EvidenceSpan

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


def evidence(pair: Pair, dates: tuple[str | None, str | None] = ("2024-06", "2025-03-01")) -> Evidence:
    spans = []
    for n, (text, date) in enumerate(zip(pair[1:], dates, strict=True), 1):
        citation = Citation(n, f"d{n}", 1, f"{n}.txt", f"Document {n}", date, 0, len(text), text)
        spans.append(EvidenceSpan(citation, 0.9 - n / 10, text))
    return Evidence(tuple(spans), 1.0)


def found(pairs: list[Pair]) -> list[bool]:
    return [bool(conflicts(pair[0], evidence(pair))) for pair in pairs]


@pytest.mark.parametrize("half", [0, 1])
def test_most_true_conflicts_are_found(half: int) -> None:
    assert sum(found(TRUE[half::2])) >= 8


@pytest.mark.parametrize("pair", FALSE)
def test_what_can_both_be_true_is_no_conflict(pair: Pair) -> None:
    assert conflicts(pair[0], evidence(pair)) == ()


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
def test_of_several_values_the_one_asked_for_is_compared(question: str, changed: tuple[str, str], note: str | None) -> None:
    notes = [str(one) for one in conflicts(question, evidence((question, SEVERAL, SEVERAL.replace(*changed))))]
    assert notes == ([f"The documents disagree: {note}"] if note else [])


def test_a_month_is_one_period_however_it_is_written() -> None:
    said = "In {} 2024 the mine made 14 t of gold.", "In {} 2024 the mine made 11 t of gold."
    for months, found in ((("September", "Sept"), 1), (("May", "May"), 1), (("May", "June"), 0)):
        pair = (said[0].format(months[0]), said[1].format(months[1]))
        assert len(conflicts("How much gold did the mine make?", evidence(("", *pair)))) == found


def test_both_are_quoted_newest_first_and_the_note_dates_them() -> None:
    known = numbered(evidence(TRUE[0]))
    [conflict] = conflicts(TRUE[0][0], known)
    assert str(conflict) == "The documents disagree: 15 t (2025-03-01) against 12 t (2024-06)"
    shown = quote(numbered(first([conflict], known)))
    assert [citation.date for citation in shown.citations] == ["2025-03-01", "2024-06"]


def test_an_undated_document_comes_last() -> None:
    [conflict] = conflicts(TRUE[0][0], evidence(TRUE[0], (None, "1999")))
    assert str(conflict) == "The documents disagree: 15 t (1999) against 12 t (undated)"


def test_one_document_does_not_disagree_with_itself() -> None:
    both = evidence(TRUE[0])
    twice = Evidence((both.spans[0], EvidenceSpan(both.spans[0].citation, 0.5, TRUE[0][2])), 1.0)
    assert conflicts(TRUE[0][0], twice) == ()

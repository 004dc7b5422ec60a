import pytest

from assistant.facts.dates import as_dated, dates, undated, years


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("on 2026-03-01", (2026, 0, 3, 1)),
        ("on 1 March 2026", (2026, 0, 3, 1)),
        ("on March 1, 2026", (2026, 0, 3, 1)),
        ("on March 1 , 2026", (2026, 0, 3, 1)),
        ("the 1st of March", (0, 0, 3, 1)),
        ("in March 2026", (2026, 0, 3, 0)),
        ("In Aug., Korea Zinc", (0, 0, 8, 0)),
        ("in Q4 2025", (2025, 4, 0, 0)),
        ("the fourth quarter of 2025", (2025, 4, 0, 0)),
        ("as of december 31, 2017", (2017, 0, 12, 31)),
    ],
)
def test_a_date_is_read_in_its_parts(text: str, parts: tuple[int, int, int, int]) -> None:
    [date] = dates(text)
    assert (date.year, date.quarter, date.month, date.day) == parts


@pytest.mark.parametrize("text", ["it may 5 times", "they march on", "in 2024", "12/15 of it", "the third plant"])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dates(text) == []


def test_years_are_read_alone_and_in_dates() -> None:
    assert years("From 2016 to March 2018, 2,019 of 20251 and 2020%") == {2016, 2018}


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("It opened on 1 March 2026.", "Opened 2026-03-01.", []),
        ("It opened in March 2026.", "Opened on March 1, 2026.", []),
        ("It opened in Q1 2026.", "Opened on March 1, 2026.", []),
        ("It opened on March 1, 2026.", "In 2026 it opened, on 1 March.", []),
        ("It opened in March 2026.", "In 2025 it opened, on 1 March.", ["March 2026"]),
        ("It opened on 2 March 2026.", "Opened on March 1, 2026.", ["2 March 2026"]),
        ("It opened in April 2026.", "Opened on March 1, 2026.", ["April 2026"]),
        ("It opened on March 1, 2026.", "Opened in March 2026.", ["March 1, 2026"]),
        ("It opened in Q3 2025.", "the fourth quarter of 2025", ["Q3 2025"]),
    ],
)
def test_a_date_is_stated_where_a_source_has_all_its_parts(sentence: str, source: str, missing: list[str]) -> None:
    assert [sentence[date.start : date.end] for date in undated(sentence, [source])] == missing


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("14.07.2023: one saw", (2023, 7, 14)),
        ("05-Nov-2024", (2024, 11, 5)),
        ("on 25/12/2024", (2024, 12, 25)),
        ("on 12/25/2024", (2024, 12, 25)),
        ("on 5/12/2024", None),
        ("version 1.2.2024.5", None),
    ],
)
def test_days_in_figures_are_read_where_they_are_plain(written: str, day: tuple[int, int, int] | None) -> None:
    found = [(date.year, date.month, date.day) for date in dates(written) if date.day]
    assert found == ([day] if day else [])


def test_a_day_is_asked_for_as_the_documents_write_it() -> None:
    log = "2024-04-03: plywood\n14.07.2023: one saw"
    assert as_dated("What came on 3 April 2024?", [log]) == "What came on 2024-04-03?"
    assert as_dated("What came on July 14, 2023, and on 2024-04-03?", [log]) == "What came on 14.07.2023, and on 2024-04-03?"
    assert as_dated("What came on 4 April 2024, in April 2024?", [log]) == "What came on 4 April 2024, in April 2024?"

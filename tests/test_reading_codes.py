"""A question's codes and years: which they are, and that they choose among rows and documents that are alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.reading.codes import codes, named_nowhere, years_in
from assistant.reading.heads import heads
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.settings import IndexSettings
from tests.conftest import assert_round_trips, final

ROWS = [(f"T-{n}", str(7000 + 13 * n), "Ghent" if n % 2 else "Mons") for n in range(140, 200)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("What is the tare of T-157?", [({"t157"}, True)]),
        ("Where are HD-0476 and ward 7C?", [({"hd0476"}, True), ({"7c"}, True)]),
        ("How much was it in 2023, 1,200 or 12.5 %?", [({"2023"}, False), ({"1200"}, False), ({"12.5"}, False)]),
        ("Which are the 3 largest of the 21st century, at 50t, by Q3?", []),
        ("Is it 7N-grade?", [({"7n"}, True)]),
    ],
)
def test_codes_are_told_from_counts_ordinals_and_quarters(query: str, found: list[tuple[set[str], bool]]) -> None:
    assert [(set(code.forms), code.names) for code in codes(query)] == found


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("fleet")
    rows = "\n".join(f"| {' | '.join(row)} |" for row in [("Trailer", "Tare (kg)", "Based in"), *ROWS])
    (folder / "fleet.md").write_text(f"# Fleet register\n\n{rows}\n", encoding="utf-8")
    for year, beds in (("2021", 412), ("2022", 405)):
        (folder / f"{year}.md").write_text(
            f"# St Bran's: annual report {year}\n\nThere were {beds} beds.\n", encoding="utf-8"
        )
    library = Library(IndexSettings(home=folder / "home"), embedder)
    list(ingest(library, [folder]))
    yield library
    library.close()


def test_a_row_far_down_a_table_is_quoted_alone_below_its_columns_names(fleet: Library) -> None:
    answer = final(fleet, "What is the tare of trailer T-191?")
    assert answer.text == "\t\tTrailer\tTare (kg)\tBased in\nT-191\t9483\tGhent"
    assert [citation.quote for citation in answer.citations] == [
        "| Trailer | Tare (kg) | Based in |",
        "| T-191 | 9483 | Ghent |",
    ]
    assert_round_trips(answer, fleet)


def test_what_no_row_names_is_refused(fleet: Library) -> None:
    assert final(fleet, "What is the tare of trailer T-317?").refused


def test_the_year_chooses_among_documents_that_are_alike(fleet: Library) -> None:
    answer = final(fleet, "How many beds did St Bran's have in 2021?")
    assert answer.text == "There were 412 beds."


def test_years_are_found_in_ranges_and_in_short() -> None:
    assert years_in("runs 2020-2023, from 1998 to 1999; FY24 and 2017/18; 2019") == {
        *range(2020, 2024), 1998, 1999, 2024, 2017, 2018, 2019
    }  # fmt: skip
    assert years_in("12,020 t, 20231, 1066") == set()


@pytest.mark.parametrize(
    ("question", "nowhere"),
    [
        ("How many children were born in 2019?", True),
        ("How many children were born in 2021?", False),
        ("How many children were born in 2020/21?", False),
        ("May I book a room for 180 euros?", False),
        ("Is it 2019 % more?", False),
        ("What is part P-0777?", True),
    ],
)
def test_a_year_or_a_code_that_no_passage_has_is_named_nowhere(
    question: str, nowhere: bool, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "report_2021.md").write_text("# Report\n\n1,206 children were born.", encoding="utf-8")
    list(ingest(library, [tmp_path]))
    hits = search(question, library)
    assert named_nowhere(question, hits, heads(question, hits, library), library) is nowhere

from pathlib import Path

from assistant.reading.heads import NAMING, heads
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.search import search
from index.types import Hit

LEASE = """# Lease agreement

## Parties

This agreement is made, after the board's talks in the spring of that year, between Harbour Estates Ltd (the landlord) and
{tenant} (the tenant).

## Term

{term}

## Rent

The monthly rent is {rent} euros, payable in advance by the third working day of each month.
"""
TERM = "The lease begins on 1 June 2025 and runs for five years, and ends on its last day unless it is renewed. " * 12


def _leases(library: Library, folder: Path) -> None:
    for tenant, rent in (("Brandt Bakery", "1,980"), ("Lumen Dance Studio", "2,450")):
        (folder / f"{rent}.md").write_text(LEASE.format(tenant=tenant, rent=rent, term=TERM), encoding="utf-8")
    list(ingest(library, [folder]))


def _rents(query: str, library: Library) -> dict[str, str]:
    """What stands above the passages that state a rent, by what they state."""
    hits = [hit for hit in search(query, library) if "monthly rent" in hit.chunk.text]
    found = heads(query, hits, library)
    return {_rent(hit): found[hit.chunk.id].text for hit in hits}


def _rent(hit: Hit) -> str:
    return "1,980" if "1,980" in hit.chunk.text else "2,450"


def test_the_line_naming_what_is_asked_about_stands_above_the_passages_of_its_document_alone(
    library: Library, tmp_path: Path
) -> None:
    _leases(library, tmp_path)
    found = _rents("What is the monthly rent of Brandt Bakery?", library)
    assert found["1,980"].startswith("Lease agreement > Rent > ") and "Brandt Bakery" in found["1,980"]
    assert len(found["1,980"].removeprefix("Lease agreement > Rent > ")) <= NAMING
    assert found["2,450"] == "Lease agreement > Rent"


def test_nothing_is_added_where_the_question_names_nothing_from_the_beginning(library: Library, tmp_path: Path) -> None:
    _leases(library, tmp_path)
    assert set(_rents("How much is the rent per month?", library).values()) == {"Lease agreement > Rent"}

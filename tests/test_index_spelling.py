"""Misspelt words of a query are read as the library writes them."""

from pathlib import Path

import pytest

from index.ingest import ingest
from index.library import Library
from index.spelling import corrected


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("germaniun capcity of the plant", "germanium capacity of the plant"),
        ("lockhead martin deal", "lockheed martin deal"),
        ("germaniun capcity prodction", "germanium capacity production"),
    ],
)
def test_a_word_that_occurs_nowhere_becomes_the_likeliest_one_that_does(
    english_seeds: Library, typed: str, read: str
) -> None:
    assert corrected(typed, english_seeds) == read


@pytest.mark.parametrize(
    "query", ["What is Umicore's germanium capacity?", "How much does Teck Resources make?", "2031 9N", ""]
)
def test_names_of_others_numbers_and_known_words_stay(seeds: Library, query: str) -> None:
    assert corrected(query, seeds) == query


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("KZ gallium output?", "Korea Zinc gallium output?"),
        ("Who chairs the NCRM?", "Who chairs the National Center for Rare Metals?"),
        ("What does HK Materials do?", "What does HK Materials do?"),  # the documents have it so
        ("Is IT paid for by LM?", "Is IT paid for by LM?"),  # a part of longer names; two words that stand but once
        ("What do R&D, AM-1 and U.S.KZ cost?", "What do R&D, AM-1 and U.S.KZ cost?"),
        ("The USER asks", "The USER asks"),
    ],
)
def test_initials_become_the_name_that_the_library_writes_in_full(seeds: Library, typed: str, read: str) -> None:
    assert corrected(typed, seeds) == read


def test_initials_of_two_names_stay(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("We met Korea Zinc. Then Korea Zinc left.")
    list(ingest(library, [folder]))
    assert corrected("What did KZ do?", library) == "What did Korea Zinc do?"
    (folder / "b.txt").write_text("We met Kazakh Zinc. Then Kazakh Zinc left.")
    list(ingest(library, [folder]))
    assert corrected("What did KZ do?", library) == "What did KZ do?"

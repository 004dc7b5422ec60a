"""Misspelt words of a query are read as the library writes them."""

import pytest

from index.library.library import Library
from index.search.spelling import corrected


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

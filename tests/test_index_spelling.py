"""Misspelt words of a query are read as the library writes them."""

import pytest

from index.library import Library
from index.spelling import corrected


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("germaniun capcity of the plant", "germanium capacity of the plant"),
        ("lockhead martin deal", "lockheed martin deal"),
    ],
)
def test_a_word_that_occurs_nowhere_becomes_the_likeliest_one_that_does(seeds: Library, typed: str, read: str) -> None:
    assert corrected(typed, seeds) == read


@pytest.mark.parametrize(
    "query", ["What is Umicore's germanium capacity?", "How much does Teck Resources make?", "2031 9N", ""]
)
def test_names_of_others_numbers_and_known_words_stay(seeds: Library, query: str) -> None:
    assert corrected(query, seeds) == query


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("How much Ge will Beijing sell?", "How much germanium will China sell?"),
        ("Did Moscow's refiners stop?", "Did Russia's refiners stop?"),
        ("What does Te cost in Ottawa?", "What does Te cost in Ottawa?"),  # neither tellurium nor Canada is there either
        ("Did Seoul's firms ask?", "Did Seoul's firms ask?"),  # Seoul itself is there
        ("What is the population of Moscow?", "What is the population of Moscow?"),  # no country is meant
        ("Who is Ge Wang? And Zhang Ga?", "Who is Ge Wang? And Zhang Ga?"),  # parts of names
        ("Did Smith & Ga. sell?", "Did Smith & Ga. sell?"),
    ],
)
def test_symbols_and_capitals_become_what_the_library_calls_them(seeds: Library, typed: str, read: str) -> None:
    assert corrected(typed, seeds) == read

import pytest

from index import keyword
from index.library import Library
from index.search import fuse, search
from index.types import Filters


def test_fusing_sums_the_normalised_scores_by_weight() -> None:
    vectors = [("a", 0.9), ("b", 0.5), ("c", 0.1)]
    keywords = [("b", 8.0), ("d", 2.0)]
    assert fuse(vectors, keywords, 0.6) == [("b", pytest.approx(0.7)), ("a", pytest.approx(0.6)), ("c", 0.0), ("d", 0.0)]
    assert fuse([], keywords, 0.6) == [("b", pytest.approx(0.4)), ("d", 0.0)]
    assert fuse([], [("x", 3.0)], 0.5) == [("x", 0.5)]


def test_the_passage_that_answers_comes_first(seeds: Library) -> None:
    hits = search("What is Korea Zinc's planned germanium capacity?", seeds)
    assert "12 tons (t)" in hits[0].chunk.text
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["?", '"', "AND OR NOT", "a* NEAR(b)", "锗", "💎", "the", "x" * 500, "12%", "'); DROP"])
def test_an_odd_query_still_returns(seeds: Library, query: str) -> None:
    assert search(query, seeds)


def test_filters_bound_both_parts(seeds: Library) -> None:
    wanted = seeds.documents()[1]
    hits = search("Korea Zinc germanium", seeds, filters=Filters(document_ids=(wanted.id,)))
    assert {hit.chunk.document_id for hit in hits} == {wanted.id}
    assert search("Korea Zinc", seeds, filters=Filters(collections=("other",))) == []


def test_keywords_find_other_forms_of_a_word(seeds: Library) -> None:
    with seeds.engine.connect() as connection:
        frequency = keyword.document_frequency(connection, ["investing", "invested", "umicore"])
        found = keyword.search(connection, "smelters", 5)
    assert frequency["investing"] == frequency["invested"] > 0 == frequency["umicore"]
    assert found

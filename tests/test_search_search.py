from pathlib import Path
from typing import Any

import pytest

from index.errors import SearchError
from index.ingest.ingest import ingest
from index.library import keyword
from index.library.library import Library
from index.search.search import MOST, by_keywords, fuse, search, vector_weight
from index.types import Filters


def test_fusing_sums_the_normalised_scores_by_weight() -> None:
    vectors = [("a", 0.9), ("b", 0.5), ("c", 0.1)]
    keywords = [("b", 8.0), ("d", 2.0)]
    assert fuse(vectors, keywords, 0.6) == [("b", pytest.approx(0.7)), ("a", pytest.approx(0.6)), ("c", 0.0), ("d", 0.0)]
    assert fuse([], keywords, 0.6) == [("b", pytest.approx(0.4)), ("d", 0.0)]
    assert fuse([], [("x", 3.0)], 0.5) == [("x", 0.5)]


def test_the_passage_that_answers_is_among_the_first_two(seeds: Library) -> None:
    hits = search("What is Korea Zinc's planned germanium capacity?", seeds)
    assert any("12 tons (t)" in hit.chunk.text for hit in hits[:2])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["?", '"', "AND OR NOT", "a* NEAR(b)", "锗", "💎", "the", "x" * 500, "12%", "'); DROP"])
def test_an_odd_query_still_returns(seeds: Library, query: str) -> None:
    assert search(query, seeds)


def test_filters_bound_both_parts(seeds: Library) -> None:
    wanted = seeds.documents()[1]
    hits = search("Korea Zinc germanium", seeds, filters=Filters(document_ids=(wanted.id,)))
    assert {hit.chunk.document_id for hit in hits} == {wanted.id}
    with pytest.raises(SearchError, match="no collection 'other': there are default"):
        search("Korea Zinc", seeds, filters=Filters(collections=("other",)))


def test_keywords_find_other_forms_of_a_word(seeds: Library) -> None:
    with seeds.engine.connect() as connection:
        frequency = keyword.document_frequency(connection, ["investing", "invested", "umicore"])
        found = keyword.search(connection, "smelters", 5)
    assert frequency["investing"] == frequency["invested"] > 0 == frequency["umicore"]
    assert found


def test_files_and_dates_bound_both_parts(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"Report {name}: the plant makes germanium.")
    dates = '[documents."a.txt"]\ndate = "2024-05-17"\n[documents."b.txt"]\ndate = "2025-03"\n'
    (folder / "sources.toml").write_text(dates)
    list(ingest(library, [folder]))

    def found(**bounds: Any) -> str:
        hits = search("germanium plant", library, filters=Filters(**bounds))
        return "".join(sorted(library.document(hit.chunk.document_id, 1).file[0] for hit in hits))

    assert found() == "abc" and found(files=("c.txt", "a.txt")) == "ac"
    assert found(since="2024") == "ab" and found(since="2024-06") == found(since="2025-03-20") == "b"
    assert found(until="2024-05-17") == found(until="2024") == found(until="2025-02-28") == "a"


def test_filters_that_leave_nothing_are_named(seeds: Library) -> None:
    for filters, message in ((Filters(files=("none.txt",)), "none.txt"), (Filters(since="2999"), "from 2999 to the last")):
        with pytest.raises(SearchError, match=message):
            search("germanium", seeds, filters=filters)
    with pytest.raises(SearchError, match="2025-13"):
        Filters(since="2025-13")


def test_the_vectors_weigh_less_the_more_of_the_query_one_chunk_holds(seeds: Library) -> None:
    def weight(query: str) -> float:
        return vector_weight(query, by_keywords(query, seeds, 50, Filters()), seeds)

    assert weight("memorandum Lockheed Martin") < weight("memorandum umicore unicorns") <= weight("umicore unicorns") == MOST


def test_a_document_under_two_names_takes_no_places_from_others(library: Library, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    texts = {
        "plant": "The germanium plant opens in 2028.",
        "mine": "The zinc mine opened in 1990.",
        "port": "The port is new.",
    }
    for name, text in texts.items():
        (tmp_path / "docs" / f"{name}.txt").write_text(text)
    (tmp_path / "docs" / "copy.txt").write_text(texts["plant"])
    list(ingest(library, [tmp_path / "docs"]))
    hits = search("When does the germanium plant open?", library, top_k=3)
    assert [hit.chunk.text for hit in hits][0] == texts["plant"]
    assert len({hit.chunk.text for hit in hits}) == 3

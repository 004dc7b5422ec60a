"""Keyword search on a real FTS5 table: numbers, units, codes and Chinese are found however they are written."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.library import keyword
from index.library.schema import chunks, documents, open_database
from index.passages.words import _NO_TOKEN, index_text, query_forms, stem, words
from index.types import Chunk


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def fill(connection: sa.Connection, *texts: str) -> None:
    connection.execute(sa.insert(documents).values(id="d", folder="f", collection="c", file="a.txt", version=1))
    for row, text in enumerate(texts):
        chunk = Chunk("d", 1, row * 1000, row * 1000 + len(text), "", None, text)
        values = {
            "row": row,
            "id": str(row),
            "document_id": "d",
            "version": 1,
            "heading": "",
            "header": "",
            "hash": chunk.hash,
        }
        connection.execute(sa.insert(chunks).values(values | {"start": chunk.start, "end": chunk.end}))
        keyword.add(connection, [row], [chunk], "")


def found(connection: sa.Connection, query: str) -> list[int]:
    """The rows of the texts found, best first."""
    return [int(id_) for id_, _ in keyword.search(connection, query, 50)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("It makes 50t of germanium.", "50 t"),
        ("It makes 50 t of germanium.", "50t"),
        ("It makes 50\u00a0t of germanium.", "50t"),
        ("A plant of 12 MW.", "12MW"),
        ("A plant of 3.5MW.", "3.5 MW"),
        ("7N-grade germanium", "7N"),
        ("7N-grade germanium", "7n grade"),
        ("the order LT-100/5", "LT100/5"),
        ("the order LT1005", "LT-100/5"),
        ("the order LT-100/5", "lt-100/5"),
        ("It paid 1,200 won.", "1200"),
        ("It paid 1200 won.", "1,200"),
        ("It paid 1\u202f200\u202f000 won.", "1,200,000"),
        ("It grew by 12.5%.", "12.5 %"),
        ("It grew by 12.5%.", "12.5%"),
        ("It grew by １２.５％.", "12.5"),
        ("a de\ufb01ned term", "defined"),
        ("锗的年产能为50吨。", "产能"),
        ("锗的年产能为50吨。", "锗"),
        ("锗的年产能为50吨。", "吨"),
        ("锗的年产能为50吨。", "50吨"),
        ("锗的年产能为50吨。", "年产能是多少?"),
        ("韩国锌业 (Korea Zinc) 生产锗", "韩国 zinc"),
        ("ゲルマニウムの生産能力", "生産"),
        ("고려아연은 게르마늄을 생산한다", "게르마늄"),
    ],
)
def test_a_text_is_found_however_its_numbers_and_words_are_written(connection: sa.Connection, text: str, query: str) -> None:
    fill(connection, "Something else, 2.5 of 12 kept.", text)
    assert found(connection, query)[:1] == [1]


def test_a_decimal_is_one_number(connection: sa.Connection) -> None:
    fill(connection, "It grew by 12.5%.", "It grew by 12 to 5.", "It grew by 12.")
    assert found(connection, "12.5") == [0]
    assert sorted(found(connection, "12")) == [1, 2]


def test_more_of_a_chinese_query_ranks_higher(connection: sa.Connection) -> None:
    fill(connection, "锌的产量增加了", "锗的年产能为50吨", "今天的天气很好")
    assert found(connection, "锗的年产能")[0] == 1


def test_a_chinese_pair_is_counted_in_the_texts_that_hold_it(connection: sa.Connection) -> None:
    fill(connection, "锗的年产能为50吨", "锗的产能", "天气")
    frequency = keyword.document_frequency(connection, words("产能 天空"))
    assert frequency == {"产能": 2, "天空": 0}


def test_words_are_those_written_and_query_forms_add_the_others() -> None:
    assert words("What does 50t of 7N-grade cost, 1,200?") == ["50t", "7n", "grade", "cost", "1200"]
    assert query_forms("50t of 7N-grade") == ["50t", "7n", "grade", "50", "7", "7ngrade"]
    assert words("WHO is in the US?") == ["who", "us"]
    assert words("the") == ["the"]


def test_plain_words_are_indexed_as_they_are() -> None:
    text = "Korea Zinc has built a state of the art plant"
    assert index_text(text) == text


@pytest.mark.parametrize("query", ["germanium plant", "50t of 7N-grade LT-100/5", "锗的年产能", "1,200 1,200 t"])
def test_no_score_exceeds_the_upper_bound(connection: sa.Connection, query: str) -> None:
    fill(connection, "The germanium plant", "50t 50 t of 7N grade", "LT-100/5", "锗的年产能为50吨", "1200 t", *["zinc"] * 20)
    scores = [score for _, score in keyword.search(connection, query, 50)]
    assert scores
    assert max(scores) <= keyword.upper_bound(connection, query)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300))
@example("_")
@example("\u30fb")
@example("__ \ufe4f_\u3099")
def test_any_text_is_indexed_and_any_text_is_a_query(connection: sa.Connection, text: str) -> None:
    with connection.begin_nested() as attempt:
        if text:
            fill(connection, text)
        result = keyword.search(connection, text, 5)
        keyword.upper_bound(connection, text)
        assert bool(result) == bool(words(text)) or not _known(text)
        attempt.rollback()


def _known(text: str) -> bool:
    """Whether all letters are ones that any version of Unicode knows: FTS5's own is older than Python's."""
    return all(ord(character) < 0x250 for character in text)


@pytest.fixture
def tokens() -> Iterator[Callable[[list[str]], list[bool]]]:
    """Whether FTS5, as the index is made with it, keeps any token of each text."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE VIRTUAL TABLE held USING fts5(text, tokenize = {keyword.TOKENIZER})")
        database.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab(held, instance)")

        def kept(texts: list[str]) -> list[bool]:
            database.execute("DELETE FROM held")
            database.executemany("INSERT INTO held (rowid, text) VALUES (?, ?)", enumerate(texts))
            rows = {row for (row,) in database.execute("SELECT DISTINCT doc FROM tokens")}
            return [row in rows for row in range(len(texts))]

        yield kept


def test_every_character_of_unicode_is_a_word_only_if_the_index_keeps_it(tokens: Callable[[list[str]], list[bool]]) -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    kept = tokens([index_text(one) for one in characters])
    assert [one for one, holds in zip(characters, kept, strict=True) if holds != bool(words(one))] == []


def test_what_is_no_word_any_more_was_in_no_row_so_older_rows_are_as_new_ones(
    tokens: Callable[[list[str]], list[bool]],
) -> None:
    dropped = [chr(code) for code in range(0x110000) if _NO_TOKEN.fullmatch(chr(code))]
    assert len(dropped) > 20
    assert not any(tokens([*dropped, " ".join(dropped), "".join(dropped)]))


@pytest.mark.parametrize("query", ["".join(chr(0x4E00 + i) for i in range(2000)), " ".join(f"w{i}" for i in range(700))])
def test_a_very_long_query_returns(connection: sa.Connection, query: str) -> None:
    fill(connection, "一丁 w5")
    assert found(connection, query) == [0]


LARGE = [*(f"the plant number {n} makes copper" for n in range(12)), *["zinc"] * 20]


def test_common_words_of_a_large_library_count_but_do_not_select(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection, "germanium of an old mine in the far north", "germanium from the copper plant", *LARGE)
    everything = keyword.search(connection, "germanium copper plant", 50)
    assert len(everything) == 14 and everything[0][0] == "1"
    monkeypatch.setattr(keyword, "SELECTING", 5)
    assert keyword.search(connection, "germanium copper plant", 50) == [one for one in everything if one[0] in ("0", "1")]
    monkeypatch.setattr(keyword, "SELECTED", 1)
    assert keyword.search(connection, "germanium copper plant", 2)[0] == everything[0]
    assert found(connection, "copper plant unheard")  # words that occur nowhere select nothing, so the rarest others do


def test_a_filter_holds_when_common_words_do_not_select(connection: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(connection, "germanium of an old mine in the far north", "germanium from the copper plant", *LARGE)
    monkeypatch.setattr(keyword, "SELECTING", 5)
    query = "germanium copper plant"
    for filters in ({"collections": ["c"]}, {"document_ids": ["d"]}, {"collections": ["c", "x"], "document_ids": ["d"]}):
        assert [id_ for id_, _ in keyword.search(connection, query, 50, **filters)] == ["1", "0"]
    for filters in ({"collections": ["x"]}, {"document_ids": ["e"]}, {"collections": ["c"], "document_ids": ["e"]}):
        assert keyword.search(connection, query, 50, **filters) == []


def test_the_rarest_words_select_and_one_that_occurs_always_does() -> None:
    assert keyword.selecting_words({"a": 18_000, "b": 4_000, "c": 0, "d": 900}) == ["c", "d", "b"]
    assert keyword.selecting_words({"a": 50_000, "b": 0, "c": 40_000}) == ["b", "c"]
    assert keyword.selecting_words({"a": 10, "b": 20}) == ["a", "b"]


def test_threads_get_the_stems_of_their_own_words() -> None:
    own = [
        f"{start}{end}" for start in ("plant", "smelt", "produc", "refin", "relat") for end in ("ing", "ers", "ation", "ed")
    ]
    own *= 200
    stem.cache_clear()
    alone = [stem.__wrapped__(word) for word in own]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stem.__wrapped__, own)) == alone


def test_vowel_signs_and_loose_accents_cut_no_word() -> None:
    assert words("संख्या सिद्धांत") == ["सखय", "सदधत"]
    assert words("re\u0301sume\u0301") == words("résumé")
    assert len(words("ที่อยู่")) == 1
    assert words("שָׁלוֹם") == words("שלום")

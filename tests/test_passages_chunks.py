from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedding.embedder import Embedder
from index.embedding.views import embedded_texts
from index.library.library import Library
from index.passages.chunks import chunk
from index.types import Document


def document(text: str, file: str = "a.txt", pages: tuple[int, ...] = ()) -> Document:
    return Document("d", "default", file, "A", "", None, text, pages, 1, "hash")


def count_words(texts: list[str]) -> list[int]:
    """A tokenizer of one token per four characters of each word: a function of the text, as the real one is."""
    return [sum(len(word) // 4 + 1 for word in text.split()) for text in texts]


PIECES = [
    "Korea Zinc builds a plant.",
    "12 tons (t) a year.\n",
    "\n\n",
    "# Metals\n",
    "锗是一种稀有金属。",
    "\t",
    "- a list\n",
    "  - an item of its own\n",
    "x" * 90,
    "😀 “Yes.” ",
    "metal | t\n",
    "zinc\t12\n",
    "|---|---|\n",
    "Wu: How much?\n",
    "Kim: Twelve tons. Or more:\n",
    "**Why?**\n",
    "Sources and Uses\n",
]
passages = st.lists(st.sampled_from(PIECES) | st.text(max_size=60), max_size=40).map("".join)


@given(text=passages | passages.map(lambda text: text * 3), limit=st.integers(4, 60), markdown=st.booleans())
@settings(max_examples=300, deadline=None)
def test_chunks_are_exact_ordered_within_the_limit_and_lose_nothing(text: str, limit: int, markdown: bool) -> None:
    whole = document(text, "a.md" if markdown else "a.txt")
    chunks = chunk(whole, count_words, limit)
    end = 0
    for piece in chunks:
        assert whole.text[piece.start : piece.end] == piece.text
        assert whole.text[end : piece.start].strip() == ""
        assert count_words([piece.text])[0] <= limit or len(piece.text) == 1
        assert piece.header == "" or piece.header in whole.text[: piece.start]
        end = piece.end
    assert whole.text[end:].strip() == ""
    assert len({piece.id for piece in chunks}) == len(chunks)


def test_a_repeated_passage_keeps_its_own_place() -> None:
    text = "The plant makes 12 tons.\n\n" * 5
    chunks = chunk(document(text), count_words, 8)
    assert [piece.start for piece in chunks] == [0, 26, 52, 78, 104]


def test_a_chunk_carries_its_headings_and_page() -> None:
    text = "# Metals\n\nIntro.\n\n## Germanium\n\nUsed in optics.\n\n# Prices\n\nRising."
    headings = [piece.heading for piece in chunk(document(text, "a.md"), count_words, 50)]
    assert headings == ["Metals", "Metals > Germanium", "Prices"]
    paged = chunk(document("First page.\n\nSecond page.", pages=(0, 13)), count_words, 4)
    assert [piece.page for piece in paged] == [1, 2]


def texts_of(text: str, limit: int, file: str = "a.txt") -> list[str]:
    return [piece.text for piece in chunk(document(text, file), count_words, limit)]


ANSWER = "The plant makes twelve tons of it in a year."
QUESTIONS = [
    ("What does the plant make?", ANSWER),
    ("**What does the plant make?**", ANSWER),
    ("Metal Weekly: What does the plant make?", f"Mr. Wu: {ANSWER}"),
    ("Q. What does the plant make", f"A. {ANSWER}"),
    ("Q: Tell us what the plant makes.", f"A: {ANSWER}"),
    ("Interviewer: Tell us what it makes.", f"Mr. Wu: {ANSWER}"),
    ("植物生产什么？", ANSWER),
]


@pytest.mark.parametrize("blank", ["\n\n", "\n"])
@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
def test_a_question_stands_with_its_answer(question: str, answer: str, blank: str) -> None:
    text = blank.join([question, answer] * 4)
    assert texts_of(text, 30) == [f"{question}{blank}{answer}"] * 4


@pytest.mark.parametrize("words", range(1, 25))
def test_a_chunk_ends_before_a_question_rather_than_after_it(words: int) -> None:
    text = f"{'Word ' * words}\n\nWhat does the plant make?\n\n{ANSWER}"
    for piece in texts_of(text, 30):
        assert not piece.endswith("?")


def test_a_long_answer_begins_beside_its_question() -> None:
    text = f"Before it.\n\nWhat does the plant make?\n\n{' '.join([ANSWER] * 5)}"
    pieces = texts_of(text, 30)
    assert pieces[:2] == ["Before it.", f"What does the plant make?\n\n{ANSWER}"]
    assert all(piece.endswith(".") for piece in pieces)


def test_who_asks_is_known_by_their_other_turns() -> None:
    turns = ["Asia: How much is it?", "Wu: Twelve tons of it.", "Asia: Tell us more.", "Wu: Four more tons of it."]
    assert texts_of("\n".join(turns), 22) == ["\n".join(turns[:2]), "\n".join(turns[2:])]


TABLES = {
    "bars": ["| Metal | Tons |", "| --- | --- |", *(f"| metal{i} | {i} tons |" for i in range(12))],
    "inner bars": ["metal | tons", *(f"metal{i} | {i} tons" for i in range(12))],
    "tabs": ["Metal\tTons", *(f"metal{i}\t{i} tons" for i in range(12))],
    "columns": ["Metal        Tons", *(f"metal{i:<8}  {i} tons" for i in range(12))],
}


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
def test_a_long_table_is_cut_between_its_rows_and_each_part_knows_the_header(rows: list[str]) -> None:
    pieces = chunk(document("\n".join(["We list what there is.", *rows, "That was all of it."])), count_words, 30)
    within = [piece for piece in pieces if "metal" in piece.text]
    assert len(within) > 2
    for piece in within:
        assert set(piece.text.split("\n")) <= {*rows, "We list what there is.", "That was all of it."}
        assert piece.header == ("" if rows[0] in piece.text else rows[0])
        assert count_words([piece.header])[0] + count_words([piece.text])[0] <= 30
    assert not any(piece.text.endswith((rows[0], "---|", "--- |")) for piece in pieces)


def test_a_table_that_fits_is_not_cut() -> None:
    rows = "\n".join(TABLES["inner bars"][:5])
    assert texts_of(f"{'Word ' * 10}\n\n{rows}\n\n{'Word ' * 20}", 30)[1] == rows


def test_prose_with_a_bar_or_two_blanks_is_no_table() -> None:
    text = "Either | or.\n\nIt ended.  Then it began.\nIt rained.  It stopped."
    assert all(piece.header == "" for piece in chunk(document(text), count_words, 6))


def test_an_item_stands_with_its_own_items_and_a_lead_in_with_the_first() -> None:
    text = "Before it all comes this.\n\nThere are:\n1. metals\n   - zinc\n   - lead\n2. ores\n   - galena\n   - blende"
    parts = ["Before it all comes this.", "There are:\n1. metals\n   - zinc\n   - lead", "2. ores\n   - galena\n   - blende"]
    assert texts_of(text, 16) == parts


def test_the_last_sentence_alone_leads_in() -> None:
    text = f"{ANSWER} {ANSWER} These are its metals:\n\n- zinc and lead\n- indium and gallium"
    assert texts_of(text, 30) == [f"{ANSWER} {ANSWER}", "These are its metals:\n\n- zinc and lead\n- indium and gallium"]


def test_a_heading_never_stands_without_its_text() -> None:
    text = f"# Metals\n\n{' '.join([ANSWER] * 4)}\n\n# Uses\n\n## Optics\n\n{ANSWER}"
    found = chunk(document(text, "a.md"), count_words, 30)
    assert [piece.heading for piece in found] == ["Metals"] * 3 + ["Uses > Optics"]
    assert found[0].text == f"# Metals\n\n{ANSWER}"


def test_headings_and_a_table_header_stand_above_the_embedded_passage(embedder: Embedder) -> None:
    rows = "\n".join(TABLES["inner bars"])
    whole = document(f"# Mines\n\n## Output\n\n{rows}", "a.md")
    last = chunk(whole, embedder.count_tokens, 40)[-1]
    assert embedded_texts(whole, [last], embedder) == [f"A\nMines\nOutput\nmetal | tons\n{last.text}"]


def test_no_embedded_text_is_cut_off_by_the_embedder(seeds: Library, embedder: Embedder, tmp_path: Path) -> None:
    headed = "# Metals " + "of many kinds " * 30 + "\n\n## Output\n\n"
    rows = "metal | tons | place\n" + "zinc | 12 | Onsan\n" * 90
    long_title = document(headed + rows + "\n\n" + "germanium " * 3000 + "锗" * 900, "a.md")
    texts = []
    for one in [*seeds.documents(), long_title]:
        texts += embedded_texts(one, chunk(one, embedder.count_tokens, seeds.settings.chunk_tokens), embedder)
    assert max(embedder.count_tokens(texts)) + 2 <= embedder.max_tokens == embedder.model.max_seq_length

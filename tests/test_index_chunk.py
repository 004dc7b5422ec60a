from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import chunk
from index.embed import Embedder
from index.library import Library
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
    "x" * 90,
    "😀 “Yes.” ",
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


def test_no_embedded_text_is_cut_off_by_the_embedder(seeds: Library, embedder: Embedder, tmp_path: Path) -> None:
    from index.ingest import embedded_texts

    long_title = document("germanium " * 3000 + "锗" * 900)
    texts = []
    for one in [*seeds.documents(), long_title]:
        texts += embedded_texts(one, chunk(one, embedder.count_tokens, seeds.settings.chunk_tokens), embedder)
    assert max(embedder.count_tokens(texts)) + 2 <= embedder.max_tokens == embedder.model.max_seq_length

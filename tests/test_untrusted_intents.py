"""Small talk and questions about the assistant are told by their nearest example, and no question to the documents is."""

import tomllib

import numpy as np
import pytest

from assistant.untrusted.intents import EXAMPLES, QUESTION, examples, intent
from index.embedding.embedder import Embedder
from index.library.library import Library


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Thanks! What can you do?", "abilities"),
        ("How many documents are there?", "documents"),
        ("谢谢你的帮助", "thanks"),
        ("Кто ты?", "about_me"),
        ("Was kannst du alles?", "abilities"),
        ("Welche Dateien kennst du?", "documents"),
        ("Which is your newest file?", "newest"),
    ],
)
def test_a_text_wants_what_its_nearest_example_wants(embedder: Embedder, text: str, wanted: str) -> None:
    assert intent(text, embedder) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Thanks. When does the depot open?",
        "How many documents must the tenant submit?",
        "Hello, who signed the lease of the bakery?",
        "Wie viele Urlaubstage gibt es pro Jahr?",
        "",
        "   ",
        "hello " * 100,
    ],
)
def test_a_question_to_the_documents_wants_nothing_of_the_assistant(embedder: Embedder, text: str) -> None:
    assert intent(text, embedder) == ""


def test_the_stored_vectors_are_those_of_the_examples(embedder: Embedder, english_seeds: Library) -> None:
    given = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    texts = [text for own in given.values() for text in own["examples"]]
    for one in (embedder, english_seeds.embedder):
        names, vectors = examples(one)
        assert len(names) == len(vectors) == len(texts) and QUESTION in names
        some = list(range(0, len(texts), 97))
        made = one.encode_queries([texts[place] for place in some])
        assert float((made * vectors[some]).sum(axis=1).min()) > 0.99
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)

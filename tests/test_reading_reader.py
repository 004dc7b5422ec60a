"""The reader on real text: which sentence answers, whether any does, where the short answer stands, what is missing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.refusal import refused_for
from assistant.chat import ask
from assistant.reading.encoding import ABOVE_TOKENS, BEGIN, END, encoded
from assistant.reading.evidence import select
from assistant.reading.missing import missing, parts_of
from assistant.reading.reader import WEIGHTS, Reader, reader_of
from assistant.reading.windows import TOKENS, WINDOW_SENTENCES, Sentence, windows
from index.embedding.embedder import Embedder
from index.errors import ModelError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.passages.seen import Seen
from index.search.search import search
from index.settings import IndexSettings
from index.types import Chunk, Hit

DEPOT = """# Depot rules

The depot in Cole Street opens at 07:30 on weekdays. On Saturdays it is shut. The gate code is changed every month.

The forklift carries up to 1,200 kg. It is serviced by Hadley Tools. Its battery is charged at night.

| Bay | Hoist | Load |
| --- | --- | --- |
| 4 | chain | 300 kg |
| 5 | rope | 450 kg |
"""


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("depot")
    (folder / "depot.md").write_text(DEPOT, encoding="utf-8")
    library = Library(IndexSettings(home=folder / "home"), embedder)
    list(ingest(library, [folder / "depot.md"]))
    yield library
    library.close()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does the depot open?", "07:30"),
        ("How much can the forklift carry?", "1,200 kg"),
        ("How often is the gate code changed?", "every month"),
        ("What is the load of the hoist in bay 5?", "450 kg"),
        ("Wann öffnet das Depot?", "07:30"),
        ("지게차는 얼마나 들 수 있습니까?", "1,200"),
    ],
)
def test_the_short_answer_is_a_span_of_its_citation(depot: Library, question: str, answer: str) -> None:
    found = list(ask(question, library=depot))[-1]
    assert found.status == "answered" and found.short is not None
    assert answer in found.short.text and found.short.text == found.short.text.strip()
    [citation] = [one for one in found.citations if one.number == found.short.number]
    document = depot.document(citation.document_id, citation.version)
    assert document.text[found.short.start : found.short.end] == found.short.text
    assert citation.start <= found.short.start < found.short.end <= citation.end
    start, end = found.short_range or (0, 0)
    assert found.text[start:end] == found.short.text


@pytest.mark.parametrize(
    "question", ["What did the forklift cost?", "What is the load of the hoist in bay 9?", "Who founded the company?"]
)
def test_what_no_sentence_says_is_unlikelier_than_what_one_says(depot: Library, question: str) -> None:
    likely = [select(one, search(one, depot), depot).answerable for one in ("When does the depot open?", question)]
    assert likely[1] < likely[0]


def test_the_part_of_a_question_that_is_missing_is_named(depot: Library) -> None:
    query = "What is the insurance premium of the forklift?"
    found = missing(query, select(query, search(query, depot), depot), depot)
    assert "insurance" in found or "premium" in found


def test_common_words_of_many_languages_are_no_missing_parts(depot: Library) -> None:
    for query in ("What is the of and", "Wie ist das die der", "что это и", "¿es el la de", "bu ne ve"):
        assert parts_of(query, depot) == []


def test_the_reader_needs_the_encoder_it_was_trained_on(tmp_path: Path, embedder: Embedder) -> None:
    with pytest.raises(ModelError, match="the embedded encoder"):
        Reader(Embedder("some-other-model"), WEIGHTS)
    (tmp_path / "broken.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="can't be used"):
        Reader(embedder, tmp_path / "broken.safetensors")


def test_the_card_tells_of_the_weights_that_are_shipped() -> None:
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in WEIGHTS.with_name("CARD.md").read_text(encoding="utf-8")


def test_a_refusal_says_that_a_word_occurs_nowhere_only_in_the_documents_language(depot: Library) -> None:
    def said(query: str, lacking: str) -> str:
        return refused_for(query, select(query, search(query, depot), depot), lacking, depot)

    assert "No document mentions “insurance”" in said("What is the insurance of the forklift in the depot?", "insurance")
    assert "No document mentions" not in said("Wer ist der Versicherer des depot Gabelstaplers?", "Versicherer")


def test_a_long_run_of_rare_words_is_no_one_part(depot: Library) -> None:
    query = "Is the forklift serviced by Hadley Tools, and кто придал первоначальным поселенцам викингов общую идентичность?"
    parts = [query[one.start : one.end] for one in parts_of(query, depot)]
    assert parts and all(len(part.split()) <= 3 for part in parts)


def test_a_word_that_occurs_nowhere_is_a_part_of_its_own_but_not_in_another_language(depot: Library) -> None:
    def said(query: str) -> list[tuple[str, bool]]:
        return [(query[one.start : one.end], one.nowhere) for one in parts_of(query, depot)]

    assert said("Is there a Zyloric forklift battery in the depot?")[:2] == [("Zyloric", True), ("forklift battery", False)]
    assert not any(nowhere for _, nowhere in said("Gibt es einen Zyloric Gabelstapler im Lagerhaus?"))


def test_words_without_blanks_and_with_vowel_signs_are_whole_parts(depot: Library) -> None:
    query = "叉车的保险费是多少? संख्या सिद्धांत की प्रमेय"
    parts = [query[one.start : one.end] for one in parts_of(query, depot)]
    assert parts and all(len(part) < 8 for part in parts if not part.isascii() and part[0] > "\u3000")
    assert set(" ".join(part for part in parts if part[0] < "\u3000").split()) <= set(query.split())
    assert any(part[0] < "\u3000" for part in parts)


def test_the_reader_is_loaded_once(embedder: Embedder) -> None:
    assert reader_of(embedder) is reader_of(embedder) is not None
    assert reader_of(Embedder("some-other-model")) is None


def test_question_heading_and_sentences_stand_in_their_order(embedder: Embedder) -> None:
    assert embedder.e5 is not None
    found = encoded(embedder.e5.tokenizer, "Who runs it?", "Rules > Depot", ["Anna runs it.", "It is old."], 64)
    assert found.ids[0] == BEGIN and found.ids[-1] == END and found.ids.count(END) == 3
    assert [number for number in dict.fromkeys(found.sentence) if number >= 0] == [0, 1]
    first = [place for place, number in enumerate(found.sentence) if number == 0]
    assert "Anna runs it."[found.offsets[first[0]][0] : found.offsets[first[-1]][1]] == "Anna runs it."
    long = encoded(embedder.e5.tokenizer, "Who?", "heading " * 200, ["sentence " * 300], 100)
    assert len(long.ids) == 100 and long.sentence.index(0) <= ABOVE_TOKENS + 5


def sentence(chunk: int, number: int, cosine: float) -> Sentence:
    hit = Hit(Chunk("d", 1, chunk * 100, chunk * 100 + 4, "", None, "text"), 1.0, 0.5)
    return Sentence(hit, chunk, number, 0, 4, Seen("text", ((0, 4, 0),)), cosine, 0.0)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 400), st.floats(0.6, 0.95)), min_size=1, max_size=60),
    st.integers(1, 64),
    st.integers(0, 32),
)
def test_windows_hold_neighbours_and_never_more_than_may_be_read(
    given_: list[tuple[int, int, float]], question: int, head: int
) -> None:
    rows = sorted(given_, key=lambda row: row[0])
    sentences = [sentence(chunk, number, cosine) for number, (chunk, _, cosine) in enumerate(rows)]
    sizes = [size for _, size, _ in rows]
    heads = {one.hit.chunk.id: head for one in sentences}
    made = windows(question, sentences, sizes, heads)
    assert made and sum(map(len, made)) == len({place for window in made for place in window})
    for window in made:
        assert window == list(range(window[0], window[-1] + 1)) and len(window) <= WINDOW_SENTENCES
        assert len({sentences[place].hit.chunk.id for place in window}) == 1
    longest = max(min(128, question + head + 4 + sum(sizes[place] for place in window)) for window in made)
    assert len(made) * longest <= TOKENS

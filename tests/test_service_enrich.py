"""Questions written for passages: found by, never shown; kept with the text, written once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import LanguageModelError
from assistant.service.enrich import enrich, parsed
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.search.passage_questions import by_questions, without_questions
from index.search.search import by_views, search
from index.types import Filters
from tests.conftest import FakeModel, final
from tests.test_cli_main import Result, here, only_line, served  # noqa: F401  # fixtures

TEXTS = {
    "lunch.txt": "The canteen of the Onsan works serves meals from eleven.",
    "depot.txt": "Vehicles are kept at the southern depot.",
    "water.txt": "The basin holds forty thousand litres.",
}
QUESTIONS = {
    "canteen": "1. Where can workers get food?\n2. When is lunch?",
    "Vehicles": "- Where do I park my car?",
    "basin": "I can't think of any.",
}


def writes(prompt: str) -> str:
    return next(reply for word, reply in QUESTIONS.items() if word in prompt)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


def asked(library: Library, query: str, **bounds: tuple[str, ...]) -> dict[str, float]:
    return by_questions(library.embedder.encode_query(query), library, Filters(**bounds))


def file_of(library: Library, id_: str) -> str:
    return library.document(id_.split(":")[0], int(id_.split(":")[1])).file


def test_a_passage_is_found_by_the_questions_it_answers(library: Library, folder: Path) -> None:
    list(ingest(library, [folder]))
    query = "Where do I leave my car?"
    before = {hit.chunk.document_id: hit.score for hit in search(query, library)}
    assert asked(library, query) == {}
    done = list(enrich(library, FakeModel(writes)))
    assert [(one.number, one.total, len(one.questions)) for one in done] == [(1, 3, 1), (2, 3, 2), (3, 3, 0)]
    [(id_, cosine), _] = asked(library, query).items()
    assert file_of(library, id_) == "depot.txt" and cosine > 0.7
    vector = library.embedder.encode_query(query)
    similarity = library.store.similarities(vector, [id_])
    assert by_views(vector, similarity, library, {id_: cosine})[0][1] > by_views(vector, similarity, library)[0][1]
    first = search(query, library)[0]
    assert file_of(library, first.chunk.id) == "depot.txt" and first.chunk.document_id in before


def test_questions_are_never_shown_or_cited(library: Library, folder: Path) -> None:
    list(ingest(library, [folder]))
    list(enrich(library, FakeModel(writes)))
    answer = final(library, "Where do I park my car?")
    quotes = [citation.quote for citation in (*answer.citations, *answer.nearest)]
    assert TEXTS["depot.txt"] in quotes and set(quotes) <= set(TEXTS.values())
    assert "Where do I park" not in answer.text


def test_a_search_without_questions_is_as_before(seeds: Library) -> None:
    assert asked(seeds, "germanium") == {}
    vector = seeds.embedder.encode_query("germanium")
    similarity = dict(seeds.store.nearest(vector, 5))
    assert by_views(vector, similarity, seeds, {}) == by_views(vector, similarity, seeds)


def test_filters_bound_questions_too(library: Library, folder: Path) -> None:
    list(ingest(library, [folder]))
    list(enrich(library, FakeModel(writes)))
    [depot, *_] = [document.id for document in library.documents() if document.file == "depot.txt"]
    assert len(asked(library, "car")) == 2
    assert [id_.split(":")[0] for id_ in asked(library, "lunch", document_ids=(depot,))] == [depot]
    assert asked(library, "car", collections=("other",)) == {}


def test_work_broken_off_goes_on_where_it_was(library: Library, folder: Path) -> None:
    list(ingest(library, [folder]))

    def fails(prompt: str) -> str:
        if "basin" in prompt:
            raise LanguageModelError("the language model broke off")
        return writes(prompt)

    with pytest.raises(LanguageModelError):
        list(enrich(library, FakeModel(fails)))
    llm = FakeModel(writes)
    assert [one.file for one in enrich(library, llm)] == ["water.txt"]
    assert len(llm.asked) == 1
    assert list(enrich(library, llm)) == []


def test_a_text_that_comes_back_has_its_questions_again(library: Library, folder: Path, tmp_path: Path) -> None:
    list(ingest(library, [folder]))
    list(enrich(library, FakeModel(writes)))
    (folder / "depot.txt").write_text("Nothing is kept there now.")
    list(ingest(library, [folder]))
    assert [file_of(library, id_) for id_ in asked(library, "Where do I park my car?")] == ["lunch.txt"]
    assert len(without_questions(library, "fake")) == 1
    (folder / "depot.txt").unlink()
    (folder / "moved.txt").write_text(TEXTS["depot.txt"])
    list(ingest(library, [folder]))
    assert file_of(library, next(iter(asked(library, "Where do I park my car?")))) == "moved.txt"
    assert without_questions(library, "fake") == []
    assert len(without_questions(library, "another model")) == 3


def test_one_text_in_two_documents_is_asked_for_once(library: Library, folder: Path) -> None:
    (folder / "twin.txt").write_text(TEXTS["depot.txt"] + "\n")  # the same passage, in a document of its own
    list(ingest(library, [folder]))
    llm = FakeModel(writes)
    list(enrich(library, llm))
    assert len(llm.asked) == 3
    assert {file_of(library, id_) for id_ in asked(library, "car")} == {"depot.txt", "twin.txt", "lunch.txt"}


def test_questions_outlive_the_library_that_is_open(library: Library, folder: Path, embedder: Embedder) -> None:
    list(ingest(library, [folder]))
    list(enrich(library, FakeModel(writes)))
    again = Library(library.settings, embedder)
    assert asked(again, "car") == asked(library, "car") != {}
    again.close()


def test_a_reply_s_questions_are_taken_without_marks() -> None:
    reply = '1. What is it?\n2) "Who made it?"\n\n- What is it?\nHere you are:\n锗有多少？\n' + "x" * 300 + "?\nWhere is"
    assert parsed(reply) == ("What is it?", "Who made it?", "锗有多少？")
    assert len(parsed("\n".join(f"What is {n}?" for n in range(9)))) == 5


def test_without_a_language_model_the_command_says_so(
    served: tuple[Path, str],  # noqa: F811
    tmp_path: Path,
    here: Callable[..., Result],  # noqa: F811
) -> None:
    """Served: through the running owner's door; else here."""
    assert "there is no language model to write questions" in only_line(here("enrich", "--llm", "none", home=served[0]))
    assert "there is no language model to write questions" in only_line(here("enrich", "--llm", "none", home=tmp_path))

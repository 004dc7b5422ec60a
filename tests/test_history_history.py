import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import HistoryError
from assistant.history.history import TURN, History, titled
from assistant.types import Answer, Conversation, Turn
from index.library.schema import documents, open_database
from tests.stored import answer, citation, store_document, turn


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(tmp_path / "home")
    yield engine
    engine.dispose()


@pytest.fixture
def history(engine: sa.Engine) -> History:
    return History(engine)


def test_a_conversation_is_the_same_to_the_byte_after_a_restart(tmp_path: Path) -> None:
    turns = (turn(), turn("And 锗?\n\x00", answer("一。", citation(quote="锗 12 吨"))), turn("hello", Answer(stage="done")))
    engine = open_database(tmp_path / "home")
    id_ = History(engine).add("", turns[0]).id
    engine.dispose()
    engine = open_database(tmp_path / "home")
    history = History(engine)
    for one in turns[1:]:
        history.add(id_, one)
    engine.dispose()
    engine = open_database(tmp_path / "home")
    read = History(engine).read(id_)
    engine.dispose()
    assert read == Conversation(id_, "What is its capacity?", turns)
    assert [TURN.dump_json(one) for one in read.turns] == [TURN.dump_json(one) for one in turns]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.floats(0, 1))
def test_any_text_and_figure_comes_back_as_it_was(quote: str, confidence: float) -> None:
    stored = turn(quote, replace(answer(quote, citation(quote=quote)), confidence=confidence))
    assert TURN.validate_json(TURN.dump_json(stored)) == stored


def test_only_final_answers_are_stored(history: History) -> None:
    with pytest.raises(ValueError, match="writing is not stored"):
        history.add("", turn(given=replace(answer(), stage="writing")))
    assert history.listed() == []


def test_conversations_are_listed_last_changed_first_renamed_and_deleted(history: History) -> None:
    first, second = history.add("", turn("About zinc?")), history.add("", turn("About germanium?"))
    history.add(first.id, turn("And now?"))
    assert [(one.id, one.title, one.turns) for one in history.listed()] == [
        (first.id, "About zinc?", 2),
        (second.id, "About germanium?", 1),
    ]
    assert history.rename(first.id, "  Zinc,\n for the board ").title == "Zinc, for the board"
    assert history.read(first.id).title == "Zinc, for the board"
    assert history.delete(first.id).title == "Zinc, for the board"
    assert [one.id for one in history.listed()] == [second.id]
    assert len(history.read(second.id).turns) == 1


def test_what_is_not_there_or_no_title_is_one_clear_error(history: History) -> None:
    id_ = history.add("", turn()).id
    for call in (
        lambda: history.read("nothing"),
        lambda: history.add("nothing", turn()),
        lambda: history.rename("nothing", "a"),
        lambda: history.delete("nothing"),
    ):
        with pytest.raises(HistoryError, match="no conversation nothing: `quarry conversations list`"):
            call()
    for title in (" ", "x" * 201):
        with pytest.raises(HistoryError, match="give one of 1 to 200"):
            history.rename(id_, title)
    assert [one.turns for one in history.listed()] == [1]


def test_a_search_finds_all_words_in_titles_questions_answers_and_quotes(history: History) -> None:
    one = history.add("", turn("Größe der HÜTTE?", answer("It is 100% zinc.", citation(quote="Said in a quote_x."))))
    history.add(one.id, turn("And the price?", answer("7 won.", citation(quote="won"))))
    other = history.add("", turn("What else?", answer("Copper.", citation(quote="Copper."))))
    history.rename(other.id, "Board MEETING")

    def found(words: str) -> list[str]:
        return [listed.id for listed in history.listed(words)]

    assert found("grösse hütte PRICE") == [one.id]
    assert found("quote_x") == found("100%") == found("  zinc ") == [one.id]
    assert found("meeting copper") == [other.id]
    assert set(found("arden")) == {one.id, other.id}  # the title of the cited document
    assert found("zinc copper") == found("1_0") == found("%%") == []


def test_versions_that_are_no_longer_current_are_named_with_their_date(history: History, engine: sa.Engine) -> None:
    store_document(engine, "arden", 1, "2026-03-03T10:00:00+00:00")
    store_document(engine, "onsan", 1, None)
    store_document(engine, "olen", 1, "2026-03-04T10:00:00+00:00")
    cited = [("onsan", 1), ("arden", 1), ("olen", 1), ("arden", 1)]
    assert history.outdated(cited) == []
    store_document(engine, "arden", 2, "2026-04-01T10:00:00+00:00")
    with engine.begin() as connection:
        connection.execute(sa.update(documents).where(documents.c.id == "onsan").values(version=None))
    found = [(one.document_id, one.version, one.written, one.removed) for one in history.outdated(cited)]
    assert found == [("onsan", 1, None, True), ("arden", 1, "2026-03-03T10:00:00+00:00", False)]
    assert history.outdated([("arden", 2)]) == []
    assert [one.removed for one in history.outdated([("never", 1)])] == [True]


def test_two_hundred_conversations_by_four_threads_at_once_nothing_lost_nothing_mixed(tmp_path: Path) -> None:
    """Four threads write and read back 50 conversations each, of three turns, and all add to one more at once."""
    engine = open_database(tmp_path / "home")
    history = History(engine)
    shared = history.add("", turn("shared")).id
    written: dict[str, tuple[Turn, ...]] = {}
    errors: list[BaseException] = []
    together = threading.Barrier(4)

    def work(thread: int) -> None:
        try:
            together.wait()
            for number in range(50):
                name = f"{thread}-{number}"
                turns = tuple(turn(f"{name} {n}", answer(f"{name} {n}.", citation(quote=f"{name} {n}"))) for n in range(3))
                id_ = history.add("", turns[0]).id
                for one in turns[1:]:
                    history.add(id_, one)
                    history.add(shared, one)
                assert history.read(id_) == Conversation(id_, f"{name} 0", turns)
                assert id_ in {listed.id for listed in history.listed()}
                written[id_] = turns
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert errors == []
    assert len(written) == 200
    engine = open_database(tmp_path / "home")
    history = History(engine)
    assert {listed.id for listed in history.listed()} == {*written, shared}
    for id_, turns in written.items():
        assert history.read(id_).turns == turns
    everyone = [one.question for one in history.read(shared).turns]
    engine.dispose()
    assert sorted(everyone) == sorted(["shared", *(one.question for turns in written.values() for one in turns[1:])])
    for thread in range(4):  # and what one thread added stands in its order
        own = [question for question in everyone if question.startswith(f"{thread}-")]
        assert own == [f"{thread}-{number} {n}" for number in range(50) for n in (1, 2)]


def test_a_title_is_the_question_s_first_words() -> None:
    assert titled(" What is\nit? ") == "What is it?"
    long = titled("word " * 40)
    assert long == " ".join(["word"] * 12) + " …"
    assert titled("锗" * 100) == "锗" * 60 + " …"

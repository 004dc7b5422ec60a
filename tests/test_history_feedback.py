import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.cli.main import main
from assistant.errors import FeedbackError
from assistant.history.feedback import LONGEST, Feedback
from assistant.history.feedback_store import QUESTIONS, FeedbackStore
from assistant.history.history import History
from assistant.service.owner import Owner, announce, owning
from assistant.service.remote import Remote
from assistant.service.stored import open_feedbacks
from assistant.types import Answer, Citation, Found, Turn
from index.library.schema import open_database, versions
from index.settings import IndexSettings
from index.types import Chunk, Hit
from tests.stored import answer, small_owner, store_document, turn

TEXT = "Arden\n\nThe smelter opened.\nIts capacity is 12 t.\n\nOnsan\n\nThe smelter opened.\nIts capacity is 40 t.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def engine(home: Path) -> Iterator[sa.Engine]:
    engine = open_database(home)
    store_document(engine, "arden", 1, None)
    with engine.begin() as connection:
        connection.execute(sa.update(versions).values(text=TEXT))
    yield engine
    engine.dispose()


@pytest.fixture
def history(engine: sa.Engine) -> History:
    return History(engine)


@pytest.fixture
def store(engine: sa.Engine, home: Path) -> FeedbackStore:
    return FeedbackStore(engine, home)


def found_answer(quote: str = "Its capacity is 12 t.", **changed: Any) -> Answer:
    start = TEXT.index(quote)
    cited = Citation(1, "arden", 1, "t.txt", "Arden", None, start, start + len(quote), quote)
    hit = Hit(Chunk("arden", 1, 0, 50, "", None, TEXT[:50]), 0.75, 0.5)
    return replace(answer("12 t.", cited), hits=(hit,), status="answered", **changed)


def asked(history: History, *turns: Turn) -> str:
    id_ = ""
    for one in turns:
        id_ = history.add(id_, one).id
    return id_


def one_turn(history: History, question: str = "What is Arden's capacity?", **changed: Any) -> str:
    return asked(history, turn(question, found_answer(**changed)))


def test_a_rating_is_kept_with_all_that_the_answer_rested_on(home: Path, history: History, store: FeedbackStore) -> None:
    id_ = asked(history, turn("Who is it?"), turn("And then?", found_answer()), turn("Later?"))
    added = store.add(id_, 2, "down", ["wrong", "out of date"], " 40 t ", "since May")
    assert (added.question, added.history) == ("And then?", ("Who is it?",))
    assert (added.query, added.answer, added.status, added.answerer) == (
        "Arden smelter capacity",
        "12 t.",
        "answered",
        "a model",
    )
    assert added.citations == found_answer().citations
    assert added.hits == (Found("arden", 1, 0, 50, 0.75),)
    assert (added.rating, added.reasons, added.right_answer, added.remark) == (
        "down",
        ("wrong", "out of date"),
        "40 t",
        "since May",
    )
    engine = open_database(home)
    assert FeedbackStore(engine, home).of(id_) == [added]
    engine.dispose()


def test_another_rating_of_the_same_answer_replaces_the_first(history: History, store: FeedbackStore) -> None:
    id_ = asked(history, turn(), turn("And?"))
    store.add(id_, 1, "down", ["wrong"], "40 t")
    store.add(id_, 2, "up")
    store.add(id_, 1, "up")
    assert [(one.number, one.rating, one.reasons) for one in store.of(id_)] == [(1, "up", ()), (2, "up", ())]
    store.remove(id_, 1)
    assert [one.number for one in store.listed()] == [2]


def test_a_deleted_conversation_takes_its_feedback_along(history: History, store: FeedbackStore) -> None:
    gone, stays = one_turn(history), one_turn(history)
    store.add(gone, 1, "up")
    store.add(stays, 1, "up")
    history.delete(gone)
    assert [one.conversation_id for one in store.listed()] == [stays]
    with pytest.raises(FeedbackError, match="no answer 1 in conversation"):
        store.add(gone, 1, "up")


def test_what_can_t_be_a_rating_changes_nothing(history: History, store: FeedbackStore) -> None:
    id_ = one_turn(history)
    before = store.add(id_, 1, "up")
    with pytest.raises(FeedbackError, match="no answer 2 in conversation"):
        store.add(id_, 2, "up")
    with pytest.raises(FeedbackError, match="the remark has 2,001 characters"):
        store.add(id_, 1, "down", ["wrong"], remark="x" * (LONGEST + 1))
    with pytest.raises(ValueError, match="is no rating"):
        store.add(id_, 1, "down", ["ugly"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="a thumb up has no reasons"):
        store.add(id_, 1, "up", ["wrong"])
    assert store.of(id_) == [before]


def question(store: FeedbackStore, id_: str, *rating: Any) -> dict[str, Any]:
    made: dict[str, Any] = store.as_question(store.add(id_, 1, *rating).id)
    return made


def test_a_thumb_up_wants_the_same_status_and_citations_again(history: History, store: FeedbackStore) -> None:
    id_ = one_turn(history)
    assert question(store, id_, "up") == {
        "id": f"feedback-{id_}-1",
        "kind": "feedback",
        "question": "What is Arden's capacity?",
        "history": [],
        "status": ["answered"],
        "gold": [{"file": "t.txt", "quote": "Its capacity is 12 t."}],
        "facts": [],
        "wrong": [],
    }
    refused = asked(history, turn("Who?", Answer(text="Not there.", status="refused", stage="done")))
    made = question(store, refused, "up")
    assert (made["status"], made["gold"]) == (["refused"], [])


def test_a_cited_passage_that_stands_twice_is_widened_until_it_stands_once(history: History, store: FeedbackStore) -> None:
    quote = "The smelter opened."
    made = question(store, asked(history, turn("What opened?", found_answer(quote))), "up")
    [gold] = made["gold"]
    assert quote in gold["quote"] and "12 t" in gold["quote"] and TEXT.count(gold["quote"]) == 1


def test_a_right_answer_s_figures_and_names_are_wanted_but_not_those_of_the_question(
    history: History, store: FeedbackStore
) -> None:
    id_ = one_turn(history, "What is the capacity of Arden in 2025?")
    made = question(store, id_, "down", ["wrong"], "In 2025 Arden has 1,200 t, says Jun Wu.")
    amount, name = made["facts"]
    assert made["status"] == ["answered", "partly"] and made["gold"] == []
    assert {"1,200 t", "1,200 tons", "1,200-tonne", "1,200t"} <= set(amount) and name == ["Jun Wu"]
    assert question(store, id_, "down", ["wrong"], "in the evening")["facts"] == [["in the evening"]]


def test_a_right_answer_copied_from_a_document_found_is_to_be_cited(history: History, store: FeedbackStore) -> None:
    made = question(store, one_turn(history), "down", ["citation doesn't fit"], "Its capacity is 40 t.")
    assert made["gold"] == [{"file": "t.txt", "quote": "Its capacity is 40 t."}]
    twice = question(store, one_turn(history), "down", ["citation doesn't fit"], "The smelter opened.\nIts capacity is")
    assert twice["gold"] == []


def test_a_wrong_refusal_wants_an_answer(history: History, store: FeedbackStore) -> None:
    id_ = asked(history, turn("Who?", Answer(text="Not there.", status="refused", stage="done")))
    made = question(store, id_, "down", ["not in the documents, though it is"])
    assert (made["status"], made["gold"], made["facts"]) == (["answered"], [], [])


def test_what_tells_too_little_makes_no_question(home: Path, history: History, store: FeedbackStore) -> None:
    id_ = one_turn(history)
    with pytest.raises(FeedbackError, match="not what is: add the right answer"):
        question(store, id_, "down", ["wrong"])
    with pytest.raises(FeedbackError, match="no figure and no name"):
        question(store, id_, "down", ["wrong"], "it is said to be a good deal less than that")
    with pytest.raises(FeedbackError, match="there is no feedback nothing-1"):
        store.as_question("nothing-1")
    assert not (home / QUESTIONS).exists()


def test_a_question_made_again_replaces_its_line_and_leaves_the_others(
    home: Path, history: History, store: FeedbackStore
) -> None:
    first, second = one_turn(history), one_turn(history)
    question(store, first, "up")
    question(store, second, "up")
    latest = question(store, first, "down", ["wrong"], "40 t")
    lines = [json.loads(line) for line in (home / QUESTIONS).read_text().splitlines()]
    assert [line["id"] for line in lines] == [f"feedback-{second}-1", f"feedback-{first}-1"]
    assert lines[1] == latest
    (home / QUESTIONS).write_text("no json\n")
    with pytest.raises(FeedbackError, match=r"feedback.jsonl can't be continued .*: move it away"):
        question(store, first, "up")
    assert (home / QUESTIONS).read_text() == "no json\n"


def test_threads_that_rate_and_make_questions_at_once_lose_nothing(
    home: Path, history: History, store: FeedbackStore
) -> None:
    ids = [one_turn(history) for _ in range(8)]
    errors: list[BaseException] = []

    def rate(id_: str) -> None:
        try:
            store.add(id_, 1, "down", ["wrong"], "40 t")
            question(store, id_, "up")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=rate, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {one.conversation_id for one in store.listed()} == set(ids)
    assert len((home / QUESTIONS).read_text().splitlines()) == 8


@pytest.fixture
def owner(store: FeedbackStore) -> Iterator[Owner]:
    with small_owner(SimpleNamespace(feedback=store)) as owner:
        yield owner


def test_a_running_owner_tells_the_same(home: Path, history: History, store: FeedbackStore, owner: Owner) -> None:
    store.add(one_turn(history), 1, "up")
    store.add(asked(history, turn("a \u2028 b")), 1, "down", ["wrong"])
    with owning(home):
        announce(home, owner)
        with open_feedbacks(IndexSettings(home=home), print) as remote:
            assert isinstance(remote, Remote)
            assert remote.listed() == store.listed() and len(store.listed()) == 2
            assert remote.questions() == store.questions()
    with open_feedbacks(IndexSettings(home=home), print) as own:
        assert isinstance(own, FeedbackStore)


def test_the_command_lists_and_exports(
    history: History, store: FeedbackStore, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good = store.add(one_turn(history), 1, "up")
    bad = store.add(one_turn(history, "Evil \x1b[31m?"), 1, "down", ["wrong", "out of date"])
    assert main(["feedback", "list"]) == 0
    first, second = sorted(capfd.readouterr().out.splitlines(), key=lambda line: "down" in line)
    assert first.startswith(f"{good.id}  {good.created[:10]} ") and first.endswith("up  What is Arden's capacity?")
    assert "down (wrong; out of date)  Evil" in second and "\x1b" not in second
    assert main(["feedback", "list", "--json"]) == 0
    listed = {one["id"]: one for one in map(json.loads, capfd.readouterr().out.splitlines())}
    assert listed[good.id]["hits"] == [{"document_id": "arden", "version": 1, "start": 0, "end": 50, "score": 0.75}]
    assert set(listed) == {good.id, bad.id}
    out = tmp_path / "out.jsonl"
    assert main(["feedback", "export", str(out)]) == 0
    said = capfd.readouterr().err
    assert "1 of 2 are questions now" in said and f"left out: feedback {bad.id} says" in said
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [f"feedback-{good.id}"]
    assert main(["feedback", "export", str(tmp_path / "no" / "x.jsonl")]) == 1
    assert "can't be written" in capfd.readouterr().err


def test_a_turn_stored_before_hits_were_kept_has_none(history: History, store: FeedbackStore, engine: sa.Engine) -> None:
    id_ = one_turn(history)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE turns SET hits = NULL")
    added: Feedback = store.add(id_, 1, "up")
    assert added.hits == () and added.citations

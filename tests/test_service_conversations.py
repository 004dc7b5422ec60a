import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.cli.main import main
from assistant.errors import AssistantError
from assistant.history.history import CONVERSATION, History
from assistant.service.interfaces import Conversations
from assistant.service.owner import Owner, announce, owning
from assistant.service.remote import Remote
from assistant.service.remote import remote as of_owner
from assistant.service.stored import open_conversations
from assistant.types import Conversation
from index.library.schema import open_database
from index.settings import IndexSettings
from tests.stored import answer, small_owner, store_document, turn


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def history(home: Path) -> Iterator[History]:
    engine = open_database(home)
    yield History(engine)
    engine.dispose()


@pytest.fixture
def owner(history: History) -> Iterator[Owner]:
    with small_owner(SimpleNamespace(conversations=history)) as owner:
        yield owner


def test_through_the_owner_everything_is_as_it_is_in_its_process(history: History, owner: Owner) -> None:
    """Also a quote that holds U+2028, at which some readers of lines end one."""
    remote = of_owner(owner, Conversations)
    added = remote.add("", turn())
    assert remote.add(added.id, turn("And?")).turns == 2
    assert remote.read(added.id) == history.read(added.id) == Conversation(added.id, added.title, (turn(), turn("And?")))
    assert remote.rename(added.id, "Zinc").title == "Zinc"
    assert remote.listed("zinc capacity") == history.listed() != []
    assert remote.listed("nowhere") == []
    assert remote.outdated([("arden", 1)]) == history.outdated([("arden", 1)]) != []
    assert remote.delete(added.id).title == "Zinc"
    with pytest.raises(AssistantError, match="no conversation"):
        remote.read(added.id)
    assert history.listed() == []


def test_commands_go_to_a_running_owner_and_else_open_the_database(home: Path, owner: Owner) -> None:
    settings = IndexSettings(home=home)
    with owning(home):
        announce(home, owner)
        with open_conversations(settings, print) as conversations:
            assert isinstance(conversations, Remote)
            id_ = conversations.add("", turn()).id
    with open_conversations(settings, print) as conversations:
        assert isinstance(conversations, History)
        assert conversations.read(id_).turns == (turn(),)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(["conversations", *arguments])
    out, err = capfd.readouterr()
    assert code == 0, err
    return out


def test_the_command_lists_searches_shows_renames_exports_and_deletes(
    home: Path, history: History, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored = history.add("", turn())
    store_document(history._engine, "arden", 1, "2026-03-03T10:00:00+00:00")
    store_document(history._engine, "arden", 2, "2026-04-03T10:00:00+00:00")
    mark = "cited from the version of 3 March 2026; the document has changed since"
    assert run(capfd, "list").startswith(f"{stored.id}  {stored.changed[:10]} ")
    assert json.loads(run(capfd, "list", "--json")) == asdict(stored)
    assert stored.id in run(capfd, "search", "arden", "12,5")
    assert run(capfd, "search", "nowhere") == ""
    shown = run(capfd, "show", stored.id)
    assert "Searched for: Arden smelter capacity\n" in shown
    assert "? What is its capacity?" in shown and mark in shown and "\x1b" not in shown
    assert json.loads(run(capfd, "rename", stored.id, "For", "the", "board", "--json"))["title"] == "For the board"
    read = json.loads(run(capfd, "export", stored.id, "--json"))
    assert read == json.loads(run(capfd, "show", stored.id, "--json"))
    assert read.pop("outdated")[0]["mark"] == mark
    assert CONVERSATION.validate_python(read) == Conversation(stored.id, "For the board", (turn(),))
    run(capfd, "export", stored.id, "--output", str(tmp_path / "out.md"))
    written = (tmp_path / "out.md").read_bytes()
    assert f"```text\n{answer().citations[1].quote}\n```".encode() in written
    assert answer().citations[0].quote.encode() in written and mark.encode() in written
    assert stored.id in run(capfd, "delete", stored.id)
    assert run(capfd, "list") == ""


def test_mistakes_get_one_clear_line(capfd: pytest.CaptureFixture[str], history: History, tmp_path: Path) -> None:
    id_ = history.add("", turn()).id
    for arguments, said in (
        (["show", "nothing"], "there is no conversation nothing"),
        (["rename", id_, " "], "the title has 0 characters"),
        (["export", id_, "--output", str(tmp_path / "no" / "x.md")], "can't be written"),
    ):
        assert main(["conversations", *arguments]) == 1
        out, err = capfd.readouterr()
        assert out == "" and err.startswith("quarry: ") and said in err and err.count("\n") == 1

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.service.owner import Owner, announce, find_owner, owning
from tests.conftest import SEEDS, SHIPPED, serving

QUESTION = "What is Korea Zinc's planned germanium capacity?"
QUARRY = [sys.executable, "-m", "assistant.cli.main"]


Result = subprocess.CompletedProcess[str]


def quarry(*arguments: str, home: Path | None = None, typed: str = "", **environment: str) -> Result:
    variables = os.environ | environment | ({"QUARRY_HOME": str(home)} if home else {})
    return subprocess.run([*QUARRY, *arguments], env=variables, input=typed, capture_output=True, text=True, timeout=120)


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """As `quarry`, but in this process: it takes a second where a new process takes ten to import what it needs."""

    def run(*arguments: str, home: Path, **environment: str) -> Result:
        capfd.readouterr()
        with monkeypatch.context() as patched:
            for name, value in (environment | {"QUARRY_HOME": str(home)}).items():
                patched.setenv(name, value)
            code = main(arguments)
        return Result(arguments, code, *capfd.readouterr())

    return run


@pytest.fixture
def home(seed_home: Path, tmp_path: Path) -> Path:
    """A copy of the seeds' data folder."""
    return Path(shutil.copytree(seed_home, tmp_path / "copy"))


@pytest.fixture(scope="module")
def served(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A copy of the seeds' data folder with a process that serves it, and that one's address: not to be changed."""
    home = Path(shutil.copytree(seed_home, tmp_path_factory.mktemp("served") / "home"))
    with serving(home, "--llm", "none") as address:
        yield home, address


def only_line(result: Result) -> str:
    """The one line of an error: exit code 1, nothing on standard output, no traceback."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    [line] = [line for line in result.stderr.splitlines() if not line.startswith("[")]
    assert line.startswith("quarry: ")
    return line


def test_help_answers_at_once() -> None:
    """In seconds of its own work: those on the clock are also the machine's other work."""
    seconds = []
    for _ in range(3):
        before = os.times()
        result = quarry("--help")
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
        assert "ingest" in result.stdout and result.returncode == 0
    assert 0 < min(seconds) < 0.5


@pytest.mark.parametrize("embedder", [SHIPPED, pytest.param("embedded", marks=pytest.mark.slow)])
def test_ask_prints_one_object_whose_quotes_stand_in_the_file(
    tmp_path: Path, here: Callable[..., Result], embedder: str
) -> None:
    """On an empty library, with the samples: what `make ask` does on a new machine."""
    arguments = ["--json", "--llm", "none", "--samples", str(SEEDS)]
    result = quarry("ask", *arguments, "--", QUESTION, home=tmp_path / "home", QUARRY_EMBEDDER=embedder)
    answer = json.loads(result.stdout)
    assert list(answer)[:6] == ["question", "query", "status", "answer", "short", "citations"]
    assert answer["status"] == "answered" and "12 tons" in answer["answer"]
    for citation in answer["citations"]:
        text = (SEEDS / citation["file"]).read_bytes().decode()
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{citation['number']}]" in answer["answer"]
    assert set(answer["seconds"]) == {"quote", "first_token", "total"}
    assert result.stderr.endswith("3 added\n")
    again = here("ask", *arguments, "--", QUESTION, home=tmp_path / "home", QUARRY_EMBEDDER=embedder)
    assert json.loads(again.stdout)["answer"] == answer["answer"] and again.stderr == ""


def test_the_multilingual_embedder_reads_a_korean_question_without_a_language_model(
    tmp_path: Path, here: Callable[..., Result]
) -> None:
    arguments = [
        "--json",
        "--llm",
        "none",
        "--samples",
        str(SEEDS),
        "--",
        "Yusheng의 직원은 몇 명입니까?",
    ]
    answer = json.loads(here("ask", *arguments, home=tmp_path / "home", QUARRY_EMBEDDER="multilingual").stdout)
    assert answer["status"] == "answered" and "1,200" in answer["answer"]


def test_ask_prints_numbered_quotes_with_document_and_place(served: tuple[Path, str]) -> None:
    result = quarry("ask", QUESTION, home=served[0])
    assert "\x1b" not in result.stdout + result.stderr
    assert "140 billion won." in result.stdout
    assert (
        "Korea Zinc signs an MOU to stabilize the germanium supply chain, undated, 002_0890a1b8f1072044.txt" in result.stdout
    )


def test_a_conversation_in_the_terminal_keeps_its_subject(served: tuple[Path, str]) -> None:
    result = quarry("chat", home=served[0], typed=f"{QUESTION}\nAnd how much will it invest in that?\n\nnot asked\n")
    assert result.returncode == 0
    assert result.stdout.count("140 billion won.”") == 2


def test_samples_of_a_running_owner_leave_with_a_word_or_are_kept(tmp_path: Path, here: Callable[..., Result]) -> None:
    own, home = tmp_path / "own", tmp_path / "home"
    own.mkdir()
    (own / "a.txt").write_text("Our canteen opens at eleven in the morning.")
    with serving(home, "--llm", "none", "--samples", str(SEEDS)):
        kept = here("ingest", str(own), "--keep-samples", home=home).stderr
        assert kept.count(".txt kept: a sample") == 3 and "leave" not in kept
    home = tmp_path / "other"
    with serving(home, "--llm", "none", "--samples", str(SEEDS)):
        left = here("ingest", str(own), home=home).stderr
        assert left.startswith("quarry: the 3 sample documents leave once") and left.endswith("1 added, 3 removed\n")


def test_other_commands_go_through_the_running_owner(home: Path, tmp_path: Path, here: Callable[..., Result]) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "canteen.txt").write_text("The canteen of the Onsan works opens at eleven in the morning.")
    with serving(home, "--llm", "none"):
        assert json.loads(quarry("ask", QUESTION, "--json", home=home).stdout)["status"] == "answered"
        ingested = here("ingest", str(own), home=home)
        assert "canteen.txt added, 1 chunks" in ingested.stderr
        asked = json.loads(here("ask", "When does the canteen open?", "--json", home=home).stdout)
        assert [citation["file"] for citation in asked["citations"]] == ["canteen.txt"]
        assert "empty" in only_line(here("ask", " ", home=home))
        status = json.loads(here("status", "--json", home=home).stdout)
        assert status["served at"].startswith("http://127.0.0.1:") and len(status["documents"]) == 4
    assert find_owner(home) is None
    assert not (home / "owner.json").exists()


def test_the_owner_s_door_is_shut_without_its_token(served: tuple[Path, str], tmp_path: Path) -> None:
    import httpx

    address = served[1]
    body = {"question": QUESTION, "conversation": {}, "llm": None}
    assert httpx.post(f"{address}/owner/service/ask", json=body, trust_env=False).status_code == 403
    assert httpx.get(f"{address}/health", headers={"Host": "evil.example"}, trust_env=False).status_code == 400
    assert httpx.get(f"{address}/source/nothing/1/0/5", trust_env=False).status_code == 404
    announce(tmp_path, Owner(1, "http://127.0.0.1:1", "secret"))
    assert (tmp_path / "owner.json").stat().st_mode & 0o777 == 0o600


def test_a_command_waits_for_another_and_then_says_who_holds_the_folder(tmp_path: Path) -> None:
    from assistant.errors import OwnerError

    with owning(tmp_path), pytest.raises(OwnerError, match="another quarry command works"), owning(tmp_path, patience=0.3):
        pass
    with owning(tmp_path):  # free again
        pass


def test_bad_input_gets_one_clear_line(tmp_path: Path, served: tuple[Path, str], here: Callable[..., Result]) -> None:
    home = served[0]
    assert "the question is empty" in only_line(here("ask", "", home=home))
    assert "100,000 characters: 2,000 at most" in only_line(here("ask", "x" * 100_000, home=home))
    assert "no model file" in only_line(here("ask", QUESTION, "--llm", "/nowhere.gguf", home=home))
    assert "already runs" in only_line(quarry("serve", home=home))
    assert "QUARRY_LMM" in only_line(here("ask", QUESTION, home=home, QUARRY_LMM="none"))
    assert "quarry ingest FOLDER" in only_line(here("ask", QUESTION, home=tmp_path / "empty"))
    assert "no file or folder" in only_line(here("ingest", "nowhere", home=tmp_path / "empty"))
    (tmp_path / "file").write_text("")
    assert "can't be written" in only_line(here("ask", QUESTION, home=tmp_path / "file" / "home"))


def test_a_taken_port_gets_one_clear_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} on 127.0.0.1 can't be used" in only_line(quarry("serve", "--port", port, home=home))


def test_a_model_with_a_wrong_hash_gets_one_clear_line(home: Path, tmp_path: Path) -> None:
    """The environment's model folder is stood in for by one that holds a damaged file."""
    (tmp_path / "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf").write_bytes(b"damaged")
    code = (
        "import sys, pathlib; from index.embedding import packaged; from assistant.cli.main import main; "
        f"packaged.JOINED = pathlib.Path({str(tmp_path)!r}); sys.exit(main(['ask', 'x']))"
    )
    environment = os.environ | {"QUARRY_HOME": str(home)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert "wrong hash" in only_line(result)


def test_status_works_on_an_empty_folder_and_makes_nothing(tmp_path: Path, here: Callable[..., Result]) -> None:
    result = here("status", home=tmp_path / "none")
    assert "documents: 0" in result.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.slow  # eight processes that load the embedder
def test_a_conversation_goes_on_in_another_process_and_keeps_its_answers(home: Path) -> None:
    first = json.loads(quarry("ask", QUESTION, "--json", "--llm", "none", "--conversation", "new", home=home).stdout)
    id_ = first["conversation"]
    with serving(home, "--llm", "none"):
        assert json.loads(quarry("ask", QUESTION, "--json", home=home).stdout)["conversation"] is None
        follow_up = ["And how much will it invest in that?", "--json", "--conversation", id_]
        second = json.loads(quarry("ask", *follow_up, home=home).stdout)
        assert second["conversation"] == id_ and "140 billion won" in second["answer"]
        served = json.loads(quarry("conversations", "export", id_, "--json", home=home).stdout)
        assert "no conversation" in only_line(quarry("ask", QUESTION, "--conversation", "nothing", home=home))
        chatted = quarry("chat", "--conversation", id_, home=home, typed="And the germanium capacity?\n")
        assert id_ in chatted.stderr
    stored = json.loads(quarry("conversations", "show", id_, "--json", home=home).stdout)
    assert [turn["question"] for turn in stored["turns"]] == [QUESTION, follow_up[0], "And the germanium capacity?"]
    assert stored["turns"][:2] == served["turns"] and stored["outdated"] == []
    for told, turn in zip((first, second), stored["turns"], strict=False):
        for one, kept in zip(told["citations"], turn["answer"]["citations"], strict=True):
            assert one.items() <= kept.items()
    [line] = quarry("conversations", "list", "--json", home=home).stdout.splitlines()
    assert json.loads(line)["turns"] == 3

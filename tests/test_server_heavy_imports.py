"""A Quarry that says it is ready is: libraries are imported before, and an error of its own is named to who asked."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from assistant.cli.main import main
from assistant.history.feedback import Feedback
from assistant.server.heavy_imports import LIBRARIES
from assistant.service.interfaces import Service
from assistant.service.owner import find_owner
from assistant.service.remote import remote, replied
from tests.conftest import SEEDS, serving, serving_afresh

NO_MODEL = "http://127.0.0.1:9/v1"
"""A language model whose client is made, and which then isn't there."""

USED = """
import os, signal, sys, threading, time
from pathlib import Path
from assistant.cli.main import main
from assistant.service.owner import find_owner
from assistant.service.interfaces import Service
from assistant.service.remote import remote
from assistant.types import Conversation

home, llm, folder = sys.argv[1:]

def use():
    while (owner := find_owner(Path(home))) is None:
        time.sleep(0.01)
    ready = set(sys.modules)
    service = remote(owner, Service)
    states = [report.state for report in service.ingest([Path(folder)])]
    answer = list(service.ask("What is Korea Zinc's planned germanium capacity?", Conversation()))[-1]
    print(*states, answer.status, *sorted(set(sys.modules) - ready), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=use, daemon=True).start()
main(["--home", home, "serve", "--port", "0", "--llm", llm])
"""


@pytest.mark.parametrize("times", [1, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_the_first_ingest_may_come_at_once(tmp_path: Path, times: int) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The plant in Onsan makes 12 tons of germanium a year.")
    for number in range(times):
        home, log = tmp_path / str(number), tmp_path / f"{number}.log"
        with log.open("w") as stderr, serving_afresh(home, "--llm", NO_MODEL, stderr=stderr):
            owner = find_owner(home)
            assert owner
            assert [report.state for report in remote(owner, Service).ingest([tmp_path / "docs"])] == ["added"]
        assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("llm", [NO_MODEL, pytest.param("none", marks=pytest.mark.slow)])
def test_no_heavy_library_is_imported_after_the_start(tmp_path: Path, llm: str) -> None:
    command = [sys.executable, "-c", USED, str(tmp_path / "home"), llm, str(SEEDS)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    *states, status = result.stdout.splitlines()[-1].split()[:4]
    assert (states, status) == (["added"] * 3, "answered"), result.stderr
    modules = result.stdout.splitlines()[-1].split()[4:]
    heavy = {name.partition(".")[0] for name in LIBRARIES} | {"openai", "scipy", "sklearn", "pandas", "sympy", "tokenizers"}
    assert [name for name in modules if name.partition(".")[0] in heavy] == []


def test_an_owner_s_own_error_is_one_line_that_names_its_cause(
    seed_home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home, log = Path(shutil.copytree(seed_home, tmp_path / "home")), tmp_path / "log"
    with serving(home, "--llm", "none", errors=log):
        with sa.create_engine(f"sqlite:///{home / 'library.db'}").begin() as connection:
            connection.exec_driver_sql("DROP TABLE keywords")  # what nothing reckons with
        assert main(["--home", str(home), "ask", "What is the germanium capacity?"]) == 1
        [line] = capfd.readouterr().err.splitlines()
        assert main(["--home", str(home), "ask", "Hello"]) == 0  # it goes on
    assert line.startswith(
        "quarry: the running Quarry came upon an error of its own (OperationalError in index/library/keyword.py, "
    )
    assert "germanium" not in line and "peer" not in line
    assert "no such table: keywords" in log.read_text() and "Traceback" in log.read_text()


def test_an_error_is_the_last_line_of_a_reply_and_tells_no_text() -> None:
    def fails() -> list[Feedback]:
        raise ValueError("the salary of Ms Kim")

    [line] = replied(SimpleNamespace(feedback=SimpleNamespace(listed=fails)), "feedback", "listed", {})
    told = json.loads(line)["error"]
    assert "(ValueError in " in told and "Kim" not in told


@pytest.mark.parametrize("call", ["feedback/add", "feedback/_write", "jobs/__init__", "nothing/listed", "service/library"])
def test_only_what_an_interface_has_is_done_for_others(call: str) -> None:
    with pytest.raises(LookupError, match=call):
        replied(SimpleNamespace(), *call.split("/"), {})

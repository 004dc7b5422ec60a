import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import ReadError
from index.parsing.confined import CHARACTERS, TITLE_CHARACTERS, _content
from index.parsing.file import READERS, Content
from index.parsing.worker import GROWN, Worker, _Unpickler

ROOT = Path(__file__).parent.parent


def gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def wait_for(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return gone(pid)


def test_files_are_read_as_in_this_process_by_one_process() -> None:
    with Worker() as worker:
        assert worker.parse(Path("a.txt"), "Zinc – 锌".encode()) == Content("Zinc – 锌")
        first = worker.pid
        assert worker.parse(Path("a.md"), b"# Metals\n\nZinc.") == Content("# Metals\n\nZinc.", title="Metals")
        with pytest.raises(ReadError, match="zero bytes"):
            worker.parse(Path("a.txt"), b"Zi\0nc")
        assert worker.pid == first and worker.peak > 0
    assert worker.pid is None and first and wait_for(first, 0)


def test_the_process_holds_nothing_heavy() -> None:
    code = "import sys, index.parsing.confined; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "index.parsing.file" in loaded
    assert not {"torch", "chromadb", "numpy", "sqlalchemy", "transformers"} & set(loaded)


def test_a_process_that_dies_costs_its_file_alone() -> None:
    with Worker() as worker:
        worker.parse(Path("a.txt"), b"Zinc.")
        assert worker.pid
        os.kill(worker.pid, signal.SIGSTOP)  # so that it is still at the file when it dies
        timer = threading.Timer(0.5, os.kill, (worker.pid, signal.SIGSEGV))
        killing = threading.Timer(0.6, os.kill, (worker.pid, signal.SIGCONT))
        timer.start()
        killing.start()
        with pytest.raises(ReadError, match=r"broke down \(SIGSEGV\)"):
            worker.parse(Path("a.txt"), b"Zinc.")
        assert worker.parse(Path("a.txt"), b"Zinc.") == Content("Zinc.")


def test_a_process_that_died_between_two_files_costs_none() -> None:
    with Worker() as worker:
        worker.parse(Path("a.txt"), b"Zinc.")
        assert worker.pid
        os.kill(worker.pid, signal.SIGKILL)
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # its main thread is a zombie before the last one ends
        assert worker.parse(Path("a.txt"), b"Tin.") == Content("Tin.")


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with Worker(seconds=1) as worker:
        worker.parse(Path("a.txt"), b"Zinc.")
        assert worker.pid
        os.kill(worker.pid, signal.SIGSTOP)
        with pytest.raises(ReadError, match="longer than 1 second"):
            worker.parse(Path("a.txt"), b"Zinc.")
        assert worker.parse(Path("a.txt"), b"Zinc.") == Content("Zinc.")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to the limit")
def test_a_file_that_takes_too_much_memory_is_refused() -> None:
    with Worker(memory=200_000_000) as worker:
        with pytest.raises(ReadError, match="more memory|broke down"):
            worker.parse(Path("a.txt"), "😀".encode() * 20_000_000)
        assert worker.parse(Path("a.txt"), b"Zinc.") == Content("Zinc.")


def test_a_text_over_the_limit_is_refused_and_a_title_cut() -> None:
    with Worker() as worker:
        with pytest.raises(ReadError, match="20,000,001 characters: 20,000,000 at most"):
            worker.parse(Path("a.txt"), b"a" * (CHARACTERS + 1))
        assert len(worker.parse(Path("a.md"), b"# " + b"a" * 100_000).title) == TITLE_CHARACTERS


def test_what_a_reader_overlooks_is_a_reason_without_the_document_s_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(data: bytes) -> Content:
        raise KeyError(data.decode())

    monkeypatch.setitem(READERS, ".txt", reader)
    assert _content(Path("a.txt"), b"secret") == "it is damaged (KeyError)"


def test_a_process_follows_one_that_grew() -> None:
    with Worker() as worker:
        worker.parse(Path("a.txt"), b"Zinc.")
        with pytest.raises(ReadError, match="characters"):
            worker.parse(Path("a.txt"), b"a" * 190_000_000 + "é".encode())
        assert worker.pid is None and worker.peak > GROWN
        assert worker.parse(Path("a.txt"), b"Zinc.") == Content("Zinc.")


def test_only_values_of_the_index_come_out_of_the_process() -> None:
    assert _Unpickler(io.BytesIO(pickle.dumps((Content("a"), 1)))).load() == (Content("a"), 1)
    for bad in (os.system, subprocess.Popen, Path("/")):
        with pytest.raises(pickle.UnpicklingError):
            _Unpickler(io.BytesIO(pickle.dumps(bad))).load()


@pytest.mark.parametrize("busy", [False, True])
def test_no_process_is_left_when_its_parent_is_killed(busy: bool) -> None:
    code = (
        "import os, pathlib, threading, time, index.parsing.worker\n"
        "worker = index.parsing.worker.Worker()\n"
        "worker.parse(pathlib.Path('a.txt'), b'Zinc.')\n"
        f"data = os.urandom({150_000_000 if busy else 1})\n"
        "threading.Thread(target=worker.parse, args=(pathlib.Path('a.txt'), data)).start()\n"
        "time.sleep(0.5)\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    assert wait_for(pid, 10)

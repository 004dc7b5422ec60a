"""The page in a real browser, while answers are under way: what is typed and asked meanwhile, reloads, a slow network."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.service.stored import open_conversations
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from tests.conftest import serving
from tests.page import BROWSER, QUESTION, ask, opened

pytestmark = BROWSER

SLOW = pytest.mark.slow

HEAD_OF_SALES = "Who is the head of sales at Korea Zinc?"
EMPLOYEES = "How many employees does Yusheng have?"
OSK = "How many burners does the Osk furnace have?"
TYPED = "not sent yet"
LATENCY = 800
"""Milliseconds, to the server and back."""


class HeldModel(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that says yes, and ends a reply, word by word, only once it is let go."""

    go = threading.Event()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            if asked.get("logprobs"):
                self._send(
                    "Yes",
                    "length",
                    {
                        "content": [
                            {
                                "token": "Yes",
                                "logprob": 0.0,
                                "bytes": None,
                                "top_logprobs": [{"token": "Yes", "logprob": 0.0, "bytes": None}],
                            }
                        ]
                    },
                )
            else:
                self._send("It is said there [1]", None)
                for _ in range(1200):
                    if HeldModel.go.wait(0.05):
                        break
                    self._send(" so", None)
                self._send(".", "stop")
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            pass  # the answer was stopped

    def _send(self, text: str, finish: str | None, logprobs: object = None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish, "logprobs": logprobs}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def home(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seed_home, tmp_path_factory.mktemp("answers") / "home"))


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), HeldModel)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    HeldModel.go.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(home: Path, model: str, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose language model writes until it is let go; two collections."""
    folder = tmp_path_factory.mktemp("osk")
    (folder / "osk.txt").write_text("The Osk furnace has 24 burners. It was lit in 1987.")
    with closing(Library(IndexSettings(home=home), embedder)) as library:
        assert [report.state for report in ingest(library, [folder], collection="furnaces")] == ["added"]
    with serving(home, "--llm", model) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The open page, no answer under way; afterwards all answers are let go."""
    HeldModel.go.clear()
    yield from opened(browser, address)
    HeldModel.go.set()
    for page in opened(browser, address):
        expect(page.locator("#q-stored .q-working")).to_have_count(0)


@pytest.fixture
def quick_page(browser: Browser, address: str) -> Iterator[Page]:
    """The open page where answers end at once."""
    HeldModel.go.set()
    yield from opened(browser, address)


def box(page: Page) -> str:
    return page.input_value("#q-question textarea")


def under_way(page: Page, question: str = QUESTION) -> None:
    """Ask, and wait until the answer is being written."""
    ask(page, question)
    expect(page.locator(".q-answer.q-writing")).to_contain_text("so so")


def slow(page: Page, latency: int = LATENCY) -> None:
    """From now on the network is slow."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", limits)


@pytest.mark.parametrize("wait", [pytest.param(0, marks=SLOW), 200, 700, pytest.param(1200, marks=SLOW)])
def test_a_tick_made_after_coming_back_from_the_documents_stays_and_the_question_asked_then(
    quick_page: Page, wait: int
) -> None:
    page = quick_page
    page.get_by_role("tab", name="Documents").click()
    page.locator("#q-documents table").wait_for()
    slow(page)
    page.get_by_role("tab", name="Chat").click()
    page.wait_for_timeout(wait)
    page.get_by_label("furnaces").check()
    ask(page, HEAD_OF_SALES)
    page.wait_for_timeout(50)
    page.locator("#q-question textarea").type(TYPED)
    expect(page.locator(".q-answer.q-done")).to_contain_text("Not in the documents")
    page.wait_for_timeout(2 * LATENCY)
    expect(page.get_by_label("furnaces")).to_be_checked()
    expect(page.locator(".q-question")).to_have_text([HEAD_OF_SALES])
    assert box(page) == TYPED


def test_over_a_slow_network_a_question_is_seen_on_its_way_and_acts_come_in_their_order(quick_page: Page) -> None:
    page = quick_page
    ask(page, HEAD_OF_SALES)
    expect(page.locator(".q-answer.q-done")).to_have_count(1)
    slow(page)
    page.locator("#q-new").click()
    ask(page, EMPLOYEES)
    expect(page.locator("#q-sending")).to_contain_text(EMPLOYEES)
    expect(page.locator(".q-question")).to_have_text([EMPLOYEES])
    expect(page.locator(".q-answer.q-done")).to_have_count(1)
    expect(page.locator("#q-sending")).not_to_contain_text(EMPLOYEES)
    page.wait_for_timeout(2 * LATENCY)
    expect(page.locator(".q-question")).to_have_text([EMPLOYEES])


def test_what_is_asked_during_an_answer_waits_and_is_asked_then_and_what_is_typed_stays(page: Page) -> None:
    under_way(page)
    ask(page, HEAD_OF_SALES)
    ask(page, EMPLOYEES)
    ask(page, OSK)
    waiting = page.locator("#q-waiting p")
    expect(waiting.locator("span:not(.q-hidden)")).to_have_text([HEAD_OF_SALES, EMPLOYEES, OSK])
    expect(waiting.first).to_contain_text(f"Next: {HEAD_OF_SALES} Remove")
    page.locator("#q-question textarea").type(TYPED)
    waiting.nth(1).get_by_role("link", name="Remove").click()
    expect(waiting).to_have_count(2)
    assert box(page) == TYPED
    HeldModel.go.set()
    expect(page.locator(".q-answer.q-done")).to_have_count(3)
    expect(page.locator(".q-question")).to_have_text([QUESTION, HEAD_OF_SALES, OSK])
    expect(waiting).to_have_count(0)
    assert box(page) == TYPED


def test_a_question_taken_back_stands_in_the_empty_box(page: Page) -> None:
    under_way(page)
    ask(page, EMPLOYEES)
    page.locator("#q-waiting").get_by_role("link", name="Remove").click()
    expect(page.locator("#q-waiting p")).to_have_count(0)
    expect(page.locator("#q-question textarea")).to_have_value(EMPLOYEES)


def test_stop_stops_the_answer_under_way_alone(page: Page) -> None:
    under_way(page)
    ask(page, HEAD_OF_SALES)
    expect(page.locator("#q-waiting p")).to_have_count(1)
    page.locator("#q-question .stop-button").click()
    expect(page.locator(".q-answer.q-done")).to_contain_text("stopped: what was found so far is the answer")
    expect(page.locator(".q-answer.q-done")).to_contain_text("12 tons")
    expect(page.locator(".q-answer.q-writing")).to_contain_text("so so")
    expect(page.locator(".q-question")).to_have_text([QUESTION, HEAD_OF_SALES])
    HeldModel.go.set()
    expect(page.locator(".q-answer.q-done")).to_have_count(2)
    expect(page.locator(".q-answer.q-done").last).not_to_contain_text("stopped")


def test_while_an_answer_is_under_way_a_question_is_also_sent_by_its_button(page: Page) -> None:
    under_way(page)
    expect(page.locator("#q-question .submit-button")).to_be_hidden()
    page.fill("#q-question textarea", HEAD_OF_SALES)
    page.locator("#q-question .submit-button").click()
    expect(page.locator("#q-waiting p")).to_contain_text(HEAD_OF_SALES)
    expect(page.get_by_role("link", name="Ask again")).to_have_count(0)


def test_ask_again_pressed_twice_over_a_slow_network_asks_once(quick_page: Page) -> None:
    page = quick_page
    ask(page, HEAD_OF_SALES)
    expect(page.locator(".q-answer.q-done")).to_have_count(1)
    slow(page)
    again = page.get_by_role("link", name="Ask again")
    again.click()
    again.click()
    page.wait_for_timeout(4 * LATENCY)
    expect(page.locator(".q-question")).to_have_text([HEAD_OF_SALES])


def test_after_a_reload_in_mid_answer_it_is_seen_to_grow_and_is_stored_once(
    page: Page, browser: Browser, address: str, home: Path
) -> None:
    page = browser.new_page()  # Gradio itself writes errors when a page is left in mid-stream
    page.goto(address)
    under_way(page)
    ask(page, HEAD_OF_SALES)
    expect(page.locator("#q-waiting p")).to_have_count(1)
    page.locator("#q-question textarea").type(TYPED)
    page.reload()
    expect(page.locator(".q-question")).to_have_text([QUESTION])
    growing = page.locator(".q-answer.q-writing")
    expect(growing).to_contain_text("so so")
    before = len(growing.inner_text())
    page.wait_for_function("before => document.querySelector('.q-answer.q-writing').innerText.length > before", arg=before)
    expect(page.locator("#q-waiting p")).to_contain_text(HEAD_OF_SALES)
    expect(page.locator("#q-question textarea")).to_have_value(TYPED)
    HeldModel.go.set()
    expect(page.locator(".q-answer.q-done")).to_have_count(2)
    id_ = (page.locator("#q-stored [aria-current]").get_attribute("href") or "").removeprefix("#act-open-")
    with open_conversations(IndexSettings(home=home), print) as conversations:
        assert [turn.question for turn in conversations.read(id_).turns] == [QUESTION, HEAD_OF_SALES]
    page.close()


def test_nothing_of_an_answer_is_drawn_in_a_new_conversation_and_it_is_there_in_its_own(page: Page) -> None:
    under_way(page)
    running = page.locator("#q-stored li", has=page.locator(".q-working"))
    expect(running.locator("a.q-row")).to_have_text(QUESTION)
    page.locator("#q-new").click()
    expect(page.locator("#q-chat .q-question, #q-chat .q-answer")).to_have_count(0)
    under_way(page, HEAD_OF_SALES)
    expect(page.locator(".q-question")).to_have_text([HEAD_OF_SALES])
    expect(running).to_have_count(2)
    HeldModel.go.set()
    expect(running).to_have_count(0)
    expect(page.locator(".q-question")).to_have_text([HEAD_OF_SALES])
    page.locator("#q-stored a.q-row", has_text=QUESTION).first.click()
    expect(page.locator(".q-question")).to_have_text([QUESTION])
    expect(page.locator(".q-answer.q-done")).to_have_count(1)


def test_conversations_are_searched_for_while_an_answer_is_under_way(page: Page) -> None:
    under_way(page)
    find = page.locator("#q-find textarea, #q-find input")
    for words in ("nowhere at all", "korea zinc", "none of them"):
        find.fill(words)
        page.wait_for_timeout(300)
    expect(page.locator("#q-stored")).to_contain_text("No conversation holds these words")
    find.fill("germanium capacity")
    expect(page.locator("#q-stored [aria-current]")).to_have_text(QUESTION)
    expect(page.locator(".q-answer.q-writing")).to_contain_text("so so")


def test_an_answer_that_ends_while_another_conversation_is_open_shows_nowhere_else(page: Page) -> None:
    under_way(page)
    page.locator("#q-new").click()
    expect(page.locator("#q-chat .q-question")).to_have_count(0)
    page.evaluate("""() => {
      window.drawn = [];
      new MutationObserver(() => document.querySelector("#q-chat .q-answer") && window.drawn.push(1))
        .observe(document.body, { subtree: true, childList: true });
    }""")
    HeldModel.go.set()
    expect(page.locator("#q-stored .q-working")).to_have_count(0)
    expect(page.locator("#q-stored a.q-row").first).to_have_text(QUESTION)
    page.wait_for_timeout(500)
    assert page.evaluate("window.drawn.length") == 0


def test_a_conversation_deleted_in_mid_answer_stays_deleted(page: Page) -> None:
    HeldModel.go.set()
    ask(page, "Who is the head of sales of Korea Zinc?")
    expect(page.locator(".q-answer.q-done")).to_have_count(1)
    HeldModel.go.clear()
    under_way(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#q-stored").get_by_role("link", name="Delete").click()
    expect(page.locator(".q-answer")).to_have_count(0)
    expect(page.locator("#q-stored .q-working")).to_have_count(0)
    HeldModel.go.set()
    page.wait_for_timeout(1000)
    expect(page.locator("#q-stored a.q-row", has_text="Who is the head of sales of Korea Zinc?")).to_have_count(0)


def test_a_question_that_cannot_be_asked_comes_back_into_the_empty_box_only(quick_page: Page) -> None:
    page = quick_page
    ask(page, "x" * 3000)
    expect(page.locator(".q-answer")).to_contain_text("2,000 at most")
    expect(page.locator("#q-question textarea")).to_have_value("x" * 3000)
    slow(page)
    page.keyboard.press("Enter")
    page.locator("#q-question textarea").type(TYPED)
    page.wait_for_timeout(4 * LATENCY)
    assert box(page) == TYPED
    page.get_by_role("link", name="Put the question back into the box").click()
    expect(page.locator("#q-question textarea")).to_have_value("x" * 3000)


def test_the_server_stops_at_once_in_mid_answer_and_keeps_what_was_found(
    browser: Browser, seed_home: Path, model: str, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(seed_home, tmp_path / "home"))
    HeldModel.go.clear()
    command = [sys.executable, "-m", "assistant.cli.main", "--home", str(own), "serve", "--port", "0", "--llm", model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        own_address = process.stdout.readline().split()[3]
        page = browser.new_page()
        page.goto(own_address)
        under_way(page)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)
        assert time.monotonic() - began < 15
        assert "Traceback" not in process.stderr.read()
        page.close()
    with open_conversations(IndexSettings(home=own), print) as conversations:
        (turn,) = conversations.read(conversations.listed()[0].id).turns
    assert turn.question == QUESTION and "12 tons" in turn.answer.text

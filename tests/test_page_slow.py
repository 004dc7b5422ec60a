"""The page in a real browser, slowly: the server stopped and started again, and long conversations and documents."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.history.history import History
from assistant.service.owner import find_owner
from assistant.types import Answer, AnswerSpan, Citation, Turn
from index.embedding.embedder import Embedder
from index.ingest.ingest import ingest
from index.library.library import Library
from index.settings import IndexSettings
from index.types import Document
from tests.conftest import serving
from tests.page import BROWSER, QUESTION, SECONDS, ask, opened
from tests.test_parsing_file import make_pdf

pytestmark = [*BROWSER, pytest.mark.llm, pytest.mark.slow]

TURNS = 250
PAGES = 400
LINES = 40
"""Those of a page, of some 70 characters each."""

FIRST_PAINT = 2000
LONGEST_UPDATE = 200
"""Milliseconds on two cores."""

WATCH = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longTasks.push(Math.round(task.duration));
}).observe({ type: "longtask", buffered: true });
"""

PAINTED = """([selector, done]) => new Promise((resolve) => {
  window.longTasks.length = 0;
  const old = document.querySelector("#q-source mark");
  const isDone = new Function("old", `return ${done}`);
  const start = performance.now();
  const look = () => {
    if (!isDone(old)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now() - start))));
  };
  document.querySelector(selector).click();
  look();
})"""
"""Milliseconds from a click to the frame in which something is there, told by an expression."""

SHOWN = "document.querySelectorAll('.q-answer.q-done').length >= {turns}"
OPENED = "(document.querySelector('#q-source mark') ?? old) !== old"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_conversation_is_opened_again_after_a_restart_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    """Meanwhile the document that it cites has changed: the answer stays and says so."""
    document = tmp_path / "documents" / "arden.txt"
    document.parent.mkdir()
    document.write_text("The Arden smelter has an annual capacity of 200 t of zinc. The Arden smelter employs 80 people.")
    serve = (tmp_path / "home", "--llm", "none", "--ingest", str(document.parent))
    expect.set_options(timeout=SECONDS)
    with serving(*serve) as address:
        page = browser.new_page()
        page.goto(address)
        ask(page, "What is the annual capacity of the Arden smelter?")
        expect(page.locator(".q-answer.q-done")).to_contain_text("200 t")
        expect(page.locator("#q-stored [aria-current]")).to_have_text("What is the annual capacity of the Arden smelter?")
        page.close()
    document.write_text(document.read_text().replace("200 t", "300 t"))
    with serving(*serve) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("link", name="What is the annual capacity of the Arden smelter?").click()
        stored = page.locator(".q-answer.q-done")
        expect(stored).to_contain_text("200 t")
        expect(stored).to_contain_text("the document has changed since")
        stored.locator("a.q-chip").first.click()
        expect(page.locator("#q-source mark")).to_contain_text("200 t")
        expect(page.locator("#q-source .q-since")).to_contain_text("Cited from the version of")
        ask(page, "And how many people does it employ?")
        expect(page.locator(".q-answer.q-done").last).to_contain_text("80 people")
        page.locator("#q-new").click()
        expect(page.locator(".q-answer")).to_have_count(0)
        page.close()


def test_a_server_killed_in_mid_stream_is_told_and_after_its_restart_nothing_is_lost(
    browser: Browser, seed_home: Path, tmp_path: Path
) -> None:
    home, port = Path(shutil.copytree(seed_home, tmp_path / "home")), str(free_port())
    page = browser.new_page()
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    second = "What does Korea Zinc plan to do with its germanium from 2028?"
    with serving(home, "--port", port) as address:
        page.goto(address)
        ask(page, QUESTION)
        expect(page.locator("#q-stored [aria-current]")).to_have_text(QUESTION)
        page.locator(".q-answer.q-done").wait_for()  # what is killed is the second
        ask(page, second)
        page.locator(".q-answer.q-writing").wait_for()
        owner = find_owner(home)
        assert owner is not None
        os.kill(owner.pid, signal.SIGKILL)
        expect(page.get_by_text("Connection to the server was lost")).to_be_visible()
    with serving(home, "--port", port) as again:
        assert again == address
        expect(page.locator("#q-stored [aria-current]")).to_have_text(QUESTION)
        expect(page.locator(".q-question")).to_have_text([QUESTION])
        expect(page.locator(".q-answer.q-done")).to_contain_text("12 tons")
        expect(page.locator("#q-question textarea")).to_have_value(second)
        page.locator("#q-question textarea").press("Enter")
        expect(page.locator(".q-answer.q-done")).to_have_count(2)
        page.close()


@pytest.fixture(scope="module")
def long_home(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data folder with a PDF of 400 pages, and a conversation of 500 messages about it."""
    folder = tmp_path_factory.mktemp("long")
    lines = (
        (f"Section {page}.{line}: pump {page * LINES + line} lifts {line + 7} litres." for line in range(LINES))
        for page in range(PAGES)
    )
    (folder / "pumps.pdf").write_bytes(make_pdf(*(") Tj 0 -16 Td (".join(of_page) for of_page in lines), title="All pumps"))
    library = Library(IndexSettings(home=folder / "home"), embedder)
    assert [report.state for report in ingest(library, [folder / "pumps.pdf"]) if report.state != "embedding"] == ["added"]
    (document,) = library.documents()
    assert len(document.pages) == PAGES
    history, id_ = History(library.engine), ""
    for number in range(TURNS):
        id_ = history.add(id_, turn(document, number)).id
    library.close()
    return folder / "home"


def turn(document: Document, number: int) -> Turn:
    """A question and an answer of six cited sentences, each from another page."""
    citations, spans, text = [], [], ""
    for place in range(6):
        start = document.pages[(number * 6 + place) % PAGES]
        end = document.text.index("\n", start)
        quote = document.text[start:end]
        facts = (document.id, document.version, document.file, document.title, document.date, start, end, quote)
        citations.append(Citation(place + 1, *facts, page=document.page_at(start)))
        spans.append(AnswerSpan(len(text), len(text) + len(quote), (place + 1,)))
        text += f"{quote} "
    answer = Answer(text, "answered", "done", tuple(citations), tuple(spans))
    return Turn(f"What do the pumps of section {number + 1} lift?", answer, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def long_page(browser: Browser, long_home: Path) -> Iterator[Page]:
    with serving(long_home) as address:
        for page in opened(browser, address):
            page.evaluate(WATCH)
            page.locator("#q-stored a.q-row").wait_for()
            yield page


def test_a_conversation_of_500_messages_and_a_document_of_400_pages_stay_smooth(long_page: Page) -> None:
    page, figures, longest = long_page, {}, {}

    def measure(what: str) -> None:
        page.wait_for_timeout(1500)
        longest[what] = max(page.evaluate("window.longTasks"), default=0)
        page.evaluate("window.longTasks.length = 0")

    figures["conversation"] = page.evaluate(PAINTED, ["#q-stored a.q-row", SHOWN.format(turns=20)])
    measure("conversation")
    expect(page.locator(".q-earlier")).to_contain_text("Show 20 turns before this")
    figures["source"] = page.evaluate(PAINTED, [".q-answer.q-done a.q-chip", OPENED])
    measure("source")
    figures["next source"] = page.evaluate(PAINTED, ["#q-next", OPENED])
    measure("next source")
    page.locator("#q-panel").hover()
    for _ in range(10):
        page.mouse.wheel(0, 5000)
        page.wait_for_timeout(100)
    measure("scrolling the source")
    page.locator("#q-close").click()
    ask(page, "What does pump 4000 lift?")
    page.locator(".q-answer.q-done .q-actions").nth(20).or_(
        page.locator(".q-question", has_text="pump 4000")
    ).last.wait_for()
    expect(page.locator(".q-question").last).to_have_text("What does pump 4000 lift?")
    expect(page.locator(".q-answer").last.locator(".q-actions")).to_be_visible()
    measure("a new answer")
    figures["earlier turns"] = page.evaluate(PAINTED, [".q-earlier a", SHOWN.format(turns=40)])
    measure("earlier turns")
    print(f"milliseconds to the first paint: {figures}; longest task: {longest}")
    assert max(figures.values()) < FIRST_PAINT, figures
    assert max(longest.values()) < LONGEST_UPDATE, longest

"""The page in a real browser, through the real server and the embedded language model."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CHROMIUM, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.llm,
    pytest.mark.skipif(
        CHROMIUM is None and "QUARRY_REQUIRE_BROWSER" not in os.environ,
        reason="no Chromium: install Debian's chromium package to run the browser tests",
    ),
]


QUESTION = "What is Korea Zinc's planned germanium capacity?"
HOSTILE = """# Arden <img src="http://evil.example/t.png"> ![t](http://evil.example/t2.png)

The Arden smelter has an annual capacity of 200 t <script src="http://evil.example/s.js"></script>
<img src="http://evil.example/p.png" onerror="console.error(1)"> ![x](http://evil.example/q.png) [more](javascript:alert(1))
<iframe src="http://evil.example"></iframe> of zinc.
"""
SECONDS = 90_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def address(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = shutil.copytree(seed_home, tmp_path_factory.mktemp("page") / "home")
    hostile = tmp_path_factory.mktemp("hostile")
    (hostile / "arden.md").write_text(HOSTILE, encoding="utf-8")
    with serving(Path(home), "--ingest", str(hostile)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The open page; afterwards: no error in its console, and no request that left the machine."""
    context = browser.new_context(viewport={"width": 1400, "height": 850})
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    yield page
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert errors == []


def ask(page: Page, question: str) -> None:
    page.fill("#q-question textarea", question)
    page.keyboard.press("Enter")


def test_the_first_question_is_answered_and_its_citation_opens_the_passage(page: Page) -> None:
    ask(page, QUESTION)
    quotes = page.locator(".q-answer .q-chip").first
    quotes.wait_for()
    answer = page.locator(".q-answer.q-done")
    expect(answer).to_contain_text("12 tons")
    answer.locator("a.q-chip").first.click()
    passage = page.locator("#q-source mark")
    expect(passage).to_contain_text("a germanium plant with an annual capacity of 12 tons (t)")
    expect(passage).to_be_in_viewport()
    expect(page.locator("#q-source")).to_contain_text("002_0890a1b8f1072044.txt")
    expect(page.locator("#q-source .q-document")).to_contain_text("It will also push research and development")


def test_a_refusal_looks_different_and_shows_the_nearest_passages(page: Page) -> None:
    ask(page, "Who is the chief financial officer of Korea Zinc?")
    refusal = page.locator(".q-answer.q-refused.q-done")
    expect(refusal).to_contain_text("Not in the documents")
    assert refusal.locator(".q-nearest li").count() == 3
    border = "element => getComputedStyle(element).borderLeftWidth"
    assert refusal.evaluate(border) == "4px"
    refusal.locator(".q-nearest a.q-chip").first.click()
    expect(page.locator("#q-source mark")).to_be_visible()


def test_a_starter_question_is_asked_with_one_click(page: Page) -> None:
    examples = page.locator("#q-chat .example")
    expect(examples).to_have_count(3)
    examples.first.click()
    expect(page.locator(".q-answer.q-done")).to_contain_text("12 tons")


def test_nothing_typed_is_interpreted_and_errors_are_shown(page: Page) -> None:
    ask(page, "<img src=x onerror=alert(1)> **bold** ![x](http://evil.example/x.png) zinc?")
    question = page.locator(".q-question").first
    expect(question).to_contain_text("<img src=x onerror=alert(1)> **bold** ![x](http://evil.example/x.png)")
    assert page.locator("#q-chat img[src*='evil'], #q-chat img[src='x']").count() == 0
    page.locator(".q-answer.q-done").wait_for()
    ask(page, "x" * 3000)
    expect(page.locator(".q-answer").last).to_contain_text("2,000 at most")


def test_what_a_hostile_document_holds_is_shown_as_text_and_loads_nothing(page: Page) -> None:
    ask(page, "What is the annual capacity of the Arden smelter?")
    answer = page.locator(".q-answer.q-done")
    expect(answer).to_contain_text("200 t")
    answer.locator("a.q-chip").first.click()
    source = page.locator("#q-source")
    expect(source.locator("mark")).to_be_visible()
    expect(source).to_contain_text('<img src="http://evil.example/p.png" onerror="console.error(1)">')
    for shown in (page.locator("#q-chat"), source):
        assert shown.locator("script, iframe, [src*=evil], [href*=evil], [href^=javascript], [onerror]").count() == 0


@pytest.mark.slow  # two servers
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
        expect(page.locator("#q-stored input")).to_have_value("What is the annual capacity of the Arden smelter?")
        page.close()
    document.write_text(document.read_text().replace("200 t", "300 t"))
    with serving(*serve) as address:
        page = browser.new_page()
        page.goto(address)
        page.locator("#q-stored input").click()
        page.get_by_role("option", name="What is the annual capacity of the Arden smelter?").click()
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

"""The page as people see it: layers of an answer, addresses, keys, sources, widths, through the real server and browser."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.page.answer_html import page_html
from assistant.page.theme.style import stylesheet
from assistant.types import Answer, AnswerSpan, Citation, ShortAnswer
from tests.conftest import serving
from tests.page import BROWSER, QUESTION, ask, opened

pytestmark = BROWSER

HTML = "<html><title>Arden works rules</title><body><p>The Arden works close at 17:30.</p><script>x</script></body></html>"


@pytest.fixture(scope="module")
def address(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers by quotes."""
    home = shutil.copytree(seed_home, tmp_path_factory.mktemp("look") / "home")
    rules = tmp_path_factory.mktemp("rules")
    (rules / "arden.html").write_text(HTML, encoding="utf-8")
    with serving(Path(home), "--llm", "none", "--ingest", str(rules)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The open page; afterwards: no error in its console, and no request that left the machine."""
    yield from opened(browser, address)


def _answered(page: Page, question: str, n: int = 1) -> None:
    ask(page, question)
    expect(page.locator(".q-answer.q-done .q-actions")).to_have_count(n)


def _new(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".q-answer")).to_have_count(0)


def test_the_short_answer_comes_first_and_large_and_opens_its_passage(page: Page) -> None:
    _answered(page, QUESTION)
    lead = page.locator(".q-answer .q-lead a")
    expect(lead).to_have_text("12 tons")
    sizes = [
        page.locator(f".q-answer {part}").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        for part in (".q-lead", ".q-text")
    ]
    assert sizes == [20, 15]
    lead.click()
    expect(page.locator("#q-source mark")).to_contain_text("an annual capacity of 12 tons (t)")
    expect(page.locator(".q-answer a.q-chip.q-open")).to_have_count(1)


def test_more_of_what_is_quoted_is_folded_away_and_opens(page: Page) -> None:
    _answered(page, "What does Korea Zinc plan to do with its germanium from 2028?")
    more = page.locator(".q-answer details.q-more")
    expect(more.locator("summary")).to_have_text("More from the documents")
    expect(more.locator(".q-text").first).to_be_hidden()
    more.locator("summary").click()
    expect(more.locator(".q-text").first).to_be_visible()


def test_a_conversation_has_an_address_that_opens_it_and_back_and_forward_work(page: Page, browser: Browser) -> None:
    _answered(page, "Who is the head of sales at Korea Zinc?")
    expect(page).to_have_url(re.compile(r"\?c=\w+$"))
    expect(page).to_have_title("Who is the head of sales at Korea Zinc? · Quarry")
    expect(page.get_by_role("heading", name="Who is the head of sales")).to_be_visible()
    first = page.url
    other = browser.new_page()
    other.goto(first)
    expect(other.locator(".q-answer.q-done")).to_contain_text("Lee Soo-hwan")
    other.close()
    _new(page)
    assert "?c=" not in page.url
    _answered(page, QUESTION)
    expect(page).not_to_have_url(first)
    page.go_back()
    expect(page.locator(".q-answer.q-done")).to_contain_text("Lee Soo-hwan")
    page.go_forward()
    expect(page.locator(".q-answer.q-done")).to_contain_text("12 tons")


def test_an_address_of_no_conversation_opens_an_empty_page_and_leaves_with_a_deleted_one(page: Page, address: str) -> None:
    _answered(page, QUESTION)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#q-stored").get_by_role("link", name="Delete").click()
    expect(page.locator(".q-answer")).to_have_count(0)
    assert "?c=" not in page.url
    page.goto(f"{address}/?c=0123456789ab")
    expect(page).to_have_url(f"{address}/")
    expect(page.locator(".q-answer")).to_have_count(0)
    _answered(page, "Who is the head of sales at Korea Zinc?")
    expect(page).to_have_url(re.compile(r"\?c=\w+$"))


def test_quotes_that_answer_several_parts_are_all_shown() -> None:
    quotes = ("The plant makes 12 tons.", "It stands in Onsan.")
    text = "\n".join(quotes)
    citations = tuple(Citation(n, "d", 1, "f.txt", "T", None, 0, len(quote), quote) for n, quote in enumerate(quotes, 1))
    spans = tuple(AnswerSpan(at := text.index(one), at + len(one), (n,)) for n, one in enumerate(quotes, 1))
    answer = Answer(text=text, stage="done", citations=citations, spans=spans, short=ShortAnswer(1, 16, 23, "12 tons"))
    assert "<details" in page_html(answer)
    assert "<details" not in page_html(replace(answer, several=True))


def test_a_conversation_chosen_from_the_documents_is_shown(page: Page) -> None:
    _answered(page, QUESTION)
    _new(page)
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("#q-documents table")).to_be_visible()
    page.locator("#q-stored a.q-row", has_text=QUESTION).first.click()
    expect(page.locator(".q-answer.q-done")).to_be_visible()


def test_on_a_phone_the_menu_leaves_once_a_conversation_is_chosen(browser: Browser, address: str) -> None:
    for page in opened(browser, address, viewport={"width": 390, "height": 760}):
        _answered(page, QUESTION)
        expect(page.locator("#q-side:not(.open)")).to_be_attached()
        page.locator("#q-side .toggle-button").click()
        page.locator("#q-stored a.q-row").first.click()
        expect(page.locator("#q-side:not(.open)")).to_be_attached()
        expect(page.locator(".q-answer.q-done").first).to_be_in_viewport()


def test_keys_search_the_conversations_edit_the_last_question_and_the_help_says_so(page: Page) -> None:
    _answered(page, QUESTION)
    find = page.locator("#q-find :is(input, textarea)")
    for key in ("Control+k", "/"):
        page.locator("#q-stored a.q-row").first.focus()
        page.keyboard.press(key)
        expect(find).to_be_focused()
    page.keyboard.type("zinc")
    expect(page.locator("#q-stored a.q-row mark").first).to_have_text("Zinc")
    expect(page.locator("#q-stored h3").first).to_have_text("Today")
    box = page.locator("#q-question textarea")
    box.focus()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(QUESTION)
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("dialog", name="Help")).to_contain_text("searches the conversations")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Help")).to_be_hidden()


def test_the_source_names_its_document_where_it_is_scrolled_and_its_file_can_be_had(page: Page, address: str) -> None:
    _answered(page, QUESTION)
    page.locator(".q-answer a.q-chip").first.click()
    where = page.locator("#q-where")
    expect(where).to_have_text("Korea Zinc signs an MOU to stabilize the germanium supply chain")
    page.locator("#q-panel").evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    expect(where).to_be_in_viewport()
    original = page.locator("#q-source").get_by_role("link", name="Open the original")
    reply = page.request.get(f"{address}{original.get_attribute('href')}")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8" and "inline" in reply.headers["content-disposition"]
    assert reply.body() == next(Path("seeds").glob("002_*.txt")).read_bytes()
    with page.expect_download() as download:
        page.locator("#q-source").get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == reply.body()


def test_a_file_that_could_run_is_only_downloaded(page: Page, address: str) -> None:
    _answered(page, "When do the Arden works close?")
    page.locator(".q-answer a.q-chip").first.click()
    original = page.locator("#q-source").get_by_role("link", name="Open the original")
    reply = page.request.get(f"{address}{original.get_attribute('href')}")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment")
    assert page.request.get(f"{address}/original/{'0' * 16}/1").status == 404


def test_what_a_refused_follow_up_searched_for_is_said_once(page: Page) -> None:
    _answered(page, QUESTION)
    _answered(page, "And who is its chief financial officer?", 2)
    refusal = page.locator(".q-answer.q-refused")
    expect(refusal).to_have_count(1)
    assert refusal.inner_text().count("Searched for") <= 1
    assert "do not say" not in refusal.inner_text()


def test_at_no_width_anything_scrolls_sideways_and_the_box_is_in_view(page: Page) -> None:
    _answered(page, QUESTION)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (360, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.get_by_role("tab", name="Documents").click()
        expect(page.locator("#q-documents table")).to_be_visible()
        assert page.evaluate(wider) <= 0, width
        page.get_by_role("tab", name="Chat").click()
        expect(page.locator("#q-question")).to_be_in_viewport(ratio=1)
        assert page.evaluate(wider) <= 0, width
        assert page.locator(".q-answer .q-text").first.evaluate("one => one.clientWidth") <= 720


def test_every_icon_that_is_named_is_there() -> None:
    css = stylesheet()
    held = set(re.findall(r"\.q-i-([a-z0-9-]+)::before", css))
    named = {
        name
        for file in Path("assistant/page").glob("*.py")
        for name in re.findall(r"q-i-([a-z0-9-]+)|_tool\(\"[^\"]*\", \"([a-z0-9-]+)\"", file.read_text(encoding="utf-8"))
        for name in name
        if name
    }
    assert named <= held and {"copy", "trash-2"} <= held
    assert not re.search(r"https?://(?!www\.w3\.org)", css)

"""The page in a real browser, through the real server and the embedded language model."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import serving
from tests.page import BROWSER, QUESTION, ask, opened

pytestmark = [*BROWSER, pytest.mark.llm]

HOSTILE = """# Arden <img src="http://evil.example/t.png"> ![t](http://evil.example/t2.png)

The Arden smelter has an annual capacity of 200 t <script src="http://evil.example/s.js"></script>
<img src="http://evil.example/p.png" onerror="console.error(1)"> ![x](http://evil.example/q.png) [more](javascript:alert(1))
<iframe src="http://evil.example"></iframe> of zinc.
"""


@pytest.fixture(scope="module")
def address(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers by quotes."""
    home = shutil.copytree(seed_home, tmp_path_factory.mktemp("page") / "home")
    hostile = tmp_path_factory.mktemp("hostile")
    (hostile / "arden.md").write_text(HOSTILE, encoding="utf-8")
    with serving(Path(home), "--llm", "none", "--ingest", str(hostile)) as address:
        yield address


@pytest.fixture(scope="module")
def composing(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the embedded language model."""
    home = shutil.copytree(seed_home, tmp_path_factory.mktemp("composing") / "home")
    with serving(Path(home)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The open page; afterwards: no error in its console, and no request that left the machine."""
    yield from opened(browser, address)


@pytest.fixture
def composed_page(browser: Browser, composing: str) -> Iterator[Page]:
    """The same where a language model composes."""
    yield from opened(browser, composing)


def test_the_first_question_is_answered_and_its_citation_opens_the_passage(composed_page: Page) -> None:
    page = composed_page
    ask(page, QUESTION)
    quotes = page.locator(".q-answer .q-chip").first
    quotes.wait_for()
    answer = page.locator(".q-answer.q-done")
    stage = page.locator(".q-stage", has_text="Reading 5 passages").or_(page.locator(".q-stage", has_text="Writing"))
    stage.or_(answer).first.wait_for()  # on quick cores the stages may be over
    expect(answer).to_contain_text("12 tons")
    answer.locator("a.q-chip").first.click()
    passage = page.locator("#q-source mark")
    expect(passage).to_contain_text("a germanium plant with an annual capacity of 12 tons (t)")
    expect(passage).to_be_in_viewport()
    expect(page.locator("#q-source")).to_contain_text("002_0890a1b8f1072044.txt")
    expect(page.locator("#q-source .q-document")).to_contain_text("It will also push research and development")
    scrolled = "document.getElementById('q-panel').scrollTop"
    before = page.evaluate(scrolled)
    page.locator("#q-panel").hover()
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{scrolled} < {before} - 100")


def test_the_short_answer_is_shown_in_bold_also_to_a_question_in_german(page: Page) -> None:
    ask(page, "Welche jährliche Kapazität soll die Germaniumanlage von Korea Zinc haben?")
    answer = page.locator(".q-answer.q-done")
    expect(answer.locator("strong")).to_contain_text("12 tons")
    expect(answer.locator("a.q-chip").first).to_be_visible()


def test_the_answer_is_seen_to_grow_and_its_quotes_are_there_before(composed_page: Page) -> None:
    page = composed_page
    page.evaluate("""() => {
      window.lengths = [];
      const look = () => {
        const text = document.querySelector(".q-answer.q-writing .q-text");
        if (text && text.innerText.length !== window.lengths.at(-1)) window.lengths.push(text.innerText.length);
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    }""")
    ask(page, "What does Korea Zinc plan to do with its germanium from 2028?")
    expect(page.locator(".q-answer.q-reading, .q-answer.q-writing").locator("a.q-chip").first).to_be_visible()
    page.locator(".q-answer.q-done").wait_for()
    lengths = page.evaluate("window.lengths")
    assert len(lengths) >= 5
    assert lengths == sorted(lengths)


def test_a_refusal_looks_different_and_shows_the_nearest_passages(page: Page) -> None:
    ask(page, "Who is the chief financial officer of Korea Zinc?")
    refusal = page.locator(".q-answer.q-refused.q-done")
    expect(refusal).to_contain_text("Not in the documents")
    assert refusal.locator(".q-nearest li").count() == 3
    assert refusal.locator(".q-lead, .q-verdict").count() == 0
    colour = "element => getComputedStyle(element).color"
    assert refusal.locator(".q-text").first.evaluate(colour) != refusal.locator(".q-label").first.evaluate(colour)
    refusal.locator(".q-nearest a.q-chip").first.click()
    expect(page.locator("#q-source mark")).to_be_visible()


@pytest.mark.parametrize(
    "change",
    ["chip.closest('p').style.marginTop = '90px'", "chip.closest('p').replaceWith(chip.closest('p').cloneNode(true))"],
)
def test_a_number_pressed_counts_though_the_page_moves_or_is_drawn_anew_before_it_is_let_go(page: Page, change: str) -> None:
    ask(page, QUESTION)
    page.locator(".q-answer.q-done .q-actions").wait_for()
    place = page.locator(".q-answer.q-done a.q-chip").first.bounding_box()
    assert place
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.evaluate(f"() => {{ const chip = document.querySelector('.q-answer.q-done a.q-chip'); {change}; }}")
    page.mouse.up()
    expect(page.locator("#q-source mark")).to_be_visible()


def test_a_starter_question_is_asked_with_one_click(page: Page) -> None:
    examples = page.locator("#q-chat .example")
    examples.filter(has_text=QUESTION).click()
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


def test_asking_back_offers_candidates_and_only_the_last_question_back_replies(page: Page) -> None:
    ask(page, "What is the planned capacity?")
    offered = page.locator(".q-candidates a")
    expect(offered.first).to_be_visible()
    offered.filter(has_text="Korea Zinc").click()
    expect(page.locator(".q-answer.q-done").nth(1)).to_contain_text("12 tons")
    expect(page.locator(".q-searched").last).to_contain_text("Korea Zinc")
    offered.first.click()
    page.wait_for_timeout(1000)
    expect(page.locator(".q-answer")).to_have_count(2)


def test_the_query_is_edited_in_place(page: Page) -> None:
    ask(page, "Who is the chief financial officer of Korea Zinc?")
    page.locator(".q-again a").click()
    expect(page.locator("#q-question textarea")).to_have_value(
        "Search for: Who is the chief financial officer of Korea Zinc?"
    )
    ask(page, "Search for: Korea Zinc head of sales")
    expect(page.locator(".q-answer.q-done").nth(1)).to_contain_text("Lee Soo-hwan")


def test_a_number_tells_its_passage_by_pointer_and_keyboard_and_the_panel_steps_and_closes(page: Page) -> None:
    ask(page, QUESTION)
    answer = page.locator(".q-answer.q-done")
    chip = answer.locator("a.q-chip").first
    chip.hover()
    card = page.locator("#q-card")
    expect(card).to_contain_text("Korea Zinc signs an MOU")
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    chip.focus()
    expect(card).to_be_visible()
    page.keyboard.press("Enter")
    first = page.locator("#q-source mark").text_content()
    expect(page.locator("#q-passage")).to_be_focused()
    if answer.locator("a.q-chip").count() > 1:
        page.locator("#q-next").click()
        expect(page.locator("#q-source mark")).not_to_have_text(first or "")
        page.locator("#q-previous").click()
        expect(page.locator("#q-source mark")).to_have_text(first or "")
    page.keyboard.press("Escape")
    expect(page.locator("#q-source")).to_be_hidden()
    expect(chip).to_be_focused()


def test_a_question_is_asked_again_and_edited_in_place_of_the_last_turn(page: Page) -> None:
    ask(page, "Who is the chief financial officer of Korea Zinc?")
    answers = page.locator(".q-answer.q-done")
    expect(answers).to_have_count(1)
    page.get_by_role("link", name="Ask again").click()
    page.wait_for_timeout(1500)
    expect(answers).to_have_count(1)
    page.get_by_role("link", name="Edit").click()
    ask(page, "Who is the head of sales at Korea Zinc?")
    expect(page.locator(".q-question")).to_have_text("Who is the head of sales at Korea Zinc?")
    expect(answers).to_contain_text("Lee Soo-hwan")


def test_an_answer_is_copied_with_its_references(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    ask(page, "Who is the head of sales at Korea Zinc?")
    answer = page.locator(".q-answer.q-done")
    answer.get_by_role("link", name="Copy").click()
    page.wait_for_timeout(300)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Lee Soo-hwan" in copied and "[1] Korea Zinc signs an MOU" in copied and "“" in copied
    context.close()


def test_a_conversation_is_found_renamed_exported_and_deleted(page: Page) -> None:
    stored = page.locator("#q-stored")
    ask(page, "Who is the head of sales at Korea Zinc?")
    expect(stored.locator("[aria-current]")).to_have_text("Who is the head of sales at Korea Zinc?")
    page.once("dialog", lambda dialog: dialog.accept("Sales & <b>people</b>"))
    stored.get_by_role("link", name="Rename").click()
    expect(stored.locator("[aria-current]")).to_have_text("Sales & <b>people</b>")
    with page.expect_download() as download:
        stored.get_by_role("link", name="Export", exact=True).click()
    exported = download.value.path().read_text()
    assert "Sales" in exported and "### References" in exported
    page.fill("#q-find textarea, #q-find input", "people nowhere")
    expect(stored).to_contain_text("No conversation holds these words")
    page.fill("#q-find textarea, #q-find input", "sales people")
    expect(stored.locator("a.q-row")).to_have_text(["Sales & <b>people</b>"])
    page.once("dialog", lambda dialog: dialog.accept())
    stored.get_by_role("link", name="Delete").click()
    expect(page.locator(".q-answer")).to_have_count(0)
    expect(stored).to_contain_text("No conversation holds these words")


def test_two_people_at_once_get_their_own_answers(browser: Browser, address: str) -> None:
    questions = {QUESTION: "12 tons", "How many employees does Yusheng have?": "1,200"}
    pages = [browser.new_page() for _ in questions]
    for page, question in zip(pages, questions, strict=True):
        page.goto(address)
        page.locator("#q-question textarea").wait_for()
        ask(page, question)
    for page, (question, said) in zip(pages, questions.items(), strict=True):
        expect(page.locator(".q-answer.q-done")).to_contain_text(said)
        expect(page.locator(".q-question")).to_have_text(question)
        page.close()


@pytest.mark.parametrize(("width", "height"), [(375, 700), (1600, 1000)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_wide_light_and_dark(browser: Browser, address: str, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    ask(page, "Who is the head of sales at Korea Zinc?")
    answer = page.locator(".q-answer.q-done")
    answer.locator("a.q-chip").first.click()
    expect(page.locator("#q-source mark")).to_be_in_viewport()
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wider), "the page scrolls sideways"
    page.locator("#q-close").click()
    expect(page.locator("#q-question textarea")).to_be_in_viewport()
    context.close()

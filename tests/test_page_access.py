"""The page for whoever reads it by screen reader, keyboard or enlarged: axe-core's rules, in light and dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import serving
from tests.page import BROWSER, QUESTION, ask, opened

pytestmark = BROWSER

UNKNOWN = "Who is the chief financial officer of Korea Zinc?"


@pytest.fixture(scope="module")
def address(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = shutil.copytree(seed_home, tmp_path_factory.mktemp("access") / "home")
    with serving(Path(home), "--llm", "none") as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from opened(browser, address, color_scheme=request.param)


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, as rule, element and reason."""
    page.wait_for_timeout(500)  # colours that fade have faded
    return [
        f"{found['id']}: {node['html'][:200]} at {node['target']}: {node['failureSummary']}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def test_the_empty_page_has_no_serious_fault(page: Page) -> None:
    page.locator("#q-chat .example").first.wait_for()
    page.locator("#q-stored nav").wait_for()
    assert violations(page) == []


def test_an_answer_with_its_source_has_no_serious_fault(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".q-answer.q-done a.q-chip").first.click()
    expect(page.locator("#q-source mark")).to_be_visible()
    assert violations(page) == []


def test_a_refusal_and_its_feedback_form_have_no_serious_fault(page: Page) -> None:
    ask(page, UNKNOWN)
    page.locator(".q-answer.q-refused.q-done .q-actions").wait_for()
    page.get_by_role("link", name="Wrong?").click()
    page.locator("#q-send").wait_for()
    assert violations(page) == []


def test_the_documents_tab_has_no_serious_fault(page: Page) -> None:
    page.get_by_role("tab", name="Documents").click()
    page.locator("#q-documents table").wait_for()
    assert violations(page) == []


def test_at_200_percent_nothing_scrolls_sideways(browser: Browser, address: str) -> None:
    """A window of 1000 by 1000 points enlarged twice."""
    for page in opened(browser, address, viewport={"width": 500, "height": 500}):
        ask(page, QUESTION)
        page.locator(".q-answer.q-done .q-actions").wait_for()
        sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(sideways)
        page.locator(".q-answer.q-done a.q-chip").first.click()
        expect(page.locator("#q-source mark")).to_be_in_viewport()
        assert not page.evaluate(sideways)


def test_all_of_a_turn_is_done_by_keyboard(browser: Browser, address: str) -> None:
    """The question has the focus at first; from an answer's number to its passage and back."""
    for page in opened(browser, address):
        expect(page.locator("#q-question textarea")).to_be_focused()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        page.locator(".q-answer.q-done .q-actions").wait_for()
        chip = page.locator(".q-answer.q-done a.q-chip").first
        for _ in range(40):
            if chip.evaluate("chip => chip === document.activeElement"):
                break
            page.keyboard.press("Shift+Tab")
        expect(chip).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#q-passage")).to_be_focused()
        page.keyboard.press("Escape")
        expect(chip).to_be_focused()

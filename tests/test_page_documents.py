"""The page in a real browser: files added and asked about, pages of a PDF, collections, feedback and export."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.service.stored import open_feedbacks
from index.parsing.pdf_page import MARK
from index.settings import IndexSettings
from tests.conftest import SEEDS, serving
from tests.page import BROWSER, ask, opened
from tests.test_parsing_file import make_pdf

pytestmark = BROWSER

PAGES = ("The board met in May.", "The Velm smelter makes 730 tons of tin a year.", "Its harbour is Sund.")
HEAD_OF_SALES = "Who is the head of sales at Korea Zinc?"
UNKNOWN = "Who is the chief financial officer of Korea Zinc?"

MARKED = """(image, mark) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) found += mark.every((part, index) => data[at + index] === part);
  return found;
}"""


@pytest.fixture(scope="module")
def home(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seed_home, tmp_path_factory.mktemp("documents") / "home"))


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers by quotes, with a PDF in a collection of its own."""
    folder = tmp_path_factory.mktemp("velm")
    (folder / "velm.pdf").write_bytes(make_pdf(*PAGES, title="The Velm smelter"))
    with serving(home, "--llm", "none", "--ingest", str(folder)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address)


def test_a_dropped_file_is_added_with_its_state_and_asked_about_in_its_collection_alone(page: Page, tmp_path: Path) -> None:
    (tmp_path / "osk.txt").write_text("The Osk furnace has 24 burners. It was lit in 1987.")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    page.get_by_role("tab", name="Documents").click()
    table = page.locator("#q-documents")
    expect(table).to_contain_text("The Velm smelter")
    page.locator("#q-into input").fill("furnaces")
    page.keyboard.press("Enter")
    page.locator("#q-drop input[type=file]").set_input_files([tmp_path / "osk.txt", tmp_path / "broken.pdf"])
    expect(table.locator("tr", has_text="osk.txt")).to_contain_text("in the library")
    expect(table.locator("tr", has_text="broken.pdf")).to_contain_text("failed: ")
    table.locator("tr", has_text="osk.txt").get_by_role("link", name="Open").click()
    expect(page.locator("#q-source .q-document")).to_have_text("The Osk furnace has 24 burners. It was lit in 1987.")
    page.keyboard.press("Escape")
    expect(table).to_be_visible()
    page.get_by_role("tab", name="Chat").click()
    ask(page, "How many burners does the Osk furnace have?")
    answers = page.locator(".q-answer.q-done")
    expect(answers).to_contain_text("24 burners")
    page.get_by_label("furnaces").check()
    ask(page, HEAD_OF_SALES)
    expect(answers.nth(1)).to_contain_text("Not in the documents")
    page.get_by_label("furnaces").uncheck()
    ask(page, HEAD_OF_SALES)
    expect(answers.nth(2)).to_contain_text("Lee Soo-hwan")
    page.get_by_role("tab", name="Documents").click()
    page.once("dialog", lambda dialog: dialog.accept())
    table.locator("tr", has_text="osk.txt").get_by_role("link", name="Remove").click()
    expect(table.locator("tr", has_text="osk.txt")).to_contain_text("removed")
    table.locator("tr", has_text="osk.txt").get_by_role("link", name="Read again").click()
    expect(table.locator("tr", has_text="osk.txt")).to_contain_text("in the library")


def test_the_page_of_a_pdf_is_shown_as_a_picture_with_the_passage_marked(page: Page) -> None:
    ask(page, "How much tin does the Velm smelter make?")
    page.locator(".q-answer.q-done a.q-chip").first.click()
    expect(page.locator("#q-source mark")).to_contain_text("730 tons of tin")
    picture = page.get_by_role("img", name="Page 2 as printed, the passage marked")
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate(MARKED, list(MARK)) > 100


def test_what_is_wrong_with_an_answer_is_kept_and_made_a_question(page: Page, home: Path) -> None:
    ask(page, UNKNOWN)
    page.get_by_role("link", name="Wrong?").click()
    page.get_by_label("not in the documents, though it is").check()
    page.get_by_label("The right answer").fill("Choi Jae-won")
    page.get_by_label("Make an evaluation question of it").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#q-kept")).to_contain_text("Kept, with the question and what was found. Written to feedback.jsonl")
    expect(page.locator("#q-feedback")).to_be_hidden()
    expect(page.locator(".q-actions .q-pressed")).to_have_text("✓ Wrong?")
    with open_feedbacks(IndexSettings(home=home), print) as feedbacks:
        (kept,) = feedbacks.listed()
    assert (kept.rating, kept.question, kept.right_answer) == ("down", UNKNOWN, "Choi Jae-won")
    assert kept.reasons == ("not in the documents, though it is",)
    assert kept.status == "refused" and kept.hits and kept.query and kept.index
    (line,) = (home / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    question = json.loads(line)
    assert question["question"] == UNKNOWN and question["facts"] == [["Choi Jae-won"]]
    page.get_by_role("link", name="✓ Wrong?").click()  # taken back
    expect(page.locator(".q-actions .q-pressed")).to_have_count(0)
    with open_feedbacks(IndexSettings(home=home), print) as feedbacks:
        assert feedbacks.listed() == []


def test_a_conversation_is_exported_as_markdown_and_json(page: Page) -> None:
    ask(page, HEAD_OF_SALES)
    stored = page.locator("#q-stored")
    expect(stored.locator("[aria-current]")).to_have_text(HEAD_OF_SALES)
    with page.expect_download() as download:
        stored.get_by_role("link", name="Export", exact=True).click()
    assert download.value.suggested_filename.endswith(".md")
    told = download.value.path().read_text(encoding="utf-8")
    assert f"## {HEAD_OF_SALES}" in told and "### References" in told and "Lee Soo-hwan" in told
    with page.expect_download() as download:
        stored.get_by_role("link", name="JSON").click()
    assert download.value.suggested_filename.endswith(".json")
    (turn,) = json.loads(download.value.path().read_text(encoding="utf-8"))["turns"]
    assert turn["question"] == HEAD_OF_SALES
    assert any("Lee Soo-hwan" in citation["quote"] for citation in turn["answer"]["citations"])


def test_the_latest_evaluation_report_is_linked_and_runs_nothing(page: Page, home: Path) -> None:
    page.locator("#q-stored nav").wait_for()
    expect(page.get_by_role("link", name="Evaluation report of")).to_have_count(0)
    (home / "report.html").write_text("<h1>Evaluation report</h1><script>document.body.textContent = 'ran'</script>")
    page.reload()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Evaluation report of").click()
    expect(popup.value.locator("body")).to_have_text("Evaluation report")
    (home / "report.html").unlink()


@pytest.mark.parametrize("keeps", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_before_own_documents_displace_the_samples_the_page_says_so_and_they_can_be_kept(
    browser: Browser, tmp_path: Path, keeps: bool
) -> None:
    (tmp_path / "osk.txt").write_text("The Osk furnace has 24 burners. It was lit in 1987.")
    with serving(tmp_path / "home", "--llm", "none", "--samples", str(SEEDS)) as address:
        for page in opened(browser, address):
            page.get_by_role("tab", name="Documents").click()
            told = page.locator("#q-samples")
            expect(told).to_contain_text("3 sample documents are in the library. Samples leave once you add documents")
            keep = page.get_by_label("Keep the samples")
            if keeps:
                keep.check()
            page.wait_for_timeout(2500)  # the tab has been looked at anew meanwhile
            expect(keep).to_be_checked(checked=keeps)
            page.locator("#q-drop input[type=file]").set_input_files([tmp_path / "osk.txt"])
            rows = page.locator("#q-documents tbody tr")
            expect(rows.filter(has_text="osk.txt")).to_contain_text("in the library")
            expect(page.locator("#q-jobs")).to_contain_text(
                "3 sample documents are kept" if keeps else "documents have left"
            )
            expect(rows).to_have_count(4 if keeps else 1)
            expect(told).to_be_hidden()
            expect(keep).to_be_hidden()

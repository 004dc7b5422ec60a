"""Take the pictures in `docs/`: the page in each of its states, through a real server on the seeds and one PDF.

Run by `make screenshots`; needs Debian's chromium. Look at each picture before it is committed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

LARGEST = 250_000
"""Bytes of a picture at most: the repository carries them all."""

COLOURS = 128
"""Those of a picture: enough for text in grey and a few marks."""

CAPACITY = "What is Korea Zinc's planned germanium capacity?"
UNKNOWN = "Who is the chief financial officer of Korea Zinc?"
REPORT = [
    "Arden Zinc",
    "Annual report 2025",
    "",
    "The Arden smelter has an annual capacity of 200,000 t of zinc.",
    "Its second line was stopped for repairs from March to May 2025.",
    "",
    "The smelter employs 480 people, 35 of them apprentices. In 2025",
    "the accident rate fell to 1.2 for each million hours worked.",
    "",
    "For 2026 the board has approved 14 million euros for a new",
    "filter house. It halves the dust that leaves the site.",
]


def main() -> None:
    """Take all pictures; the old ones are replaced."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, documents = Path(folder) / "home", Path(folder) / "documents"
        shutil.copytree(ROOT / "seeds", documents)
        write_report(documents / "arden-zinc-2025.pdf")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with serving(home, "--ingest", str(documents), "--llm", "none") as address:
            wide_states(browser, address)
            sizes_and_dark(browser, address)
        with serving(home) as address:
            writing(browser, address)
        browser.close()


def wide_states(browser: Browser, address: str) -> None:
    """The states of the page, on a screen of 1280 by 800 points."""
    page = opened(browser, address)
    page.locator("#q-chat .example").nth(2).wait_for()
    take(page, "empty")
    ask(page, CAPACITY)
    page.locator(".q-answer a.q-chip").first.hover()
    take(page, "card")
    open_source(page)
    take(page, "answer")
    begin(page)
    ask(page, "How many people does the Arden smelter employ?")
    open_source(page, last=True)
    page.locator("#q-source .q-page img").evaluate("image => image.decode()")
    page.locator("#q-panel").evaluate("panel => panel.scrollTo(0, 0)")
    take(page, "pdf-page")
    begin(page)
    ask(page, UNKNOWN)
    take(page, "refusal")
    page.get_by_role("link", name="Wrong?").click()
    page.locator("#q-send").wait_for()
    page.get_by_label("not in the documents, though it is").check()
    page.get_by_label("The right answer").fill("Choi Jae-won, since May 2025")
    page.wait_for_timeout(500)
    take(page, "feedback")
    begin(page)
    ask(page, "What is the planned capacity?")
    take(page, "asking-back")
    begin(page)
    ask(page, "Compare the germanium capacity of Yusheng and Korea Zinc")
    take(page, "comparison")
    page.locator("#q-stored a.q-row", has_text=CAPACITY).click()
    page.locator(".q-question", has_text=CAPACITY).wait_for()
    page.locator("#q-stored .q-row-actions").wait_for()
    take(page, "conversations")
    page.get_by_role("tab", name="Documents").click()
    page.locator("#q-documents table").wait_for()
    take(page, "documents")
    page.context.close()


def sizes_and_dark(browser: Browser, address: str) -> None:
    """An answer on a phone, on a wide screen, and in the dark."""
    for name, width, height, scheme in (
        ("narrow", 375, 740, "light"),
        ("wide", 1600, 900, "light"),
        ("dark", 1280, 800, "dark"),
    ):
        page = opened(browser, address, width, height, scheme)
        ask(page, CAPACITY)
        if name == "narrow":
            take(page, "narrow")
        open_source(page)
        take(page, "narrow-source" if name == "narrow" else name)
        page.context.close()


def writing(browser: Browser, address: str) -> None:
    """An answer while the language model writes it."""
    page = opened(browser, address)
    page.fill("#q-question textarea", "How does Korea Zinc plan to use its germanium, and with whom?")
    page.keyboard.press("Enter")
    page.locator(".q-answer.q-writing .q-text").wait_for()
    page.wait_for_function("document.querySelector('.q-writing .q-text')?.innerText.length > 40")
    take(page, "writing")
    page.context.close()


def opened(browser: Browser, address: str, width: int = 1280, height: int = 800, scheme: Any = "light") -> Page:
    """The page, ready to be asked."""
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("#q-stored nav").wait_for(state="attached")
    page.wait_for_timeout(1000)  # the left side has moved where it belongs
    return page


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    page.fill("#q-question textarea", question)
    page.keyboard.press("Enter")
    page.locator(".q-question", has_text=question).wait_for()
    page.locator(".q-answer.q-done .q-actions").last.wait_for()


def begin(page: Page) -> None:
    """A new conversation."""
    page.keyboard.press("Escape")
    page.locator("#q-new").click()
    page.locator(".q-answer").first.wait_for(state="detached")


def open_source(page: Page, last: bool = False) -> None:
    """Click the first number of the last answer, or its last one."""
    chips = page.locator(".q-answer").last.locator("a.q-chip")
    (chips.last if last else chips.first).click()
    page.locator("#q-source mark").wait_for()
    page.mouse.move(5, 300)


def take(page: Page, name: str) -> None:
    """One picture, in few colours so that it is small.

    Raises:
        ValueError: it is still too large.
    """
    page.wait_for_timeout(400)  # what fades has faded
    path = DOCS / f"{name}.png"
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    image.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} has {path.stat().st_size:,} bytes: {LARGEST:,} at most")
    print(path.relative_to(ROOT))


def write_report(path: Path) -> None:
    """A printed page to cite."""
    import matplotlib

    matplotlib.use("pdf")
    from matplotlib import pyplot

    with matplotlib.rc_context({"pdf.fonttype": 42, "font.family": "serif"}):
        figure = pyplot.figure(figsize=(6.4, 5))
        for line, text in enumerate(REPORT):
            figure.text(0.1, 0.88 - 0.065 * line, text, size=18 if line == 0 else 11)
        facts = {"Title": "Arden Zinc, annual report 2025", "CreationDate": datetime(2026, 2, 27)}
        figure.savefig(path, metadata=facts)
        pyplot.close(figure)


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[str]:
    """A running server on a data folder; its address."""
    command = [sys.executable, "-m", "assistant.cli.main", "--home", str(home), "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            ready = next(line for line in process.stdout if "ready: http" in line)
            yield ready.split("ready: ")[1].split()[0]
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

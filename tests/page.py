"""The page's tests share: an open page that reports errors and requests that leave the machine, and how to ask."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.conftest import CHROMIUM

BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "QUARRY_REQUIRE_BROWSER" not in os.environ,
        reason="no Chromium: install Debian's chromium package to run the browser tests",
    ),
]
"""What marks a module of such tests."""

QUESTION = "What is Korea Zinc's planned germanium capacity?"
SECONDS = 90_000


LEAVING = "the page is being left"


def opened(browser: Browser, address: str, **context: object) -> Iterator[Page]:
    """The open page; afterwards: no error in its console, and no request that left the machine.

    What a page says while it is being left, of the connections that this cuts, is no error.
    """
    within = browser.new_context(**{"viewport": {"width": 1400, "height": 850}, **context})  # type: ignore[arg-type]
    page = within.new_page()
    asked: list[str] = []
    errors: list[str] = []
    leaving = False

    def told(message: ConsoleMessage) -> None:
        nonlocal leaving
        leaving = leaving or message.text == LEAVING
        if message.type == "error" and not leaving:
            errors.append(f"{message.text} {message.location}")

    def stays(_: object) -> None:
        nonlocal leaving
        leaving = False

    page.add_init_script(f"window === top && addEventListener('beforeunload', () => console.debug('{LEAVING}'))")
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", told)
    page.on("framenavigated", lambda frame: stays(frame) if frame == page.main_frame else None)
    page.on("download", stays)
    page.goto(address)
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    yield page
    leaving = True
    within.close()
    away = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert not away, away
    assert not errors, errors


def ask(page: Page, question: str) -> None:
    page.fill("#q-question textarea", question)
    page.keyboard.press("Enter")

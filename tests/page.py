"""The page's tests share: an open page that reports errors and requests that leave the machine, and how to ask."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

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


def opened(browser: Browser, address: str, **context: object) -> Iterator[Page]:
    """The open page; afterwards: no error in its console, and no request that left the machine.

    What a page says while it is being left, of the connections that this cuts, is no error.
    """
    within = browser.new_context(**{"viewport": {"width": 1400, "height": 850}, **context})  # type: ignore[arg-type]
    page = within.new_page()
    away: list[str] = []
    errors: list[str] = []
    leaving = True

    def requested(request: Request) -> None:
        nonlocal leaving
        leaving = leaving or (request.is_navigation_request() and request.frame == page.main_frame)
        if not request.url.startswith((address, "data:", "blob:")):
            away.append(request.url)

    def arrived(_: Page) -> None:
        nonlocal leaving
        leaving = False

    def told(message: ConsoleMessage) -> None:
        if message.type == "error" and not leaving:
            errors.append(f"{message.text} {message.location}")

    page.on("request", requested)
    page.on("domcontentloaded", arrived)
    page.on("console", told)
    page.goto(address)
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    yield page
    within.close()
    assert not away, away
    assert not errors, errors


def ask(page: Page, question: str) -> None:
    page.fill("#q-question textarea", question)
    page.keyboard.press("Enter")

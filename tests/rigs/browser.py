"""A real Chromium as a phone. Import the fixtures into a conftest; mark the tests ``rig("chromium")``.

Playwright's synchronous API keeps an event loop in the thread that uses it, so the browser lives for one test module
only: elsewhere a test must be free to run a loop of its own.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
LANDSCAPE = {"width": 844, "height": 390}
TABLET = {"width": 1024, "height": 768}
LAPTOP = {"width": 1280, "height": 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# Where to leave screenshots for a person to look at; without it none are made.
SHOTS = os.environ.get("PEDAL_SHOTS")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where the rig is present

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Make a page of a fresh phone: ``phone(viewport, scheme)``. A script error or a refused resource fails.

    ``lonely``: the server is meant to go away, so a failed connection is none of the complaints.
    """
    contexts = []
    complaints: list[str] = []

    def make(viewport: dict[str, int] = PHONE, scheme: str = "dark", *, lonely: bool = False) -> Any:
        context = chromium.new_context(
            viewport=viewport, device_scale_factor=2, is_mobile=True, has_touch=True, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda message: _complain(complaints, message, lonely))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _complain(complaints: list[str], message: Any, lonely: bool) -> None:
    # The browser itself notes every 4xx; whether one was meant is what the test checks.
    expected = ["the server responded with a status of 4"] + ["connection"] * lonely
    if message.type == "error" and not any(words in message.text.lower() for words in expected):
        complaints.append(message.text)


@pytest.fixture
def shot() -> Callable[..., None]:
    """Keep what the page looks like: ``shot(page, name)``; only with PEDAL_SHOTS=folder."""

    def keep(page: Any, name: str, **options: Any) -> None:
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}.png", **options)

    return keep

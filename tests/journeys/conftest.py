"""A real browser against a real server: headless Chromium from Debian, and axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
SERIOUS = {"serious", "critical"}
SIZES = {"phone": (360, 740), "desk": (1366, 768)}

# The browser's driver runs an event loop in this thread; the tests' own queries are not async.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("these tests need the browser: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server):
    """Open pages as ``open_page(size="phone", javascript=True)``; what the console says is kept.

    At the end nothing may have gone wrong in any of them, CSP violations included.
    """
    contexts, wrong = [], []

    def make(size: str = "desk", javascript: bool = True) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="zh-CN",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        return page

    yield make
    for context in contexts:
        context.close()
    # A refused form or a forbidden page is a status, not a fault of the page.
    faults = [text for text in wrong if not text.startswith("Failed to load resource")]
    assert faults == []


@pytest.fixture
def check_page():
    """No serious axe finding, nothing wider than the window."""

    def check(page: Page) -> None:
        # CSP allows no script but the site's own; the check comes in through the debugger.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            (one["id"], [node["html"][:200] for node in one["nodes"]])
            for one in found["violations"]
            if one["impact"] in SERIOUS
        ]
        assert serious == [], page.url
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0, f"{page.url} scrolls sideways"

    return check


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser that goes on to the next page leaves the server writing to a closed socket.

    That ends a thread of the test's server and says nothing of the page; what goes wrong in a page
    is an answer, and the console's errors are looked at by ``open_page``.
    """
    ignored = "ignore::pytest.PytestUnhandledThreadExceptionWarning"
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(ignored))

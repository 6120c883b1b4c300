"""Debian's Chromium, driven by Playwright: pages that may ask nobody for anything, and what is wrong with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import missing
from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

PHONE, SCREEN = 360, 1280  # pixels


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser, for as many pages as are wanted."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        missing("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, width: int = SCREEN, dark: bool = False) -> Iterator[Page]:
    """The page, loaded; an error where the console says anything, or anything beside the page is asked for."""
    said: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        offline=True,
        reduced_motion="reduce",
    )
    page = context.new_page()

    def asked(request: Request) -> None:
        if request.url.partition("#")[0] != path.as_uri() and not request.url.startswith("data:"):
            said.append(f"asked for {request.url}")

    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", asked)
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    yield page
    assert said == []
    context.close()


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the page, or beyond a box of its own that is no table and no program."""
    found: list[str] = page.evaluate(
        """() => {
          const shown = e => e.getClientRects().length > 0;
          const beyond = [...document.querySelectorAll('body *')].filter(shown).filter(e => !e.closest('.box'))
            .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 || e.getBoundingClientRect().left < -0.5);
          const scrolled = [...document.querySelectorAll('.display, .line > div')].filter(shown)
            .filter(e => e.scrollWidth > e.clientWidth + 1);
          const page = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
          return [...page, ...[...beyond, ...scrolled].map(e => e.tagName + ' ' + e.textContent.slice(0, 60))];
        }"""
    )
    return found


def fonts(page: Page, selector: str) -> set[tuple[str, bool]]:
    """The fonts by which what a selector finds is set, and whether each came with the page."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    used = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
    return {(font["familyName"], font["isCustomFont"]) for each in used for font in each}

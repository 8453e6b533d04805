"""A Flet app in Chromium, driven through Flutter's semantics tree as a screen reader would be."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUITO = {"latitude": -0.1807, "longitude": -78.4678, "accuracy": 9}
PATIENCE_MS = 30_000
FAILURE_PICTURE = Path(tempfile.gettempdir()) / "recaudo-last-failure.png"
"""What the screen showed when a browser test failed last."""

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is missing (Debian: apt-get install chromium)"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Screen:
    """One window. Controls are found by the identifiers that the apps give them."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.page.set_default_timeout(PATIENCE_MS)
        self.failures: list[str] = []
        page.on("pageerror", lambda error: self.failures.append(str(error)))

    def open(self, path: str = "/") -> Screen:
        self.page.goto(f"{self.url}{path}")
        self._enable_semantics()
        return self

    def _enable_semantics(self) -> None:
        """The placeholder is one pixel outside the page: a real click misses it."""
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        self.page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        self.page.wait_for_selector("flt-semantics-host flt-semantics", state="attached")

    def by_id(self, identifier: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def starting_with(self, prefix: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier^="{prefix}"]')

    def tap(self, identifier: str) -> None:
        control = self.by_id(identifier)
        control.wait_for(state="attached")
        button = control.locator('[role="button"], [flt-tappable]').first
        (button if button.count() else control).click()

    def type(self, identifier: str, text: str) -> None:
        """Real keys. Flutter attaches its text input a moment after the focus; keys before that are lost."""
        box = self.by_id(identifier).locator("input, textarea").first
        for _attempt in range(3):
            box.click()
            self.page.wait_for_timeout(300)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text, delay=10)
            self.page.wait_for_timeout(200)
            if box.input_value() == text:
                return
        raise AssertionError(f"{identifier} does not take {text!r}")

    def go_to(self, place: str) -> None:
        """Press a destination of the navigation rail or bar by its name."""
        name = re.compile(f"^{re.escape(place)}")
        tab = self.page.get_by_role("tab", name=name).or_(self.page.get_by_role("button", name=name))
        tab.first.click()

    def shows(self, text: str | re.Pattern[str]) -> None:
        """Wait until `text` is somewhere on the screen, as a screen reader would find it."""
        host = self.page.locator("flt-semantics-host")
        expect(host.get_by_text(text).or_(host.get_by_label(text)).first).to_be_attached(timeout=PATIENCE_MS)

    def text_of(self, identifier: str) -> str:
        control = self.by_id(identifier)
        control.wait_for(state="attached")
        label = control.get_attribute("aria-label")
        return label or control.inner_text()

    def picture(self, path: str) -> None:
        self.page.wait_for_timeout(1500)
        self.page.screenshot(path=path)


@contextmanager
def screen(
    browser: Browser,
    url: str,
    *,
    width: int,
    height: int,
    dark: bool = False,
    place: dict[str, float] = QUITO,
) -> Iterator[Screen]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="es-EC",
        timezone_id="America/Guayaquil",
        geolocation=place,
        permissions=["geolocation"],
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
    )
    try:
        window = Screen(context.new_page(), url)
        try:
            yield window
        except Exception:
            window.page.screenshot(path=FAILURE_PICTURE)
            raise
    finally:
        context.close()

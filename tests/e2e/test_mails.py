"""The mails that customers get, in a browser: on a telephone and a desk, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import chromium, needs_chromium
from tests.support.mails import MAILS, page_of

pytestmark = [pytest.mark.browser, needs_chromium]

Scheme = Literal["light", "dark"]

CONTRASTS = """() => {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = color => {
    const [red, green, blue] = color.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return light(color);
    }
    return 1;
  };
  return [...document.querySelectorAll("body *")]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => {
      const [low, high] = [light(getComputedStyle(element).color), behind(element)].sort((a, b) => a - b);
      return [element.textContent, (high + 0.05) / (low + 0.05)];
    });
}"""

AMOUNTS = """() => [...document.querySelectorAll("td.amount")].map(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return [range.getBoundingClientRect().right, range.getClientRects().length];
})"""

BROKEN = """() => [...document.querySelectorAll(".whole")]
  .filter(words => words.getClientRects().length > 1).map(words => words.textContent)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def shown(browser: Browser, name: str, width: int, scheme: Scheme = "light") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(page_of(MAILS[name]()))
    return page


@pytest.mark.parametrize("width", [320, 360, 700])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_read_without_scrolling_sideways(browser: Browser, name: str, width: int) -> None:
    page = shown(browser, name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(BROKEN) == []
    page.context.close()


@pytest.mark.parametrize("name", [each for each in MAILS if "invoices" in each or "amounts" in each])
def test_amounts_are_whole_and_end_at_the_same_place(browser: Browser, name: str) -> None:
    page = shown(browser, name, 360)
    amounts = page.evaluate(AMOUNTS)
    assert len(amounts) > 3
    assert {lines for _edge, lines in amounts} == {1}
    edges = [edge for edge, _lines in amounts]
    assert max(edges) - min(edges) < 1
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_every_word_stands_out_from_its_ground(browser: Browser, name: str, scheme: Scheme) -> None:
    page = shown(browser, name, 360, scheme)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 3
    assert [text for text, contrast in contrasts if contrast < 4.5] == []
    page.context.close()


def test_a_dark_screen_gets_a_dark_page(browser: Browser) -> None:
    page = shown(browser, "receipt", 360, "dark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
        == "rgb(27, 32, 31)"
    )
    page.context.close()

"""What eyes, fingers and screen readers need of every screen, measured in the browser."""

from __future__ import annotations

import io

from PIL import Image

from tests.e2e.browser import Screen

FINGER = 48
"""dp, which are CSS pixels here: the least that a thumb hits without looking."""
POINTER = 32
"""The least that a mouse hits without aiming."""

TRANSITION_MS = 600

TARGETS = """() => {
    const scrolls = (node, way) => node && (getComputedStyle(node)[way] === 'scroll' ? node
                                                                       : scrolls(node.parentElement, way));
    const frame = (node, way) => scrolls(node, way)?.getBoundingClientRect();
    const inside = (box, rows, columns) =>
        (!rows || (box.top > rows.top + 1 && box.bottom < rows.bottom - 1)) &&
        (!columns || (box.left >= columns.left && box.right < columns.right - 1));
    return [...document.querySelectorAll('flt-semantics[flt-tappable]')]
        .filter(node => ['button', 'tab'].includes(node.getAttribute('role')))
        .map(node => [node, node.getBoundingClientRect()])
        .filter(([node, box]) => inside(box, frame(node, 'overflowY'), frame(node, 'overflowX')))
        .map(([node, box]) => ({name: node.getAttribute('aria-label') || node.innerText,
                                      left: box.left, top: box.top, width: box.width, height: box.height}));
}"""
"""What can be pressed, with its box; not what is half scrolled away in a list."""


def expect_usable(window: Screen, *, dark: bool = False, least: int = FINGER) -> None:
    """Nothing sticks out, every target is large enough and says once what it does, the light is as wanted."""
    window.page.wait_for_timeout(TRANSITION_MS)
    size = window.page.viewport_size
    assert size is not None
    for box in window.page.evaluate(TARGETS):
        assert box["left"] >= -1, box
        assert box["left"] + box["width"] <= size["width"] + 1, box
        assert box["height"] >= least - 0.5, box
        assert box["width"] >= least - 0.5, box
        half = len(box["name"]) // 2
        assert box["name"], f"a screen reader has no words for what is at {box}"
        assert box["name"][:half].strip() != box["name"][half:].strip(), f"said twice: {box}"
    shades = sorted(Image.open(io.BytesIO(window.page.screenshot())).convert("L").resize((36, 80)).tobytes())
    assert (shades[len(shades) // 2] < 90) is dark
    assert window.failures == []

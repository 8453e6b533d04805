"""What is drawn on a PDF, kept beside it as marks, so that the same paper can be shown on a screen.

A phone has no viewer for PDFs that works inside an app; with the marks nobody needs to read the PDF back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from fpdf import FPDF

Color = tuple[int, int, int]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text whose baseline begins at (x, y), in mm; `size` is in points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    color: Color


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle, filled or outlined; `radius` rounds its corners."""

    x: float
    y: float
    width: float
    height: float
    color: Color
    filled: bool
    line: float = 0
    radius: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A bar code at (x, y): `modules` from left to right, "1" is dark; `module` is the width of one."""

    x: float
    y: float
    height: float
    module: float
    modules: str
    color: Color


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    points: Sequence[tuple[float, float]]
    color: Color
    line: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG or JPEG in the middle of its room, its proportions kept."""

    x: float
    y: float
    width: float
    height: float
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """See-through words across the middle of the page; `angle` in degrees, against the clock."""

    text: str
    size: float
    color: Color
    opacity: float
    angle: float


Mark = Words | Box | Bars | Stroke | Picture | Stamp


@dataclass(frozen=True, slots=True)
class Page:
    """One page, in mm."""

    width: float
    height: float
    marks: Sequence[Mark]

    @property
    def text(self) -> str:
        """All that is written on it, for who can't see it."""
        return " ".join(mark.text for mark in self.marks if isinstance(mark, Words))


_SPARE = {"L": 0.0, "C": 0.5, "R": 1.0}
"""How much of the room that a text leaves is at its left."""

_watcher: ContextVar[list[list[Page]] | None] = ContextVar("watcher", default=None)


def watch(make: Callable[[], Made]) -> tuple[Made, list[Page]]:
    """What `make` returns, and the pages of the last PDF that it finished."""
    finished: list[list[Page]] = []
    before = _watcher.set(finished)
    try:
        made = make()
    finally:
        _watcher.reset(before)
    return made, finished[-1] if finished else []


class RecordedPDF(FPDF):
    """Draws as fpdf2 does and remembers it; it takes the forms of calls that papers use, and no others."""

    def __init__(self, *, width: float, height: float) -> None:
        self._marks: dict[int, list[Mark]] = {}
        super().__init__(unit="mm", format=(width, height))

    def cell(self, *place: Any, **options: Any) -> bool:
        width, height, text = place
        left = self.x + (width - self.get_string_width(text)) * _SPARE[options["align"]]
        # where fpdf2 puts the baseline
        self._words(left, self.y + 0.5 * height + 0.3 * self.font_size, text)
        return super().cell(*place, **options)

    def text(self, x: float, y: float, text: str = "") -> None:
        self._words(x, y, text)
        super().text(x, y, text)

    def rect(self, *place: Any, **options: Any) -> None:
        x, y, width, height = place
        filled = options.get("style") == "F"
        color = _rgb(self.fill_color if filled else self.draw_color)
        self._mark(
            Box(
                x=x, y=y, width=width, height=height, color=color, filled=filled, line=self.line_width,
                radius=options.get("corner_radius", 0),
            )
        )  # fmt: skip
        super().rect(*place, **options)

    def bars(self, modules: str, *, x: float, y: float, module: float, height: float) -> None:
        """Draw a bar code: "1" is a dark module.

        It is remembered whole, so that a screen can draw its modules in whole dots.
        """
        self.set_fill_color(0)
        for bar in re.finditer("1+", modules):
            super().rect(x + bar.start() * module, y, len(bar[0]) * module, height, style="F")
        self._mark(Bars(x=x, y=y, height=height, module=module, modules=modules, color=(0, 0, 0)))

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._mark(Stroke(points=((x1, y1), (x2, y2)), color=_rgb(self.draw_color), line=self.line_width))
        super().line(x1, y1, x2, y2)

    def polyline(self, point_list: Any, *form: Any, **options: Any) -> None:
        self._mark(Stroke(points=tuple(point_list), color=_rgb(self.draw_color), line=self.line_width))
        super().polyline(point_list, *form, **options)

    def image(self, name: Any, *form: Any, **options: Any) -> Any:
        x, y, width, height = (options[key] for key in ("x", "y", "w", "h"))
        self._mark(Picture(x=x, y=y, width=width, height=height, content=name.getvalue()))
        return super().image(name, *form, **options)

    def output(self, *args: Any, **options: Any) -> Any:
        watcher = _watcher.get()
        if watcher is not None:
            pages = range(1, self.pages_count + 1)
            watcher.append([Page(self.w, self.h, tuple(self._marks.get(page, ()))) for page in pages])
        return super().output(*args, **options)

    def _words(self, x: float, y: float, text: str) -> None:
        if text:
            bold = "B" in self.font_style
            color = _rgb(self.text_color)
            self._mark(Words(x=x, y=y, text=text, size=self.font_size_pt, bold=bold, color=color))

    def _mark(self, mark: Mark) -> None:
        self._marks.setdefault(self.page, []).append(mark)


def _rgb(color: Any) -> Color:
    red, green, blue = (round(value) for value in color.colors255)
    return red, green, blue

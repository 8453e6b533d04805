"""A page to write on: our fonts, text that wraps and shrinks to its place, rows, a stamp.

The same input gives the same bytes: the creation date is the document's own and nothing depends on the
machine.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from paperwork.logo import size_within
from paperwork.recording import RecordedPDF, Stamp

_FONTS = Path(__file__).parent / "fonts"
FONT_FILES = {"": _FONTS / "DejaVuSansCondensed.ttf", "B": _FONTS / "DejaVuSansCondensed-Bold.ttf"}
"""By fpdf2's name of the style."""

_FAMILY = "DejaVu"

INK = 25
SOFT = 105
LINE = 200
SHADE = 243
STAMP = (214, 60, 52)
_OPACITY, _SLANT = 0.28, 32.0

_POINTS_TO_MM = 25.4 / 72
_LEADING = 1.28
_SMALLEST = 5.0
_NAME_LINES, _SMALLEST_NAME = 2, 8.5
_CELL, _AFTER_FIGURES = 0.8, 2.4  # white beside the text of a cell, in mm

# Our subset lacks some scripts; fpdf2 would log each missing glyph of a name, every time.
logging.getLogger("fpdf.fonts").setLevel(logging.ERROR)
logging.getLogger("fpdf.output").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width in mm, `L` or `R`."""

    heading: str
    width: float
    align: str = "L"


class Sheet(RecordedPDF):
    """A PDF whose measures are mm and whose margins are equal on all sides.

    Use it in a `with`: fpdf2 reads glyphs when they are needed and keeps the font files open until told.
    """

    def __init__(
        self, *, width: float, height: float, margin: float, created_at: datetime, title: str
    ) -> None:
        super().__init__(width=width, height=height)
        self.margin = margin
        self.set_margins(margin, margin, margin)
        self.set_auto_page_break(False)
        self.c_margin = 0
        for style, file in FONT_FILES.items():
            self.add_font(_FAMILY, style, file)
        self.set_creation_date(created_at)
        self.set_title(title)
        self.set_creator("Recaudo")
        self.add_page()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    @property
    def bottom(self) -> float:
        """Where the writable part of the page ends."""
        return float(self.h - self.margin)

    def keep(self, height: float) -> None:
        """Go to a new page unless `height` mm fit on this one."""
        if self.get_y() + height > self.bottom:
            self.add_page()

    def running_head(self, paper: str, issuer: str, *, size: float) -> None:
        """What a further page says at its top: which paper it belongs to, and whose."""
        width = self.w - 2 * self.margin
        self.set_y(self.margin)
        self.style(size, bold=True)
        self.fitted(paper, x=self.margin, width=width / 2 - 1)
        self.style(size, grey=SOFT)
        self.fitted(issuer, x=self.margin + width / 2, width=width / 2, align="R")
        self.space(self.line_height() + 1)
        self.rule(x=self.margin, width=width, grey=60, thickness=0.3)
        self.space(4)

    def turn_to(self, page: int) -> None:
        """Go on writing on a page that was left: what fpdf2 set since then was set on another one."""
        self.page = page
        self.current_font_is_set_on_page = False

    def style(self, size: float, *, bold: bool = False, grey: int = INK) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(grey)

    def line_height(self) -> float:
        return float(self.font_size_pt) * _POINTS_TO_MM * _LEADING

    def paragraph(self, text: str, *, x: float, width: float, align: str = "L") -> None:
        """Write wrapped text from (x, current y); the next paragraph follows below."""
        height = self.line_height()
        for line in self.lines_of(text, width) or [""]:
            self.set_x(x)
            self.cell(width, height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def lines_of(self, text: str, width: float) -> list[str]:
        """How `text` breaks in `width` with the current font."""
        lines = self.multi_cell(width, self.line_height(), text, dry_run=True, output=MethodReturnValue.LINES)
        return lines if isinstance(lines, list) else []

    def name(self, text: str, *, x: float, width: float) -> None:
        """A paragraph in the present size, smaller where it would take more lines than a name may."""
        while len(self.lines_of(text, width)) > _NAME_LINES and self.font_size_pt > _SMALLEST_NAME:
            self.set_font_size(self.font_size_pt - 0.5)
        self.paragraph(text, x=x, width=width)

    def fitted(self, text: str, *, x: float, width: float, align: str = "L") -> None:
        """Write one line at (x, current y), smaller where it would not fit; y stays."""
        size = self.font_size_pt
        while self.get_string_width(text) > width and self.font_size_pt > _SMALLEST:
            self.set_font_size(self.font_size_pt - 0.25)
        self.set_x(x)
        self.cell(width, size * _POINTS_TO_MM * _LEADING, text, align=align, new_x=XPos.LEFT, new_y=YPos.TOP)
        self.set_font_size(size)

    def pair(self, label: str, value: str, *, x: float, width: float, label_width: float) -> None:
        """Write a soft label and its value beside it, wrapped."""
        size, top = self.font_size_pt, self.get_y()
        self.style(size, grey=SOFT)
        self.fitted(label, x=x, width=label_width - 1)
        self.style(size)
        self.set_y(top)
        self.paragraph(value, x=x + label_width, width=width - label_width)

    def rule(self, *, x: float, width: float, grey: int = LINE, thickness: float = 0.2) -> None:
        self.set_draw_color(grey)
        self.set_line_width(thickness)
        self.line(x, self.get_y(), x + width, self.get_y())

    def space(self, height: float) -> None:
        self.set_y(self.get_y() + height)

    def grid(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        size: float,
        padding: float,
    ) -> None:
        """Draw rows that wrap within their columns and go on, with headings, on the next page.

        `padding` is the white above and below each text, in mm.
        """
        placed = _placed(columns, self.margin)
        self._headings(columns, placed, size)
        for row in rows:
            self.style(size)
            cells = [self.lines_of(text, place.width) for text, place in zip(row, placed, strict=True)]
            height = max(1, *(len(lines) for lines in cells)) * self.line_height() + 2 * padding
            if self.get_y() + height > self.bottom:
                self.add_page()
                self._headings(columns, placed, size)
                self.style(size)
            self._row(placed, cells, height, padding)

    def logo(self, content: bytes, *, x: float, y: float, width: float, height: float) -> float:
        """Draw a PNG or JPEG at the upper left of its room, as large as it fits; return the width it took."""
        across, down = size_within(content, width, height)
        self.image(io.BytesIO(content), x=x, y=y, w=across, h=down)
        return across

    def stamp(self, text: str, *, size: float) -> None:
        """Write `text` across the middle of the page, slanted and see-through."""
        self.set_font(_FAMILY, "B", size)
        self.set_text_color(*STAMP)
        width = self.get_string_width(text)
        with self.local_context(fill_opacity=_OPACITY), self.rotation(_SLANT, self.w / 2, self.h / 2):
            # past the recording: what is turned is remembered as a stamp
            FPDF.text(self, (self.w - width) / 2, self.h / 2, text)
        self._mark(Stamp(text=text, size=size, color=STAMP, opacity=_OPACITY, angle=_SLANT))
        self.set_text_color(INK)

    def in_the_margin(self, text: str) -> None:
        """Write a short text at the lower right, outside the writable part."""
        self.style(6, grey=SOFT)
        self.text(self.w - self.margin - self.get_string_width(text), self.h - self.margin / 3, text)

    def _headings(self, columns: Sequence[Column], placed: Sequence[_Place], size: float) -> None:
        self.style(size - 0.5, bold=True, grey=SOFT)
        top, height = self.get_y(), self.line_height() + 1.2
        self.set_fill_color(SHADE)
        self.rect(self.margin, top, sum(column.width for column in columns), height, style="F")
        self.set_y(top + 0.6)
        for column, place in zip(columns, placed, strict=True):
            self.fitted(column.heading, x=place.x, width=place.width, align=place.align)
        self.set_y(top + height)

    def _row(
        self, placed: Sequence[_Place], cells: Sequence[Sequence[str]], height: float, padding: float
    ) -> None:
        top = self.get_y()
        for place, lines in zip(placed, cells, strict=True):
            self.set_y(top + padding)
            for line in lines:
                self.fitted(line, x=place.x, width=place.width, align=place.align)
                self.set_y(self.get_y() + self.line_height())
        self.set_y(top + height)
        width = placed[-1].x + placed[-1].width + _CELL - self.margin
        self.rule(x=self.margin, width=width, grey=225, thickness=0.1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the text of a column stands."""

    x: float
    width: float
    align: str


def _placed(columns: Sequence[Column], x: float) -> list[_Place]:
    """The columns from `x` on; words that follow figures keep away from them, as the two would meet."""
    placed, before = [], "L"
    for column in columns:
        left = _CELL + (_AFTER_FIGURES if (before, column.align) == ("R", "L") else 0)
        placed.append(_Place(x + left, column.width - left - _CELL, column.align))
        x, before = x + column.width, column.align
    return placed

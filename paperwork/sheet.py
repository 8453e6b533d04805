"""A page to write on: our fonts, text that wraps and shrinks to its place, rows, codes to scan, a stamp.

The same input gives the same bytes: the creation date is the document's own and nothing depends on the
machine.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import segno
from barcode.codex import Code128
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
        bottom: float,
    ) -> None:
        """Draw rows that wrap within their columns; beyond `bottom` they go on, with headings, on a new page.

        `padding` is the white above and below each text, in mm.
        """
        self._headings(columns, size)
        for row in rows:
            self.style(size)
            cells = [self.lines_of(text, column.width - 1) for text, column in zip(row, columns, strict=True)]
            height = max(1, *(len(lines) for lines in cells)) * self.line_height() + 2 * padding
            if self.get_y() + height > bottom:
                self.add_page()
                self._headings(columns, size)
                self.style(size)
            self._row(columns, cells, height, padding)

    def logo(self, content: bytes, *, x: float, y: float, width: float, height: float) -> float:
        """Draw a PNG or JPEG at the upper left of its room, as large as it fits; return the width it took."""
        across, down = size_within(content, width, height)
        self.image(io.BytesIO(content), x=x, y=y, w=across, h=down)
        return across

    def qr(self, content: str, *, x: float, y: float, side: float) -> None:
        """Draw a QR code (ISO/IEC 18004, level M) as rectangles, its quiet zone included in `side`."""
        matrix = [
            list(row) for row in segno.make(content, error="m", boost_error=False).matrix_iter(border=2)
        ]
        module = side / len(matrix)
        self.set_fill_color(0)
        for row, cells in enumerate(matrix):
            start = 0
            while start < len(cells):
                end = start
                while end < len(cells) and cells[end]:
                    end += 1
                if end > start:
                    self.rect(x + start * module, y + row * module, (end - start) * module, module, style="F")
                start = end + 1

    def code128(self, content: str, *, x: float, y: float, width: float, height: float) -> None:
        """Draw a Code 128 bar code (ISO/IEC 15417); the caller leaves ten modules free on both sides."""
        modules = "".join(Code128(content).build())
        module = width / len(modules)
        self.set_fill_color(0)
        for bar in re.finditer("1+", modules):
            self.rect(x + bar.start() * module, y, len(bar[0]) * module, height, style="F")

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

    def _headings(self, columns: Sequence[Column], size: float) -> None:
        self.style(size - 0.5, bold=True, grey=SOFT)
        top, height = self.get_y(), self.line_height() + 1.2
        self.set_fill_color(SHADE)
        self.rect(self.margin, top, sum(column.width for column in columns), height, style="F")
        x = self.margin
        self.set_y(top + 0.6)
        for column in columns:
            self.fitted(column.heading, x=x + 0.8, width=column.width - 1.6, align=column.align)
            x += column.width
        self.set_y(top + height)

    def _row(
        self, columns: Sequence[Column], cells: Sequence[Sequence[str]], height: float, padding: float
    ) -> None:
        top, x = self.get_y(), self.margin
        for column, lines in zip(columns, cells, strict=True):
            self.set_y(top + padding)
            for line in lines:
                self.fitted(line, x=x + 0.8, width=column.width - 1.6, align=column.align)
                self.set_y(self.get_y() + self.line_height())
            x += column.width
        self.set_y(top + height)
        self.rule(x=self.margin, width=sum(column.width for column in columns), grey=225, thickness=0.1)

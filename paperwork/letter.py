"""An A4 page of the company's: its head, sections, signatures as they were drawn, a foot on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paperwork.labels import TAX_ID_NAMES
from paperwork.office_page import WIDTH, OfficePage, Running
from paperwork.phrases import Wording
from paperwork.sheet import INK, SHADE, SOFT, Column

Doc = Mapping[str, Any]
Pairs = Sequence[tuple[str, str]]

MARGIN = 15.0
INNER = WIDTH - 2 * MARGIN
TEXT, SMALL = 9.0, 8.0
_TITLE_WIDTH = 78.0
_GUTTER = 8.0
_LABEL_WIDTH = 34.0
_SIGNATURE_WIDTH, _SIGNATURE_HEIGHT = 76.0, 18.0
_FIELD = 1000.0  # a signature is drawn on a field this wide
_QR = 20.0
_LOGO_WIDTH, _LOGO_HEIGHT = 34.0, 17.0


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a paper carries beside its facts: the company's logo (PNG or JPEG), and how many copies of it were
    handed over before this one.
    """

    logo: bytes | None = None
    copies: int = 0


PLAIN = Imprint()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands at the top of a letter, and repeated on its further pages."""

    company: Doc
    title: str
    number: str
    date: str
    created_at: datetime
    language: str
    imprint: Imprint = PLAIN

    @property
    def name(self) -> str:
        return f"{self.title} {self.number}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signs and as what; `strokes` are lines `[x, y, x, y, …]` as drawn, none for a pen on paper."""

    name: str
    role: str
    strokes: Sequence[Sequence[float]] = ()


class Letter(OfficePage):
    """Write its sections from top to bottom, then `finish`."""

    def __init__(self, heading: Heading) -> None:
        self._heading = heading
        self._say = Wording(heading.language, heading.company)
        running = Running(
            paper=heading.name, issuer=str(heading.company["name"]), foot=heading.name,
            page_word=self._say("page"), language=heading.language,
        )  # fmt: skip
        super().__init__(running, margin=MARGIN, created_at=heading.created_at, title=heading.name)
        self._draw_head()

    def keep(self, height: float) -> None:
        """Go to a new page unless `height` mm fit on this one."""
        if self.get_y() + height > self.bottom:
            self.add_page()

    def section(self, title: str, *, room: float = 6.0) -> None:
        """A heading that is never alone at the end of a page: `room` mm of what follows stand below it."""
        self.keep(12 + room)
        self.space(3)
        self.style(TEXT + 0.5, bold=True)
        self.paragraph(title, x=MARGIN, width=INNER)
        self.space(0.8)
        self.rule(x=MARGIN, width=INNER)
        self.space(1.6)

    def facts(self, pairs: Pairs, *, columns: int = 2) -> None:
        """Labelled values in columns; empty values are left out."""
        kept = [(label, value) for label, value in pairs if value]
        width = (INNER - (columns - 1) * _GUTTER) / columns
        self.style(SMALL + 0.5)
        for start in range(0, len(kept), columns):
            row = kept[start : start + columns]
            lines = max(len(self.lines_of(value, width - _LABEL_WIDTH)) for _label, value in row)
            self.keep(lines * self.line_height())
            top = end = self.get_y()
            for place, (label, value) in enumerate(row):
                self.set_y(top)
                self.pair(
                    label, value, x=MARGIN + place * (width + _GUTTER), width=width, label_width=_LABEL_WIDTH
                )
                end = max(end, self.get_y())
            self.set_y(end + 0.8)

    def prose(self, text: str, *, size: float = TEXT, grey: int = INK) -> None:
        """A paragraph over the whole width that goes on over the page."""
        self.style(size, grey=grey)
        for line in (line for part in text.splitlines() for line in self.lines_of(part, INNER) or [""]):
            self.keep(self.line_height())
            self.style(size, grey=grey)
            self.paragraph(line, x=MARGIN, width=INNER)

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self.keep(14)
        self.grid(columns, rows, size=SMALL, padding=0.7, bottom=self.bottom)
        self.space(1.5)

    def sums(self, rows: Pairs, *, width: float = 84.0) -> None:
        """Amounts at the right, the last one stressed."""
        value_width = 34.0
        x = MARGIN + INNER - width
        self.style(TEXT)
        self.keep(len(rows) * (self.line_height() + 1.2) + 2)
        for place, (label, value) in enumerate(rows):
            last = place == len(rows) - 1
            self.style(TEXT + last, bold=last)
            top, height = self.get_y(), self.line_height() + 1.2
            if last:
                self.set_fill_color(SHADE)
                self.rect(x, top, width, height, style="F")
            self.set_y(top + 0.6)
            self.fitted(label, x=x + 1.5, width=width - value_width - 2)
            self.fitted(value, x=x + width - value_width, width=value_width - 0.8, align="R")
            self.set_y(top + height)
            self.rule(x=x, width=width, grey=225, thickness=0.1)
        self.space(2)

    def signatures(self, signed: Sequence[Signed]) -> None:
        """Two beside each other; drawn strokes above the line, the name and the role below it."""
        self.style(SMALL)
        height = _SIGNATURE_HEIGHT + 2 * self.line_height() + 4
        for start in range(0, len(signed), 2):
            self.keep(height)
            top = self.get_y() + 2
            for place, each in enumerate(signed[start : start + 2]):
                x = MARGIN if place == 0 else MARGIN + INNER - _SIGNATURE_WIDTH
                self._strokes(each.strokes, x=x, y=top)
                self.set_y(top + _SIGNATURE_HEIGHT)
                self.rule(x=x, width=_SIGNATURE_WIDTH, grey=90)
                self.space(0.8)
                self.style(SMALL)
                self.fitted(each.name, x=x, width=_SIGNATURE_WIDTH, align="C")
                self.space(self.line_height())
                self.style(SMALL - 1, grey=SOFT)
                self.fitted(each.role, x=x, width=_SIGNATURE_WIDTH, align="C")
            self.set_y(top + height - 2)

    def verification(self, label: str, digest: str, qr: str) -> None:
        """The hash of what the letter was made from, to read and to scan."""
        self.keep(_QR + 2)
        top = self.get_y() + 1
        self.qr(qr, x=MARGIN + INNER - _QR, y=top, side=_QR)
        self.set_y(top + 2)
        self.style(SMALL - 1)
        grouped = " ".join(digest[start : start + 8] for start in range(0, len(digest), 8)).upper()
        self.pair(label, grouped, x=MARGIN, width=INNER - _QR - 6, label_width=_LABEL_WIDTH)
        self.set_y(top + _QR)

    def _draw_head(self) -> None:
        heading, company, logo = self._heading, self._heading.company, self._heading.imprint.logo
        x, below = MARGIN, MARGIN
        if logo is not None:
            x += self.logo(logo, x=MARGIN, y=MARGIN, width=_LOGO_WIDTH, height=_LOGO_HEIGHT) + 4
            below += _LOGO_HEIGHT
        width = MARGIN + INNER - _TITLE_WIDTH - _GUTTER - x
        self.set_y(MARGIN)
        self.style(13, bold=True)
        self.name(str(company["name"]), x=x, width=width)
        self.style(SMALL, grey=SOFT)
        tax_id = company.get("tax_id")
        named = f"{TAX_ID_NAMES.get(company.get('country', ''), 'ID')} {tax_id}" if tax_id else ""
        for line in filter(None, (named, company.get("address"), company.get("phone"))):
            self.paragraph(str(line), x=x, width=width)
        below = max(below, self.get_y())
        x = MARGIN + INNER - _TITLE_WIDTH
        self.set_y(MARGIN)
        self.style(13, bold=True)
        self.paragraph(heading.title, x=x, width=_TITLE_WIDTH, align="R")
        self.style(TEXT)
        copies = heading.imprint.copies
        copy = self._say("copy", number=copies) if copies else ""
        for line in filter(None, (heading.number, heading.date, copy)):
            self.fitted(line, x=x, width=_TITLE_WIDTH, align="R")
            self.space(self.line_height())
        self.set_y(max(below, self.get_y()) + 2)
        self.rule(x=MARGIN, width=INNER, grey=60, thickness=0.4)
        self.space(2)

    def _strokes(self, strokes: Sequence[Sequence[float]], *, x: float, y: float) -> None:
        """The drawing, fitted into the room above the line with its proportions kept."""
        points = [(stroke[at], stroke[at + 1]) for stroke in strokes for at in range(0, len(stroke) - 1, 2)]
        if not points:
            return
        across, down = [point[0] for point in points], [point[1] for point in points]
        wide, high = max(across) - min(across), max(down) - min(down)
        scale = min(
            _SIGNATURE_WIDTH / _FIELD,
            (_SIGNATURE_WIDTH - 4) / wide if wide else _SIGNATURE_WIDTH,
            (_SIGNATURE_HEIGHT - 3) / high if high else _SIGNATURE_HEIGHT,
        )
        left = x + (_SIGNATURE_WIDTH - wide * scale) / 2 - min(across) * scale
        top = y + (_SIGNATURE_HEIGHT - 2 - high * scale) - min(down) * scale
        self.set_draw_color(20, 30, 90)
        self.set_line_width(0.45)
        for stroke in strokes:
            line = [
                (left + stroke[at] * scale, top + stroke[at + 1] * scale)
                for at in range(0, len(stroke) - 1, 2)
            ]
            if len(line) == 1:
                line *= 2
            self.polyline(line)

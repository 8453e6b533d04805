"""An A4 page of the company's: its head, sections, signatures as they were drawn, a foot on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paperwork.codes import draw_qr
from paperwork.facts import Proof
from paperwork.labels import company_lines, labels_for
from paperwork.masthead import Line, Masthead, Room, draw_masthead
from paperwork.office_page import WIDTH, OfficePage, Running
from paperwork.phrases import Wording
from paperwork.sheet import INK, SHADE, SOFT, Column

Doc = Mapping[str, Any]
Pairs = Sequence[tuple[str, str]]

MARGIN = 15.0
INNER = WIDTH - 2 * MARGIN
TEXT, SMALL = 9.0, 8.0
_ROOM = Room(logo_width=34, logo_height=17, document_width=64, name_size=12.5, text_size=SMALL)
_GUTTER = 8.0
_LABEL_WIDTH, _VALUE_WIDTH = 34.0, 34.0
_SIGNATURE_WIDTH, _SIGNATURE_HEIGHT = 76.0, 18.0
_FIELD = 1000.0  # a signature is drawn on a field this wide
_QR = 26.0
_SECTION, _SECTION_ROOM = 12.0, 14.0  # height of a heading, and of what is never parted from it
_FIGURES = 13.0  # height of the band of figures


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

    def section(self, title: str, *, room: float = _SECTION_ROOM) -> None:
        """A heading that is never alone at the end of a page: `room` mm of what follows stand below it."""
        self.keep(_SECTION + room)
        self.space(3)
        self.style(TEXT + 0.5, bold=True)
        self.paragraph(title, x=MARGIN, width=INNER)
        self.space(0.8)
        self.rule(x=MARGIN, width=INNER)
        self.space(1.6)

    def figures(self, pairs: Pairs) -> None:
        """A band of large figures: what the letter is about; the last, at the right, is the answer."""
        width, top = INNER / len(pairs), self.get_y() + 2
        self.set_fill_color(SHADE)
        self.rect(MARGIN, top, INNER, _FIGURES, style="F")
        for place, (label, value) in enumerate(pairs):
            last = place == len(pairs) - 1
            x, align = MARGIN + place * width + 2.5, "R" if last else "L"
            self.set_y(top + 1.8)
            self.style(SMALL, grey=SOFT)
            self.fitted(label, x=x, width=width - 5, align=align)
            self.space(self.line_height() + 0.3)
            self.style(14 if last else 11, bold=last)
            self.fitted(value, x=x, width=width - 5, align=align)
        self.set_y(top + _FIGURES + 1)

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

    def customer(self, customer: Doc, *, code: str, phones: Sequence[str] = ()) -> None:
        """Whom the letter is about; name and address have the whole width."""
        say, place = self._say, (customer.get("address"), customer.get("city"))
        self.facts([(say("customer"), str(customer["name"]))], columns=1)
        self.facts(
            [
                (say("code"), code),
                (say("tax_id"), str(customer.get("tax_id") or "")),
                (say("phone"), ", ".join(phones)),
            ]
        )
        self.facts([(say("address"), ", ".join(str(part) for part in place if part))], columns=1)

    def prose(self, text: str, *, size: float = TEXT, grey: int = INK) -> None:
        """A paragraph over the whole width that goes on over the page."""
        self.style(size, grey=grey)
        for line in (line for part in text.splitlines() for line in self.lines_of(part, INNER) or [""]):
            self.keep(self.line_height())
            self.style(size, grey=grey)
            self.paragraph(line, x=MARGIN, width=INNER)

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self.keep(14)
        self.grid(columns, rows, size=SMALL, padding=0.7)
        self.space(1.5)

    def sums(self, rows: Pairs, *, width: float = 84.0) -> None:
        """Amounts at the right, the last one stressed."""
        self.style(TEXT)
        self.keep(self.amounts_height(len(rows)))
        self.amounts(
            rows, x=MARGIN + INNER - width, width=width, value_width=_VALUE_WIDTH, size=TEXT,
            stressed=len(rows) - 1,
        )  # fmt: skip
        self.space(2)

    def sign_off(self, signed: Sequence[Signed], proof: Proof, *, legend: str = "") -> None:
        """Who signs, two beside each other, and below them the proof of what was signed: all on one page."""
        self.style(SMALL)
        height = _SIGNATURE_HEIGHT + 2 * self.line_height() + 4
        rows = -(-len(signed) // 2)
        self.section(self._say("signatures"), room=rows * height + _QR)
        for start in range(0, len(signed), 2):
            top = self.get_y() + 2
            self._signature(signed[start], x=MARGIN, y=top)
            if start + 1 < len(signed):
                self._signature(signed[start + 1], x=MARGIN + INNER - _SIGNATURE_WIDTH, y=top)
            self.set_y(top + height - 2)
        self._prove(proof, legend)

    def _signature(self, each: Signed, *, x: float, y: float) -> None:
        self._strokes(each.strokes, x=x, y=y)
        self.set_y(y + _SIGNATURE_HEIGHT)
        self.rule(x=x, width=_SIGNATURE_WIDTH, grey=90)
        self.space(0.8)
        self.style(SMALL)
        self.fitted(each.name, x=x, width=_SIGNATURE_WIDTH, align="C")
        self.space(self.line_height())
        self.style(SMALL - 1, grey=SOFT)
        self.fitted(each.role, x=x, width=_SIGNATURE_WIDTH, align="C")

    def _prove(self, proof: Proof, legend: str) -> None:
        top, width = self.get_y() + 1, INNER - _QR - 6
        draw_qr(self, proof.scanned, x=MARGIN + INNER - _QR, y=top, side=_QR)
        self.set_y(top + 2)
        self.style(SMALL - 1, grey=SOFT)
        if legend:
            self.paragraph(legend, x=MARGIN, width=width)
            self.space(1.5)
        grouped = " ".join(proof.digest[at : at + 8] for at in range(0, len(proof.digest), 8)).upper()
        self.pair(self._say("verification"), grouped, x=MARGIN, width=width, label_width=_LABEL_WIDTH)
        self.set_y(top + _QR)

    def _draw_head(self) -> None:
        heading, company = self._heading, self._heading.company
        copies = heading.imprint.copies
        copy = self._say("copy", number=copies) if copies else ""
        below = [Line(text=text, size=TEXT) for text in (heading.number, heading.date) if text]
        if copy:
            below.append(Line(text=copy, size=TEXT, bold=True))
        head = Masthead(
            logo=heading.imprint.logo,
            company=str(company["name"]),
            company_lines=company_lines(company, labels_for(heading.language)),
            document=[Line(text=heading.title, size=13, bold=True), *below],
        )
        draw_masthead(self, head, _ROOM)

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

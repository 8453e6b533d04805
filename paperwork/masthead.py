"""The top of a company's paper: logo, name and address at the left, which paper it is at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.sheet import INK, SOFT, Sheet

_BESIDE_LOGO, _BETWEEN = 4.0, 4.0  # white between logo, company and document, in mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line about the document; smaller where it would not fit."""

    text: str
    size: float
    bold: bool = False
    grey: int = INK


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """Whose paper it is and which; `logo` is a PNG or JPEG."""

    logo: bytes | None
    company: str
    company_lines: Sequence[str]
    document: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How large a masthead is on a kind of sheet: millimetres, and points for the sizes of text."""

    logo_width: float
    logo_height: float
    document_width: float
    name_size: float
    text_size: float


def draw_masthead(sheet: Sheet, head: Masthead, room: Room) -> None:
    """Write it at the top of the page and go on below its line."""
    inner = sheet.w - 2 * sheet.margin
    below = max(_company(sheet, head, room, inner), _document(sheet, head, room, inner))
    sheet.set_y(below + 2)
    sheet.rule(x=sheet.margin, width=inner, grey=60, thickness=0.4)
    sheet.space(2)


def _company(sheet: Sheet, head: Masthead, room: Room, inner: float) -> float:
    """Return where it ends."""
    x, top, logo_end = sheet.margin, sheet.margin, sheet.margin
    if head.logo is not None:
        x += sheet.logo(head.logo, x=x, y=top, width=room.logo_width, height=room.logo_height) + _BESIDE_LOGO
        logo_end += room.logo_height
    width = sheet.margin + inner - room.document_width - _BETWEEN - x
    sheet.set_y(top)
    sheet.style(room.name_size, bold=True)
    sheet.name(head.company, x=x, width=width)
    sheet.style(room.text_size, grey=SOFT)
    for line in head.company_lines:
        sheet.paragraph(line, x=x, width=width)
    return max(logo_end, sheet.get_y())


def _document(sheet: Sheet, head: Masthead, room: Room, inner: float) -> float:
    """Return where it ends."""
    x = sheet.margin + inner - room.document_width
    sheet.set_y(sheet.margin)
    for line in head.document:
        sheet.style(line.size, bold=line.bold, grey=line.grey)
        sheet.fitted(line.text, x=x, width=room.document_width, align="R")
        sheet.space(sheet.line_height())
    return float(sheet.get_y())

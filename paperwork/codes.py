"""Codes to scan, drawn on a sheet: a QR code that proves a paper, the bar code of an access key."""

from __future__ import annotations

import re

import segno
from barcode.codex import Code128

from paperwork.sheet import Sheet

BAR_MODULE = 0.254
"""The narrowest bar, in mm: 10 mil, which hand-held readers and cameras ask for; 3 dots of a printer with 300
to the inch, so that no bar is a dot wider than its like.
"""
_BAR_QUIET = 10  # modules on both sides that the standard keeps free
_QR_QUIET = 2  # modules; the papers leave as much white again around it


def draw_qr(sheet: Sheet, content: str, *, x: float, y: float, side: float) -> None:
    """Draw a QR code (ISO/IEC 18004, level M) as rectangles, its quiet zone included in `side`."""
    code = segno.make(content, error="m", boost_error=False)
    rows = ["".join("1" if cell else "0" for cell in row) for row in code.matrix_iter(border=_QR_QUIET)]
    module = side / len(rows)
    sheet.set_fill_color(0)
    for place, row in enumerate(rows):
        for dark in re.finditer("1+", row):
            left, width = x + dark.start() * module, len(dark[0]) * module
            sheet.rect(left, y + place * module, width, module, style="F")


def draw_code128(sheet: Sheet, content: str, *, x: float, y: float, width: float, height: float) -> None:
    """Draw a Code 128 bar code (ISO/IEC 15417) in the middle of `width`, in which nothing else stands.

    Its modules are `BAR_MODULE` wide; narrower only where it would not fit with its quiet zones.
    """
    modules = "".join(Code128(content).build())
    module = min(BAR_MODULE, width / (len(modules) + 2 * _BAR_QUIET))
    left = x + (width - module * len(modules)) / 2
    sheet.bars(modules, x=left, y=y, module=module, height=height)

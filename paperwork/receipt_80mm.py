"""The receipt on an 80 mm roll, for the printer that the collector carries; as long as it needs to be."""

from __future__ import annotations

import io

from paperwork.codes import draw_qr
from paperwork.receipt_view import ReceiptView
from paperwork.sheet import SOFT, STAMP, Sheet

_WIDTH, _MARGIN = 80.0, 4.0
_INNER = _WIDTH - 2 * _MARGIN
_QR = 34.0
_ENDLESS = 3000.0
_LOGO_HEIGHT = 14.0


def draw_80mm(view: ReceiptView, *, logo: bytes | None) -> bytes:
    """Return a PDF of one page, cut to the length of what is on it."""
    with _roll(view, _ENDLESS) as sheet:
        length = _write(sheet, view, logo) + _MARGIN
    with _roll(view, length) as sheet:
        _write(sheet, view, logo)
        return bytes(sheet.output())


def _roll(view: ReceiptView, height: float) -> Sheet:
    title = f"{view.labels.title} {view.number}"
    return Sheet(width=_WIDTH, height=height, margin=_MARGIN, created_at=view.created_at, title=title)


def _write(sheet: Sheet, view: ReceiptView, logo: bytes | None) -> float:
    """Write everything and return where it ends, in mm."""
    _head(sheet, view, logo)
    _customer(sheet, view)
    _invoices(sheet, view)
    _payments(sheet, view)
    _foot(sheet, view)
    end = float(sheet.get_y())
    if view.void is not None:
        sheet.stamp(view.labels.void, size=46)
    return end


def _centred(sheet: Sheet, text: str) -> None:
    sheet.paragraph(text, x=_MARGIN, width=_INNER, align="C")


def _between(sheet: Sheet, left: str, right: str, *, right_width: float = 30.0) -> None:
    sheet.fitted(left, x=_MARGIN, width=_INNER - right_width - 1)
    sheet.fitted(right, x=_WIDTH - _MARGIN - right_width, width=right_width, align="R")
    sheet.space(sheet.line_height())


def _divide(sheet: Sheet) -> None:
    sheet.space(1.2)
    sheet.rule(x=_MARGIN, width=_INNER, grey=60, thickness=0.25)
    sheet.space(1.2)


def _head(sheet: Sheet, view: ReceiptView, logo: bytes | None) -> None:
    if logo is not None:
        sheet.image(io.BytesIO(logo), x=_MARGIN, y=_MARGIN, w=_INNER, h=_LOGO_HEIGHT, keep_aspect_ratio=True)
        sheet.set_y(_MARGIN + _LOGO_HEIGHT + 1.5)
    sheet.style(11, bold=True)
    _centred(sheet, view.company_name)
    sheet.style(7.5)
    for line in view.company_lines:
        _centred(sheet, line)
    _divide(sheet)
    sheet.style(9, bold=True)
    _centred(sheet, view.labels.title.upper())
    sheet.style(14, bold=True)
    _centred(sheet, view.number)
    sheet.style(8)
    _centred(sheet, view.issued)
    if view.reprint:
        sheet.style(9, bold=True)
        _centred(sheet, view.reprint)
    if view.void is not None:
        sheet.style(9, bold=True)
        sheet.set_text_color(*STAMP)
        _centred(sheet, f"{view.labels.void} · {view.labels.reason}: {view.void}")
    _divide(sheet)


def _customer(sheet: Sheet, view: ReceiptView) -> None:
    sheet.style(9, bold=True)
    sheet.paragraph(view.customer_name, x=_MARGIN, width=_INNER)
    sheet.style(7.5)
    for line in view.customer_lines:
        sheet.paragraph(line, x=_MARGIN, width=_INNER)
    _divide(sheet)


def _invoices(sheet: Sheet, view: ReceiptView) -> None:
    number, due, before, _applied, after = view.labels.invoices
    for row in view.invoices:
        sheet.style(8, bold=True)
        _between(sheet, f"{number} {row.number}", row.applied)
        sheet.style(7, grey=SOFT)
        known = [f"{due} {row.due_on}"] if row.due_on else []
        if row.before:
            known += [f"{before.lower()} {row.before}", f"{after.lower()} {row.after}"]
        if known:
            # a label and its amount stay on one line
            parts = (part.replace(" ", "\u00a0") for part in known)
            sheet.paragraph(" · ".join(parts), x=_MARGIN, width=_INNER)
        sheet.space(0.8)
    if view.invoices and view.balances_note:
        sheet.style(6, grey=SOFT)
        sheet.paragraph(view.balances_note, x=_MARGIN, width=_INNER)
    sheet.style(8)
    for label, value in view.sums:
        _between(sheet, label, value)
    _divide(sheet)


def _payments(sheet: Sheet, view: ReceiptView) -> None:
    for row in view.payments:
        sheet.style(8)
        _between(sheet, row.method, row.amount)
        if row.details:
            sheet.style(7, grey=SOFT)
            sheet.paragraph(row.details, x=_MARGIN + 2, width=_INNER - 2)
    _divide(sheet)
    sheet.style(12, bold=True)
    _between(sheet, view.labels.total, view.total, right_width=40)
    sheet.style(8)
    sheet.paragraph(view.words, x=_MARGIN, width=_INNER)
    _divide(sheet)


def _foot(sheet: Sheet, view: ReceiptView) -> None:
    sheet.style(7)
    for label, value in view.facts:
        sheet.pair(label, value, x=_MARGIN, width=_INNER, label_width=22)
    for caption, name in (
        (view.labels.payer, view.customer_name),
        (view.labels.collector, view.collector_name),
    ):
        sheet.space(12)
        sheet.rule(x=_MARGIN + 6, width=_INNER - 12, grey=60)
        sheet.space(0.8)
        sheet.style(7.5)
        _centred(sheet, name)
        sheet.style(6.5, grey=SOFT)
        _centred(sheet, caption)
    sheet.space(2)
    draw_qr(sheet, view.qr, x=(_WIDTH - _QR) / 2, y=sheet.get_y(), side=_QR)
    sheet.space(_QR + 0.5)
    sheet.style(8, bold=True)
    _centred(sheet, view.verification)
    sheet.style(6.5, grey=SOFT)
    for text in view.legends:
        sheet.space(0.6)
        _centred(sheet, text)

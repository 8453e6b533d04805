"""The RIDE: an electronic document of the SRI on A4, the same bytes from the same XML on phone and server."""

from __future__ import annotations

import io

from paperwork.ride_invoice import buyer_pairs, figure, line_table, payment_table, total_pairs
from paperwork.ride_view import Pairs, RideHead, ride_head
from paperwork.ride_withholding import subject_pairs, supporting_table, withheld_table
from paperwork.sheet import SHADE, SOFT, STAMP, Sheet
from receivables.electronic_documents import ElectronicDocument, ElectronicInvoice, WithholdingVoucher

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 11.0
_INNER = _WIDTH - 2 * _MARGIN
_GAP, _PAD = 4.0, 3.0
_LEFT = 92.0
_RIGHT = _INNER - _LEFT - _GAP
_LOGO_WIDTH, _LOGO_HEIGHT = 60.0, 22.0
_BARS = 11.0
_TEXT, _SMALL = 7.5, 7.0
_ROW_PADDING = 0.5
_TOTALS, _TOTAL_VALUE = 78.0, 26.0
_FOOT = 6.0  # room for the page number below the text


class _Ride(Sheet):
    """A page whose second and later ones repeat whose document this is."""

    def __init__(self, head: RideHead) -> None:
        self._head = head
        super().__init__(
            width=_WIDTH,
            height=_HEIGHT,
            margin=_MARGIN,
            created_at=head.created_at,
            title=f"{head.title} {head.number}",
        )
        self.set_lang("es")
        self.set_author(head.legal_name)

    @property
    def bottom(self) -> float:
        return super().bottom - _FOOT

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.set_y(_MARGIN)
        self.style(_SMALL, bold=True)
        self.fitted(f"{self._head.title} n.º {self._head.number}", x=_MARGIN, width=_LEFT)
        self.style(_SMALL, grey=SOFT)
        who = f"{self._head.legal_name} · RUC {self._head.ruc}"
        self.fitted(who, x=_MARGIN + _LEFT + _GAP, width=_RIGHT, align="R")
        self.space(self.line_height() + 1)
        self.rule(x=_MARGIN, width=_INNER, grey=60, thickness=0.3)
        self.space(3)


def render_ride(document: ElectronicDocument, *, logo: bytes | None = None) -> bytes:
    """Return the PDF; the same document and logo (PNG or JPEG) give the same bytes.

    A document of the test environment, or one that the SRI has not authorised, says so across every page.
    """
    head = ride_head(document)
    with _Ride(head) as sheet:
        _draw_head(sheet, head, logo)
        match document.content:
            case ElectronicInvoice() as invoice:
                _draw_invoice(sheet, invoice)
            case WithholdingVoucher() as voucher:
                _draw_withholding(sheet, voucher)
        _draw_foot(sheet, head)
        return bytes(sheet.output())


def _draw_head(sheet: _Ride, head: RideHead, logo: bytes | None) -> None:
    top = _MARGIN
    left, right = _MARGIN + _PAD, _MARGIN + _LEFT + _GAP + _PAD
    left_width, right_width = _LEFT - 2 * _PAD, _RIGHT - 2 * _PAD
    if logo is not None:
        sheet.image(io.BytesIO(logo), x=left, y=top, w=_LOGO_WIDTH, h=_LOGO_HEIGHT, keep_aspect_ratio=True)
    sheet.set_y(top + (_LOGO_HEIGHT + 2 if logo is not None else 0) + _PAD)
    box = sheet.get_y() - _PAD
    sheet.style(11, bold=True)
    sheet.paragraph(head.legal_name, x=left, width=left_width)
    if head.trade_name and head.trade_name != head.legal_name:
        sheet.style(9)
        sheet.paragraph(head.trade_name, x=left, width=left_width)
    sheet.space(2)
    sheet.style(_TEXT)
    for label, value in head.issuer:
        sheet.pair(label, value, x=left, width=left_width, label_width=41)
        sheet.space(0.8)
    sheet.style(8, bold=True)
    for legend in head.legends:
        sheet.space(0.8)
        sheet.paragraph(legend, x=left, width=left_width)
    left_end = sheet.get_y() + _PAD

    sheet.set_y(top + _PAD)
    sheet.style(9)
    sheet.paragraph(f"R.U.C.: {head.ruc}", x=right, width=right_width)
    sheet.style(13, bold=True)
    sheet.paragraph(head.title, x=right, width=right_width)
    sheet.style(11)
    sheet.paragraph(f"No. {head.number}", x=right, width=right_width)
    sheet.space(1.5)
    for label, value in head.authorisation:
        _stacked(sheet, label, value, x=right, width=right_width)
    sheet.style(6.5, grey=SOFT)
    sheet.paragraph("CLAVE DE ACCESO", x=right, width=right_width)
    sheet.space(0.8)
    sheet.code128(head.access_key, x=right, y=sheet.get_y(), width=right_width, height=_BARS)
    sheet.space(_BARS + 0.8)
    sheet.style(_TEXT)
    sheet.fitted(head.access_key, x=right, width=right_width, align="C")
    sheet.space(sheet.line_height())
    if head.warning:
        sheet.style(8.5, bold=True)
        sheet.set_text_color(*STAMP)
        sheet.paragraph(f"{head.warning}: SIN VALIDEZ TRIBUTARIA", x=right, width=right_width)
    end = max(left_end, sheet.get_y() + _PAD)
    _frame(sheet, _MARGIN, box, _LEFT, end - box)
    _frame(sheet, _MARGIN + _LEFT + _GAP, top, _RIGHT, end - top)
    sheet.set_y(end + 3)


def _draw_invoice(sheet: _Ride, invoice: ElectronicInvoice) -> None:
    _party(sheet, buyer_pairs(invoice))
    columns, rows = line_table(invoice, _INNER)
    sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING, bottom=sheet.bottom)
    sheet.space(3)
    totals = total_pairs(invoice)
    sheet.style(_TEXT)
    if sheet.get_y() + len(totals) * (sheet.line_height() + 1) > sheet.bottom:
        sheet.add_page()
    top, page = sheet.get_y(), sheet.page
    _totals(sheet, totals)
    sheet.page = page
    sheet.set_y(top)
    width = _INNER - _TOTALS - _GAP
    _notes(sheet, invoice.notes, width)
    columns, rows = payment_table(invoice.payments, width)
    if rows:
        sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING, bottom=sheet.bottom)
    if invoice.currency:
        sheet.space(1.5)
        sheet.style(_SMALL)
        sheet.pair("Moneda", invoice.currency, x=_MARGIN, width=width, label_width=34)


def _draw_withholding(sheet: _Ride, voucher: WithholdingVoucher) -> None:
    _party(sheet, subject_pairs(voucher))
    columns, rows = withheld_table(voucher, _INNER)
    sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING, bottom=sheet.bottom)
    sheet.space(1.5)
    _totals(sheet, (("VALOR TOTAL", figure(voucher.total)),))
    sheet.space(3)
    columns, rows = supporting_table(voucher, _INNER)
    if rows:
        sheet.style(_TEXT, bold=True)
        sheet.paragraph("Documentos de sustento", x=_MARGIN, width=_INNER)
        sheet.space(1)
        sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING, bottom=sheet.bottom)
        sheet.space(3)
    _notes(sheet, voucher.notes, _INNER)


def _party(sheet: _Ride, pairs: Pairs) -> None:
    """The buyer or the subject, framed."""
    top = sheet.get_y()
    sheet.space(_PAD - 1)
    sheet.style(_TEXT)
    for label, value in pairs:
        sheet.pair(label, value, x=_MARGIN + _PAD, width=_INNER - 2 * _PAD, label_width=50)
        sheet.space(0.5)
    sheet.space(_PAD - 1.5)
    _frame(sheet, _MARGIN, top, _INNER, sheet.get_y() - top)
    sheet.space(3)


def _totals(sheet: _Ride, pairs: Pairs) -> None:
    x = _WIDTH - _MARGIN - _TOTALS
    for label, value in pairs:
        bold = label == "VALOR TOTAL"
        top = sheet.get_y()
        sheet.style(_TEXT + bold, bold=bold)
        height = sheet.line_height() + 1
        if bold:
            sheet.set_fill_color(SHADE)
            sheet.rect(x, top, _TOTALS, height, style="F")
        sheet.set_y(top + 0.5)
        sheet.fitted(label, x=x + 0.8, width=_TOTALS - _TOTAL_VALUE - 1)
        sheet.fitted(value, x=x + _TOTALS - _TOTAL_VALUE, width=_TOTAL_VALUE - 0.8, align="R")
        sheet.set_y(top + height)
        sheet.rule(x=x, width=_TOTALS, grey=225, thickness=0.1)


def _notes(sheet: _Ride, notes: Pairs, width: float) -> None:
    if not notes:
        return
    sheet.style(_TEXT, bold=True)
    if sheet.get_y() + 3 * sheet.line_height() > sheet.bottom:
        sheet.add_page()
    sheet.paragraph("Información adicional", x=_MARGIN, width=width)
    sheet.space(1)
    for name, value in notes:
        sheet.style(_SMALL)
        lines = max(1, len(sheet.lines_of(value, width - 34)))
        if sheet.get_y() + lines * sheet.line_height() > sheet.bottom:
            sheet.add_page()
        sheet.pair(name, value, x=_MARGIN, width=width, label_width=34)
        sheet.space(0.4)
    sheet.space(3)


def _draw_foot(sheet: _Ride, head: RideHead) -> None:
    count = sheet.pages_count
    for page in range(1, count + 1):
        sheet.page = page
        sheet.set_y(_HEIGHT - _MARGIN - _FOOT + 2.5)
        sheet.style(6, grey=SOFT)
        sheet.fitted("Representación impresa de un documento electrónico (RIDE)", x=_MARGIN, width=_LEFT)
        text = f"{head.number} · Página {page}/{count}"
        sheet.fitted(text, x=_MARGIN + _LEFT + _GAP, width=_RIGHT, align="R")
        if head.warning:
            sheet.stamp(head.warning, size=64)


def _stacked(sheet: _Ride, label: str, value: str, *, x: float, width: float) -> None:
    sheet.style(6.5, grey=SOFT)
    sheet.paragraph(label, x=x, width=width)
    sheet.style(_TEXT)
    sheet.fitted(value, x=x, width=width)
    sheet.space(sheet.line_height() + 0.6)


def _frame(sheet: _Ride, x: float, y: float, width: float, height: float) -> None:
    sheet.set_draw_color(150)
    sheet.set_line_width(0.2)
    sheet.rect(x, y, width, height, round_corners=True, corner_radius=2)

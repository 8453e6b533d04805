"""The RIDE: an electronic document of the SRI on A4, the same bytes from the same XML on phone and server."""

from __future__ import annotations

from paperwork.codes import draw_code128
from paperwork.office_page import WIDTH, OfficePage, Running
from paperwork.ride_invoice import buyer_pairs, figure, line_table, payment_table, total_pairs
from paperwork.ride_view import Pairs, RideHead, ride_head
from paperwork.ride_withholding import subject_pairs, supporting_table, withheld_table
from paperwork.sheet import SOFT, STAMP
from receivables.electronic_documents import ElectronicDocument, ElectronicInvoice, WithholdingVoucher

_MARGIN = 11.0
_INNER = WIDTH - 2 * _MARGIN
_GAP, _PAD = 4.0, 3.0
_LEFT = 92.0
_RIGHT = _INNER - _LEFT - _GAP
_LOGO_WIDTH, _LOGO_HEIGHT = 60.0, 22.0
_BARS = 11.0
_TEXT, _SMALL = 7.5, 7.0
_ROW_PADDING = 0.5
_TOTALS, _TOTAL_VALUE = 78.0, 26.0


def render_ride(document: ElectronicDocument, *, logo: bytes | None = None, copies: int = 0) -> bytes:
    """Return the PDF; the same document, logo (PNG or JPEG) and number of earlier copies give the same bytes.

    `logo` is the company's: it stands on the invoices that the company issues, and not on a withholding
    voucher, which is its customer's document. A document of the test environment, or one that the SRI has not
    authorised, says so across every page.
    """
    head = ride_head(document)
    title = f"{head.title} {head.number}"
    with OfficePage(_running(head, copies), margin=_MARGIN, created_at=head.created_at, title=title) as sheet:
        match document.content:
            case ElectronicInvoice() as invoice:
                _draw_head(sheet, head, logo)
                _draw_invoice(sheet, invoice)
            case WithholdingVoucher() as voucher:
                _draw_head(sheet, head, None)
                _draw_withholding(sheet, voucher)
        return sheet.finish(stamp=head.warning)


def _running(head: RideHead, copies: int) -> Running:
    foot = ["Representación impresa de un documento electrónico (RIDE)", head.number]
    if copies:
        foot.append(f"Copia {copies}")
    return Running(
        paper=f"{head.title} n.º {head.number}",
        issuer=f"{head.legal_name} · RUC {head.ruc}",
        foot=" · ".join(foot),
        page_word="Página",
        language="es",
    )


def _draw_head(sheet: OfficePage, head: RideHead, logo: bytes | None) -> None:
    """Who issued it at the left, which document at the right, in two frames that end at the same place."""
    top = box = _MARGIN
    if logo is not None:
        sheet.logo(logo, x=_MARGIN + _PAD, y=top, width=_LOGO_WIDTH, height=_LOGO_HEIGHT)
        box += _LOGO_HEIGHT + 2
    sheet.set_y(box + _PAD)
    left_end = _issuer(sheet, head, x=_MARGIN + _PAD, width=_LEFT - 2 * _PAD)
    sheet.set_y(top + _PAD)
    right_end = _authorised(sheet, head, x=_MARGIN + _LEFT + _GAP + _PAD, width=_RIGHT - 2 * _PAD)
    end = max(left_end, right_end) + _PAD
    _frame(sheet, _MARGIN, box, _LEFT, end - box)
    _frame(sheet, _MARGIN + _LEFT + _GAP, top, _RIGHT, end - top)
    sheet.set_y(end + 3)


def _issuer(sheet: OfficePage, head: RideHead, *, x: float, width: float) -> float:
    """Return where it ends."""
    sheet.style(11, bold=True)
    sheet.paragraph(head.legal_name, x=x, width=width)
    if head.trade_name and head.trade_name != head.legal_name:
        sheet.style(9)
        sheet.paragraph(head.trade_name, x=x, width=width)
    sheet.space(2)
    sheet.style(_TEXT)
    for label, value in head.issuer:
        sheet.pair(label, value, x=x, width=width, label_width=41)
        sheet.space(0.8)
    sheet.style(8, bold=True)
    for legend in head.legends:
        sheet.space(0.8)
        sheet.paragraph(legend, x=x, width=width)
    return float(sheet.get_y())


def _authorised(sheet: OfficePage, head: RideHead, *, x: float, width: float) -> float:
    """Return where it ends."""
    sheet.style(9)
    sheet.paragraph(f"R.U.C.: {head.ruc}", x=x, width=width)
    sheet.style(13, bold=True)
    sheet.paragraph(head.title, x=x, width=width)
    sheet.style(11)
    sheet.paragraph(f"No. {head.number}", x=x, width=width)
    sheet.space(1.5)
    for label, value in head.authorisation:
        _stacked(sheet, label, value, x=x, width=width)
    sheet.style(6.5, grey=SOFT)
    sheet.paragraph("CLAVE DE ACCESO", x=x, width=width)
    sheet.space(0.8)
    # its quiet zones reach to the frame
    draw_code128(sheet, head.access_key, x=x - _PAD, y=sheet.get_y(), width=width + 2 * _PAD, height=_BARS)
    sheet.space(_BARS + 0.8)
    sheet.style(_TEXT)
    sheet.fitted(head.access_key, x=x, width=width, align="C")
    sheet.space(sheet.line_height())
    if head.warning:
        sheet.style(8.5, bold=True)
        sheet.set_text_color(*STAMP)
        sheet.paragraph(f"{head.warning}: SIN VALIDEZ TRIBUTARIA", x=x, width=width)
    return float(sheet.get_y())


def _draw_invoice(sheet: OfficePage, invoice: ElectronicInvoice) -> None:
    _party(sheet, buyer_pairs(invoice))
    columns, rows = line_table(invoice, _INNER)
    sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING)
    sheet.space(3)
    totals = total_pairs(invoice)
    sheet.style(_TEXT)
    sheet.keep(sheet.amounts_height(len(totals)))
    top, page = sheet.get_y(), sheet.page
    _totals(sheet, totals)
    sheet.turn_to(page)
    sheet.set_y(top)
    width = _INNER - _TOTALS - _GAP
    _notes(sheet, invoice.notes, width)
    columns, rows = payment_table(invoice.payments, width)
    if rows:
        sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING)
    if invoice.currency:
        sheet.space(1.5)
        sheet.style(_SMALL)
        sheet.pair("Moneda", invoice.currency, x=_MARGIN, width=width, label_width=34)


def _draw_withholding(sheet: OfficePage, voucher: WithholdingVoucher) -> None:
    _party(sheet, subject_pairs(voucher))
    columns, rows = withheld_table(voucher, _INNER)
    sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING)
    sheet.space(1.5)
    _totals(sheet, (("VALOR TOTAL", figure(voucher.total)),))
    sheet.space(3)
    columns, rows = supporting_table(voucher, _INNER)
    if rows:
        sheet.style(_TEXT, bold=True)
        sheet.paragraph("Documentos de sustento", x=_MARGIN, width=_INNER)
        sheet.space(1)
        sheet.grid(columns, rows, size=_SMALL, padding=_ROW_PADDING)
        sheet.space(3)
    _notes(sheet, voucher.notes, _INNER)


def _party(sheet: OfficePage, pairs: Pairs) -> None:
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


def _totals(sheet: OfficePage, pairs: Pairs) -> None:
    labels = [label for label, _value in pairs]
    sheet.amounts(
        pairs, x=WIDTH - _MARGIN - _TOTALS, width=_TOTALS, value_width=_TOTAL_VALUE, size=_TEXT,
        stressed=labels.index("VALOR TOTAL"),
    )  # fmt: skip


def _notes(sheet: OfficePage, notes: Pairs, width: float) -> None:
    if not notes:
        return
    sheet.style(_TEXT, bold=True)
    sheet.keep(3 * sheet.line_height())
    sheet.paragraph("Información adicional", x=_MARGIN, width=width)
    sheet.space(1)
    for name, value in notes:
        sheet.style(_SMALL)
        lines = max(1, len(sheet.lines_of(value, width - 34)))
        sheet.keep(lines * sheet.line_height())
        sheet.pair(name, value, x=_MARGIN, width=width, label_width=34)
        sheet.space(0.4)
    sheet.space(3)


def _stacked(sheet: OfficePage, label: str, value: str, *, x: float, width: float) -> None:
    sheet.style(6.5, grey=SOFT)
    sheet.paragraph(label, x=x, width=width)
    sheet.style(_TEXT)
    sheet.fitted(value, x=x, width=width)
    sheet.space(sheet.line_height() + 0.6)


def _frame(sheet: OfficePage, x: float, y: float, width: float, height: float) -> None:
    sheet.set_draw_color(150)
    sheet.set_line_width(0.2)
    sheet.rect(x, y, width, height, round_corners=True, corner_radius=2)

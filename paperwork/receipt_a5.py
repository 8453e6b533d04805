"""The receipt on an A5 page, for the share sheet, the mail and the office printer."""

from __future__ import annotations

from paperwork.codes import draw_qr
from paperwork.masthead import Line, Masthead, Room, draw_masthead
from paperwork.receipt_view import ReceiptView
from paperwork.sheet import SHADE, SOFT, STAMP, Column, Sheet

_WIDTH, _HEIGHT, _MARGIN = 148.0, 210.0, 9.0
_INNER = _WIDTH - 2 * _MARGIN
_QR = 25.0
_TRACES, _TRACE_LABEL = _INNER - _QR - 4, 25.0  # widths of collector, device, place and status
_SIGNATURES = 14.0  # room to sign, the line and the names under it
_ROOMY, _TIGHT = (7.5, 0.55), (7.0, 0.3)  # size of text in points, padding of rows in mm
_ROOMY_ROWS = 10
_ROOM = Room(logo_width=30, logo_height=14, document_width=48, name_size=11, text_size=7.5)
_GAP = 3.0  # between a label and a figure that fills its room


class _ReceiptSheet(Sheet):
    """An A5 whose second page says which receipt it belongs to, and whose."""

    def __init__(self, view: ReceiptView) -> None:
        self._title = f"{view.labels.title} {view.number}"
        self._company = view.company_name
        super().__init__(
            width=_WIDTH, height=_HEIGHT, margin=_MARGIN, created_at=view.created_at, title=self._title
        )

    def header(self) -> None:
        if self.page_no() > 1:
            self.running_head(self._title, self._company, size=7.5)


def draw_a5(view: ReceiptView, *, logo: bytes | None) -> bytes:
    """Return the PDF; a receipt with very many lines takes a second page."""
    with _ReceiptSheet(view) as sheet:
        draw_masthead(sheet, _masthead(view, logo), _ROOM)
        if view.void is not None:
            _void(sheet, view)
        _customer(sheet, view)
        _amount(sheet, view)
        _tables(sheet, view)
        _sums(sheet, view)
        _foot(sheet, view)
        count = sheet.pages_count
        for page in range(1, count + 1):
            sheet.turn_to(page)
            if count > 1:
                sheet.in_the_margin(f"{view.number} · {view.labels.page} {page}/{count}")
            if view.void is not None:
                sheet.stamp(view.labels.void, size=72)
        return bytes(sheet.output())


def _masthead(view: ReceiptView, logo: bytes | None) -> Masthead:
    document = [
        Line(text=view.labels.title.upper(), size=8.5, bold=True, grey=SOFT),
        Line(text=view.number, size=14, bold=True),
        Line(text=view.issued, size=7.5),
    ]
    if view.reprint:
        document.append(Line(text=view.reprint, size=8, bold=True))
    return Masthead(logo=logo, company=view.company_name, company_lines=view.company_lines, document=document)


def _void(sheet: Sheet, view: ReceiptView) -> None:
    sheet.style(8.5, bold=True)
    sheet.set_text_color(*STAMP)
    sheet.paragraph(f"{view.labels.void} · {view.labels.reason}: {view.void}", x=_MARGIN, width=_INNER)
    sheet.space(1)


def _customer(sheet: Sheet, view: ReceiptView) -> None:
    sheet.style(7, grey=SOFT)
    sheet.paragraph(view.labels.customer, x=_MARGIN, width=_INNER)
    sheet.style(9.5, bold=True)
    sheet.paragraph(view.customer_name, x=_MARGIN, width=_INNER)
    sheet.style(7.5)
    for line in view.customer_lines:
        sheet.paragraph(line, x=_MARGIN, width=_INNER)
    sheet.space(2.5)


def _amount(sheet: Sheet, view: ReceiptView) -> None:
    pad = 2.5
    sheet.style(15, bold=True)
    figure_width = min(70.0, sheet.get_string_width(view.amount) + 1)
    words_width = _INNER - figure_width - 3 * pad
    sheet.style(8)
    height = max(11.0, 7.0 + len(sheet.lines_of(view.words, words_width)) * sheet.line_height())
    top = sheet.get_y()
    sheet.set_fill_color(SHADE)
    sheet.rect(_MARGIN, top, _INNER, height, style="F")
    sheet.set_y(top + pad - 0.5)
    sheet.style(7, grey=SOFT)
    sheet.paragraph(view.labels.received, x=_MARGIN + pad, width=words_width)
    sheet.style(8)
    sheet.paragraph(view.words, x=_MARGIN + pad, width=words_width)
    sheet.style(15, bold=True)
    sheet.set_y(top + (height - sheet.line_height()) / 2)
    sheet.fitted(view.amount, x=_WIDTH - _MARGIN - figure_width - pad, width=figure_width, align="R")
    sheet.set_y(top + height + 3)


def _tables(sheet: Sheet, view: ReceiptView) -> None:
    size, padding = _ROOMY if len(view.invoices) + len(view.payments) <= _ROOMY_ROWS else _TIGHT
    number, due, before, applied, after = view.labels.invoices
    if view.invoices:
        columns = [
            Column(number, 42),
            Column(due, 22),
            Column(before, 22, "R"),
            Column(applied, 22, "R"),
            Column(after, 22, "R"),
        ]
        rows = [(row.number, row.due_on, row.before, row.applied, row.after) for row in view.invoices]
        sheet.grid(columns, rows, size=size, padding=padding)
        if view.balances_note:
            sheet.style(6, grey=SOFT)
            sheet.paragraph(view.balances_note, x=_MARGIN, width=_INNER, align="R")
        sheet.space(2.5)
    method, details, amount = view.labels.payments
    columns = [Column(method, 26), Column(details, 80), Column(f"{amount} {view.currency}", 24, "R")]
    sheet.grid(
        columns,
        [(row.method, row.details, row.amount) for row in view.payments],
        size=size,
        padding=padding,
    )
    sheet.space(1.5)


def _sums(sheet: Sheet, view: ReceiptView) -> None:
    label_width, value_width = 50.0, 34.0
    x = _WIDTH - _MARGIN - label_width - value_width
    sheet.style(7.5)
    sheet.keep(9 + len(view.sums) * sheet.line_height())
    for label, value in view.sums:
        sheet.style(7.5, grey=SOFT)
        sheet.fitted(label, x=x - _GAP, width=label_width, align="R")
        sheet.style(7.5)
        sheet.fitted(value, x=x + label_width, width=value_width - 0.8, align="R")
        sheet.space(sheet.line_height())
    sheet.space(0.6)
    sheet.rule(x=x + 22, width=label_width + value_width - 22, grey=60, thickness=0.3)
    sheet.space(0.6)
    sheet.style(10, bold=True)
    sheet.fitted(view.labels.total, x=x - _GAP, width=label_width, align="R")
    sheet.fitted(view.total, x=x + label_width, width=value_width - 0.8, align="R")
    sheet.space(sheet.line_height() + 2)


def _foot(sheet: Sheet, view: ReceiptView) -> None:
    """Signatures, traces and legends, together at the end of the page."""
    sheet.style(6)
    legends = sum(len(sheet.lines_of(text, _INNER)) for text in view.legends) * sheet.line_height()
    traces = (*view.facts, (view.labels.verify, view.verification))
    sheet.style(7)
    lines = sum(max(1, len(sheet.lines_of(value, _TRACES - _TRACE_LABEL))) for _label, value in traces)
    height = _SIGNATURES + max(_QR, lines * sheet.line_height()) + 1 + legends
    sheet.keep(height)
    top = sheet.bottom - height
    _signatures(sheet, view, top + _SIGNATURES - 7)
    draw_qr(sheet, view.qr, x=_WIDTH - _MARGIN - _QR, y=top + _SIGNATURES, side=_QR)
    sheet.set_y(top + _SIGNATURES + 1.5)
    sheet.style(7)
    for label, value in traces:
        sheet.pair(label, value, x=_MARGIN, width=_TRACES, label_width=_TRACE_LABEL)
    sheet.set_y(sheet.bottom - legends)
    sheet.style(6, grey=SOFT)
    for text in view.legends:
        sheet.paragraph(text, x=_MARGIN, width=_INNER, align="C")


def _signatures(sheet: Sheet, view: ReceiptView, y: float) -> None:
    width, gap = 54.0, _INNER - 2 * 54.0
    for x, caption, name in (
        (_MARGIN, view.labels.payer, view.customer_name),
        (_MARGIN + width + gap, view.labels.collector, view.collector_name),
    ):
        sheet.set_y(y)
        sheet.rule(x=x, width=width, grey=90)
        sheet.space(0.6)
        sheet.style(7)
        sheet.fitted(name, x=x, width=width, align="C")
        sheet.space(sheet.line_height() - 0.4)
        sheet.style(6, grey=SOFT)
        sheet.fitted(caption, x=x, width=width, align="C")

"""The body of a withholding voucher's RIDE: the subject, and per supporting document what was withheld."""

from __future__ import annotations

from paperwork.ride_invoice import Table, figure, percent
from paperwork.ride_view import Pairs, stated
from paperwork.sheet import Column
from paperwork.sri_names import (
    DOCUMENTS,
    IDENTIFICATIONS,
    PAYMENT_PLACES,
    PAYMENTS,
    TAXES,
    WITHHELD_TAXES,
    named,
)
from receivables.electronic_documents import SupportingDocument, WithholdingVoucher

_NUMBER_DIGITS = 15


def subject_pairs(voucher: WithholdingVoucher) -> Pairs:
    kind = IDENTIFICATIONS.get(voucher.subject_id_type, "")
    return stated(
        ("Razón social / Nombres y apellidos", voucher.subject_name),
        (f"Identificación ({kind})" if kind else "Identificación", voucher.subject_id),
        ("Fecha de emisión", voucher.issued_on),
        ("Período fiscal", voucher.period),
        ("Parte relacionada", voucher.related_party),
    )


def withheld_table(voucher: WithholdingVoucher, width: float) -> Table:
    columns = [
        Column("Comprobante", 24), Column("Número", 33), Column("Emisión", 19), Column("Período", 16),
        Column("Base imponible", 24, "R"), Column("Impuesto", 17), Column("Código", 15, "R"),
        Column("Porcentaje", 17, "R"), Column("Valor retenido", 0, "R"),
    ]  # fmt: skip
    rest = width - sum(column.width for column in columns)
    columns[-1] = Column("Valor retenido", rest, "R")
    rows = [
        (
            DOCUMENTS.get(document.kind, document.kind),
            document_number(document),
            document.issued_on,
            voucher.period,
            figure(line.base),
            WITHHELD_TAXES.get(line.tax, line.tax),
            line.code,
            percent(line.percentage),
            figure(line.amount),
        )
        for document in voucher.documents
        for line in document.withheld
    ]
    return columns, rows


def supporting_table(voucher: WithholdingVoucher, width: float) -> Table:
    """What version 2.0.0 adds about each document; no rows for the version before it."""
    columns = [
        Column("Documento", 33), Column("Autorización y registro", 0), Column("Impuestos", 34),
        Column("Sin impuestos", 22, "R"), Column("Total", 20, "R"),
    ]  # fmt: skip
    rest = width - sum(column.width for column in columns)
    columns[1] = Column("Autorización, registro y pago", rest)
    rows = [
        (
            document_number(document),
            "\n".join(_traces(document)),
            "\n".join(_taxes(document)),
            figure(document.subtotal),
            figure(document.total),
        )
        for document in voucher.documents
        if document.total is not None
    ]
    return columns, rows


def document_number(document: SupportingDocument) -> str:
    """`001-002-000000123`; a number that is not of 15 digits stays as it was written."""
    text = document.number
    if len(text) != _NUMBER_DIGITS or not text.isdigit():
        return text
    return f"{text[:3]}-{text[3:6]}-{text[6:]}"


def _traces(document: SupportingDocument) -> list[str]:
    registered = f"Registro contable: {document.registered_on}" if document.registered_on else ""
    support = f"Sustento: {document.support_code}" if document.support_code else ""
    place = PAYMENT_PLACES.get(document.payment_place, document.payment_place)
    payments = [f"{named(each.method, PAYMENTS)}: {figure(each.total)}" for each in document.payments]
    second = " · ".join(filter(None, (registered, support, place)))
    return [text for text in (document.authorisation, second, *payments) if text]


def _taxes(document: SupportingDocument) -> list[str]:
    return [
        f"{TAXES.get(tax.code, tax.code)} {percent(tax.rate) if tax.rate is not None else ''} "
        f"de {figure(tax.base)}: {figure(tax.amount)}"
        for tax in document.taxes
    ]

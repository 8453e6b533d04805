"""The body of an invoice's RIDE: buyer, lines, additional information, payments and totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from paperwork.ride_view import Pairs, stated
from paperwork.sheet import Column
from paperwork.sri_names import IDENTIFICATIONS, PAYMENTS, TAXES, named
from receivables.electronic_documents import (
    EXCISE,
    PLASTIC_BOTTLES,
    VAT,
    ElectronicInvoice,
    InvoiceLine,
    PaymentTerm,
    Tax,
)
from receivables.sri_rates import EXEMPT_FROM_VAT, NOT_SUBJECT_TO_VAT, VAT_RATES

Table = tuple[Sequence[Column], Sequence[Sequence[str]]]


def figure(amount: Decimal | None) -> str:
    """The digits that the document wrote."""
    return "" if amount is None else f"{amount:f}"


def percent(rate: Decimal) -> str:
    """`15 %`, `12.5 %`: a rate without the zeros that say nothing."""
    text = f"{rate:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}\u00a0%"


def buyer_pairs(invoice: ElectronicInvoice) -> Pairs:
    kind = IDENTIFICATIONS.get(invoice.buyer_id_type, "")
    return stated(
        ("Razón social / Nombres y apellidos", invoice.buyer_name),
        (f"Identificación ({kind})" if kind else "Identificación", invoice.buyer_id),
        ("Fecha de emisión", invoice.issued_on),
        ("Guía de remisión", invoice.delivery_note),
        ("Placa", invoice.plate),
        ("Dirección", invoice.buyer_address),
    )


def line_table(invoice: ElectronicInvoice, width: float) -> Table:
    """The lines; columns that no line fills are left out and the description takes their room."""
    rates = vat_rates(invoice)
    cells: list[tuple[Column, list[str]]] = [
        (Column("Cód. principal", 19), [line.code for line in invoice.lines]),
        (Column("Cód. auxiliar", 16), [line.auxiliary_code for line in invoice.lines]),
        (Column("Cantidad", 17, "R"), [f"{figure(line.quantity)} {line.unit}" for line in invoice.lines]),
        (Column("Descripción y detalle adicional", 0), [_description(line) for line in invoice.lines]),
        (Column("Precio unitario", 19, "R"), [figure(line.unit_price) for line in invoice.lines]),
        (Column("Sin subsidio", 16, "R"), [figure(line.unsubsidised_price) for line in invoice.lines]),
        (Column("Descuento", 15, "R"), [figure(line.discount) for line in invoice.lines]),
        (Column("Impuestos", 29, "R"), [_line_taxes(line, rates) for line in invoice.lines]),
        (Column("Precio total", 19, "R"), [figure(line.total) for line in invoice.lines]),
    ]
    kept = [(column, texts) for column, texts in cells if any(texts)]
    rest = width - sum(column.width for column, _ in kept)
    columns = [column if column.width else Column(column.heading, rest) for column, _ in kept]
    return columns, list(zip(*(texts for _, texts in kept), strict=True))


def payment_table(payments: Iterable[PaymentTerm], width: float) -> Table:
    rows = [
        (
            named(each.method, PAYMENTS),
            figure(each.total),
            f"{figure(each.term)} {each.unit}".strip(),
        )
        for each in payments
    ]
    columns = [Column("Forma de pago", width - 44), Column("Valor", 22, "R"), Column("Plazo", 22, "R")]
    return columns, rows


def vat_rates(invoice: ElectronicInvoice) -> dict[str, Decimal]:
    """Percent of VAT by `codigoPorcentaje`: as the document says anywhere in it, else as the table says."""
    rates = {code: Decimal(rate) for code, rate in VAT_RATES.items()}
    taxes = [*(tax for line in invoice.lines for tax in line.taxes), *invoice.taxes]
    return rates | {tax.rate_code: tax.rate for tax in taxes if tax.code == VAT and tax.rate is not None}


def total_pairs(invoice: ElectronicInvoice) -> Pairs:
    """The sums in the SRI's order; what is zero is left out, save the three that every RIDE has."""
    rates = vat_rates(invoice)
    vat = [tax for tax in invoice.taxes if tax.code == VAT]
    ordered = sorted(vat, key=lambda tax: (tax.rate_code in _UNTAXED, -rates.get(tax.rate_code, Decimal(0))))
    rows: list[tuple[str, Decimal | None]] = [
        *((f"SUBTOTAL {_base_name(tax, rates)}", tax.base) for tax in ordered),
        ("SUBTOTAL SIN IMPUESTOS", invoice.subtotal),
        ("TOTAL DESCUENTO", invoice.discount),
        ("DESCUENTO ADICIONAL", _sum(tax.additional_discount for tax in invoice.taxes)),
        *((_rated("ICE", tax), tax.amount) for tax in invoice.taxes if tax.code == EXCISE),
        *((f"IVA {percent(rates[tax.rate_code])}", tax.amount) for tax in ordered if tax.rate_code in rates),
        ("DEVOLUCIÓN DE IVA", _sum(tax.refunded for tax in invoice.taxes)),
        *((_rated("IRBPNR", tax), tax.amount) for tax in invoice.taxes if tax.code == PLASTIC_BOTTLES),
        *(
            (_rated(f"IMPUESTO {tax.code}", tax), tax.amount)
            for tax in invoice.taxes
            if tax.code not in {VAT, EXCISE, PLASTIC_BOTTLES}
        ),
        *((f"COMPENSACIÓN {rate}\u00a0%", amount) for rate, amount in invoice.compensations),
        ("PROPINA", invoice.tip),
        ("VALOR TOTAL", invoice.total),
        ("RETENCIÓN DE IVA", invoice.vat_withheld),
        ("RETENCIÓN DE RENTA", invoice.income_tax_withheld),
    ]
    if invoice.subsidy:
        rows.append(("VALOR TOTAL SIN SUBSIDIO", invoice.total + invoice.subsidy))
        rows.append(("AHORRO POR SUBSIDIO", invoice.subsidy))
    return tuple((label, figure(amount)) for label, amount in rows if amount or label in _ALWAYS)


_UNTAXED = {NOT_SUBJECT_TO_VAT, EXEMPT_FROM_VAT}
_ALWAYS = {"SUBTOTAL SIN IMPUESTOS", "TOTAL DESCUENTO", "VALOR TOTAL"}


def _base_name(tax: Tax, rates: dict[str, Decimal]) -> str:
    if tax.rate_code == NOT_SUBJECT_TO_VAT:
        return "NO OBJETO DE IVA"
    if tax.rate_code == EXEMPT_FROM_VAT:
        return "EXENTO DE IVA"
    rate = rates.get(tax.rate_code)
    return f"IVA CÓDIGO {tax.rate_code}" if rate is None else f"IVA {percent(rate)}"


def _rated(name: str, tax: Tax) -> str:
    """`ICE 3041 · tarifa 12.50 de 40.00`: it may be a percentage or an amount for each unit."""
    rate = f" · tarifa {figure(tax.rate)}" if tax.rate else ""
    base = f" de {figure(tax.base)}" if tax.base else ""
    return f"{name} {tax.rate_code}{rate}{base}"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount]
    return sum(known, Decimal(0)) if known else None


def _description(line: InvoiceLine) -> str:
    details = (f"{name}: {value}" if name else value for name, value in line.details)
    return "\n".join((line.description, *details))


def _line_taxes(line: InvoiceLine, rates: dict[str, Decimal]) -> str:
    """`IVA 15 %: 6.75`, with the base where it is not the line's own price."""
    texts = []
    for tax in line.taxes:
        if tax.code != VAT:
            shown = f"{TAXES.get(tax.code, tax.code)} {figure(tax.rate)}".strip()
        elif tax.rate_code in _UNTAXED:
            shown = "No objeto" if tax.rate_code == NOT_SUBJECT_TO_VAT else "Exento"
        else:
            rate = rates.get(tax.rate_code)
            shown = f"IVA {percent(rate)}" if rate is not None else f"IVA {tax.rate_code}"
        if tax.base != line.total and tax.base:
            shown += f" de {figure(tax.base)}"
        texts.append(f"{shown}: {figure(tax.amount)}" if tax.amount else shown)
    return "\n".join(texts)

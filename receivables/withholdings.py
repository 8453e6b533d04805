"""A customer's withholding voucher as a means of payment: taken at once, or only after somebody validates it.

A receipt with a withholding that is *pending validation* is as real as any other, but the confirmed balance
goes down only when the withholding is accepted. The collector is told every reason on the spot.
docs/ecuador.md lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from receivables.access_keys import TEST, is_access_key, parse_access_key
from receivables.electronic_documents import (
    AUTHORISED,
    WITHHELD_INCOME_TAX,
    WITHHELD_VAT,
    WITHHOLDING_CODE,
    ElectronicDocument,
    ElectronicInvoice,
    SupportingDocument,
    Withheld,
    WithholdingVoucher,
)
from receivables.identifiers import BadIdentifier
from receivables.money import Money, total
from receivables.sri_rates import WITHHOLDING_RATES, WithholdingRate, permitted_percentages
from receivables.validation import Problem, money_data

TAX_CODES = {"renta": WITHHELD_INCOME_TAX, "iva": WITHHELD_VAT}
"""The SRI's code of what a payment line calls `tax`."""

_CENT = Decimal("0.01")
_RUC_SUFFIX = "001"


class WithholdingState(StrEnum):
    ACCEPTED = "accepted"
    PENDING_VALIDATION = "pending_validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingClaim:
    """What a receipt's line says: the tax (`renta` or `iva`) and the amount that the customer did not pay.

    `number` and `access_key` are the voucher's, empty where the line leaves them out.
    """

    tax: str
    amount: Money
    number: str = ""
    access_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingBase:
    """What may be withheld on of one of our invoices: `subtotal` for income tax, `vat` for IVA."""

    subtotal: Money
    vat: Money

    @classmethod
    def of_total(cls, amount: Money) -> WithholdingBase:
        """The bound that holds where only the invoice's total is known."""
        return cls(subtotal=amount, vat=amount)

    @classmethod
    def of_invoice(cls, invoice: ElectronicInvoice, currency: str) -> WithholdingBase:
        vat = sum((tax.amount for tax in invoice.taxes if tax.code == "2"), Decimal(0))
        return cls(
            subtotal=Money.from_decimal(invoice.subtotal, currency), vat=Money.from_decimal(vat, currency)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingJudgement:
    """`invoices` are ours that the voucher names, with what it withholds of the claimed tax on each."""

    state: WithholdingState
    reasons: tuple[Problem, ...]
    invoices: Mapping[str, Money]


def judge_withholding(
    document: ElectronicDocument | None,
    claim: WithholdingClaim,
    *,
    customer_tax_id: str,
    company_tax_id: str,
    invoices: Mapping[str, WithholdingBase],
    used_access_keys: Collection[str] = frozenset(),
    rates: Iterable[WithholdingRate] = WITHHOLDING_RATES,
) -> WithholdingJudgement:
    """Accept the withholding, or keep it pending with every reason.

    `document` is what the voucher's XML says, None where there is no XML. `invoices` are the customer's
    invoices with us, by number (`001-001-000000123`). `used_access_keys` are those of other valid receipts.
    """
    if document is None:
        reasons: list[Problem] = [Problem("withholding_without_xml", "access_key")]
        return WithholdingJudgement(
            state=WithholdingState.PENDING_VALIDATION, reasons=tuple(reasons), invoices={}
        )
    voucher = document.content
    if not isinstance(voucher, WithholdingVoucher):
        reasons = [Problem("withholding_other_document", "", {"number": voucher.issuer.number})]
        return WithholdingJudgement(
            state=WithholdingState.PENDING_VALIDATION, reasons=tuple(reasons), invoices={}
        )
    by_number = {_digits(number): number for number in invoices}
    reasons = [
        *_authorisation_reasons(document, voucher),
        *_key_reasons(voucher, claim, used_access_keys),
        *_party_reasons(voucher, customer_tax_id, company_tax_id),
    ]
    withheld: dict[str, Money] = {}
    tax = TAX_CODES.get(claim.tax, claim.tax)
    for supporting in voucher.documents:
        ours = by_number.get(_digits(supporting.number))
        lines = [line for line in supporting.withheld if line.tax == tax]
        if ours is None:
            reasons.append(Problem("withholding_invoice_unknown", "", {"invoice": supporting.number}))
            continue
        reasons += _base_reasons(ours, lines, invoices[ours], claim.amount.currency)
        reasons += _line_reasons(ours, supporting, lines, voucher, rates)
        amount = total((_money(line.amount, claim) for line in lines), claim.amount.currency)
        if amount:
            withheld[ours] = withheld.get(ours, Money.zero(amount.currency)) + amount
    reasons += _amount_reasons(voucher, claim, tax)
    state = WithholdingState.PENDING_VALIDATION if reasons else WithholdingState.ACCEPTED
    return WithholdingJudgement(state=state, reasons=tuple(reasons), invoices=withheld)


def claims_in(document: ElectronicDocument, currency: str) -> list[WithholdingClaim]:
    """The lines that a receipt gets from a voucher: one for each tax that a line can name.

    A document that is no withholding voucher gives none.
    """
    voucher = document.content
    if not isinstance(voucher, WithholdingVoucher):
        return []
    names = {code: name for name, code in TAX_CODES.items()}
    amounts: dict[str, Money] = {}
    for supporting in voucher.documents:
        for line in supporting.withheld:
            if name := names.get(line.tax):
                amount = Money.from_decimal(line.amount, currency)
                amounts[name] = amounts.get(name, Money.zero(currency)) + amount
    return [
        WithholdingClaim(
            tax=name, amount=amount, number=voucher.issuer.number, access_key=voucher.issuer.access_key
        )
        for name, amount in amounts.items()
        if amount
    ]


def _authorisation_reasons(document: ElectronicDocument, voucher: WithholdingVoucher) -> Iterable[Problem]:
    authorisation = document.authorisation
    if authorisation is None or authorisation.state != AUTHORISED:
        state = authorisation.state if authorisation else ""
        yield Problem("withholding_not_authorised", "", {"state": state or "—"})
    elif authorisation.number != voucher.issuer.access_key:
        # In the offline scheme the authorisation number is the access key.
        yield Problem("withholding_other_authorisation", "", {"number": authorisation.number})
    if voucher.issuer.environment == TEST:
        yield Problem("withholding_of_tests", "")


def _key_reasons(
    voucher: WithholdingVoucher, claim: WithholdingClaim, used_access_keys: Collection[str]
) -> Iterable[Problem]:
    issuer = voucher.issuer
    text = issuer.access_key
    if not is_access_key(text):
        yield Problem("withholding_key_wrong", "access_key", {"access_key": text})
    elif not _key_agrees(voucher):
        yield Problem("withholding_key_disagrees", "access_key", {"access_key": text})
    if claim.access_key and claim.access_key != text:
        yield Problem("withholding_key_differs", "access_key", {"access_key": text})
    if claim.number and _digits(claim.number) != _digits(issuer.number):
        yield Problem("withholding_number_differs", "number", {"number": issuer.number})
    if text in used_access_keys:
        yield Problem("withholding_key_used", "access_key", {"access_key": text})


def _key_agrees(voucher: WithholdingVoucher) -> bool:
    """Do the parts of the key say what the voucher says?"""
    issuer = voucher.issuer
    try:
        key = parse_access_key(issuer.access_key)
        issued_on = _sri_date(voucher.issued_on)
    except (BadIdentifier, ValueError):
        return False
    return (key.document_code, key.ruc, key.number, key.environment, key.issued_on) == (
        WITHHOLDING_CODE, issuer.ruc, issuer.number, issuer.environment, issued_on,
    )  # fmt: skip


def _party_reasons(
    voucher: WithholdingVoucher, customer_tax_id: str, company_tax_id: str
) -> Iterable[Problem]:
    ruc = voucher.issuer.ruc
    if ruc not in {customer_tax_id, customer_tax_id + _RUC_SUFFIX}:
        # A person's RUC is the cédula with 001 behind it; customers are kept under either.
        yield Problem("withholding_of_another", "", {"issuer": ruc, "expected": customer_tax_id or "—"})
    if voucher.subject_id != company_tax_id:
        data = {"subject": voucher.subject_id, "expected": company_tax_id or "—"}
        yield Problem("withholding_for_another", "", data)


def _base_reasons(
    invoice: str, lines: Iterable[Withheld], bases: WithholdingBase, currency: str
) -> Iterable[Problem]:
    """Each concept may be withheld on a part of the invoice, all of them together on no more than it has."""
    by_tax: dict[str, Decimal] = {}
    for line in lines:
        by_tax[line.tax] = by_tax.get(line.tax, Decimal(0)) + line.base
    for tax, base in by_tax.items():
        limit = bases.vat if tax == WITHHELD_VAT else bases.subtotal
        stated = Money.from_decimal(base, currency)
        if stated > limit:
            yield Problem(
                "withholding_base_too_large", "", {"invoice": invoice, **money_data(base=stated, limit=limit)}
            )


def _line_reasons(
    invoice: str,
    supporting: SupportingDocument,
    lines: Iterable[Withheld],
    voucher: WithholdingVoucher,
    rates: Iterable[WithholdingRate],
) -> Iterable[Problem]:
    on = _date_or_none(supporting.issued_on) or _date_or_none(voucher.issued_on)
    for line in lines:
        if abs(line.base * line.percentage / 100 - line.amount) > _CENT:
            data = {"invoice": invoice, "amount": f"{line.amount:f}", "percentage": f"{line.percentage:f}"}
            yield Problem("withholding_wrong_sum", "", data)
        permitted = permitted_percentages(line.tax, line.code, on=on, rates=rates) if on else None
        if permitted is not None and line.percentage not in permitted:
            data = {"code": line.code, "percentage": f"{line.percentage:f}"}
            yield Problem("withholding_rate_unknown", "", data)


def _amount_reasons(voucher: WithholdingVoucher, claim: WithholdingClaim, tax: str) -> Iterable[Problem]:
    lines = [line for document in voucher.documents for line in document.withheld if line.tax == tax]
    stated = total((_money(line.amount, claim) for line in lines), claim.amount.currency)
    if stated != claim.amount:
        data = money_data(stated=stated, claimed=claim.amount)
        yield Problem("withholding_amount_differs", "amount", data)


def _money(amount: Decimal, claim: WithholdingClaim) -> Money:
    return Money.from_decimal(amount, claim.amount.currency)


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def _sri_date(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 — a date has no zone


def _date_or_none(text: str) -> date | None:
    try:
        return _sri_date(text)
    except ValueError:
        return None

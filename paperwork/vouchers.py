"""The withholdings of a receipt, judged from the vouchers that travel in it: the same on phone and server.

`receivables.withholdings` holds the rule; here the packed XML is read and the invoices that it names are
found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paperwork.packed_xml import read_packed
from receivables.documents import Json
from receivables.electronic_documents import ElectronicDocument, ElectronicInvoice, WithholdingVoucher
from receivables.money import Money
from receivables.payments import VOUCHER, Method, PaymentLine
from receivables.validation import Problem
from receivables.withholdings import WithholdingBase, WithholdingClaim, WithholdingState, judge_withholding

Doc = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """What is to be thought of the withholding on line `position` (from 0) of a receipt."""

    position: int
    state: WithholdingState
    reasons: tuple[Problem, ...]

    def to_json(self) -> Json:
        reasons = [{"code": each.code, "data": dict(each.data)} for each in self.reasons]
        return {"line": self.position, "state": str(self.state), "reasons": reasons}


def invoices_named(receipt: Doc) -> list[str]:
    """Numbers of the invoices that the receipt's vouchers say they withhold on."""
    found: dict[str, None] = {}
    for _position, line in _withholdings(receipt):
        document = _voucher(line)
        if document is not None and isinstance(document.content, WithholdingVoucher):
            found.update((_spelled(each.number), None) for each in document.content.documents)
    return list(found)


def check_withholdings(
    receipt: Doc,
    *,
    customer_tax_id: str,
    company_tax_id: str,
    invoices: Mapping[str, Doc],
    used_access_keys: Collection[str] = frozenset(),
) -> list[LineCheck]:
    """Judge every withholding line of a receipt.

    `invoices` are documents by number, those that `invoices_named` asks for; another customer's count for
    nothing. `used_access_keys` are those of other receipts that stand. Raise BadDocument for a line that is
    none.
    """
    currency = str(receipt["currency"])
    bases = {
        number: _base(invoice, currency)
        for number, invoice in invoices.items()
        if invoice.get("customer") == receipt["customer"] and invoice.get("currency") == currency
    }
    checks = []
    for position, line in _withholdings(receipt):
        judged = judge_withholding(
            _voucher(line),
            WithholdingClaim(
                tax=str(line.details.get("tax") or ""),
                amount=line.amount,
                number=str(line.details.get("number") or ""),
                access_key=str(line.details.get("access_key") or ""),
            ),
            customer_tax_id=customer_tax_id,
            company_tax_id=company_tax_id,
            invoices=bases,
            used_access_keys=used_access_keys,
        )
        checks.append(LineCheck(position=position, state=judged.state, reasons=judged.reasons))
    return checks


def _withholdings(receipt: Doc) -> Iterator[tuple[int, PaymentLine]]:
    for position, payment in enumerate(receipt["payments"]):
        if payment.get("method") == Method.WITHHOLDING:
            yield position, PaymentLine.from_json(payment, str(receipt["currency"]))


def _voucher(line: PaymentLine) -> ElectronicDocument | None:
    """None where no XML came with the line, or one that can't be read: the office has to ask for it."""
    packed = line.details.get(VOUCHER)
    read = read_packed(packed) if isinstance(packed, str) else None
    return None if isinstance(read, Problem) else read


def _base(invoice: Doc, currency: str) -> WithholdingBase:
    """As the invoice's own XML says; where the ERP gave none, no more than its total."""
    packed = invoice.get("electronic")
    read = read_packed(packed) if isinstance(packed, str) else None
    if isinstance(read, ElectronicDocument) and isinstance(read.content, ElectronicInvoice):
        return WithholdingBase.of_invoice(read.content, currency)
    return WithholdingBase.of_total(Money.from_json(invoice["total"], currency))


def _spelled(number: str) -> str:
    """`001001000000123` as invoices are numbered: `001-001-000000123`."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}" if len(number) == 15 else number

"""One receipt into a SQL ERP: staged with its lines and processed in one transaction, and its answer read
back.

The ERP's table has a unique key on the receipt id; that key, not our care, is what excludes a second posting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from backend import killpoints
from backend.erp.port import ErpMisconfigured, Posted, Rejected
from backend.erp.records import OutgoingReceipt
from backend.erp.sql.mapping import MoneyForm, Outbox
from backend.erp.sql.rows import Row
from receivables.money import Money

# Every parameter that a payment line may have, so that a statement can name any of them whatever the method.
PAYMENT_FIELDS = (
    "bank", "account", "number", "drawer", "cheque_on", "reference", "transferred_on",
    "brand", "last4", "authorisation", "tax", "access_key",
)  # fmt: skip


def find_receipt(connection: Connection, outbox: Outbox, receipt_id: str) -> Posted | Rejected | None:
    """The ERP's decision on a receipt; None while it has none."""
    found = connection.execute(text(outbox.find), {"receipt_id": receipt_id}).mappings().first()
    if found is None:
        return None
    row = Row(dict(found), money=MoneyForm.MINOR, currency="XXX")
    match row.optional_text("state"):
        case "posted":
            return Posted(number=row.text("number"), posted_at=row.instant("posted_at"))
        case "rejected":
            return Rejected(reason=row.text("reason"))
        case other:
            raise ErpMisconfigured(f"out.find: state is {other!r}, neither posted nor rejected")


def write_receipt(
    connection: Connection, outbox: Outbox, receipt: OutgoingReceipt, money: MoneyForm
) -> Posted | Rejected:
    """Stage and process a receipt that the ERP does not know, inside the caller's transaction."""
    head = _head(receipt, money)
    connection.execute(text(outbox.receipt), head)
    killpoints.reach("erp.sql.staged")
    if outbox.payment:
        for position, payment in enumerate(receipt.payments, start=1):
            values = _payment(receipt, payment, money, outbox.methods)
            connection.execute(text(outbox.payment), head | values | {"position": position})
    if outbox.allocation:
        for position, (invoice, amount) in enumerate(receipt.allocations, start=1):
            values = {
                "invoice": invoice,
                "amount": _amount(amount, receipt.currency, money),
                "position": position,
            }
            connection.execute(text(outbox.allocation), head | values)
    if outbox.process:
        connection.execute(text(outbox.process), head)
    killpoints.reach("erp.sql.processed")
    answer = find_receipt(connection, outbox, receipt.receipt_id)
    if answer is None:
        raise ErpMisconfigured("out.find finds nothing after a receipt was processed")
    return answer


def _head(receipt: OutgoingReceipt, money: MoneyForm) -> dict[str, Any]:
    return {
        "receipt_id": receipt.receipt_id,
        "receipt_number": receipt.number,
        "customer": receipt.customer,
        "collector": receipt.collector,
        "created_at": receipt.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "local_on": receipt.local_on.isoformat(),
        "currency": receipt.currency,
        "total": _amount(receipt.total, receipt.currency, money),
        "on_account": _amount(receipt.on_account, receipt.currency, money),
    }


def _payment(
    receipt: OutgoingReceipt, payment: Mapping[str, Any], money: MoneyForm, methods: Mapping[str, str]
) -> dict[str, Any]:
    method = str(payment["method"])
    return {
        "method": methods.get(method, method),
        "amount": _amount(payment["amount"], receipt.currency, money),
        **{name: payment.get(name) for name in PAYMENT_FIELDS},
    }


def _amount(minor: int, currency: str, money: MoneyForm) -> Any:
    """As the ERP writes money.

    Decimals go as text: every database reads them exactly, and SQLite has no decimal type.
    """
    return minor if money is MoneyForm.MINOR else str(Money(minor, currency).to_decimal())

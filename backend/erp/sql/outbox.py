"""One entry into a SQL ERP: staged with its lines and processed in one transaction, and its answer read back.

The ERP's table has a unique key on the entry's id; that key, not our care, is what excludes a second posting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from backend import killpoints
from backend.erp.outgoing import Entry, OutgoingReversal
from backend.erp.port import Answer, ErpMisconfigured, Pending, Posted, Rejected
from backend.erp.rows import MoneyForm, Row
from backend.erp.sql.mapping import Posting, SqlMapping
from receivables.money import Money

# Every parameter that a payment line may have, so that a statement can name any of them whatever the method.
PAYMENT_FIELDS = (
    "bank", "account", "number", "drawer", "cheque_on", "reference", "transferred_on",
    "brand", "last4", "authorisation", "tax", "access_key",
)  # fmt: skip


def find_entry(connection: Connection, mapping: SqlMapping, posting: Posting, key: str) -> Answer | None:
    """What the ERP says of an entry; None when it has none by this id."""
    parameter = "receipt_id" if posting is mapping.receipts else "reversal_id"
    found = connection.execute(text(posting.find), {parameter: key}).mappings().first()
    if found is None:
        return None
    row = Row(dict(found), money=MoneyForm.MINOR, currency="XXX", timezone=mapping.timezone)
    match row.optional_text("state"):
        case "posted":
            return Posted(number=row.text("number"), posted_at=row.instant("posted_at"))
        case "rejected":
            return Rejected(reason=row.text("reason"))
        case "pending":
            return Pending()
        case other:
            raise ErpMisconfigured(f"out.find: state is {other!r}, neither posted, rejected nor pending")


def write_entry(connection: Connection, mapping: SqlMapping, posting: Posting, entry: Entry) -> Answer:
    """Stage and process an entry, inside the caller's transaction, unless the ERP has decided it already."""
    if entry.write_offs and not posting.write_off:
        raise ErpMisconfigured("out: a write_off is missing, and an entry carries a small difference")
    known = find_entry(connection, mapping, posting, entry.key)
    if known and not (isinstance(known, Rejected) and posting.again):
        return known
    head = _head(entry, mapping)
    steps = [*(posting.again if known else ()), *posting.head]
    for step in steps:
        connection.execute(text(step), head)
    killpoints.reach("erp.sql.staged")
    for position, payment in enumerate(entry.payments, start=1):
        values = _payment(entry, payment, mapping) | {"position": position}
        for step in posting.payment:
            connection.execute(text(step), head | values)
    settled = [(posting.allocation, *line) for line in entry.allocations]
    settled += [(posting.write_off, *line) for line in entry.write_offs]
    for position, (lines, invoice, amount) in enumerate(settled, start=1):
        minor = _amount(amount, entry.currency, mapping.money)
        for step in lines:
            connection.execute(text(step), head | {"invoice": invoice, "amount": minor, "position": position})
    for step in posting.process:
        connection.execute(text(step), head)
    killpoints.reach("erp.sql.processed")
    answer = find_entry(connection, mapping, posting, entry.key)
    if answer is None:
        raise ErpMisconfigured("out.find finds nothing after an entry was processed")
    return answer


def _head(entry: Entry, mapping: SqlMapping) -> dict[str, Any]:
    head = {
        "receipt_id": entry.receipt_id,
        "customer": entry.customer,
        "collector": entry.collector,
        "created_at": entry.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "created_local": entry.created_at.astimezone(mapping.timezone).strftime("%Y-%m-%d %H:%M:%S"),
        "local_on": entry.local_on.isoformat(),
        "currency": entry.currency,
        "total": _amount(entry.total, entry.currency, mapping.money),
        "on_account": _amount(entry.on_account, entry.currency, mapping.money),
    }
    if isinstance(entry, OutgoingReversal):
        return head | {
            "reversal_id": entry.reversal_id,
            "receipt_number": entry.receipt_number,
            "receipt_erp_number": entry.receipt_erp_number,
            "kind": mapping.methods.get(entry.kind, entry.kind),
            "reason": entry.reason,
        }
    return head | {"receipt_number": entry.number}


def _payment(entry: Entry, payment: Mapping[str, Any], mapping: SqlMapping) -> dict[str, Any]:
    method = str(payment["method"])
    return {
        "method": mapping.methods.get(method, method),
        "amount": _amount(payment["amount"], entry.currency, mapping.money),
        "validated": int(bool(payment.get("validated", True))),
        **{name: payment.get(name) for name in PAYMENT_FIELDS},
    }


def _amount(minor: int, currency: str, money: MoneyForm) -> Any:
    """As the ERP writes money.

    Decimals go as text: every database reads them exactly, and SQLite has no decimal type.
    """
    return minor if money is MoneyForm.MINOR else str(Money(minor, currency).to_decimal())

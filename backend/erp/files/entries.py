"""A receipt or its reversal as the rows of a file. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from backend.erp.files.mapping import DecimalMark
from backend.erp.files.templates import ENTRY
from backend.erp.outgoing import Entry, OutgoingReversal, ReversalKind
from receivables.money import Money

RECEIPT = "recibo"
KINDS = {ReversalKind.VOID: "anulacion", ReversalKind.BOUNCED_CHEQUE: "cheque_protestado"}
PAYMENT, ALLOCATION, WRITE_OFF, ON_ACCOUNT = "pago", "aplicacion", "diferencia", "a_cuenta"
METHODS = {
    "cash": "efectivo",
    "cheque": "cheque",
    "transfer": "transferencia",
    "card": "tarjeta",
    "withholding": "retencion",
}
_PARTICULARS = (
    "bank", "account", "number", "drawer", "cheque_on", "reference", "transferred_on", "brand", "last4",
    "authorisation", "tax", "access_key",
)  # fmt: skip


def file_name(key: str, attempt: int) -> str:
    """Without its extension. Colons are not allowed in the names of files everywhere."""
    return f"{key.replace(':', '-')}-{attempt}"


def table_of(
    entry: Entry, attempt: int, *, decimal: DecimalMark, numbers: bool
) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows; amounts are `numbers`, or texts with this decimal mark."""

    def amount(minor: int) -> Any:
        exact = Money(minor, entry.currency).to_decimal()
        return exact if numbers else str(exact).replace(".", decimal)

    head = _head(entry) | {"attempt": attempt, "total": amount(entry.total)}
    lines: list[dict[str, Any]] = [
        {
            "line": PAYMENT,
            "amount": amount(payment["amount"]),
            "method": METHODS.get(payment["method"], payment["method"]),
            "validated": "si" if payment.get("validated", True) else "no",
            **{name: payment.get(name) for name in _PARTICULARS},
        }
        for payment in entry.payments
    ]
    lines += [
        {"line": ALLOCATION, "amount": amount(minor), "invoice": invoice}
        for invoice, minor in entry.allocations
    ]
    lines += [
        {"line": WRITE_OFF, "amount": amount(minor), "invoice": invoice}
        for invoice, minor in entry.write_offs
    ]
    if entry.on_account:
        lines.append({"line": ON_ACCOUNT, "amount": amount(entry.on_account)})
    return [column.name for column in ENTRY.columns], [_cells(head | line) for line in lines]


def _cells(values: Mapping[str, Any]) -> list[Any]:
    return [values.get(column.field) for column in ENTRY.columns]


def _head(entry: Entry) -> dict[str, Any]:
    head = {
        "kind": RECEIPT,
        "id": entry.key,
        "customer": entry.customer,
        "collector": entry.collector,
        "created_at": entry.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "local_on": entry.local_on.isoformat(),
        "currency": entry.currency,
    }
    if isinstance(entry, OutgoingReversal):
        return head | {
            "kind": KINDS[entry.kind],
            "receipt_number": entry.receipt_number,
            "receipt_erp_number": entry.receipt_erp_number,
            "reason": entry.reason,
        }
    return head | {"receipt_number": entry.number}

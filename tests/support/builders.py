"""Small documents and values of the business, valid as they stand; a test states only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from receivables.identifiers import receipt_id, receipt_number
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.payments import PaymentLine
from receivables.policies import CollectionPolicy
from receivables.receipts import GENESIS_HASH, ReceiptDraft, plan_receipt, receipt_hash
from receivables.validation import Problem

QUITO = ZoneInfo("America/Guayaquil")
NOW = datetime(2026, 11, 21, 15, 4, 5, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ULID = "01KAKYX7M8N4P5Q6R7S8T9V0W1"

Json = dict[str, Any]


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def an_open_item(
    invoice: str = "F-1",
    open_: str = "100.00",
    *,
    due_on: str = "2026-11-01",
    currency: str = "USD",
    **fields: Any,
) -> OpenItem:
    due = date.fromisoformat(due_on)
    values: Json = {"customer": "C0001", "issued_on": due, **fields}
    return OpenItem(invoice=invoice, due_on=due, open=Money.parse(open_, currency), **values)


def an_invoice(number: str = "F-1", balance: int = 10000, **fields: Any) -> Json:
    return {
        "_id": f"invoice:{number}",
        "schema": 1,
        "number": number,
        "customer": "C0001",
        "issued_on": "2026-10-01",
        "due_on": "2026-11-01",
        "total": balance,
        "balance": balance,
        "currency": "USD",
        "state": "open",
        "reflects": [],
        **fields,
    }


def a_policy(**fields: Any) -> CollectionPolicy:
    doc = {"_id": "policy:collection", "currency": "USD", "minimum_receipt": 0, "cash_cap": None}
    rules = {
        "cheque_max_days": 30,
        "oldest_first": False,
        "on_account_allowed": True,
        "comment_min_length": 10,
    }
    return CollectionPolicy.from_json({**doc, **rules, **fields})


def cash(text: str, currency: str = "USD") -> PaymentLine:
    return PaymentLine("cash", Money.parse(text, currency))


def a_cheque(text: str = "200.00", **details: Any) -> PaymentLine:
    given = {
        "bank": "Pichincha",
        "account": "2100",
        "number": "000123",
        "drawer": "Ñandú",
        "cheque_on": "2026-11-30",
    }
    return PaymentLine("cheque", usd(text), {**given, **details})


def a_transfer(text: str = "50.00", **details: Any) -> PaymentLine:
    return PaymentLine(
        "transfer",
        usd(text),
        {"bank": "Produbanco", "reference": "T-1", "transferred_on": "2026-11-20", **details},
    )


def a_draft(*payments: PaymentLine, **fields: Any) -> ReceiptDraft:
    values: Json = {"customer": "C0001", "currency": "USD", "visit": f"visit_start:ana:{ULID}", **fields}
    return ReceiptDraft(payments=payments, **values)


def planned(draft: ReceiptDraft, *items: OpenItem, **fields: Any) -> Json | list[Problem]:
    """`plan_receipt` for the first receipt of Ana's phone."""
    values: Json = {
        "policy": a_policy(),
        "company": "andina",
        "collector": "ana",
        "device": "01KDEVICE",
        "series": "R0001",
        "counter": 1,
        "previous_hash": GENESIS_HASH,
        "now": NOW,
        "zone": QUITO,
        "place": {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False},
        **fields,
    }
    return plan_receipt(draft=draft, open_items=items, **values)


def a_receipt(
    counter: int = 1,
    *,
    allocations: dict[str, int] | None = None,
    on_account: int = 0,
    payments: list[Json] | None = None,
    previous_hash: str = GENESIS_HASH,
    **fields: Any,
) -> Json:
    """A receipt document; paid in cash unless `payments` are given."""
    applied = {"F-1": 5000} if allocations is None else allocations
    total = sum(applied.values()) + on_account
    doc = {
        "_id": receipt_id("R0001", counter),
        "schema": 1,
        "company": "andina",
        "collector": "ana",
        "device": "01KDEVICE",
        "series": "R0001",
        "counter": counter,
        "number": receipt_number("R0001", counter),
        "customer": "C0001",
        "visit": f"visit_start:ana:{ULID}",
        "created_at": "2026-11-21T15:04:05Z",
        "local_on": "2026-11-21",
        "currency": "USD",
        "total": total,
        "payments": payments or [{"method": "cash", "amount": total}],
        "allocations": [{"invoice": number, "amount": amount} for number, amount in applied.items()],
        "on_account": on_account,
        "place": {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False},
        "previous_hash": previous_hash,
        **fields,
    }
    return {**doc, "hash": receipt_hash(previous_hash, doc)}


def codes(result: object) -> list[str]:
    """The codes of a list of problems, in order; fails where there are none to have."""
    assert isinstance(result, list), f"expected problems, got {result!r}"
    return [problem.code for problem in result]

"""A collector at work, without a screen: the phone's own modules, on a database of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flet_app.collector.actions.receipts import save_receipt
from flet_app.collector.actions.visits import finish_visit, start_visit
from flet_app.collector.bootstrap import Settings, real_world
from flet_app.collector.phone import Phone
from receivables.payments import PaymentLine
from receivables.receipts import ReceiptDraft

Json = dict[str, Any]

QUITO = {"lat": -0.1807, "lon": -78.4678, "accuracy": 9.0, "mock": False}


def a_phone(api_url: str, folder: Path, name: str) -> Phone:
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(api_url=api_url, data=folder, host="127.0.0.1", port=0, device_name=name)
    return Phone(settings, real_world())


async def until(condition: Any, *, seconds: float, what: str) -> None:
    """Wait on the event loop, where the phone's own synchronisation runs."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"after {seconds:.0f} s still not: {what}"
        await asyncio.sleep(0.1)


async def collect(
    phone: Phone, customer: str, invoices: Sequence[str], payments: Sequence[Json], *, outcome: str = "paid"
) -> Json:
    """Visit `customer`, take `payments` for `invoices`, the oldest first, finish; return the receipt.

    The customer asked for the visit, so that the rules of contact allow it at whatever hour the tests run.
    """
    begun = await start_visit(phone, customer, place=QUITO, exception="customer_asked")
    assert not isinstance(begun, list), begun
    currency = phone.portfolio.customers[customer]["currency"]
    visit = phone.portfolio.open_visit()
    draft = ReceiptDraft(
        customer=customer,
        currency=currency,
        visit=visit["_id"] if visit else None,
        payments=tuple(PaymentLine.from_json(line, currency) for line in payments),
        chosen=tuple(invoices),
    )
    receipt = await save_receipt(phone, draft, place=QUITO)
    assert not isinstance(receipt, list), receipt
    finished = await finish_visit(phone, outcome=outcome, comment="Pagó.", next_visit_at=None, place=QUITO)
    assert not isinstance(finished, list), finished
    return receipt

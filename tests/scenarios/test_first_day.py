"""The first morning of a phone: work begins before everything has arrived."""

from __future__ import annotations

import asyncio
from pathlib import Path

from flet_app.collector.phone import Phone
from tests.support.field import a_phone, collect
from tests.support.outcome import documents
from tests.support.stack import PASSWORD, Stack, eventually, stack


def _first_debt(phone: Phone) -> tuple[str, str, int] | None:
    """(customer, invoice, balance) of anything that can be collected with what is here already."""
    portfolio = phone.portfolio
    if not portfolio.catalogues.get("outcomes"):
        return None
    for number, invoice in portfolio.invoices.items():
        if invoice["balance"] > 0 and invoice["customer"] in portfolio.customers:
            return str(invoice["customer"]), number, int(invoice["balance"])
    return None


async def _collect_during_the_first_sync(whole: Stack) -> tuple[str, int, int]:
    """The receipt's id, and how many records the phone held when it was written and at the end."""
    phone = a_phone(whole.api_url, whole.folder / "phones" / "ana", "ana")
    await phone.start()
    try:
        await phone.sign_in("ana@andina.example", PASSWORD, language="es", code=whole.issue_code("ana"))
        async with asyncio.timeout(120):
            while (debt := _first_debt(phone)) is None:
                await asyncio.sleep(0)
            held = len(phone.portfolio.invoices)
            customer, invoice, balance = debt
            receipt = await collect(
                phone, customer, [invoice], [{"method": "cash", "amount": min(balance, 500)}]
            )
            while phone.status.unsent_count:
                await asyncio.sleep(0.1)
            return receipt["_id"], held, len(phone.portfolio.invoices)
    finally:
        await phone.stop()


def test_a_receipt_written_while_the_first_sync_runs_reaches_the_centre(tmp_path: Path) -> None:
    with stack(tmp_path) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api")
        receipt, held_then, held_at_last = asyncio.run(_collect_during_the_first_sync(whole))
        assert held_then < held_at_last
        whole.start("reconcile")
        arrived = eventually(
            lambda: documents(whole, "receipt").get(receipt), what="the centre has the receipt"
        )
        assert arrived["_id"] == receipt

"""A customer who owes in two currencies: every screen opens, and no form adds dollars to euros."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flet_app.collector.phone import Phone
from tests.support.builders import an_invoice
from tests.support.collector_walk import NOW, arrive, begin_visit, walk
from tests.support.flet_harness import Screen

ON = NOW.date()
IN_EUROS = an_invoice("E-1", 5_000, currency="EUR", due_on=(ON - timedelta(days=200)).isoformat())
WAYS = {"promesa": "promise-amount", "pago-informado": "informed-amount", "reclamo": "dispute-amount"}


def owing(story: Any) -> Any:
    async def told(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, IN_EUROS)
        await begin_visit(screen)
        await story(screen, phone)

    return told


def test_the_sheet_and_the_statement_keep_the_currencies_apart(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        owed = sum(
            doc["balance"] for doc in phone.portfolio.invoices_for("C0001") if doc["currency"] == "USD"
        )
        await screen.go("/cliente/C0001")
        assert screen.says(f"{owed // 100:,}".replace(",", "."))
        assert screen.has("invoice-E-1")
        await screen.tap("customer-statement")
        await screen.until(lambda: screen.has("paper-page-1"), "the statement is shown")

    walk(tmp_path, owing(story))


def test_each_claim_is_in_the_currency_of_its_invoices(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        dollars = next(
            doc["number"] for doc in phone.portfolio.invoices_for("C0001") if doc["currency"] == "USD"
        )
        for path, amount in WAYS.items():
            await screen.go(f"/cliente/C0001/{path}")
            assert not screen.by_id("pick-E-1").checked, "what is owed in the customer's own is proposed"
            await screen.tap("pick-E-1")
            field = screen.field(amount)
            assert (field.prefix, field.value) == ("EUR", "50,00"), path
            assert not screen.by_id(f"pick-{dollars}").checked
            await screen.tap(f"pick-{dollars}")
            assert screen.field(amount).prefix == "$"
            assert not screen.by_id("pick-E-1").checked

    walk(tmp_path, owing(story))


def test_a_receipt_says_that_the_other_currency_needs_another_one(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cliente/C0001/cobro")
        await screen.tap("receipt-mode-choose")
        await screen.tap("receipt-invoice-E-1")
        await screen.tap("receipt-continue")
        assert screen.says("La factura E-1 está en EUR y el pago en USD.")

    walk(tmp_path, owing(story))

"""Cartera: the debt of all customers by age adds up, and an age leads to its customers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.ageing import portfolio_ageing
from flet_app.collector.figures import last_sale
from flet_app.collector.listing import listing
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from receivables.money import Money
from tests.support.builders import a_receipt, an_invoice
from tests.support.collector_walk import walk, with_documents
from tests.support.flet_harness import Screen
from tests.support.seed_phone import projections
from tests.unit.flet_app.test_home_screens import a_phone

ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def folded(*documents: dict[str, Any]) -> Portfolio:
    portfolio = Portfolio()
    company = {"_id": "company:andina", "currency": "USD"}
    portfolio.apply(
        {"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate((company, *documents), 1)
    )
    return portfolio


@pytest.mark.parametrize(
    ("due_on", "bucket"),
    [
        ("2026-11-20", "current"), ("2026-12-31", "current"), ("2026-11-19", "1-30"), ("2026-10-21", "1-30"),
        ("2026-10-20", "31-60"), ("2026-09-21", "31-60"), ("2026-09-20", "61-90"), ("2026-08-22", "61-90"),
        ("2026-08-21", "91-120"), ("2026-07-23", "91-120"), ("2026-07-22", "121-180"),
        ("2026-05-24", "121-180"), ("2026-05-23", ">180"),
    ],
)  # fmt: skip
def test_every_debt_is_in_the_bucket_of_its_days(due_on: str, bucket: str) -> None:
    found = portfolio_ageing(folded(an_invoice("F-1", 1_000, due_on=due_on)), on=ON)
    assert {each.name: each.amount.minor for each in found.buckets if each.invoices} == {bucket: 1_000}
    assert found.overdue.minor == (0 if bucket == "current" else 1_000)


def test_the_buckets_add_up_and_each_customer_is_counted_once() -> None:
    found = portfolio_ageing(
        folded(
            an_invoice("F-1", 1_000, due_on="2026-12-01"), an_invoice("F-2", 500, due_on="2026-11-01"),
            an_invoice("F-3", 70, due_on="2026-10-01"),
            an_invoice("F-4", 9, due_on="2026-11-10", customer="C2"),
            an_invoice("F-5", 400, due_on="2026-01-01", state="paid"),
            an_invoice("F-6", 77, due_on="2026-11-01", currency="EUR"),
            a_receipt(1, allocations={"F-2": 200}, payments=[{"method": "cash", "amount": 200}]),
            {"_id": "credit_note:N-1", "customer": "C2", "balance": 55, "currency": "USD", "state": "open"},
            {"_id": "credit_note:N-2", "customer": "C2", "balance": 0, "currency": "USD", "state": "applied"},
        ),
        on=ON,
    )  # fmt: skip
    told = {each.name: (each.amount.minor, each.invoices, each.customers) for each in found.buckets}
    assert told["current"] == (1_000, 1, 0)
    assert told["1-30"] == (309, 2, 1)
    assert told["31-60"] == (70, 1, 1)
    assert sum(amount for amount, _, _ in told.values()) == found.balance.minor == 1_379
    assert (found.invoices, found.customers, found.overdue.minor) == (4, 2, 379)
    assert found.credit == Money(55, "USD"), "told beside, and in no bucket"


def test_an_invoice_in_instalments_is_in_each_of_its_ages() -> None:
    parts = [
        {"number": 1, "due_on": "2026-10-25", "amount": 400, "balance": 400},
        {"number": 2, "due_on": "2026-12-25", "amount": 600, "balance": 600},
    ]
    invoice = an_invoice("F-1", 1_000, due_on="2026-12-25", instalments=parts)
    paid = a_receipt(1, allocations={"F-1": 100}, payments=[{"method": "cash", "amount": 100}])
    found = portfolio_ageing(folded(invoice, paid), on=ON)
    told = {each.name: (each.amount.minor, each.invoices, each.customers) for each in found.buckets}
    assert (told["current"], told["1-30"]) == ((600, 1, 0), (300, 1, 1))
    assert (found.balance.minor, found.overdue.minor, found.invoices) == (900, 300, 1)


def test_the_last_sale_is_the_invoice_issued_last_that_stands() -> None:
    portfolio = folded(
        an_invoice("F-1", 0, issued_on="2026-10-01", total=900, state="paid"),
        an_invoice("F-2", 500, issued_on="2026-09-01"),
        an_invoice("F-3", 500, issued_on="2026-11-01", state="cancelled"),
    )
    found = last_sale(portfolio, "C0001")
    assert found is not None
    assert (found.number, found.total.minor) == ("F-1", 900)
    assert last_sale(portfolio, "C9") is None


def test_an_age_leads_to_as_many_customers_as_it_counts(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("open-portfolio")
        await screen.until(lambda: screen.has("portfolio-overdue"), "the portfolio")
        found = portfolio_ageing(phone.portfolio, on=ON)
        bucket = next(each for each in found.buckets if each.customers and each.name != "current")
        assert screen.says(f"{bucket.invoices} factura")
        await screen.tap(f"bucket-{bucket.name}")
        await screen.until(lambda: screen.has("customers-total"), "the customers")
        assert phone.store
        assert listing(phone.store.chosen).chosen.ages == {bucket.name}
        assert screen.says(f"{bucket.customers} cliente")
        assert screen.has("filter-off-ages")

    a_phone(tmp_path, now=NOW)
    walk(tmp_path, story)


def test_a_portfolio_without_debt_says_so(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas/cartera")
        assert screen.says("Nadie debe nada.")

    a_phone(tmp_path, now=NOW)
    paid = [
        {"_id": doc["_id"], "state": "paid", "balance": 0}
        for doc in projections(on=ON, customers=12)
        if doc["_id"].startswith("invoice:")
    ]
    walk(tmp_path, with_documents(story, *paid))


def test_the_customers_sheet_tells_the_last_sale_and_the_whole_credit(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        assert screen.has("customer-last-sale")
        assert screen.says("Última venta")
        assert screen.says("usado el ")
        assert screen.says(" % de $ ")

    a_phone(tmp_path, now=NOW)
    walk(tmp_path, story)

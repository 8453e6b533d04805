"""Cobros: the day and the month, whose totals by method and by day add up, down to each record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.results import collected, days_of
from tests.support.collector_walk import walk, with_documents
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_home_screens import a_payment, a_phone, a_visit

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
TODAY = "2026-11-20"
CASH = (10_000, 5_056, 7_700, 10_000)
CHEQUES = (100_000, 50_003, 83_200, 33_333, 33_333, 33_334)
TEN = [
    *(a_payment(number, amount, TODAY) for number, amount in enumerate(CASH, 1)),
    *(a_payment(number, amount, TODAY, "cheque") for number, amount in enumerate(CHEQUES, 5)),
]
"""Ten payments of one day: 327.56 in cash and 3332.03 in cheques are 3659.59."""


def test_ten_payments_are_their_cash_and_their_cheques(tmp_path: Path) -> None:
    assert (sum(CASH), sum(CHEQUES), sum(CASH) + sum(CHEQUES)) == (32_756, 333_203, 365_959)

    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros")
        assert screen.says("10 cobros")
        assert screen.says("$ 3.659,59")
        assert screen.says("$ 327,56")
        assert screen.says("$ 3.332,03")
        await screen.tap("history-month")
        assert screen.says("10 cobros")
        assert screen.says("$ 3.659,59")
        await screen.tap(f"day-{TODAY}")
        assert screen.has("history-receipts")
        await screen.tap("receipt-R0001-00000010")
        await screen.until(lambda: screen.has("voucher-number"), "the record itself")

    a_phone(tmp_path, *TEN, now=NOW)
    walk(tmp_path, story)


def test_the_payments_of_a_day_are_sorted_by_time_or_amount(tmp_path: Path) -> None:
    def order(screen: Screen) -> list[str]:
        found = [str(each.identifier) for each in screen.walk() if isinstance(each, ft.Semantics)]
        return [each for each in found if each.startswith("receipt-")]

    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros")
        assert order(screen)[0] == "receipt-R0001-00000010"
        await screen.tap("history-sort")
        assert order(screen)[0] == "receipt-R0001-00000005"
        assert len(order(screen)) == 10
        await screen.tap("history-sort")
        assert order(screen)[0] == "receipt-R0001-00000010"

    a_phone(tmp_path, *TEN, now=NOW)
    walk(tmp_path, story)


def test_a_month_lists_its_days_and_each_leads_to_its_records(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros")
        await screen.tap("history-month")
        assert screen.says("Noviembre 2026")
        assert screen.says("2 días con registros")
        assert screen.says("1 cobro · 2 visitas · 1 efectiva")
        assert screen.by_id("month-after").content.disabled  # type: ignore[union-attr]
        await screen.tap("month-before")
        assert screen.says("Octubre 2026")
        assert screen.says("0 cobros · 1 visita · 0 efectivas")
        await screen.tap("month-before")
        assert screen.says("No hay registros en este mes.")
        await screen.tap("month-after")
        await screen.tap("month-after")
        await screen.tap("day-2026-11-03")
        await screen.tap("history-visits")
        assert screen.says("1 efectiva")
        assert screen.says("09:00 - 09:20 · 20 min · Pagó")
        await screen.tap("visit-C0002")
        await screen.until(lambda: screen.has("customer-balance"), "the customer who was visited")

    work = (
        a_payment(1, 500, TODAY), a_payment(2, 700, "2026-11-03"), a_visit(1, "2026-11-03", "paid"),
        a_visit(2, "2026-11-03", "absent", "C0003"), a_visit(3, "2026-10-30", "absent"),
    )  # fmt: skip
    a_phone(tmp_path, *work, now=NOW)
    walk(tmp_path, story)


def test_what_the_phone_no_longer_keeps_is_not_shown_as_nothing(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros")
        assert not screen.has("history-kept-since")
        await screen.tap("history-month")
        assert screen.has("history-kept-since")
        assert screen.says("Este teléfono guarda lo que usted hizo desde el 5 nov 2026.")

    a_phone(tmp_path, now=NOW)
    received = {"_id": "received:ana", "receipts": {}, "others": [], "kept_since": "2026-11-05"}
    walk(tmp_path, with_documents(story, received))


def test_the_days_of_a_month_add_up_to_it() -> None:
    portfolio = Portfolio()
    documents: list[dict[str, Any]] = [
        {"_id": "company:andina", "currency": "USD"},
        *(a_payment(number, 100 * number, f"2026-11-{1 + number % 7:02d}") for number in range(1, 40)),
        a_payment(90, 5, "2026-10-31"),
        {"_id": "receipt_void:ana:1", "receipt": "receipt:R0001:00000007", "local_on": "2026-11-09"},
    ]
    portfolio.apply({"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate(documents, 1))
    days, month = days_of(portfolio, "2026-11"), collected(portfolio, "2026-11")
    assert sum(day.collected.minor for day in days) == month.total.minor == 100 * (sum(range(1, 40)) - 7)
    assert sum(day.payments for day in days) == month.count == 38
    assert [day.on for day in days] == sorted((day.on for day in days), reverse=True)

"""Promesa: what is agreed stands on one screen, filled in already; what cannot be is told where it is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flet_app.collector.figures import open_items, totals
from flet_app.collector.phone import Phone
from tests.support.collector_walk import NOW, walk, with_documents
from tests.support.flet_harness import Screen

PROMISE = "/cliente/C0001/promesa"
MONDAY = date(2026, 11, 23)


def test_the_overdue_invoices_their_sum_and_the_next_working_day_are_proposed(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        late = totals(phone.portfolio, "C0001", on=phone.today())
        await screen.go(PROMISE)
        assert screen.says("Vencido")
        assert screen.says(f"{late.oldest_days_past_due} días de mora")
        assert screen.by_id("promise-day-3").selected, "Monday, when today is a Friday"
        await screen.tap("promise-save")
        await screen.until(lambda: phone.portfolio.promises, "the promise is saved")
        assert screen.announces("Promesa registrada: $ ")
        [promise] = phone.portfolio.promises.values()
        assert promise["amount"] == late.overdue.minor
        assert promise["promised_on"] == MONDAY.isoformat()
        overdue = {
            item.invoice for item in open_items(phone.portfolio, "C0001") if item.due_on < phone.today()
        }
        assert set(promise["invoices"]) == overdue
        await screen.tap("tab-activity")
        assert screen.has(f"claim-{promise['_id']}")

    walk(tmp_path, story)


def test_a_holiday_is_no_day_to_propose(tmp_path: Path) -> None:
    holiday = {"_id": "holidays:EC:2026", "days": [{"on": MONDAY.isoformat(), "name": "Puente"}]}

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(PROMISE)
        assert screen.says("mar, 24 nov")
        await screen.tap("promise-save")
        await screen.until(lambda: phone.portfolio.promises, "the promise is saved")
        [promise] = phone.portfolio.promises.values()
        assert promise["promised_on"] == "2026-11-24"

    walk(tmp_path, with_documents(story, holiday))


def test_ticking_other_invoices_proposes_their_sum_and_a_typed_amount_counts(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        items = open_items(phone.portfolio, "C0001")
        await screen.go(PROMISE)
        for item in items[1:]:
            if screen.by_id(f"pick-{item.invoice}").checked:
                await screen.tap(f"pick-{item.invoice}")
        await screen.type("promise-amount", "15,50")
        await screen.tap("promise-day-7")
        await screen.tap("promise-save")
        await screen.until(lambda: phone.portfolio.promises, "the promise is saved")
        [promise] = phone.portfolio.promises.values()
        assert (promise["amount"], promise["invoices"]) == (1550, [items[0].invoice])
        assert promise["promised_on"] == "2026-11-27"

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "El monto debe ser mayor que cero."),
        ("0", "El monto debe ser mayor que cero."),
        ("1.2.3", "«1.2.3» se puede leer de dos maneras o no es un monto"),
        ("999999", "La promesa es de USD 999.999,00, pero el saldo es USD "),
    ],
)
def test_an_amount_that_cannot_be_promised_is_told_and_stays(
    tmp_path: Path, typed: str, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(PROMISE)
        await screen.type("promise-amount", typed)
        await screen.tap("promise-day-7")
        await screen.tap("promise-save")
        assert screen.says(sentence)
        assert screen.field("promise-amount").value == typed
        assert screen.by_id("promise-day-7").selected
        assert not phone.portfolio.promises

    walk(tmp_path, story)


def test_the_calendar_ends_with_the_last_day_that_may_be_promised(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(PROMISE)
        await screen.tap("promise-day-other")
        first, last = screen.calendar(phone.zone)
        assert (first, last) == (phone.today(), phone.today() + timedelta(days=15))
        await screen.pick(last, phone.zone)
        await screen.tap("promise-save")
        await screen.until(lambda: phone.portfolio.promises, "the promise is saved")
        [promise] = phone.portfolio.promises.values()
        assert promise["promised_on"] == "2026-12-05"

    walk(tmp_path, story)


def test_a_form_left_open_over_night_does_not_promise_for_yesterday(tmp_path: Path) -> None:
    clock = [NOW]

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(PROMISE)
        clock[0] += timedelta(days=4)
        await screen.tap("promise-save")
        assert screen.says("La fecha prometida (23-11-2026) ya pasó. Elija otra.")
        assert not phone.portfolio.promises

    walk(tmp_path, story, clock=lambda: clock[0])


def test_a_third_promise_is_refused_and_the_first_two_are_told(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        items = open_items(phone.portfolio, "C0001")
        assert len(items) >= 3, "the seed gives C0001 enough invoices"
        for count, item in enumerate(items[:3], start=1):
            await screen.go(PROMISE)
            for each in items:
                wanted = each.invoice == item.invoice
                if bool(screen.by_id(f"pick-{each.invoice}").checked) is not wanted:
                    await screen.tap(f"pick-{each.invoice}")
            await screen.tap("promise-save")
            if count < 3:
                await screen.until(lambda many=count: len(phone.portfolio.promises) == many, "saved")
        assert screen.says("El cliente ya tiene 2 promesas vigentes.")
        assert screen.says("2 promesas pendientes")
        assert len(phone.portfolio.promises) == 2

    walk(tmp_path, story)


def test_who_owes_nothing_has_nothing_to_promise(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        free = next(code for code in phone.portfolio.customers if not open_items(phone.portfolio, code))
        await screen.go(f"/cliente/{free}/promesa")
        assert screen.says("Este cliente no debe nada.")
        assert not screen.has("promise-save")

    walk(tmp_path, story)

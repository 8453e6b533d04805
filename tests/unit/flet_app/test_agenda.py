"""The agenda: what is agreed, promised and planned, by day, and what was missed; and its screen."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flet_app.collector.agenda import Kind, agenda
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from tests.support.collector_walk import begin_visit, walk, with_documents
from tests.support.flet_harness import Screen

TODAY = date(2026, 11, 20)
QUITO = ZoneInfo("America/Guayaquil")
COMMON = {"collector": "ana", "device": "01K0000000000000000000DEV1"}


def a_visit(number: int, customer: str, on: date, next_at: str | None) -> dict[str, Any]:
    return {
        "_id": f"visit:ana:{number:026d}", "customer": customer, "start": f"visit_start:ana:{number:026d}",
        "started_at": f"{on}T15:00:00Z", "finished_at": f"{on}T15:{number:02d}:00Z",
        "local_on": on.isoformat(),
        "created_at": f"{on}T15:{number:02d}:00Z", "outcome": "absent", "comment": "", "place": None,
        "next_visit_at": next_at, "attended_by": "", "signature": None, "shown": None, "company": "andina",
        **COMMON,
    }  # fmt: skip


def a_promise(number: int, customer: str, promised_on: date, made_on: date) -> dict[str, Any]:
    return {
        "_id": f"promise:ana:{number:026d}", "customer": customer, "invoices": [], "amount": 50_00,
        "currency": "USD", "promised_on": promised_on.isoformat(), "local_on": made_on.isoformat(),
        "created_at": f"{made_on}T15:00:00Z", "company": "andina", **COMMON,
    }  # fmt: skip


def a_customer(code: str) -> list[dict[str, Any]]:
    return [
        {"_id": f"customer:{code}", "code": code, "name": code, "currency": "USD", "active": True},
        {
            "_id": f"invoice:F{code}", "number": f"F{code}", "customer": code, "issued_on": "2026-09-01",
            "due_on": "2026-10-01", "total": 100_00, "balance": 100_00, "currency": "USD", "state": "open",
        },
    ]  # fmt: skip


def folded(*documents: dict[str, Any]) -> Portfolio:
    portfolio = Portfolio()
    portfolio.apply({"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate(documents, start=1))
    return portfolio


def told(portfolio: Portfolio) -> tuple[list[tuple[str, str, date]], list[tuple[str, str, date]]]:
    """Kind, customer and date of what is late and of what lies ahead."""
    found = agenda(portfolio, today=TODAY, zone=QUITO)
    ahead = [entry for day in found.days for entry in day.entries]
    return tuple([(each.kind.value, each.customer, each.on) for each in part] for part in (found.late, ahead))  # type: ignore[return-value]


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_only_the_latest_visit_says_when_the_next_one_is() -> None:
    portfolio = folded(
        *a_customer("A"), *a_customer("B"),
        a_visit(1, "A", after(-5), "2026-11-21T14:00:00Z"),
        a_visit(2, "A", after(-1), "2026-11-25T14:00:00Z"),
        a_visit(3, "B", after(-5), "2026-11-21T14:00:00Z"), a_visit(4, "B", after(0), None),
    )  # fmt: skip
    assert told(portfolio) == ([], [("visit", "A", after(5))])


def test_a_visit_late_in_the_evening_is_on_the_day_of_the_companys_wall() -> None:
    portfolio = folded(*a_customer("A"), a_visit(1, "A", after(-1), "2026-11-22T03:30:00Z"))
    assert told(portfolio)[1] == [("visit", "A", date(2026, 11, 21))]


def test_what_was_agreed_for_a_day_that_is_past_is_late_until_somebody_goes() -> None:
    missed = a_visit(1, "A", after(-9), "2026-11-17T14:00:00Z")
    assert told(folded(*a_customer("A"), missed)) == ([("visit", "A", after(-3))], [])
    assert told(folded(*a_customer("A"), missed, a_visit(2, "A", after(-1), None))) == ([], [])
    forgotten = a_visit(1, "A", after(-60), "2026-10-01T14:00:00Z")
    assert told(folded(*a_customer("A"), forgotten)) == ([], [])


def test_promises_are_due_broken_or_gone_with_the_debt() -> None:
    due, ahead = a_promise(1, "A", after(0), after(-3)), a_promise(2, "B", after(9), after(-1))
    broken = a_promise(3, "C", after(-6), after(-10))
    customers = [*a_customer("A"), *a_customer("B"), *a_customer("C")]
    portfolio = folded(*customers, due, ahead, broken)
    assert told(portfolio) == (
        [("promise", "C", after(-6))],
        [("promise", "A", after(0)), ("promise", "B", after(9))],
    )
    (late,) = agenda(portfolio, today=TODAY, zone=QUITO).late
    assert late.broken
    paid = {**a_customer("C")[1], "balance": 0}
    portfolio.apply([{"seq": 99, "id": paid["_id"], "doc": paid}])
    assert told(portfolio)[0] == []


def test_days_beyond_the_horizon_and_customers_who_left_are_not_told() -> None:
    far = a_promise(1, "A", after(31), after(0))
    gone = a_visit(1, "Z", after(-1), "2026-11-21T14:00:00Z")
    assert told(folded(*a_customer("A"), far, gone)) == ([], [])


def test_a_day_tells_its_route_and_who_is_on_it() -> None:
    route = {
        "_id": "route:ana:2026-11-21", "route_on": "2026-11-21", "collector": "ana",
        "stops": [{"customer": "A", "origin": "plan"}, {"customer": "B", "origin": "plan"}],
    }  # fmt: skip
    visits = [
        a_visit(1, "A", after(-1), "2026-11-21T20:00:00Z"),
        a_visit(2, "C", after(-1), "2026-11-21T14:00:00Z"),
    ]
    customers = [*a_customer("A"), *a_customer("B"), *a_customer("C")]
    (day,) = agenda(folded(*customers, route, *visits), today=TODAY, zone=QUITO).days
    assert (day.on, day.stops) == (after(1), 2)
    assert [(each.customer, each.planned) for each in day.entries] == [("C", False), ("A", True)]


def test_a_visit_that_was_finished_with_a_next_one_is_in_the_agenda_and_goes_on_the_route(
    tmp_path: Path,
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen, "C0004")
        await screen.tap("finish-visit")
        await screen.tap("outcome-absent")
        await screen.tap("next-3")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.visits, "the visit is saved")
        await screen.go("/mas")
        await screen.tap("open-agenda")
        monday = TODAY + timedelta(days=3)
        (entry,) = (
            each
            for day in agenda(phone.portfolio, today=phone.today(), zone=phone.zone).days
            for each in day.entries
        )
        assert (entry.kind, entry.customer, entry.on) == (Kind.VISIT, "C0004", monday)
        assert screen.says("Visita 09:00")
        await screen.tap(f"agenda-add-C0004-{monday}")
        await screen.until(
            lambda: [stop.customer for stop in phone.portfolio.route(monday)] == ["C0004"], "it is planned"
        )
        await screen.until(lambda: not screen.has(f"agenda-add-C0004-{monday}"), "once")
        await screen.tap(f"agenda-route-{monday}")
        await screen.until(lambda: screen.has("stop-C0004"), "the route of that day is open")

    walk(tmp_path, story)


def test_the_screen_tells_what_is_late_and_leads_to_the_customer(tmp_path: Path) -> None:
    broken = a_promise(1, "C0001", after(-6), after(-10))

    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/agenda")
        assert screen.says("Atrasado")
        assert screen.says("Promesa incumplida de $ 50,00")
        link = screen.by_id(f"agenda-route-{TODAY}").content
        assert getattr(link, "content", None) == "Ruta · 12 paradas"
        await screen.tap(f"agenda-promise-C0001-{after(-6)}")
        await screen.until(lambda: screen.has("customer-balance"), "the customer is open")

    walk(tmp_path, with_documents(story, broken))


def test_an_empty_agenda_says_what_would_be_there(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/agenda")
        assert screen.says("No hay nada en los próximos 30 días.")

    walk(tmp_path, with_documents(story, {"_id": f"route:ana:{TODAY}", "stops": []}))

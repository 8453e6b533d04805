"""Filters of the customer list: what each lets in, in which order, and how they are passed on."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest

from flet_app.collector.customer_filter import (
    BadCode,
    CustomerFilter,
    from_code,
    ordered,
    to_code,
)
from flet_app.collector.overview import Overview, Overviews
from flet_app.collector.portfolio import Portfolio
from receivables.geometry import Point
from receivables.money import Money
from receivables.priority import Urgency, priority
from receivables.promises import PromiseState

ON = date(2026, 11, 20)


def line(code: str = "C1", **values: Any) -> Overview:
    base: dict[str, Any] = {
        "code": code, "name": code, "where": "", "city": "Quito", "point": None, "days_past_due": 0,
        "overdue": Money(0, "USD"), "balance": Money(0, "USD"), "due_soon": False, "promise": None,
        "promised_on": None, "disputed": False, "visited_on": None,
        "urgency": Urgency(overdue=0, days_past_due=0),
    }  # fmt: skip
    return Overview(**{**base, **values})


def owing(minor: int, days: int, **values: Any) -> Overview:
    return line(overdue=Money(minor, "USD"), days_past_due=days, **values)


PENDING = {"promise": PromiseState.PENDING, "promised_on": ON}


@pytest.mark.parametrize(
    ("chosen", "let_in", "kept_out"),
    [
        ({"ages": {"1-30"}}, owing(1, 30), owing(1, 31)),
        ({"ages": {"31-60", ">180"}}, owing(1, 500), owing(1, 61)),
        ({"ages": {"soon"}}, line(due_soon=True), owing(1, 1)),
        ({"ages": {"1-30"}}, owing(1, 1), line()),
        ({"least": 100}, owing(100, 1), owing(99, 1)),
        ({"most": 100}, owing(100, 1), owing(101, 1)),
        ({"cities": {"Quito"}}, line(), line(city="Cuenca")),
        ({"promises": {"due"}}, line(**PENDING), line(**{**PENDING, "promised_on": ON + timedelta(1)})),
        ({"promises": {"pending"}}, line(**{**PENDING, "promised_on": ON + timedelta(1)}), line(**PENDING)),
        ({"promises": {"broken"}}, line(**{**PENDING, "promise": PromiseState.BROKEN}), line(**PENDING)),
        ({"promises": {"none"}}, line(), line(**PENDING)),
        ({"disputed": True}, line(disputed=True), line()),
        ({"disputed": False}, line(), line(disputed=True)),
        ({"located": True}, line(point=Point(0, 0)), line()),
        ({"located": False}, line(), line(point=Point(0, 0))),
        ({"visited": {"since-0"}}, line(visited_on=ON), line(visited_on=ON - timedelta(1))),
        ({"visited": {"since-7"}}, line(visited_on=ON - timedelta(7)), line(visited_on=ON - timedelta(8))),
        ({"visited": {"not-15"}}, line(), line(visited_on=ON - timedelta(15))),
        ({"visited": {"not-15"}}, line(visited_on=ON - timedelta(16)), line(visited_on=ON)),
        ({"visited": {"never"}}, line(), line(visited_on=ON)),
    ],
)
def test_a_condition_lets_in_exactly_whom_it_names(
    chosen: dict[str, Any], let_in: Overview, kept_out: Overview
) -> None:
    values = {name: frozenset(value) if isinstance(value, set) else value for name, value in chosen.items()}
    found = CustomerFilter(**values)
    assert found.count == 1
    assert found.holds(let_in, on=ON)
    assert not found.holds(kept_out, on=ON)


def test_conditions_of_two_kinds_must_both_hold() -> None:
    chosen = CustomerFilter(ages=frozenset({"1-30"}), cities=frozenset({"Quito"}))
    assert chosen.holds(owing(1, 5), on=ON)
    assert not chosen.holds(owing(1, 5, city="Loja"), on=ON)
    assert not chosen.holds(owing(1, 45), on=ON)


def test_a_priority_is_looked_up_among_all_customers() -> None:
    urgent = priority(Urgency(overdue=100, days_past_due=200), high=100)
    chosen = CustomerFilter(priorities=frozenset({"high"}))
    assert chosen.holds(line(), on=ON, priority=urgent)
    assert not chosen.holds(line(), on=ON)


def test_every_way_of_sorting_and_those_without_a_place_last() -> None:
    lines = [
        line("A", point=Point(0, 0.2)),
        line("B", overdue=Money(5, "USD"), days_past_due=9),
        line("C", point=Point(0, 0.1), overdue=Money(9, "USD"), days_past_due=2),
    ]
    urgent = {
        each.code: priority(Urgency(overdue=each.overdue.minor, days_past_due=0), high=9) for each in lines
    }
    codes = {
        by: [each.code for each in ordered(lines, by, here=Point(0, 0), priorities=urgent)]
        for by in ("name", "distance", "amount", "age", "priority")
    }
    assert codes == {
        "name": ["A", "B", "C"],
        "distance": ["C", "A", "B"],
        "amount": ["C", "B", "A"],
        "age": ["B", "C", "A"],
        "priority": ["C", "B", "A"],
    }


FULL = CustomerFilter(
    ages=frozenset({"soon", "1-30"}), least=0, most=50_000, cities=frozenset({"Quito", "Ibarra"}),
    promises=frozenset({"due"}), visited=frozenset({"never"}), priorities=frozenset({"high"}),
    disputed=False, located=True,
)  # fmt: skip


@pytest.mark.parametrize("chosen", [CustomerFilter(), FULL, CustomerFilter(least=0)])
def test_a_filter_comes_back_as_it_was_kept_and_as_it_was_sent(chosen: CustomerFilter) -> None:
    assert CustomerFilter.from_json(chosen.to_json()) == chosen
    code = to_code(chosen, "Norte y Peñón")
    assert from_code(f"Mi filtro de Recaudo:\n{code}\nSaludos") == ("Norte y Peñón", chosen)


@pytest.mark.parametrize(
    "text",
    ["", "hola", "RCF1-", "RCF1-@@@", "RCF1-AAAA", to_code(FULL)[:-6], "RCF1-" + "A" * 5_000],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        from_code(text)


@pytest.mark.parametrize(
    "kept",
    [
        {"ages": ["yesterday"]},
        {"least": -1},
        {"least": True},
        {"disputed": "yes"},
        {"cities": "Quito"},
        {"x": 1},
    ],
)
def test_conditions_of_another_version_are_not_guessed(kept: dict[str, Any]) -> None:
    with pytest.raises(BadCode):
        CustomerFilter.from_json(kept)


def folded(*documents: dict[str, Any]) -> Portfolio:
    portfolio = Portfolio()
    portfolio.apply({"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate(documents, start=1))
    return portfolio


CUSTOMER = {"_id": "customer:C1", "code": "C1", "name": "Uno", "currency": "USD", "city": "Quito"}
INVOICE = {
    "_id": "invoice:F1", "number": "F1", "customer": "C1", "issued_on": "2026-09-01", "due_on": "2026-10-01",
    "total": 10_000, "balance": 10_000, "currency": "USD", "state": "open", "reflects": [],
}  # fmt: skip
COMMON = {"collector": "ana", "device": "D1", "created_at": "2026-11-20T15:00:00Z", "local_on": "2026-11-20"}
RECEIPT = {
    "_id": "receipt:R0001:00000001", "customer": "C1", "currency": "USD", "total": 4_000, "counter": 1,
    "payments": [{"method": "cash", "amount": 4_000}], "allocations": [{"invoice": "F1", "amount": 4_000}],
    **COMMON,
}  # fmt: skip
VOID = {"_id": "receipt_void:ana:01", "receipt": RECEIPT["_id"], "reason": "wrong_amount", **COMMON}
PROMISE = {
    "_id": "promise:ana:01", "customer": "C1", "invoices": ["F1"], "amount": 5_000, "currency": "USD",
    "promised_on": "2026-11-21", **COMMON,
}  # fmt: skip
DISPUTE = {
    "_id": "dispute:ana:01", "customer": "C1", "invoice": "F1", "reason": "price", "amount": 10_000,
    "currency": "USD", "text": "", **COMMON,
}  # fmt: skip
VISIT = {
    "_id": "visit:ana:01", "customer": "C1", "start": "visit_start:ana:01", "outcome": "absent",
    "finished_at": "2026-11-20T15:00:00Z", "next_visit_at": None, **COMMON,
}  # fmt: skip


def test_a_line_is_kept_until_something_of_its_customer_changes() -> None:
    portfolio = folded(CUSTOMER, INVOICE, {**CUSTOMER, "_id": "customer:C2", "code": "C2"})
    overviews = Overviews(portfolio)
    before, other = overviews.of("C1", on=ON), overviews.of("C2", on=ON)
    assert (before.overdue.minor, before.days_past_due) == (10_000, 50)
    steps: list[tuple[dict[str, Any], str, Any]] = [
        (RECEIPT, "overdue", Money(6_000, "USD")),
        (VOID, "overdue", Money(10_000, "USD")),
        (PROMISE, "promise", PromiseState.PENDING),
        (DISPUTE, "disputed", True),
        (VISIT, "visited_on", ON),
        ({**CUSTOMER, "city": "Loja"}, "city", "Loja"),
        ({**INVOICE, "balance": 0}, "balance", Money(0, "USD")),
    ]
    for seq, (document, name, value) in enumerate(steps, start=10):
        portfolio.apply([{"seq": seq, "id": document["_id"], "doc": document}])
        assert getattr(overviews.of("C1", on=ON), name) == value, name
    assert overviews.of("C2", on=ON) is other
    assert overviews.of("C1", on=ON) is overviews.of("C1", on=ON)
    assert overviews.of("C1", on=ON + timedelta(1)) is not overviews.of("C1", on=ON)


def test_lines_are_made_ready_between_breaths_and_a_bad_document_holds_nothing_up() -> None:
    many = [{**CUSTOMER, "_id": f"customer:C{number}", "code": f"C{number}"} for number in range(200)]
    bad = {**CUSTOMER, "_id": "customer:CX", "code": "CX", "credit_limit": "much"}
    overviews = Overviews(folded(*many, bad, INVOICE))
    breaths = 0

    async def other() -> None:
        nonlocal breaths
        while True:
            breaths += 1
            await asyncio.sleep(0)

    async def run() -> None:
        beside = asyncio.create_task(other())
        await overviews.freshen(ON)
        beside.cancel()

    asyncio.run(run())
    assert breaths >= 5
    assert not overviews.asked
    with mock.patch("flet_app.collector.overview._overview", side_effect=AssertionError("computed again")):
        assert overviews.of("C1", on=ON).overdue.minor == 10_000


def test_what_is_all_in_dispute_is_not_urgent_and_a_promise_for_tomorrow_is() -> None:
    portfolio = folded(CUSTOMER, INVOICE, PROMISE)
    assert Overviews(portfolio).priorities(on=ON)["C1"].label == "high"
    portfolio.apply([{"seq": 9, "id": DISPUTE["_id"], "doc": DISPUTE}])
    assert Overviews(portfolio).priorities(on=ON)["C1"].label == "low"


def test_the_centres_record_tells_of_visits_by_others() -> None:
    activity = {"_id": "activity:C1", "items": [{"at": "2026-11-10T20:00:00Z", "kind": "visit", "ref": "x"}]}
    found = Overviews(folded(CUSTOMER, activity)).of("C1", on=ON)
    assert found.visited_on == date(2026, 11, 10)
    assert found.urgency.quiet_days == 10

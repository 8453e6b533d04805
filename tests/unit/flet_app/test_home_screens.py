"""Hoy: the day and the month against what is expected, what is in the bag, what is only on this phone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flet_app.collector.phone import Phone
from receivables.documents import local_on
from replica import Database
from tests.support.builders import a_receipt
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen
from tests.support.seed_phone import COLLECTOR, ZONE, enrolment, projections, seed_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def a_phone(folder: Path, *documents: dict[str, Any], now: datetime = NOW) -> None:
    """Ana's phone with what else it holds."""
    seed_phone(folder, now=now, customers=12)
    with Database.open(folder / f"{enrolment(now=now).database}.sqlite") as database:
        for document in documents:
            database.put(document)


def a_payment(counter: int, amount: int, on: str, method: str = "cash") -> dict[str, Any]:
    line = {"method": method, "amount": amount}
    if method == "cheque":
        line |= {
            "bank": "pichincha",
            "account": "1",
            "number": f"{counter}",
            "drawer": "Rosa",
            "cheque_on": on,
        }
    receipt = a_receipt(
        counter, allocations={}, on_account=amount, payments=[line], collector=COLLECTOR,
        created_at=f"{on}T15:00:00Z",
    )  # fmt: skip
    return receipt | {"local_on": on}


def a_visit(number: int, on: str, outcome: str, customer: str = "C0002") -> dict[str, Any]:
    key = f"01K{number:023d}"
    common = {
        "customer": customer, "collector": COLLECTOR, "device": "d", "created_at": f"{on}T14:20:00Z",
        "local_on": on, "place": None,
    }  # fmt: skip
    return {
        "_id": f"visit:{COLLECTOR}:{key}", "start": f"visit_start:{COLLECTOR}:{key}", "outcome": outcome,
        "started_at": f"{on}T14:00:00Z", "finished_at": f"{on}T14:20:00Z", "comment": "", **common,
    }  # fmt: skip


WORK = (
    a_payment(1, 30_000, "2026-11-20"), a_payment(2, 20_000, "2026-11-20", "cheque"),
    a_payment(3, 100_000, "2026-11-03"),
    a_visit(1, "2026-11-20", "paid"), a_visit(2, "2026-11-20", "absent", "C0003"),
    a_visit(3, "2026-11-03", "paid"),
)  # fmt: skip


def test_the_day_against_its_goal_with_the_next_stop_below(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.says("Cobrado hoy")
        assert screen.says("$ 500,00")
        assert screen.says("de $ 1.500,00")
        assert screen.says("33 %")
        assert screen.says("Efectivo $ 300,00 · Cheque $ 200,00")
        assert screen.says("de 20")
        assert screen.says("de 14")
        assert not screen.has("today-sales"), "what is sold is counted by the month"
        assert screen.has("next-C0001")

    a_phone(tmp_path, *WORK)
    walk(tmp_path, story)


def test_the_month_with_what_was_sold_and_ordered(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.tap("today-month")
        assert screen.says("Cobrado este mes")
        assert screen.says("$ 1.500,00")
        assert screen.says("de $ 30.000,00")
        assert screen.says("de 308")
        assert screen.says("Ventas (84)")
        assert screen.says("$ 18.420,00")
        assert screen.says("Pedidos (9)")
        assert screen.has("next-C0001")

    a_phone(tmp_path, *WORK)
    walk(tmp_path, story)


def test_without_goals_and_results_home_shows_what_was_done_and_no_zeros(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.says("$ 500,00")
        assert not screen.says("de $")
        assert not screen.says("%")
        await screen.tap("today-month")
        assert not screen.has("today-sales")
        assert not screen.has("today-orders")

    on = local_on(NOW, ZoneInfo(ZONE))
    kept = (doc["_id"] for doc in projections(on=on, customers=12))
    gone = [each for each in kept if each.startswith(("goal:", "performance:"))]
    assert len(gone) == 2
    a_phone(tmp_path, *WORK)
    with Database.open(tmp_path / f"{enrolment(now=NOW).database}.sqlite") as database:
        for each in gone:
            database.put({"_id": each, "_rev": database.get(each)["_rev"], "_deleted": True})
    walk(tmp_path, story)


def test_what_is_in_the_bag_and_what_is_to_be_sent_are_one_tap_away(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.says("$ 1.300,00"), "the cash of all days since the last close"
        await screen.tap("today-cash")
        await screen.until(lambda: screen.has("cash-in-hand"), "the cash")
        await screen.go("/")
        await screen.tap("today-unsent")
        await screen.until(lambda: screen.has("sync-now"), "the synchronisation")

    a_phone(tmp_path, *WORK)
    walk(tmp_path, story)

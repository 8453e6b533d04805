"""The route of a day: the supervisor's plan with the collector's own changes."""

from __future__ import annotations

from typing import Any

import pytest

from receivables.documents import Author
from receivables.planned_stops import PlannedStop, plan_stop, planned_route
from tests.support.builders import NOW, QUITO, TODAY, ULID

AUTHOR = Author(company="andina", collector="ana", device="D1", ulid=ULID, now=NOW, zone=QUITO)
PLAN = [{"customer": code, "origin": "supervisor"} for code in ("A", "B", "C")]


def change(
    number: int, kind: str, customer: str, position: int | None = None, on: Any = TODAY
) -> dict[str, Any]:
    return {
        "_id": f"planned_stop:ana:{number:026d}", "created_at": f"2026-11-21T10:00:{number:02d}Z",
        "route_on": on.isoformat(), "customer": customer, "change": kind, "position": position,
    }  # fmt: skip


def walked(*changes: dict[str, Any], plan: Any = PLAN) -> str:
    return "".join(stop.customer for stop in planned_route(plan, changes, on=TODAY))


def test_changes_are_made_in_their_order_whatever_order_they_arrive_in() -> None:
    first, second = change(1, "add", "D", 0), change(2, "move", "D", 2)
    assert walked(first, second) == walked(second, first) == "ABDC"


@pytest.mark.parametrize(
    ("kind", "customer", "position", "route"),
    [
        ("add", "D", None, "ABCD"), ("add", "D", 1, "ADBC"), ("add", "D", 99, "ABCD"),
        ("move", "C", 0, "CAB"), ("move", "A", None, "BCA"), ("remove", "B", None, "AC"),
        ("move", "Z", 0, "ABC"), ("remove", "Z", None, "ABC"), ("add", "A", None, "BCA"),
    ],
)  # fmt: skip
def test_one_change(kind: str, customer: str, position: int | None, route: str) -> None:
    assert walked(change(1, kind, customer, position)) == route


def test_a_plan_that_comes_later_keeps_what_the_collector_changed() -> None:
    mine = (change(1, "add", "D", 0), change(2, "remove", "B"))
    assert walked(*mine, plan=[]) == "D"
    assert walked(*mine, plan=[*PLAN, {"customer": "E"}]) == "DACE"


def test_the_origin_of_a_stop_is_kept() -> None:
    route = planned_route(PLAN, [change(1, "add", "D"), change(2, "move", "A", 3)], on=TODAY)
    assert (route[-1], route[-2]) == (PlannedStop("A", "supervisor"), PlannedStop("D", "own"))


def test_a_planned_stop_that_was_taken_off_and_put_back_is_the_plans_again() -> None:
    route = planned_route(PLAN, [change(1, "remove", "B"), change(2, "add", "B", 1)], on=TODAY)
    assert route == planned_route(PLAN, [], on=TODAY)


def test_changes_of_another_day_leave_this_one_alone() -> None:
    assert walked(change(1, "remove", "A", on=TODAY.replace(day=22))) == "ABC"


@pytest.mark.parametrize(
    ("kind", "customer", "day", "code"),
    [
        ("add", "A", TODAY, "stop_planned_already"),
        ("remove", "Z", TODAY, "stop_not_planned"),
        ("add", "Z", TODAY.replace(day=20), "route_in_past"),
    ],
)
def test_a_change_that_changes_nothing_is_refused(kind: str, customer: str, day: Any, code: str) -> None:
    route = planned_route(PLAN, [], on=TODAY)
    plan = plan_stop(route, customer=customer, change=kind, position=None, route_on=day, author=AUTHOR)
    assert isinstance(plan, list)
    assert [problem.code for problem in plan] == [code]

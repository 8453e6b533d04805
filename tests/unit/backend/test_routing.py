"""The office's planner: PyVRP counts what `receivables.routing` counts."""

from __future__ import annotations

import dataclasses

import pytest

from backend.routing import solve_day
from receivables.geometry import Point
from receivables.routing import Stop, Unserved, schedule_of
from tests.support.days import CENTRE, HOUR, Layout, a_day


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("frozen", [False, True])
def test_its_plans_keep_every_window_and_account_for_every_stop(layout: Layout, frozen: bool) -> None:
    day = dataclasses.replace(a_day(1, layout, stops=12), frozen=frozen)
    plan = solve_day(day, seed=1)
    assert schedule_of(day, plan.schedule.order) == plan.schedule
    assert sorted([*plan.schedule.order, *(index for index, _ in plan.unserved)]) == list(range(12))
    assert not frozen or plan.schedule.order[0] == 0


def test_a_promise_that_nobody_can_keep_does_not_spoil_the_day() -> None:
    day = a_day(1, Layout.RANDOM, stops=5)
    gone = Stop(key="gone", point=Point(CENTRE.lat + 1, CENTRE.lon), closes_s=8 * HOUR, required=True)
    plan = solve_day(dataclasses.replace(day, stops=(*day.stops, gone)), seed=1)
    assert (5, Unserved.TOO_LATE) in plan.unserved
    assert plan.schedule.order


def test_a_day_without_stops_is_a_plan() -> None:
    assert solve_day(a_day(1, Layout.RANDOM, stops=0), seed=1).schedule.order == ()

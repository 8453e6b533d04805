"""The phone's planner of a day: what an order costs, what must hold in every plan, and how good plans are."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from receivables.geometry import Point
from receivables.routing import Day, Stop, Unserved, plan_route, schedule_of, travel_seconds
from tests.support.days import CENTRE, HOUR, Layout, a_day

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "route_vectors.json").read_text(encoding="utf-8"))


def day_of(*stops: Stop, **changed: object) -> Day:
    fields = {"start": CENTRE, "start_s": 8 * HOUR, "end_s": 18 * HOUR, "stops": stops} | changed
    return Day(**fields)  # type: ignore[arg-type]


def east(key: str, km: float, **fields: object) -> Stop:
    return Stop(key=key, point=Point(CENTRE.lat, CENTRE.lon + km / 111.0), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_an_order_costs_what_the_vectors_say(vector: dict) -> None:
    stops = tuple(Stop(**{**stop, "point": Point(*stop["point"])}) for stop in vector["stops"])
    day = Day(
        start=Point(*vector["start"]),
        start_s=vector["start_s"],
        end_s=vector["end_s"],
        stops=stops,
        frozen=vector["frozen"],
    )
    found = schedule_of(day, vector["order"])
    assert (None if found is None else [found.travel_s, found.ends_s, found.cost]) == vector["answer"]


def test_the_road_is_three_tenths_longer_than_the_line_at_twenty_kilometres_an_hour() -> None:
    assert travel_seconds(CENTRE, Point(CENTRE.lat + 10 / 111.19508, CENTRE.lon)) == pytest.approx(
        2340, abs=1
    )


def test_a_promise_of_the_day_is_visited_however_far() -> None:
    day = day_of(east("far", 40, required=True, prize_s=0), east("near", 1))
    assert {day.stops[index].key for index in plan_route(day, random=Random(1)).schedule.order} == {
        "far",
        "near",
    }


def test_what_is_not_worth_its_way_stays_out_and_says_so() -> None:
    day = day_of(east("far", 40), east("near", 1))
    plan = plan_route(day, random=Random(1))
    assert plan.schedule.order == (1,)
    assert plan.unserved == ((0, Unserved.NOT_WORTH),)


def test_a_shop_that_closes_before_anyone_gets_there_is_too_late() -> None:
    day = day_of(east("closed", 10, closes_s=8 * HOUR + 60, required=True), east("open", 1))
    assert plan_route(day, random=Random(1)).unserved == ((0, Unserved.TOO_LATE),)


def test_a_full_day_leaves_no_room() -> None:
    day = day_of(*(east(str(n), 1, service_s=HOUR, required=True) for n in range(3)), end_s=10 * HOUR + 1800)
    plan = plan_route(day, random=Random(1))
    assert len(plan.schedule.order) == 2
    assert [why for _, why in plan.unserved] == [Unserved.NO_ROOM]


def test_stops_far_away_together_are_visited_although_none_is_worth_the_way_alone() -> None:
    away = tuple(east(f"far{n}", 25 + n / 10, prize_s=3600, service_s=60) for n in range(8))
    plan = plan_route(day_of(east("near", 1), *away), random=Random(1))
    assert len(plan.schedule.order) == 9


def test_the_stop_under_way_stays_first_even_past_its_hour() -> None:
    day = day_of(east("here", 5, closes_s=8 * HOUR), east("nearer", 1), east("next", 6), frozen=True)
    assert plan_route(day, random=Random(1)).schedule.order[0] == 0


def test_nothing_to_do_is_a_plan() -> None:
    assert plan_route(day_of(), random=Random(1)).schedule.cost == 0


def test_the_same_day_and_dice_give_the_same_plan() -> None:
    day = a_day(3, Layout.WINDOWS, stops=30)
    assert plan_route(day, random=Random(7), rounds=50) == plan_route(day, random=Random(7), rounds=50)


@pytest.mark.parametrize(
    "broken", [{"service_s": -1}, {"prize_s": -1}, {"opens_s": 10, "closes_s": 9}], ids=str
)
def test_a_stop_that_cannot_be_is_refused(broken: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="C1"):
        east("C1", 1, **broken)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    layout=st.sampled_from(Layout),
    stops=st.integers(0, 12),
    frozen=st.booleans(),
)
def test_every_plan_keeps_its_windows_and_accounts_for_every_stop(
    seed: int, layout: Layout, stops: int, frozen: bool
) -> None:
    day = dataclasses.replace(a_day(seed, layout, stops=stops), frozen=frozen and stops > 0)
    plan = plan_route(day, random=Random(seed), rounds=20)
    assert schedule_of(day, plan.schedule.order) == plan.schedule
    assert sorted([*plan.schedule.order, *(index for index, _ in plan.unserved)]) == list(range(stops))


@settings(max_examples=25, deadline=None, derandomize=True)
@example(seed=3541, layout=Layout.WINDOWS)
@example(seed=119, layout=Layout.RANDOM)
@given(seed=st.integers(0, 10_000), layout=st.sampled_from(Layout))
def test_small_days_are_planned_as_well_as_can_be(seed: int, layout: Layout) -> None:
    day = a_day(seed, layout, stops=5)
    every = (order for size in range(6) for order in itertools.permutations(range(5), size))
    best = min(found.cost for order in every if (found := schedule_of(day, order)))
    assert plan_route(day, random=Random(1)).schedule.cost == best

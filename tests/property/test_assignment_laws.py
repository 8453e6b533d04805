"""Laws of the balanced distribution: everybody is served once, within bounds, evenly, and a plan that was
carried out asks for nothing more.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receivables.assignments import Load, Room, Weights, distribute

CODES = ("ana", "bruno", "carla", "dario")
SOMEBODY = st.one_of(st.none(), st.sampled_from([*CODES, "gone"]))

LOADS = st.lists(
    st.builds(
        Load,
        customer=st.integers(0, 10_000).map("C{}".format),
        collector=SOMEBODY,
        zone_collector=SOMEBODY,
        amount=st.integers(-1_000, 100_000),
        documents=st.integers(2, 60),
        kilometres=st.dictionaries(st.sampled_from(CODES), st.floats(0, 80), max_size=4),
        fixed=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda load: load.customer,
)
ROOMS = st.lists(
    st.builds(
        Room,
        collector=st.sampled_from(CODES),
        customers=st.one_of(st.none(), st.integers(0, 30)),
        documents=st.one_of(st.none(), st.integers(0, 900)),
    ),
    max_size=4,
    unique_by=lambda room: room.collector,
)
WEIGHTS = st.builds(
    Weights,
    customers=st.floats(0.1, 3),
    amount=st.floats(0, 3),
    travel=st.floats(0, 1),
    stickiness=st.floats(0, 2),
)


@given(LOADS, ROOMS, WEIGHTS)
def test_everybody_is_served_once_or_told_and_nobody_is_given_more_than_there_is_room_for(
    loads: list[Load], rooms: list[Room], weights: Weights
) -> None:
    done = distribute(loads, rooms, weights)
    by_code = {room.collector: room for room in rooms}
    for load in loads:
        served = done.collectors.get(load.customer)
        if load.fixed:
            assert served == load.collector
        elif load.customer in done.unplaced:
            assert served is None
        else:
            assert served in by_code
    given_to = Counter(
        done.collectors[load.customer]
        for load in loads
        if load.customer in done.collectors and done.collectors[load.customer] != load.collector
    )
    held = Counter(done.collectors.values())
    for code, more in given_to.items():
        limit = by_code[code].customers
        assert not more or limit is None or held[code] <= limit


@given(LOADS, ROOMS, WEIGHTS, st.randoms())
def test_the_order_of_customers_and_collectors_makes_no_difference(
    loads: list[Load], rooms: list[Room], weights: Weights, chance: Any
) -> None:
    shuffled = distribute(chance.sample(loads, len(loads)), chance.sample(rooms, len(rooms)), weights)
    assert shuffled == distribute(loads, rooms, weights)


@given(LOADS, ROOMS, WEIGHTS)
def test_carried_out_and_made_again_the_plan_moves_nobody(
    loads: list[Load], rooms: list[Room], weights: Weights
) -> None:
    done = distribute(loads, rooms, weights)
    after = [dataclasses.replace(load, collector=done.collectors.get(load.customer)) for load in loads]
    assert distribute(after, rooms, weights).collectors == done.collectors


@given(LOADS, WEIGHTS)
def test_nobody_ends_with_more_work_than_the_most_loaded_had_or_an_even_share_and_one_customer(
    loads: list[Load], weights: Weights
) -> None:
    alike = [
        dataclasses.replace(load, amount=0, kilometres={}, zone_collector=None, fixed=False) for load in loads
    ]
    before = Counter(load.collector for load in alike if load.collector in CODES)
    after = Counter(distribute(alike, [Room(collector=code) for code in CODES], weights).collectors.values())
    most = max([*before.values(), -(-len(alike) // len(CODES))], default=0)
    assert max(after.values(), default=0) <= most


def test_who_has_nobody_goes_to_the_zones_collector_first() -> None:
    loads = [Load(customer=f"C{number}", zone_collector="ana") for number in range(3)]
    done = distribute(loads, [Room(collector="ana"), Room(collector="bruno")], Weights(stickiness=5))
    assert set(done.collectors.values()) == {"ana"}


def test_the_work_is_evened_out_with_those_who_live_in_the_others_zone() -> None:
    loads = [
        Load(customer=f"C{number}", collector="ana", zone_collector="bruno" if number >= 8 else "ana")
        for number in range(10)
    ]
    done = distribute(loads, [Room(collector="ana"), Room(collector="bruno")], Weights())
    moved = [customer for customer, code in done.collectors.items() if code == "bruno"]
    assert {"C8", "C9"} <= set(moved)
    assert 4 <= len(moved) <= 5

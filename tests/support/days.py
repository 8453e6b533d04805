"""Seeded days of visits around Quito, for the tests of routes and their bench."""

from __future__ import annotations

import random
from enum import StrEnum

from receivables.geometry import Point
from receivables.routing import Day, Stop

CENTRE = Point(-0.18, -78.48)
HOUR = 3600
_KM = 1 / 111.0  # degrees, near enough at the equator
_CLUSTERS = 5


class Layout(StrEnum):
    """How the stops lie, and what binds them."""

    RANDOM = "random"
    CLUSTERED = "clustered"
    WINDOWS = "windows"  # clustered, with opening hours and promises of the day


def a_day(seed: int, layout: Layout, *, stops: int) -> Day:
    """A working day from eight to six."""
    dice = random.Random(f"{layout}-{seed}")
    villages = [_near(CENTRE, dice.uniform(-8, 8), dice.uniform(-8, 8)) for _ in range(_CLUSTERS)]
    made = tuple(_stop(dice, layout, villages, index) for index in range(stops))
    return Day(start=CENTRE, start_s=8 * HOUR, end_s=18 * HOUR, stops=made)


def _stop(dice: random.Random, layout: Layout, villages: list[Point], index: int) -> Stop:
    if layout is Layout.RANDOM:
        point = _near(CENTRE, dice.uniform(-10, 10), dice.uniform(-10, 10))
    else:
        point = _near(dice.choice(villages), dice.gauss(0, 0.8), dice.gauss(0, 0.8))
    opens, closes, required = 0, 24 * HOUR, False
    if layout is Layout.WINDOWS:
        if dice.random() < 0.4:
            opens = dice.randrange(8 * HOUR, 16 * HOUR, HOUR // 2)
            closes = opens + dice.choice((1, 2, 3)) * HOUR
        required = dice.random() < 0.15
    return Stop(
        key=f"C{index:04d}",
        point=point,
        service_s=dice.choice((300, 480)),
        opens_s=opens,
        closes_s=closes,
        required=required,
        prize_s=dice.choice((1200, 2400, 3600, 7200)),
    )


def _near(point: Point, north_km: float, east_km: float) -> Point:
    return Point(point.lat + north_km * _KM, point.lon + east_km * _KM)

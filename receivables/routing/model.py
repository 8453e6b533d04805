"""What a day of visits is, and what an order of its stops costs.

All times are whole seconds since local midnight. The road between two points is taken as the great circle
times `ROAD_FACTOR`, at one speed, so that phone and server agree without a map service.

An order costs, in seconds:

    travel + (end of the last visit − departure) + Σ prize of the optional stops left out

The road counts twice because it costs fuel as well as time. Waiting for a shop to open counts once, and so a
route that waits loses against one that works meanwhile. A stop that must be visited (a promise that falls due
today, an appointment) has the prize `REQUIRED_PRIZE`: it is given up only where no order reaches it in its
window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from receivables.geometry import Point, haversine_m

ROAD_FACTOR = 1.3
"""Streets are about that much longer than the straight line in Latin American cities."""

SPEED_M_S = 20_000 / 3600
"""20 km/h: a motorcycle in town, door to door."""

SERVICE_S = 15 * 60
"""A visit, where the stop does not say."""

DEFAULT_PRIZE_S = 3600
"""An optional stop is worth a detour of half an hour (the road counts twice)."""

REQUIRED_PRIZE = 1_000_000
"""More than any day can cost."""

END_OF_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One customer to visit. The visit must begin at `opens_s` or later and at `closes_s` or earlier."""

    key: str
    point: Point
    service_s: int = SERVICE_S
    opens_s: int = 0
    closes_s: int = END_OF_DAY_S
    required: bool = False
    prize_s: int = DEFAULT_PRIZE_S

    def __post_init__(self) -> None:
        if self.service_s < 0 or self.prize_s < 0:
            raise ValueError(f"stop {self.key!r}: service and prize are not negative")
        if self.closes_s < self.opens_s:
            raise ValueError(f"stop {self.key!r} closes before it opens")

    @property
    def worth(self) -> int:
        """What leaving it out costs."""
        return REQUIRED_PRIZE if self.required else self.prize_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Where and when the collector departs, and by when the last visit is over. The way home is not counted.

    With `frozen` the first of `stops` is the one under way: it stays first, whatever comes after it, and its
    window is not asked about any more.
    """

    start: Point
    start_s: int
    end_s: int
    stops: tuple[Stop, ...]
    speed_m_s: float = SPEED_M_S
    frozen: bool = False

    def __post_init__(self) -> None:
        if self.speed_m_s <= 0:
            raise ValueError("the speed is positive")
        if self.frozen and not self.stops:
            raise ValueError("nothing can be under way where there are no stops")


class Unserved(StrEnum):
    """Why a stop is not in the plan."""

    TOO_LATE = "too_late"  # nobody who departs now gets there before it closes
    NO_ROOM = "no_room"  # the others fill the day
    NOT_WORTH = "not_worth"  # the way costs more than the visit is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An order with its times. `arrivals[i]`, `starts[i]` belong to stop `order[i]`."""

    order: tuple[int, ...]
    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    ends_s: int
    travel_s: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do today: the schedule, and each stop left out with its reason, as indexes of `Day.stops`."""

    schedule: Schedule
    unserved: tuple[tuple[int, Unserved], ...]


def travel_seconds(a: Point, b: Point, speed_m_s: float = SPEED_M_S) -> int:
    """Whole seconds on the road from `a` to `b`."""
    return round(haversine_m(a, b) * ROAD_FACTOR / speed_m_s)


def travel_matrix(day: Day) -> list[list[int]]:
    """Seconds between all points of the day; row and column 0 are the start, stop `i` has `i + 1`."""
    points = (day.start, *(stop.point for stop in day.stops))
    return [[travel_seconds(a, b, day.speed_m_s) for b in points] for a in points]


def schedule_of(
    day: Day, order: Sequence[int], matrix: Sequence[Sequence[int]] | None = None
) -> Schedule | None:
    """Times and cost of visiting `order` (indexes of `day.stops`), or None where a window is missed."""
    roads = travel_matrix(day) if matrix is None else matrix
    arrivals: list[int] = []
    starts: list[int] = []
    clock, travel, here = day.start_s, 0, 0
    under_way = day.frozen and tuple(order[:1]) == (0,)
    for place, index in enumerate(order):
        stop = day.stops[index]
        travel += roads[here][index + 1]
        arrivals.append(clock + roads[here][index + 1])
        starts.append(max(arrivals[-1], stop.opens_s))
        if starts[-1] > stop.closes_s and not (under_way and place == 0):
            return None
        clock, here = starts[-1] + stop.service_s, index + 1
    if clock > day.end_s and len(order) > under_way:
        return None
    served = set(order)
    skipped = sum(stop.worth for index, stop in enumerate(day.stops) if index not in served)
    return Schedule(
        order=tuple(order),
        arrivals=tuple(arrivals),
        starts=tuple(starts),
        ends_s=clock,
        travel_s=travel,
        cost=travel + clock - day.start_s + skipped,
    )

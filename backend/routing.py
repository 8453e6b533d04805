"""The office's planner of a collector's day: PyVRP over the costs of `receivables.routing.model`.

The phone's own search is within a few per cent of it (`python -m bench routing`); the office has the time to
do better.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyvrp import Model
from pyvrp.stop import MaxRuntime, NoImprovement, StoppingCriterion

from receivables.routing import Day, Plan, schedule_of
from receivables.routing.model import travel_matrix
from receivables.routing.search import reasons_left_out

QUIET_ROUNDS = 2_000
"""The search ends after so many rounds that found nothing better."""


def solve_day(day: Day, *, seed: int, seconds: float | None = None) -> Plan:
    """Find the order of `day.stops` that costs least, as far as PyVRP finds it.

    With `seconds` it works that long; without, it ends after `QUIET_ROUNDS` rounds without progress and
    depends on `day` and `seed` only.
    """
    stop: StoppingCriterion = NoImprovement(QUIET_ROUNDS) if seconds is None else MaxRuntime(seconds)
    roads = travel_matrix(day)
    order = _order(day, roads, seed, stop)
    schedule = schedule_of(day, order, roads)
    if schedule is None:
        raise AssertionError("PyVRP's route misses a window that it was given")
    return Plan(schedule=schedule, unserved=tuple(reasons_left_out(day, order, roads)))


def _order(day: Day, roads: Sequence[Sequence[int]], seed: int, stop: StoppingCriterion) -> list[int]:
    # A required client that nobody can reach would make PyVRP's problem infeasible as a whole; with a prize
    # above every cost it is served wherever it can be, and left out otherwise.
    departs, origin, first = _departure(day, roads)
    rest = range(first, len(day.stops))
    if not rest or departs > day.end_s:
        return list(range(first))
    model = Model()
    places = [model.add_location(x=0, y=0) for _ in range(len(rest) + 2)]
    start, end = model.add_depot(places[0]), model.add_depot(places[-1])
    for place, index in zip(places[1:], rest, strict=False):
        visit = day.stops[index]
        model.add_client(
            place,
            service_duration=visit.service_s,
            tw_early=visit.opens_s,
            tw_late=visit.closes_s,
            prize=visit.worth,
            required=False,
        )
    model.add_vehicle_type(
        start_depot=start,
        end_depot=end,
        tw_early=departs,
        start_late=departs,
        tw_late=day.end_s,
        unit_distance_cost=1,
        unit_duration_cost=1,
    )
    points = [origin, *(index + 1 for index in rest)]
    for here, a in zip(places, points, strict=False):
        for there, b in zip(places, points, strict=False):
            if here is not there:
                model.add_edge(here, there, distance=roads[a][b], duration=roads[a][b])
        model.add_edge(here, places[-1], distance=0, duration=0)
    result = model.solve(stop, seed=seed, display=False)
    visits = [visit for route in result.best.routes() for visit in route.schedule() if visit.is_client()]
    return [*range(first), *(first + visit.idx for visit in visits)]


def _departure(day: Day, roads: Sequence[Sequence[int]]) -> tuple[int, int, int]:
    """When and from which point the open part of the day begins, and its first stop."""
    if not day.frozen:
        return day.start_s, 0, 0
    visit = day.stops[0]
    return max(day.start_s + roads[0][1], visit.opens_s) + visit.service_s, 1, 1

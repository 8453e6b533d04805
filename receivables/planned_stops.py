"""The route of a day as it is walked: the supervisor's plan, changed by the collector stop by stop.

The collector's changes are facts; folded in the order in which they were made over whatever plan the phone
holds, they give the route. A plan that arrives later keeps what the collector changed and gains what is new.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from receivables.documents import Author, Json
from receivables.validation import Problem

OWN = "own"
"""The origin of a stop that the collector added."""


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A customer on the route, and who put it there: `supervisor`, `plan` or `own`."""

    customer: str
    origin: str


def planned_route(
    stops: Iterable[Mapping[str, Any]], changes: Iterable[Mapping[str, Any]], *, on: date
) -> list[PlannedStop]:
    """The route of the date `on`: the plan's stops with the collector's changes of that date.

    A stop of the plan that was taken off and put back is the plan's again.
    """
    route = [PlannedStop(str(stop["customer"]), str(stop.get("origin", "plan"))) for stop in stops]
    planned = {stop.customer: stop for stop in route}
    mine = [change for change in changes if change["route_on"] == on.isoformat()]
    for change in sorted(mine, key=lambda each: (each["created_at"], each["_id"])):
        _apply(route, change, planned)
    return route


def plan_stop(
    route: Sequence[PlannedStop],
    *,
    customer: str,
    change: str,
    position: int | None,
    route_on: date,
    author: Author,
) -> Json | list[Problem]:
    """Return the change of `route`, or why it changes nothing. `position` counts from 0, None is the end."""
    planned = any(stop.customer == customer for stop in route)
    problems: list[Problem] = []
    if route_on < author.on:
        problems.append(Problem("route_in_past", "route_on", {"date": route_on.isoformat()}))
    if change == "add" and planned:
        problems.append(Problem("stop_planned_already", "customer"))
    if change in {"move", "remove"} and not planned:
        problems.append(Problem("stop_not_planned", "customer"))
    body = {
        "route_on": route_on.isoformat(),
        "customer": customer,
        "change": change,
        "position": position,
    }
    return problems or author.fact("planned_stop", body)


def _apply(route: list[PlannedStop], change: Mapping[str, Any], planned: Mapping[str, PlannedStop]) -> None:
    customer, kind = str(change["customer"]), change["change"]
    standing = next((index for index, stop in enumerate(route) if stop.customer == customer), None)
    stop = route.pop(standing) if standing is not None else None
    if kind == "remove" or (kind == "move" and stop is None):
        return
    position = change.get("position")
    place = len(route) if position is None else min(int(position), len(route))
    route.insert(place, stop or planned.get(customer) or PlannedStop(customer, OWN))


def moves_to(route: Sequence[PlannedStop], wanted: Sequence[str]) -> list[tuple[str, int]]:
    """The fewest moves (customer, position), one after the other, that put `route` into the order `wanted`.

    `wanted` names the same customers. Who stands in the longest run that is in order already stays.
    """
    standing = [stop.customer for stop in route]
    rank = {customer: place for place, customer in enumerate(wanted)}
    if len(rank) != len(wanted) or set(standing) != rank.keys() or len(standing) != len(wanted):
        raise ValueError("the order wanted is not one of the stops of the route")
    stays = _longest_rising([rank[customer] for customer in standing])
    moves: list[tuple[str, int]] = []
    for place, customer in enumerate(wanted):
        if place in stays:
            continue
        standing.remove(customer)
        position = standing.index(wanted[place - 1]) + 1 if place else 0
        standing.insert(position, customer)
        moves.append((customer, position))
    return moves


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """One of the longest rising subsequences of different numbers (patience sorting)."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        before[number] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [number]
    found: set[int] = set()
    last: int | None = tops[-1] if tops else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found

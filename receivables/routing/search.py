"""A good order of at most a few dozen stops, found on the phone: ruin and recreate.

Each round takes some stops that lie together out of the route and puts them back, one by one, where they cost
least; worse routes are accepted with a chance that falls to nothing (simulated annealing). This is "slack
induction by string removals" (J. Christiaens, G. Vanden Berghe, Transportation Science 54, 2020) for one
vehicle that need not return, with stops that may stay out. Three numbers for each position tell in constant
time what an insertion does to everything after it (M. W. P. Savelsbergh, ORSA Journal on Computing 4, 1992):
that is what makes it quick in plain Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from receivables.routing.model import REQUIRED_PRIZE, Day, Plan, Unserved, schedule_of, travel_matrix

ROUNDS_PER_DAY = 90_000
"""Rounds times stops: sixty stops get 1,500 rounds, about half a second; fewer get more, to `MOST_ROUNDS`."""

MOST_ROUNDS = 3_000
LARGEST_RUIN = 16
WARMEST = 1500.0
"""Seconds of cost that a worse route may have at the beginning; at the end it is `COLDEST`."""

COLDEST = 5.0
INVITATION = 0.2
"""How often stops are put in although none is worth its way."""

BLINK = 0.02
"""The chance that a position is overlooked, so that a stop does not always return to the same place."""


def plan_route(day: Day, *, random: Random, rounds: int | None = None) -> Plan:
    """Find an order of `day.stops` with little cost; see `model` for what counts.

    The result depends on `day` and the state of `random` only. `rounds` bounds the work; by default it is
    what a phone does in about a second.
    """
    search = _Search(day, random)
    count = len(day.stops)
    best = search.run(rounds if rounds is not None else min(MOST_ROUNDS, ROUNDS_PER_DAY // max(1, count)))
    schedule = schedule_of(day, best, search.roads)
    if schedule is None:
        raise AssertionError("only feasible insertions are made")
    return Plan(schedule=schedule, unserved=tuple(reasons_left_out(day, best, search.roads)))


def reasons_left_out(
    day: Day, order: Sequence[int], roads: Sequence[Sequence[int]]
) -> list[tuple[int, Unserved]]:
    served = set(order)
    reasons: list[tuple[int, Unserved]] = []
    for index in range(len(day.stops)):
        if index in served:
            continue
        first = order[:1] if day.frozen and index != 0 else []
        if schedule_of(day, [*first, index], roads) is None:
            reasons.append((index, Unserved.TOO_LATE))
        elif any(
            schedule_of(day, [*order[:place], index, *order[place:]], roads)
            for place in range(len(first), len(order) + 1)
        ):
            reasons.append((index, Unserved.NOT_WORTH))
        else:
            reasons.append((index, Unserved.NO_ROOM))
    return reasons


class _Search:
    """One route that is changed, with what its windows allow kept beside it.

    For the part of the route from position `p` on: `latest[p]` is the last instant to arrive there in time,
    and whoever arrives at `t` is done at `max(t + busy[p], earliest[p])`.
    """

    def __init__(self, day: Day, random: Random) -> None:
        self.day = day
        self.random = random
        self.roads = travel_matrix(day)
        self.neighbours = [
            sorted(range(len(day.stops)), key=lambda other, row=row: row[other + 1])  # type: ignore[misc]
            for row in self.roads[1:]
        ]
        self.pinned = 1 if day.frozen else 0
        self.route: list[int] = list(range(self.pinned))
        self.absent: list[int] = list(range(self.pinned, len(day.stops)))
        self._measure()

    def run(self, rounds: int) -> list[int]:
        """The best order found in so many rounds."""
        self.absent = self._recreate(sorted(self.absent, key=lambda i: (-self.day.stops[i].worth, i)), set())
        cost = best_cost = self._cost()
        best = list(self.route)
        cooling = (COLDEST / WARMEST) ** (1 / max(1, rounds))
        warmth = WARMEST
        for _ in range(rounds):
            route, absent = list(self.route), list(self.absent)
            waiting = self._in_some_order(self._ruin())
            self.absent = self._recreate(waiting, self._invited())
            changed = self._cost()
            if changed < cost - warmth * math.log(1.0 - self.random.random()):
                cost = changed
                if cost < best_cost:
                    best_cost, best = cost, list(self.route)
            else:
                self.route, self.absent = route, absent
                self._measure()
            warmth *= cooling
        return best

    def _ruin(self) -> list[int]:
        """Take out stops that lie together on the map, or follow one another; return all that is out now."""
        movable = len(self.route) - self.pinned
        if movable <= 0:
            return list(self.absent)
        count = self.random.randint(1, min(LARGEST_RUIN, movable))
        if self.random.random() < 0.5:
            first = self.pinned + self.random.randrange(movable - count + 1)
            taken = set(self.route[first : first + count])
        else:
            seed = self.route[self.pinned + self.random.randrange(movable)]
            there = set(self.route[self.pinned :])
            taken = set()
            for other in self.neighbours[seed]:
                if other in there:
                    taken.add(other)
                    if len(taken) == count:
                        break
        self.route = [index for index in self.route if index not in taken]
        self._measure()
        return [*taken, *self.absent]

    def _in_some_order(self, waiting: list[int]) -> list[int]:
        stops, start = self.day.stops, self.roads[0]
        keys: tuple[Callable[[int], float], ...] = (
            lambda _: self.random.random(),
            lambda i: -stops[i].worth,
            lambda i: -start[i + 1],
            lambda i: start[i + 1],
            lambda i: stops[i].closes_s,
            lambda i: stops[i].closes_s - stops[i].opens_s,
        )
        waiting.sort()  # a set has no order of its own to rely on
        self.random.shuffle(waiting)
        return sorted(waiting, key=self.random.choice(keys))

    def _invited(self) -> set[int]:
        """Stops left out that lie together: none may be worth the way alone, but all of them may."""
        if not self.absent or self.random.random() >= INVITATION:
            return set()
        seed = self.random.choice(self.absent)
        near = [index for index in self.neighbours[seed] if index in set(self.absent)]
        return set(near[: self.random.randint(1, LARGEST_RUIN)])

    def _recreate(self, waiting: list[int], invited: set[int]) -> list[int]:
        """Put each back where it costs least, if it is worth it or invited; return those that stay out."""
        out: list[int] = []
        for index in waiting:
            worth = REQUIRED_PRIZE if index in invited else self.day.stops[index].worth
            place = self._cheapest_place(index, worth)
            if place is None:
                out.append(index)
            else:
                self.route.insert(place, index)
                self._measure()
        return out

    def _cheapest_place(self, index: int, worth: int) -> int | None:
        stop = self.day.stops[index]
        opens, closes, service = stop.opens_s, stop.closes_s, stop.service_s
        column = [row[index + 1] for row in self.roads]
        own = self.roads[index + 1]
        route, leaves, busy, earliest, latest = self.route, self.leaves, self.busy, self.earliest, self.latest
        chance, roads, done = self.random.random, self.roads, leaves[-1]
        best, found = worth, None
        for place in range(self.pinned, len(route) + 1):
            here = route[place - 1] + 1 if place else 0
            begins = leaves[place] + column[here]
            if begins < opens:
                begins = opens
            elif begins > closes:
                break  # every later place is reached later still
            ends = begins + service
            if place < len(route):
                after = route[place] + 1
                arrives = ends + own[after]
                if arrives > latest[place]:
                    continue
                finished = max(arrives + busy[place], earliest[place])
                cost = column[here] + own[after] - roads[here][after] + finished - done
            else:
                if ends > self.day.end_s:
                    continue
                cost = column[here] + ends - done
            if cost < best and chance() >= BLINK:
                best, found = cost, place
        return found

    def _measure(self) -> None:
        """Work out the times before and after every position of the route."""
        stops, roads = self.day.stops, self.roads
        clock, here, travel = self.day.start_s, 0, 0
        leaves = [clock]
        for index in self.route:
            stop = stops[index]
            step = roads[here][index + 1]
            travel += step
            clock = max(clock + step, stop.opens_s) + stop.service_s
            here = index + 1
            leaves.append(clock)
        size = len(self.route)
        busy, earliest, latest = [0] * size, [0] * size, [0] * size
        for place in range(size - 1, -1, -1):
            stop = stops[self.route[place]]
            if place == size - 1:
                busy[place] = stop.service_s
                earliest[place] = stop.opens_s + stop.service_s
                latest[place] = min(stop.closes_s, self.day.end_s - stop.service_s)
            else:
                step = stop.service_s + roads[self.route[place] + 1][self.route[place + 1] + 1]
                busy[place] = step + busy[place + 1]
                earliest[place] = max(stop.opens_s + step + busy[place + 1], earliest[place + 1])
                latest[place] = min(stop.closes_s, latest[place + 1] - step)
        self.leaves, self.travel = leaves, travel
        self.busy, self.earliest, self.latest = busy, earliest, latest

    def _cost(self) -> int:
        left_out = sum(self.day.stops[index].worth for index in self.absent)
        return self.travel + self.leaves[-1] - self.day.start_s + left_out

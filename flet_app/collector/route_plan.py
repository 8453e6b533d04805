"""The order that the phone proposes for the rest of the day, found by `receivables.routing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from random import Random

from flet_app.collector import figures
from flet_app.collector.customer_claims import promises_due
from flet_app.collector.figures import Phase
from flet_app.collector.portfolio import Portfolio
from receivables.compliance import Window
from receivables.geometry import Point
from receivables.routing import END_OF_DAY_S, Day, Plan, Stop, Unserved, plan_route

MOST_STOPS = 60
"""What a phone orders in under a second; a longer route is ordered by its first sixty."""

DAY_ENDS = time(19)
"""Where no rule of contact says until when somebody may be visited."""

CLOSED = Window(time(0), DAY_ENDS)
"""Hours of a day without any: who works on it nevertheless is not told at midnight that it is over."""

PLANNED_PRIZE_S = 8 * 3600
"""Who is on the route is to be visited: a stop is left out for want of time, not to save petrol."""

SEED = 20_261_121
"""The same route gives the same proposal, however often it is asked for."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stop of the proposal and when the collector is there, in seconds since local midnight."""

    customer: str
    starts_s: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order for the whole route: what is done, what is planned, then what could not be reached.

    `order` has every customer of the route; `travel_s` is the time on the road.
    """

    order: tuple[str, ...]
    legs: tuple[Leg, ...]
    unserved: tuple[tuple[str, Unserved], ...]
    travel_s: int


@dataclass(frozen=True, slots=True)
class Question:
    """A day to be ordered, made on the event loop; `answer` may be asked in a thread."""

    day: Day
    route: tuple[str, ...]
    done: tuple[str, ...]
    without_place: tuple[str, ...]

    def answer(self) -> Proposal:
        if not self.day.stops:
            return Proposal(self.route, (), (), 0)
        plan = plan_route(self.day, random=Random(SEED))  # noqa: S311  an order is no secret
        return _proposal(self, plan)


def phase_of(portfolio: Portfolio, on: date, *, now: datetime, zone: tzinfo) -> Phase:
    """Is the day `on` ahead, running or over? Today is over when nobody may be visited any more."""
    local = now.astimezone(zone)
    if on != local.date():
        return Phase.AHEAD if on > local.date() else Phase.OVER
    return Phase.OVER if local.time() >= _window(portfolio, on).end else Phase.RUNNING


def question(
    portfolio: Portfolio, *, now: datetime, zone: tzinfo, here: Point | None, on: date | None = None
) -> Question:
    """What is left of the route of `on`, by default today's; a later day is ordered from its first hour.

    A visit under way comes first; a promise that falls due must be visited.
    """
    local = now.astimezone(zone)
    phase = Phase.RUNNING
    if on is not None and on > local.date():
        phase = Phase.AHEAD
        local = datetime.combine(on, _window(portfolio, on).start, zone)
    stops = figures.day(portfolio, on=local.date(), phase=phase).stops
    planned = {stop.customer for stop in portfolio.route(local.date())}
    route = [stop for stop in stops if stop.customer in planned]
    ahead = sorted((stop for stop in route if stop.state != "done"), key=lambda stop: stop.state != "open")
    due = promises_due(portfolio, on=local.date())
    opens_s, closes_s = _hours(portfolio, local)
    located = [(stop, point) for stop in ahead if (point := _point(portfolio, stop.customer))][:MOST_STOPS]
    known = {stop.customer for stop, _point_of in located}
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    day = Day(
        start=here or (located[0][1] if located else Point(0.0, 0.0)),
        start_s=seconds,
        end_s=max(closes_s, seconds),
        stops=tuple(
            Stop(
                key=stop.customer,
                point=point,
                opens_s=min(opens_s, closes_s),
                closes_s=closes_s,
                required=stop.customer in due,
                prize_s=PLANNED_PRIZE_S,
            )
            for stop, point in located
        ),
        frozen=bool(located) and located[0][0].state == "open",
    )
    return Question(
        day=day,
        route=tuple(stop.customer for stop in route),
        done=tuple(stop.customer for stop in route if stop.state == "done"),
        without_place=tuple(stop.customer for stop in ahead if stop.customer not in known),
    )


def _proposal(asked: Question, plan: Plan) -> Proposal:
    keys = [stop.key for stop in asked.day.stops]
    served = [keys[index] for index in plan.schedule.order]
    unserved = tuple((keys[index], why) for index, why in plan.unserved)
    order: Sequence[str] = [*asked.done, *served, *(key for key, _why in unserved), *asked.without_place]
    return Proposal(
        order=tuple(order),
        legs=tuple(
            Leg(key, start) for key, start in zip(served, plan.schedule.starts, strict=True)
        ),
        unserved=unserved,
        travel_s=plan.schedule.travel_s,
    )  # fmt: skip


def _hours(portfolio: Portfolio, local: datetime) -> tuple[int, int]:
    """From when and until when a visit may begin today.

    Who works on a closed day, or later than the hours, is warned at each door and still gets an order.
    """
    window = _window(portfolio, local.date())
    if window is CLOSED or local.time() >= window.end:
        return 0, END_OF_DAY_S
    return _seconds(window.start), _seconds(window.end) - 60  # the window's end is outside it


def _window(portfolio: Portfolio, on: date) -> Window:
    """When visits may be made on that day of the week; `CLOSED` where the law allows none."""
    pack = portfolio.packs.get(str(portfolio.company.get("country")))
    if pack is None:
        return Window(time(0), DAY_ENDS)
    return pack.windows.get(on.isoweekday()) or CLOSED


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


def _point(portfolio: Portfolio, customer: str) -> Point | None:
    return Point.of((portfolio.customers.get(customer) or {}).get("location"))

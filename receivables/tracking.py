"""Following a collector in worked hours: when it is allowed, and which positions are worth keeping.

Off until the company asks for it, and then only within the days and hours that it names, in its own zone,
never on a holiday, and only after the collector was told and agreed. A position outside of the hours is not
kept, whoever measured it: what keeps the promise is this rule and not the radio.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Any

from receivables.documents import Author, BadDocument, Json, parse_instant, rfc3339
from receivables.geometry import Point, haversine_m

STILL_SECONDS = 600
"""Who stands still is noted this often, so that a stop of an hour is told from a phone that was off."""

STOP_METRES, STOP_SECONDS = 75.0, 300.0
"""Who is not further away for so long has stopped."""

MOST_POSITIONS = 200
"""Of one fact: about 12 KB."""


MOST_OF_A_MEASURE = 1_000_000
"""Metres, seconds or minutes: beyond it a policy is a slip, and so it is below zero."""

MOST_DAYS_KEPT = 36_500
"""A hundred years: for ever, as far as a date can tell."""


class Answer(StrEnum):
    """What the collector said when it was explained."""

    AGREED = "agreed"
    LATER = "later"


class Following(StrEnum):
    """Whether the phone follows its collector now, or why not."""

    OFF = "off"
    UNTOLD = "untold"
    DECLINED = "declined"
    OUTSIDE = "outside"
    ENDED = "ended"
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPolicy:
    """A `policy:tracking` document. `opens` and `closes` are of one day in the company's zone."""

    active: bool
    days: frozenset[int]
    """ISO weekdays, Monday is 1."""
    opens: time
    closes: time
    metres: float
    seconds: float
    """Two positions that are kept lie this far apart, in space and in time."""
    accuracy_m: float
    """A position that may be further off than this is left out."""
    send_minutes: float
    retention_days: int
    """How long the centre keeps tracks; see docs/tracking.md."""

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TrackingPolicy:
        """Read a policy; raise BadDocument, also for hours that end before they begin and for measures that
        nobody means.
        """
        try:
            policy = cls(
                active=document.get("active") is True,
                days=frozenset(int(day) for day in document.get("days", (1, 2, 3, 4, 5))),
                opens=time.fromisoformat(document.get("from", "08:00")),
                closes=time.fromisoformat(document.get("to", "18:00")),
                metres=float(document.get("metres", 50)),
                seconds=float(document.get("seconds", 60)),
                accuracy_m=float(document.get("accuracy", 100)),
                send_minutes=float(document.get("send_minutes", 10)),
                retention_days=int(document.get("retention_days", 90)),
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise BadDocument(f"{document.get('_id')!r}: {error!r}") from error
        measures = (policy.metres, policy.seconds, policy.accuracy_m, policy.send_minutes)
        meant = all(0 <= measure <= MOST_OF_A_MEASURE for measure in measures)  # a NaN is neither
        if not meant or not 1 <= policy.retention_days <= MOST_DAYS_KEPT:
            raise BadDocument(f"{document.get('_id')!r}: no such distances, times or days")
        if policy.opens >= policy.closes or not policy.days <= frozenset(range(1, 8)):
            raise BadDocument(f"{document.get('_id')!r}: no such hours or days")
        return policy

    def until(self, at: datetime, *, zone: tzinfo, holidays: Container[date]) -> datetime | None:
        """When the worked hours end in which the instant `at` lies; None outside of them."""
        local = at.astimezone(zone)
        worked = local.isoweekday() in self.days and local.date() not in holidays
        if not (self.active and worked and self.opens <= local.time() < self.closes):
            return None
        return datetime.combine(local.date(), self.closes, tzinfo=zone)


def following(
    policy: TrackingPolicy | None, answer: Answer | None, *, until: datetime | None, ended: bool
) -> Following:
    """Whether to follow now. `until` is the policy's, `ended` that the collector is done for the day."""
    if policy is None or not policy.active:
        return Following.OFF
    if answer is None:
        return Following.UNTOLD
    if answer is Answer.LATER:
        return Following.DECLINED
    if until is None:
        return Following.OUTSIDE
    return Following.ENDED if ended else Following.ON


@dataclass(frozen=True, slots=True)
class Fix:
    """A measured position; `accuracy` in metres, or None where the phone can't tell."""

    at: datetime
    point: Point
    accuracy: float | None
    mock: bool = False
    """Another app made it up."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Positions that were kept and are not written yet, and the last one that was kept at all."""

    kept: tuple[Fix, ...] = ()
    last: Fix | None = None

    def extended(self, fix: Fix, policy: TrackingPolicy) -> Trail:
        """With `fix`, where it says something new. Whether its hour may be noted is the caller's question."""
        if fix.accuracy is not None and fix.accuracy > policy.accuracy_m:
            return self
        if self.last is not None and not _is_news(self.last, fix, policy):
            return self
        return Trail((*self.kept, fix), fix)

    def is_due(self, policy: TrackingPolicy, now: datetime) -> bool:
        """Is it time to write them down?"""
        if not self.kept:
            return False
        waited = now - self.kept[0].at
        return len(self.kept) >= MOST_POSITIONS or waited >= timedelta(minutes=policy.send_minutes)

    def written(self) -> Trail:
        """What is left once all of it is a fact."""
        return replace(self, kept=())

    def fact(self, author: Author) -> Json:
        """The `track` of what is kept; `mocked` tells which of them another app made up."""
        return author.fact(
            "track",
            {
                "positions": [
                    [rfc3339(fix.at), round(fix.point.lat, 6), round(fix.point.lon, 6), fix.accuracy]
                    for fix in self.kept
                ],
                "mocked": [index for index, fix in enumerate(self.kept) if fix.mock],
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a collector stayed: about `point`, from `since` to `until`."""

    point: Point
    since: datetime
    until: datetime


def fixes_of(tracks: Iterable[Mapping[str, Any]]) -> list[Fix]:
    """The positions of `track` facts in the order in which they were measured, each once."""
    found: dict[datetime, Fix] = {}
    for track in tracks:
        mocked = frozenset(track.get("mocked") or ())
        for index, (at, lat, lon, accuracy) in enumerate(track["positions"]):
            instant = parse_instant(at)
            found.setdefault(instant, Fix(instant, Point(lat, lon), accuracy, index in mocked))
    return [found[instant] for instant in sorted(found)]


def way_m(fixes: Sequence[Fix]) -> float:
    """Metres from one position to the next, all of them: the way was at least that long."""
    return sum(haversine_m(a.point, b.point) for a, b in pairwise(fixes))


def stops_of(fixes: Sequence[Fix]) -> list[Stop]:
    """Where the collector stayed within STOP_METRES of the first position for STOP_SECONDS or longer."""
    stops: list[Stop] = []
    first = 0
    while first < len(fixes):
        last = first
        while last + 1 < len(fixes) and haversine_m(fixes[first].point, fixes[last + 1].point) <= STOP_METRES:
            last += 1
        if (fixes[last].at - fixes[first].at).total_seconds() >= STOP_SECONDS:
            stops.append(Stop(point=fixes[first].point, since=fixes[first].at, until=fixes[last].at))
        first = last + 1
    return stops


def _is_news(last: Fix, fix: Fix, policy: TrackingPolicy) -> bool:
    elapsed = (fix.at - last.at).total_seconds()
    if elapsed < policy.seconds:
        return False
    # Within its own doubt a phone on a counter seems to walk around.
    step = max(policy.metres, fix.accuracy or 0.0)
    return elapsed >= STILL_SECONDS or haversine_m(last.point, fix.point) >= step

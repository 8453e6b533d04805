"""May a phone's clock be believed? What it shows is held against the office's and against its own past.

Three clocks take part: the wall's, which anybody can set; the uptime, which only a restart sets back; and the
office's, heard with every answer. From these follows a *floor*: no later reading of the wall can rightly be
earlier. The floor moves on with the uptime alone, so a clock that ran ahead and was put right is not held to
what it showed meanwhile. A clock below its floor was put back, and receipts wait until it is right, the
office is heard, or a supervisor accepts it (`receivables.clock_codes`), which makes what it shows then the
floor; any other fault is told and stops nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from receivables.anomalies import CLOCK_SKEW
from receivables.clock_codes import ClockAcceptance
from receivables.documents import Json, parse_instant, rfc3339
from receivables.validation import Problem


class Trust(StrEnum):
    """What is known of a clock."""

    UNKNOWN = "unknown"  # nothing speaks against it
    RIGHT = "right"  # within `CLOCK_SKEW` of the office's
    OFF = "off"  # the office's is another, and was when it was last heard: told, and nothing waits
    BACKWARDS = "backwards"  # put back since the office was last heard: new receipts wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at the clocks of a phone.

    `wall` is aware; `uptime` are seconds since the phone started, sleep included; `boot` names that start.
    """

    wall: datetime
    uptime: float
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What is known as of `uptime` of `boot`: the floor, and the office's time while it can be told.

    After a restart `office_at` is None, for nobody counted the time in between. `accepted` is there from a
    supervisor's code until the office is heard. `heard_at` is the office's time when it was last heard,
    `silent` how many seconds the phone has run since.
    """

    floor_at: datetime
    office_at: datetime | None
    uptime: float
    boot: str
    accepted: ClockAcceptance | None = None
    heard_at: datetime | None = None
    silent: float = 0.0

    def to_json(self) -> Json:
        return {
            "floor_at": rfc3339(self.floor_at),
            "office_at": rfc3339(self.office_at) if self.office_at else None,
            "uptime": self.uptime,
            "boot": self.boot,
            "accepted": self.accepted.to_json() if self.accepted else None,
            "heard_at": rfc3339(self.heard_at) if self.heard_at else None,
            "silent": self.silent,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Anchor | None:
        """What was kept, or None where that is nothing or makes no sense."""
        try:
            said = kept or {}
            office = said["office_at"]
            return cls(
                floor_at=parse_instant(said["floor_at"]),
                office_at=parse_instant(office) if office else None,
                uptime=float(said["uptime"]),
                boot=str(said["boot"]),
                accepted=ClockAcceptance(**said["accepted"]) if said.get("accepted") else None,
                heard_at=parse_instant(said["heard_at"]) if said.get("heard_at") else None,
                silent=float(said.get("silent") or 0),
            )
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`skew` is how far the wall is ahead of what it should show, negative where it is behind."""

    trust: Trust
    skew: timedelta = timedelta(0)

    @property
    def blocks(self) -> bool:
        return self.trust is Trust.BACKWARDS


def met_office(reading: Reading, office_at: datetime) -> Anchor:
    """What is known once the office has told its time.

    The floor is the earlier of the two clocks: neither a phone that runs ahead nor an office that does may
    make a right clock wrong later.
    """
    return Anchor(
        floor_at=min(reading.wall, office_at),
        office_at=office_at,
        uptime=reading.uptime,
        boot=reading.boot,
        heard_at=office_at,
    )


def moved_on(anchor: Anchor, reading: Reading) -> Anchor:
    """What is known at a later look, whatever the wall shows."""
    passed = reading.uptime - anchor.uptime
    if reading.boot != anchor.boot or passed < 0:
        return replace(anchor, office_at=None, uptime=reading.uptime, boot=reading.boot)
    since = timedelta(seconds=passed)
    return replace(
        anchor,
        floor_at=anchor.floor_at + since,
        office_at=anchor.office_at + since if anchor.office_at else None,
        uptime=reading.uptime,
        silent=anchor.silent + passed,
    )


def silence(anchor: Anchor | None, reading: Reading) -> timedelta | None:
    """For how long the office was not heard; None where nobody knows when it was.

    Exact while the phone has run since. After a restart it is at least the time that it ran, and what the
    wall says where that is more: put back it gains nothing, put forward it counts until the office is heard.
    """
    if anchor is None or anchor.heard_at is None:
        return None
    known = moved_on(anchor, reading)
    ran = timedelta(seconds=known.silent)
    if known.office_at:
        return ran
    return max(ran, reading.wall - anchor.heard_at)


def accepted_clock(reading: Reading, acceptance: ClockAcceptance, before: Anchor | None = None) -> Anchor:
    """What is known once a supervisor has accepted the clock as it is: it may go on, and not back.

    It tells nothing of when the office was heard: that stays as it was `before`.
    """
    known = moved_on(before, reading) if before else None
    return Anchor(
        floor_at=reading.wall,
        office_at=None,
        uptime=reading.uptime,
        boot=reading.boot,
        accepted=acceptance,
        heard_at=known.heard_at if known else None,
        silent=known.silent if known else 0.0,
    )


def same_clock(before: Reading, reading: Reading) -> bool:
    """Has nobody set the clock or started the phone again between two looks?"""
    passed = timedelta(seconds=reading.uptime - before.uptime)
    return before.boot == reading.boot and abs(reading.wall - before.wall - passed) <= CLOCK_SKEW


def judge_clock(anchor: Anchor | None, reading: Reading) -> Judgement:
    """Whether the wall of `reading` may be believed; never blocks one that is right."""
    if anchor is None:
        return Judgement(trust=Trust.UNKNOWN)
    known = moved_on(anchor, reading)
    skew = reading.wall - known.office_at if known.office_at else None
    if skew is not None and abs(skew) <= CLOCK_SKEW:
        return Judgement(trust=Trust.RIGHT, skew=skew)
    behind = reading.wall - known.floor_at
    if behind < -CLOCK_SKEW:
        return Judgement(trust=Trust.BACKWARDS, skew=behind if skew is None else skew)
    return Judgement(trust=Trust.UNKNOWN) if skew is None else Judgement(trust=Trust.OFF, skew=skew)


def clock_problems(judgement: Judgement) -> list[Problem]:
    """Why no receipt is written now; empty where the clock may be right."""
    return [Problem("clock_put_back")] if judgement.blocks else []

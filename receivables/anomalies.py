"""What in a fact that was accepted deserves a person's look: pure judgements, none of which refuses anything.

Each answers with what it saw, so that whoever decides has the evidence. An anomaly is a question, not a
verdict: a phone's clock may be wrong, a customer may have moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from receivables.documents import parse_date, parse_instant
from receivables.geometry import Point, haversine_m
from receivables.visits import GEOFENCE_ACCURACY_FACTOR, GEOFENCE_M

CLOCK_SKEW = timedelta(minutes=5)
"""A clock further off than this is told; closer ones are every phone's."""

_NOISE = re.compile(r"[^A-Z0-9]")
_LEADING_ZEROS = re.compile(r"^0+(?=.)")


class Claim(NamedTuple):
    """What a receipt asks of an invoice. `decided` where its effective allocation stands already."""

    receipt: str
    amount: int
    created_at: str
    decided: bool


def over_allocated(balance: int, claims: Iterable[Claim]) -> dict[str, int]:
    """Per receipt how much of its claim, in minor units, the invoice's `balance` doesn't cover any more.

    Served in the order in which money is posted: what was decided first, then by the phones' time. One more
    claim never takes a receipt off the list.
    """
    left, short = balance, {}
    for claim in sorted(claims, key=lambda each: (not each.decided, each.created_at, each.receipt)):
        excess = claim.amount - max(0, left)
        left -= claim.amount
        if excess > 0 and not claim.decided:
            short[claim.receipt] = excess
    return short


def instruments(receipt: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What in a receipt can be paid with only once, spelled as `plain_reference` does.

    `("cheque", bank, account, number)`, `("transfer", bank, reference)` and `("withholding", access key)`,
    the last once however many of the voucher's taxes are lines. Lines that lack what would identify them are
    left out.
    """
    found: list[tuple[str, ...]] = []
    for line in receipt["payments"]:
        bank = plain_reference(line.get("bank"))
        if line["method"] == "cheque" and bank and (number := plain_reference(line.get("number"))):
            found.append(("cheque", bank, plain_reference(line.get("account")), number))
        elif line["method"] == "transfer" and (reference := plain_reference(line.get("reference"))):
            found.append(("transfer", bank, reference))
        elif line["method"] == "withholding" and (key := plain_reference(line.get("access_key"))):
            found.append(("withholding", key))
    return list(dict.fromkeys(found))


def plain_reference(text: Any) -> str:
    """Capitals and digits only, without leading zeros: `n.º 000-123` and `N000123` are written by two people
    about one cheque. The view `instruments` does the same.
    """
    return _LEADING_ZEROS.sub("", _NOISE.sub("", str("" if text is None else text).upper()))


def clock_faults(
    fact: Mapping[str, Any],
    *,
    received_at: datetime,
    before: Mapping[str, Any] | None = None,
    enrolled_at: datetime | None = None,
) -> list[str]:
    """What is impossible about the time of a fact, in words of `clock_…`.

    `before` is the receipt with the preceding counter: counters grow with time, whatever the clock says.
    """
    created = parse_instant(fact["created_at"])
    faults = []
    if created > received_at + CLOCK_SKEW:
        faults.append("clock_ahead")
    if enrolled_at is not None and created < enrolled_at - CLOCK_SKEW:
        faults.append("clock_before_enrolment")
    if before is not None and created < parse_instant(before["created_at"]) - CLOCK_SKEW:
        faults.append("clock_backwards")
    if abs((parse_date(fact["local_on"]) - created.date()).days) > 1:
        faults.append("clock_other_day")
    return faults


class Distance(NamedTuple):
    """Metres from the customer's point, and how many would still be all right."""

    metres: int
    allowed: int

    @property
    def is_far(self) -> bool:
        return self.metres > self.allowed


def distance_from(place: Mapping[str, Any] | None, location: Mapping[str, Any] | None) -> Distance | None:
    """How far from a customer a fact was recorded; None where the phone or the customer had no position."""
    here, there = Point.of(place), Point.of(location)
    if place is None or here is None or there is None:
        return None
    return Distance(round(haversine_m(here, there)), allowed_distance_m(place))


def allowed_distance_m(place: Mapping[str, Any]) -> int:
    """max(150 m, twice the accuracy): nearer than that nobody can tell."""
    return round(max(GEOFENCE_M, GEOFENCE_ACCURACY_FACTOR * float(place.get("accuracy") or 0)))

"""How urgent a customer is: a score of 0 to 100 out of a few things that anybody can check, and its class.

Each part lies between 0 and 1 and has a weight; what is not known of a customer is left out and the others
weigh accordingly more, so that customers are compared by what is known of all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WEIGHTS = {"amount": 30, "age": 20, "broken_promises": 15, "credit": 10, "inactivity": 10, "promise_due": 5}
"""Of the trade's hundred; the ten of the risk of a loss are left out until somebody computes that risk."""

OLDEST_DAYS = 120
MOST_BROKEN = 3
QUIET_DAYS = 30
CREDIT_FROM = 0.7
"""Share of the credit limit from which its use counts."""

DUE_SCORE = 80
"""The least score of who promised to pay today or tomorrow: being there is worth most then."""

HIGH, MEDIUM = 60, 35


class PriorityClass(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What a score is made of. Amounts are minor units of the company's currency; None is not known."""

    overdue: int
    days_past_due: int
    broken_promises: int = 0
    promise_due: bool = False
    """Pending for today or tomorrow."""
    credit_used: float | None = None
    """Share of the limit, 1 is all of it."""
    quiet_days: int | None = None
    """Since anything was done at the customer."""
    not_claimable: bool = False
    """All of it is disputed or said to be paid: a visit now brings nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    score: int
    parts: dict[str, float]
    """By name of `WEIGHTS`, each 0 to 1, so that the score can be explained."""
    label: PriorityClass


def high_amount(overdue: Iterable[int]) -> int:
    """The 95th percentile (nearest rank) of the amounts that are overdue: what counts as much; 0 of none."""
    amounts = sorted(minor for minor in overdue if minor > 0)
    return amounts[math.ceil(0.95 * len(amounts)) - 1] if amounts else 0


def priority(urgency: Urgency, *, high: int) -> Priority:
    """The priority of one customer among those whose `high_amount` is `high`."""
    parts = _parts(urgency, high)
    known = sum(WEIGHTS[name] for name in parts)
    score = round(100 * sum(WEIGHTS[name] * part for name, part in parts.items()) / known)
    if urgency.not_claimable:
        return Priority(score=score, parts=parts, label=PriorityClass.LOW)
    if urgency.promise_due:
        score = max(score, DUE_SCORE)
    return Priority(score=score, parts=parts, label=_class(score))


def _parts(urgency: Urgency, high: int) -> dict[str, float]:
    parts = {
        "amount": min(1.0, math.log1p(max(0, urgency.overdue)) / math.log1p(high)) if high > 0 else 0.0,
        "age": min(1.0, urgency.days_past_due / OLDEST_DAYS),
        "broken_promises": min(1.0, urgency.broken_promises / MOST_BROKEN),
        "promise_due": float(urgency.promise_due),
    }
    if urgency.credit_used is not None:
        parts["credit"] = min(1.0, max(0.0, (urgency.credit_used - CREDIT_FROM) / (1 - CREDIT_FROM)))
    if urgency.quiet_days is not None:
        parts["inactivity"] = min(1.0, urgency.quiet_days / QUIET_DAYS)
    return parts


def _class(score: int) -> PriorityClass:
    if score >= HIGH:
        return PriorityClass.HIGH
    return PriorityClass.MEDIUM if score >= MEDIUM else PriorityClass.LOW

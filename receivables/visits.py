"""Visits: one open at a time, finished with an outcome of the catalogue, a comment, perhaps a next visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from receivables.compliance import Decision
from receivables.documents import Author, Json, rfc3339
from receivables.fact_shapes import MAX_SHOWN
from receivables.geometry import Point, haversine_m
from receivables.invoices import OpenItem
from receivables.payments import LONGEST_TEXT
from receivables.policies import CollectionPolicy
from receivables.validation import LONGEST_WORDS, Problem, text_problems

GEOFENCE_M = 150.0
"""A visit farther than this from the customer's point is flagged, never blocked."""

GEOFENCE_ACCURACY_FACTOR = 2.0

_LONGEST_SHOWN = 100  # characters, at most 200 UTF-16 units


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One result of a visit. `comment_required` and `next_visit` say what the collector must add."""

    code: str
    label: Mapping[str, str]
    effective: bool
    contact: bool
    comment_required: bool
    next_visit: bool

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Outcome:
        return cls(
            code=item["code"],
            label=item["label"],
            effective=bool(item.get("effective", False)),
            contact=bool(item.get("contact", False)),
            comment_required=bool(item.get("comment_required", False)),
            next_visit=bool(item.get("next_visit", False)),
        )


def outcomes(catalogue: Mapping[str, Any]) -> dict[str, Outcome]:
    """The outcomes of a `catalogue:outcomes` document by code, in its order."""
    return {item["code"]: Outcome.from_json(item) for item in catalogue["items"]}


def find_open_visit(starts: Iterable[Json], visits: Iterable[Mapping[str, Any]]) -> Json | None:
    """The last `visit_start` that no `visit` finishes, or None."""
    finished = {visit["start"] for visit in visits}
    waiting = [start for start in starts if start["_id"] not in finished]
    return max(waiting, key=lambda start: (start["created_at"], start["_id"]), default=None)


def distance_to_customer_m(place: Mapping[str, Any] | None, location: Mapping[str, Any] | None) -> int | None:
    """Whole metres between a phone's place and the customer's point; None where either is unknown."""
    here, there = Point.of(place), Point.of(location)
    return None if here is None or there is None else round(haversine_m(here, there))


def is_within_geofence(distance_m: float, accuracy_m: float) -> bool:
    """Is the phone at the customer, as far as its accuracy lets us say?"""
    return distance_m <= max(GEOFENCE_M, GEOFENCE_ACCURACY_FACTOR * accuracy_m)


def metres_away(start: Mapping[str, Any]) -> int | None:
    """How far from the customer's point a `visit_start` was, where that is too far; None where it is not."""
    distance, place = start.get("distance_m"), start.get("place")
    if distance is None or not place or is_within_geofence(distance, float(place.get("accuracy") or 0)):
        return None
    return int(distance)


def plan_visit_start(
    *,
    customer: Mapping[str, Any],
    open_visit: Mapping[str, Any] | None,
    place: Mapping[str, Any] | None,
    author: Author,
    decision: Decision | None = None,
    exception: str | None = None,
) -> Json | list[Problem]:
    """Return the `visit_start` at a `customer` document, or why there can be none.

    `decision` is what the rules of contact say of it, `exception` the reason for going on against them.
    """
    if open_visit is not None:
        return [Problem("visit_already_open", "", {"customer": open_visit["customer"]})]
    if decision is not None and not decision.permits(exception):
        return [Problem("contact_not_allowed", "", {"codes": ", ".join(sorted(decision.codes))})]
    body = {
        "customer": customer["code"],
        "place": None if place is None else dict(place),
        "distance_m": distance_to_customer_m(place, customer.get("location")),
        "contact_check": None if decision is None else decision.to_json(exception),
    }
    return author.fact("visit_start", body)


def plan_visit_finish(
    *,
    start: Mapping[str, Any] | None,
    outcome: str | None,
    comment: str,
    next_visit_at: datetime | None,
    catalogue: Mapping[str, Outcome],
    policy: CollectionPolicy,
    place: Mapping[str, Any] | None,
    author: Author,
    attended_by: str = "",
    signature: Mapping[str, Any] | None = None,
    shown: Mapping[str, Any] | None = None,
    away_reason: str = "",
    next_decision: Decision | None = None,
) -> Json | list[Problem]:
    """Return the `visit` that finishes `start`, or all that is missing from it.

    `shown` is `what_was_shown`: the record of the visit prints it, whatever is owed later. `away_reason` is
    why it began far from the customer; a visit without a reason is recorded too.
    `next_decision` is what the rules of contact say of a visit at `next_visit_at`.
    """
    if start is None:
        return [Problem("visit_not_started")]
    problems = _finish_problems(
        outcome, comment.strip(), next_visit_at, catalogue=catalogue, policy=policy, now=author.now
    )
    if next_visit_at is not None and next_decision is not None and not next_decision.permits(None):
        problems.append(Problem("next_visit_not_allowed", "next_visit_at"))
    problems += text_problems("attended_by", attended_by, LONGEST_TEXT)
    problems += text_problems("away_reason", away_reason, LONGEST_TEXT)
    if problems:
        return problems
    body = {
        "customer": start["customer"],
        "start": start["_id"],
        "started_at": start["created_at"],
        "finished_at": rfc3339(author.now),
        "place": None if place is None else dict(place),
        "outcome": outcome,
        "comment": comment.strip(),
        "next_visit_at": None if next_visit_at is None else rfc3339(next_visit_at),
        "attended_by": attended_by.strip() or None,
        "signature": dict(signature) if signature else None,
        "shown": dict(shown) if shown else None,
        "away_reason": away_reason.strip() or None,
    }
    return author.fact("visit", body)


def what_was_shown(
    customer: Mapping[str, Any], open_items: Iterable[OpenItem], *, currency: str, on: date
) -> Json:
    """Whom a visit was to and what debt was shown there.

    The oldest `MAX_SHOWN` invoices, and the count and total of all in `currency`.
    """
    own = (item for item in open_items if item.open.currency == currency)
    items = sorted(own, key=lambda item: item.age_key)
    named = {
        name: str(customer.get(name) or "")[:_LONGEST_SHOWN] for name in ("name", "tax_id", "address", "city")
    }
    return {
        "customer": named,
        "debt": {
            "currency": currency,
            "as_of": on.isoformat(),
            "total": sum(item.open.minor for item in items),
            "count": len(items),
            "invoices": [
                {"number": item.invoice, "due_on": item.due_on.isoformat(), "balance": item.open.minor}
                for item in items[:MAX_SHOWN]
            ],
        },
    }


def _finish_problems(
    outcome: str | None,
    comment: str,
    next_visit_at: datetime | None,
    *,
    catalogue: Mapping[str, Outcome],
    policy: CollectionPolicy,
    now: datetime,
) -> list[Problem]:
    problems: list[Problem] = []
    chosen = catalogue.get(outcome or "")
    if chosen is None:
        problems.append(
            Problem("outcome_unknown", "outcome", {"outcome": outcome})
            if outcome
            else Problem("outcome_missing", "outcome")
        )
    elif chosen.comment_required and len(comment) < max(1, policy.comment_min_length):
        data = {"length": len(comment), "min_length": max(1, policy.comment_min_length)}
        problems.append(Problem("comment_too_short", "comment", data))
    problems += text_problems("comment", comment, LONGEST_WORDS)
    if chosen is not None and chosen.next_visit and next_visit_at is None:
        problems.append(Problem("next_visit_missing", "next_visit_at"))
    if next_visit_at is not None and next_visit_at <= now:
        problems.append(Problem("next_visit_in_past", "next_visit_at"))
    return problems

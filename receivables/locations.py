"""Where a customer's door really is: a proposal from the field, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from receivables.documents import Author, Json
from receivables.validation import LONGEST_WORDS, Problem, text_problems
from receivables.visits import distance_to_customer_m

FAR_M = 500
"""A point moved farther than this needs a reason: it may be another door, or another customer."""

LEAST_ACCURACY_M = 100.0
"""A position less exact than this says nothing about a door."""


def plan_location_update(
    *,
    customer: Mapping[str, Any],
    place: Mapping[str, Any] | None,
    reason: str,
    reference: str,
    author: Author,
) -> Json | list[Problem]:
    """Return the proposal that `customer` is at `place`, or all that is wrong with it."""
    if place is None:
        return [Problem("position_missing", "place")]
    problems: list[Problem] = []
    accuracy = float(place.get("accuracy") or 0)
    if accuracy > LEAST_ACCURACY_M:
        data = {"metres": round(accuracy), "most": round(LEAST_ACCURACY_M)}
        problems.append(Problem("position_inexact", "place", data))
    moved = distance_to_customer_m(place, customer.get("location"))
    if moved is not None and moved > FAR_M and not reason.strip():
        problems.append(Problem("move_unexplained", "reason", {"metres": moved}))
    problems += text_problems("reason", reason, LONGEST_WORDS)
    problems += text_problems("reference", reference, LONGEST_WORDS)
    body = {
        "customer": customer["code"],
        "place": dict(place),
        "reason": reason.strip() or None,
        "reference": reference.strip() or None,
    }
    return problems or author.fact("location_update", body)

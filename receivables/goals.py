"""What is expected of a collector in a month, and whose word that is.

The ERP may give goals, and a supervisor may set them. What a supervisor set stands until it is given back:
what the ERP says meanwhile is kept beside it, in `erp`, and counts again then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from receivables.documents import SCHEMA, Json, rfc3339
from receivables.money import Money

AMOUNTS = ("amount_month", "amount_day")
COUNTS = ("visits_month", "visits_day", "effective_month", "effective_day")
TARGETS = (*AMOUNTS, *COUNTS)
"""Fields of a `goal` that say what is expected; one that is absent or null expects nothing."""

_SUPERVISORS = ("set_by", "set_at", "erp")


class Period(StrEnum):
    """What a goal is measured over."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is expected within one period; None where nothing is."""

    amount: Money | None
    visits: int | None
    effective: int | None


def goal_id(collector: str, month: str) -> str:
    return f"goal:{collector}:{month}"


def target_of(goal: Mapping[str, Any] | None, period: Period) -> Target:
    """What a goal document expects within a period; nothing where there is no goal."""
    said = goal or {}
    amount = said.get(f"amount_{period}")
    return Target(
        amount=None if amount is None else Money.from_json(amount, str(said["currency"])),
        visits=said.get(f"visits_{period}"),
        effective=said.get(f"effective_{period}"),
    )


def set_goal(
    standing: Mapping[str, Any] | None,
    targets: Mapping[str, int | None],
    *,
    collector: str,
    month: str,
    currency: str,
    by: str,
    now: datetime,
) -> Json:
    """The document once a supervisor has set all of `TARGETS`; those that `targets` lacks expect nothing."""
    before = dict(standing or {"_id": goal_id(collector, month), "schema": SCHEMA})
    says = before.get("erp") if "set_by" in before else _targets_of(before)
    document = {
        **{name: value for name, value in before.items() if name not in TARGETS},
        "collector": collector,
        "month": month,
        "currency": currency,
        **{name: targets[name] for name in TARGETS if targets.get(name) is not None},
        "set_by": by,
        "set_at": rfc3339(now),
    }
    return document | ({"erp": says} if says else {})


def release_goal(standing: Mapping[str, Any]) -> Json:
    """The document once a supervisor has given the goal back to the ERP; deleted where that is silent."""
    said: Json | None = standing.get("erp")
    if not said:
        return _tombstone(standing)
    kept = {name: value for name, value in standing.items() if name not in (*TARGETS, *_SUPERVISORS)}
    return kept | said


def heard_from_erp(standing: Mapping[str, Any], said: Mapping[str, Any]) -> Json:
    """The document once the ERP has said `said`, the fields of a goal."""
    if "set_by" in standing:
        return {**standing, "erp": _targets_of(said)}
    return {**{name: value for name, value in standing.items() if name not in TARGETS}, **said}


def lost_by_erp(standing: Mapping[str, Any]) -> Json:
    """The document once the ERP has the goal no longer: what a supervisor set stays."""
    if "set_by" in standing:
        return {name: value for name, value in standing.items() if name != "erp"}
    return _tombstone(standing)


def _tombstone(goal: Mapping[str, Any]) -> Json:
    return {**{name: goal[name] for name in ("_id", "_rev") if name in goal}, "_deleted": True}


def _targets_of(goal: Mapping[str, Any]) -> Json:
    """What the ERP says, with its currency; empty where it expects nothing."""
    said = {name: goal[name] for name in TARGETS if goal.get(name) is not None}
    return {"currency": goal["currency"], **said} if said else {}

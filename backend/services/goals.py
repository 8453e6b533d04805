"""What is expected of each collector in a month: read for the office, set by a supervisor, given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.assignments import require_collector
from receivables.goals import TARGETS, goal_id, release_goal, set_goal

ATTEMPTS = 12
"""The import may be writing the same document; a lost race is tried again."""


def list_goals(couch: Couch, company: str, *, month: str, currency: str) -> list[Json]:
    """The goals of a month of everybody who collects, by name, also of who has none."""
    rows = couch.all_docs(company, start_key="collector:", end_key="collector:\ufff0", include_docs=True)
    people = [row["doc"] for row in rows if row["doc"].get("active", True)]
    ids = {str(doc["_id"]): goal_id(_code(doc), month) for doc in people}
    goals = couch.get_many(company, sorted(ids.values()))
    items = [
        describe(goals.get(ids[doc["_id"]]), collector=_code(doc), month=month, currency=currency)
        | {"name": doc["name"]}
        for doc in people
    ]
    return sorted(items, key=lambda item: (str(item["name"]).lower(), item["collector"]))


def save_goal(
    couch: Couch, company: str, *, collector: str, month: str, targets: Mapping[str, int | None],
    currency: str, by: str, now: datetime,
) -> Json:  # fmt: skip
    """Write what a supervisor expects; what the ERP says stays beside it. Raise UnknownCollector."""
    require_collector(couch, company, collector)

    def change(standing: Json | None) -> Json:
        return set_goal(
            standing, targets, collector=collector, month=month, currency=currency, by=by, now=now
        )

    written = _rewrite(couch, company, goal_id(collector, month), change)
    return describe(written, collector=collector, month=month, currency=currency)


def give_back_goal(couch: Couch, company: str, *, collector: str, month: str, currency: str) -> Json:
    """Let the ERP's word count again; the goal is gone where the ERP has none. Raise UnknownCollector."""
    require_collector(couch, company, collector)

    def change(standing: Json | None) -> Json | None:
        return release_goal(standing) if standing and "set_by" in standing else None

    written = _rewrite(couch, company, goal_id(collector, month), change)
    return describe(written, collector=collector, month=month, currency=currency)


def describe(goal: Json | None, *, collector: str, month: str, currency: str) -> Json:
    """A goal as the office reads it: every target, null where nothing is expected; `erp` is what it says."""
    said: Mapping[str, Any] = goal or {}
    erp = said.get("erp") if "set_by" in said else said
    return {
        "collector": collector,
        "month": month,
        "currency": said.get("currency", currency),
        **{name: said.get(name) for name in TARGETS},
        "set_by": said.get("set_by"),
        "set_at": said.get("set_at"),
        "erp": {name: erp.get(name) for name in TARGETS} if erp else None,
    }


def _rewrite(
    couch: Couch, company: str, document_id: str, change: Callable[[Json | None], Json | None]
) -> Json | None:
    """Write what `change` makes of what stands; return what stands then, None where nothing does."""
    for _ in range(ATTEMPTS):
        standing = couch.get(company, document_id)
        after = change(standing)
        if after is None or after == standing:
            return standing
        try:
            couch.put(company, after)
        except Conflict:
            continue
        return None if after.get("_deleted") else after
    raise Conflict(f"{company}/{document_id}", "conflict", "another process keeps writing it")


def _code(collector: Json) -> str:
    return str(collector["_id"]).partition(":")[2]

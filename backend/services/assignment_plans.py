"""Carrying a plan out, and taking it back: row by row, each told, as often as asked with the same end.

A row is written only where the customer still stands with whom the plan saw it; who was given to somebody
else meanwhile stays there, and the row says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.killpoints import reach
from backend.services.assignments import assignment_document
from backend.services.portfolio_loads import active_collectors, assignments_of
from receivables.documents import rfc3339

ROWS_PER_WRITE = 500
ATTEMPTS = 12

Decide = Callable[[Json, Json | None], tuple[str, str | None]]
"""Of a row and the standing assignment: what becomes of it, and to whom it is given where it is `written`."""


class PlanRefused(ValueError):
    """The plan can't be carried out; the message is the code of a problem."""


def find_plan(couch: Couch, company: str, plan: str) -> Json | None:
    return couch.get(company, f"assignment_plan:{plan}")


def apply_plan(couch: Couch, company: str, plan: str, *, by: str, now: datetime) -> Json | None:
    """Give every customer to whom the plan says; None where there is no such plan. Raise PlanRefused.

    Rows are `assigned`, `already` there, `changed` meanwhile, or their collector is `inactive`.
    """
    document = find_plan(couch, company, plan)
    if document is None:
        return None
    if document["refused"]:
        raise PlanRefused("plan_too_large_for_a_phone")
    if document["state"] == "undone":
        raise PlanRefused("plan_undone")
    active = {*active_collectors(couch, company)}

    def decide(row: Json, standing: Json | None) -> tuple[str, str | None]:
        now_with = (standing or {}).get("collector")
        if standing is not None and standing.get("plan") == plan and now_with == row["to"]:
            return "assigned", None
        if now_with == row["to"]:
            return "already", None
        if now_with != row["from"] or document["state"] == "applied":
            return "changed", None
        if row["to"] is not None and row["to"] not in active:
            return "inactive", None
        return "written", row["to"]

    rows = _write_rows(couch, company, document, decide, marks={"plan": plan}, by=by, now=now)
    rows = [{**row, "outcome": "assigned"} if row["outcome"] == "written" else row for row in rows]
    return _settle(couch, company, document, rows, state="applied", by=by, now=now)


def undo_plan(couch: Couch, company: str, plan: str, *, by: str, now: datetime) -> Json | None:
    """Give back what the plan moved and nobody has touched since; None where there is no such plan.

    Rows are `returned`, `already` back, or `changed` since.
    """
    document = find_plan(couch, company, plan)
    if document is None:
        return None
    if document["state"] == "preview":
        raise PlanRefused("plan_not_applied")

    def decide(row: Json, standing: Json | None) -> tuple[str, str | None]:
        stands = standing or {}
        if stands.get("plan") == plan and stands.get("collector") == row["to"]:
            return "written", row["from"]
        if stands.get("undone_plan") == plan:
            return "returned", None
        return ("already" if stands.get("collector") == row["from"] else "changed"), None

    rows = _write_rows(couch, company, document, decide, marks={"undone_plan": plan}, by=by, now=now)
    rows = [{**row, "outcome": "returned"} if row["outcome"] == "written" else row for row in rows]
    return _settle(couch, company, document, rows, state="undone", by=by, now=now)


def _write_rows(
    couch: Couch,
    company: str,
    document: Json,
    decide: Decide,
    *,
    marks: Json,
    by: str,
    now: datetime,
) -> list[Json]:
    told = []
    moves = document["moves"]
    for start in range(0, len(moves), ROWS_PER_WRITE):
        told += _write_some(
            couch, company, moves[start : start + ROWS_PER_WRITE], decide, marks=marks, by=by, now=now
        )
        reach("assignment.rows_written")
    return told


def _write_some(
    couch: Couch,
    company: str,
    moves: Sequence[Json],
    decide: Decide,
    *,
    marks: Json,
    by: str,
    now: datetime,
) -> list[Json]:
    """One read and one write; where somebody wrote in between, again for those rows."""
    told: dict[str, Json] = {}
    waiting = {row["customer"]: row for row in moves}
    for _ in range(ATTEMPTS):
        standing = assignments_of(couch, company, waiting)
        writes = []
        for customer, row in waiting.items():
            outcome, collector = decide(row, standing.get(customer))
            if outcome == "written":
                fresh = assignment_document(customer, collector, by=by, now=now) | marks
                rev = standing[customer]["_rev"] if customer in standing else None
                writes.append(fresh | ({"_rev": rev} if rev else {}))
            with_whom = collector if outcome == "written" else (standing.get(customer) or {}).get("collector")
            told[customer] = {"customer": customer, "outcome": outcome, "collector": with_whom}
        answers = couch.bulk(company, writes)
        waiting = {
            customer: waiting[customer]
            for answer in answers
            if answer.get("error") and (customer := answer["id"].partition(":")[2])
        }
        if not waiting:
            return [told[row["customer"]] for row in moves]
    raise Conflict(f"{company}/assignment:{min(waiting)}", "conflict", "another process keeps writing it")


def _settle(
    couch: Couch, company: str, document: Json, rows: Sequence[Json], *, state: str, by: str, now: datetime
) -> Json:
    """Keep what came of it; where somebody else did the same in between, theirs stands and is as true."""
    outcomes = dict(Counter(row["outcome"] for row in rows))
    document = document | {
        "state": state,
        f"{state}_at": rfc3339(now),
        f"{state}_by": by,
        "outcomes": outcomes,
    }
    try:
        couch.put(company, document)
    except Conflict:
        document = find_plan(couch, company, document["_id"].partition(":")[2]) or document
    return {
        "plan": document["_id"].partition(":")[2],
        "state": document["state"],
        "outcomes": outcomes,
        "rows": list(rows),
    }

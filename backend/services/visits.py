"""Visits of a day: started, and finished with an outcome where they were."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.pages import encode_cursor, read_page
from backend.services.photos import photos_by_fact

STARTED = 0
FINISHED = 1


def list_visits(
    couch: Couch, company: str, *, on: date, collector: str | None, limit: int, cursor: str | None
) -> Json:
    """A page of the day's visits, the latest started first. Raise BadCursor."""
    view, key = "visits_by_day", [on.isoformat()]
    if collector is not None:
        view, key = "visits_by_collector", [collector, on.isoformat()]
    # a visit is two rows, its end and its start: one more than asked for tells whether the last is cut in two
    page = read_page(
        couch, company, view, start=[*key, {}], end=key, limit=2 * limit + 1, cursor=cursor, descending=True
    )
    groups: dict[Any, dict[int, Json]] = {}
    firsts: dict[Any, Json] = {}
    for row in page.rows:
        ulid, part = row["key"][-2], row["key"][-1]
        groups.setdefault(ulid, {})[part] = row["doc"]
        firsts.setdefault(ulid, row)
    ulids = list(groups)
    next_cursor = page.next_cursor
    if next_cursor is not None and 1 < len(ulids) <= limit:
        ulids = ulids[:-1]  # its other half may be on the next page
        cut = firsts[list(groups)[-1]]
        next_cursor = encode_cursor(cut["key"], cut["id"])
    elif len(ulids) > limit:
        cut = firsts[ulids[limit]]
        next_cursor = encode_cursor(cut["key"], cut["id"])
        ulids = ulids[:limit]
    visits = [groups[ulid] for ulid in ulids]
    return {"items": _describe(couch, company, visits), "next_cursor": next_cursor}


def _describe(couch: Couch, company: str, visits: list[dict[int, Json]]) -> list[Json]:
    starts = [visit[STARTED]["_id"] for visit in visits if FINISHED not in visit]
    finished_elsewhere = _finished(couch, company, starts)
    facts = [visit.get(FINISHED) or finished_elsewhere.get(visit[STARTED]["_id"]) for visit in visits]
    some = [finish or visit[STARTED] for finish, visit in zip(facts, visits, strict=True)]
    customers = couch.get_many(company, [f"customer:{fact['customer']}" for fact in some])
    labels = outcome_labels(couch, company)
    photos = photos_by_fact(couch, company, {name for fact in some for name in _names_of(fact)})
    return [
        _item(visit.get(STARTED), finish, customers, labels)
        | {"photos": [photo for name in sorted(_names_of(fact)) for photo in photos.get(name, ())]}
        for fact, finish, visit in zip(some, facts, visits, strict=True)
    ]


def _names_of(fact: Json) -> set[str]:
    """Under which ids a visit may be photographed: its own and its start's."""
    return {fact["_id"], fact.get("start", fact["_id"])}


def outcome_labels(couch: Couch, company: str) -> dict[str, dict[str, str]]:
    """The words of each outcome, by code and language."""
    catalogue = couch.get(company, "catalogue:outcomes") or {"items": []}
    return {item["code"]: item["label"] for item in catalogue["items"]}


def _finished(couch: Couch, company: str, starts: list[str]) -> dict[str, Json]:
    """Visits by the id of their start: those that ended on another day than they began."""
    if not starts:
        return {}
    rows = couch.view(company, DDOC, "visits_by_start", keys=starts, include_docs=True)
    return {row["key"]: row["doc"] for row in rows}


def _item(
    start: Json | None, finish: Json | None, customers: dict[str, Json], labels: dict[str, dict[str, str]]
) -> Json:
    fact = finish or start or {}
    customer = customers.get(f"customer:{fact['customer']}")
    place = finish.get("place") if finish else None
    return {
        "id": fact["_id"],
        "collector": fact["collector"],
        "customer": fact["customer"],
        "customer_name": customer["name"] if customer else None,
        "started_at": finish["started_at"] if finish else fact["created_at"],
        "finished_at": finish["finished_at"] if finish else None,
        "outcome": finish["outcome"] if finish else None,
        "outcome_label": labels.get(finish["outcome"]) if finish else None,
        "comment": finish["comment"] if finish else None,
        "next_visit_at": finish.get("next_visit_at") if finish else None,
        "place": place or (start.get("place") if start else None),
        "distance_m": start.get("distance_m") if start else None,
        "away_reason": finish.get("away_reason") if finish else None,
        "open": finish is None,
    }

"""The day in figures, for the whole company and for each collector, read from counted and added views."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.receipts import collected_on, count_states, voided_receipts_of
from receivables.money import minor_from_json


def summarise_day(couch: Couch, company: str, *, on: date, currency: str) -> Json:
    """What the company did on a day: collected, receipts by state, visits, goals, exceptions that wait."""
    collected = collected_on(couch, company, on=on, currency=currency)
    collectors = [
        doc["_id"].partition(":")[2] for doc in _collectors(couch, company) if doc.get("active", True)
    ]
    goals = _goals(couch, company, collectors, on, currency)
    return {
        "on": on.isoformat(),
        "currency": currency,
        "collected": {"total": collected.total, "by_method": collected.by_method},
        "receipts": count_states(couch, company, on=on),
        "visits": _visits(couch, company, on),
        "goal": {
            "amount_day": _total_goal([goal["amount_day"] for goal in goals.values()]),
            "visits_day": _total_goal([goal["visits_day"] for goal in goals.values()]),
            "effective_day": _total_goal([goal["effective_day"] for goal in goals.values()]),
        },
        "exceptions_open": count_exceptions(couch, company, "open"),
    }


def list_collectors(couch: Couch, company: str, *, on: date, currency: str, today: date) -> list[Json]:
    """Each collector's day, by name, and where he or she was last seen."""
    documents = _collectors(couch, company)
    codes = [str(doc["_id"]).partition(":")[2] for doc in documents]
    seen = _last_seen(couch, company, codes, on, today)
    collected = _collected_by_collector(couch, company, on, currency)
    counts = _counts_by_collector(couch, company, on)
    customers = {
        row["key"]: row["value"] for row in couch.view(company, DDOC, "assignment_counts", group=True)
    }
    goals = _goals(couch, company, codes, on, currency)
    items = [
        {
            "collector": code,
            "name": doc["name"],
            "active": doc.get("active", True),
            "last_position": seen.get(code, {}).get("position"),
            "last_fact_at": seen.get(code, {}).get("fact_at"),
            "collected": sum(collected[code].values()),
            "by_method": {method: amount for method, amount in sorted(collected[code].items()) if amount},
            "visits": counts[code]["visit"],
            "receipts": counts[code]["receipt"],
            "customers": customers.get(code, 0),
            "goal": goals.get(code, {"amount_day": None, "visits_day": None, "effective_day": None}),
        }
        for code, doc in zip(codes, documents, strict=True)
    ]
    return sorted(items, key=lambda item: (str(item["name"]).lower(), item["collector"]))


def count_exceptions(couch: Couch, company: str, state: str) -> int:
    """How many exceptions are in a state."""
    rows = couch.view(
        company, DDOC, "exceptions_by_state", start_key=[state], end_key=[state, {}], group_level=1
    )
    return int(rows[0]["value"]) if rows else 0


def _collectors(couch: Couch, company: str) -> list[Json]:
    rows = couch.all_docs(company, start_key="collector:", end_key="collector:\ufff0", include_docs=True)
    return [row["doc"] for row in rows]


def _visits(couch: Couch, company: str, on: date) -> Json:
    day = on.isoformat()
    rows = couch.view(
        company, DDOC, "counts_by_day", start_key=["day", day], end_key=["day", day, {}], group_level=4
    )
    catalogue = couch.get(company, "catalogue:outcomes") or {"items": []}
    effective = {item["code"] for item in catalogue["items"] if item.get("effective")}
    counts: Counter[str] = Counter()
    for row in rows:
        _, _, kind, outcome = row["key"]
        counts[kind] += row["value"]
        if kind == "visit" and outcome in effective:
            counts["effective"] += row["value"]
    return {
        "started": counts["visit_start"],
        "finished": counts["visit"],
        "effective": counts["effective"],
    }


def _collected_by_collector(
    couch: Couch, company: str, on: date, currency: str
) -> defaultdict[str, Counter[str]]:
    prefix = [on.isoformat(), currency]
    rows = couch.view(
        company,
        DDOC,
        "totals_by_day_collector",
        start_key=prefix,
        end_key=[*prefix, {}],
        group_level=4,
    )
    collected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        _, _, collector, method = row["key"]
        collected[collector][method] += minor_from_json(row["value"])
    for receipt in voided_receipts_of(couch, company, on):
        if receipt["currency"] == currency:
            for payment in receipt["payments"]:
                collected[receipt["collector"]][payment["method"]] -= minor_from_json(payment["amount"])
    return collected


def _counts_by_collector(couch: Couch, company: str, on: date) -> defaultdict[str, Counter[str]]:
    day = on.isoformat()
    rows = couch.view(
        company,
        DDOC,
        "counts_by_day",
        start_key=["collector", day],
        end_key=["collector", day, {}],
        group_level=4,
    )
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        _, _, collector, kind = row["key"]
        counts[collector][kind] += row["value"]
    for receipt in voided_receipts_of(couch, company, on):
        counts[receipt["collector"]]["receipt"] -= 1
    return counts


def _last_seen(couch: Couch, company: str, codes: list[str], on: date, today: date) -> dict[str, Json]:
    """Today it is the last position ever, so that one who sends nothing is still on the map; of the past,
    the day's.
    """
    if on >= today:
        rows = couch.view(company, DDOC, "positions_by_collector", group_level=1)
    elif codes:
        keys = [[code, on.isoformat()] for code in codes]
        rows = couch.view(company, DDOC, "positions_by_collector", keys=keys, group=True)
    else:
        rows = []
    return {row["key"][0]: row["value"] for row in rows}


def _goals(couch: Couch, company: str, codes: list[str], on: date, currency: str) -> dict[str, Json]:
    found = couch.get_many(company, [f"goal:{code}:{on:%Y-%m}" for code in codes])
    goals: dict[str, Json] = {}
    for document in found.values():
        same = document.get("currency", currency) == currency
        goals[document["collector"]] = {
            "amount_day": document.get("amount_day") if same else None,
            "visits_day": document.get("visits_day"),
            "effective_day": document.get("effective_day"),
        }
    return goals


def _total_goal(values: list[Any]) -> int | None:
    known = [minor_from_json(value) for value in values if value is not None]
    return sum(known) if known else None

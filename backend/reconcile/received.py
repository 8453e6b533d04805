"""`received:<collector>`: which of a collector's facts the centre has; the phone shows them as *received*."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backend.couch.client import Json
from backend.reconcile.tuning import RECEIVED_ENTRIES
from receivables.documents import SCHEMA
from receivables.identifiers import BadIdentifier, parse_receipt_id

_KEPT = ("kept_since", "waiting")


def received_id(collector: str) -> str:
    return f"received:{collector}"


def merge_received(current: Json | None, collector: str, fact_ids: Iterable[str]) -> Json:
    """The document with `fact_ids` in it: per series the highest counters, of the other facts the newest.

    The same whatever the order in which the facts are told, and however often.
    """
    counters = {series: set(numbers) for series, numbers in (current or {}).get("receipts", {}).items()}
    others = set((current or {}).get("others", []))
    for fact_id in fact_ids:
        try:
            series, counter = parse_receipt_id(fact_id)
        except BadIdentifier:
            others.add(fact_id)
        else:
            counters.setdefault(series, set()).add(counter)
    return {
        "_id": received_id(collector),
        "schema": SCHEMA,
        "receipts": {
            series: sorted(numbers)[-RECEIVED_ENTRIES:] for series, numbers in sorted(counters.items())
        },
        "others": sorted(others, key=_written)[-RECEIVED_ENTRIES:],
        **{name: current[name] for name in _KEPT if current and name in current},
    }


def keep_since(current: Json | None, collector: str, since: date, waiting: Iterable[str]) -> Json:
    """The document that says: the collector's database holds no fact of a day before `since` but those that
    still matter, and the centre has them all but the `waiting` ones.
    """
    standing = current or merge_received(None, collector, ())
    return standing | {"kept_since": since.isoformat(), "waiting": sorted(waiting)}


def _written(fact_id: str) -> tuple[str, str]:
    """A ULID begins with the millisecond at which it was made."""
    return fact_id.rpartition(":")[2], fact_id

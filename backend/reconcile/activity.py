"""`activity:<customer>`: the last things that anyone did there, for whoever knocks next.

Merged from facts one by one, in any order and any number of times, with the same result: an item is known by
the fact that it tells of, and the newest are kept by (instant, fact).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.couch.client import Json
from backend.reconcile.tuning import ACTIVITY_ITEMS
from receivables.documents import SCHEMA
from receivables.money import Money

TOLD = frozenset({
    "visit", "receipt", "receipt_void", "promise", "dispute", "informed_payment", "note", "location_update",
    "dunning_notice", "contact_attempt", "consent",
})  # fmt: skip
"""Facts that make an item; a started visit tells nothing that the finished one does not."""

_HAPPENED = {"visit": "finished_at", "dunning_notice": "sent_at"}
# What the rules of contact ask of a contact that is past.
_JUDGED_BY = {"visit": ("outcome",), "contact_attempt": ("channel", "direct", "of")}
_TOLD_OF = {
    "receipt": ("number", "total", "currency"),
    "receipt_void": ("receipt", "reason"),
    "promise": ("amount", "currency", "promised_on"),
    "dispute": ("invoice", "amount", "currency", "reason", "text"),
    "informed_payment": ("amount", "currency", "paid_on", "reference", "text"),
    "visit": ("comment",),
    "note": ("text",),
    "location_update": ("reference", "reason"),
    "dunning_notice": ("note", "subject"),
    "consent": ("contact", "channels", "given"),
}
"""Of each kind what a screen says in its own language; `text` is for a phone that does not know of it."""
_MAX_TEXT = 500  # a comment's length on the phone; twenty items stay a few kilobytes


def activity_id(customer: str) -> str:
    return f"activity:{customer}"


def item_of(fact: Mapping[str, Any]) -> Json:
    """What the next collector reads. Raise ValueError, TypeError or KeyError for a malformed fact."""
    kind = str(fact["_id"]).partition(":")[0]
    at = fact[_HAPPENED.get(kind, "created_at")]
    return {
        "at": str(at),
        "kind": kind,
        "by": str(fact["collector"]),
        "text": _text_of(kind, fact)[:_MAX_TEXT],
        "ref": str(fact["_id"]),
        "told": {name: _short(fact[name]) for name in _TOLD_OF.get(kind, ()) if fact.get(name) is not None},
        **{name: fact[name] for name in _JUDGED_BY.get(kind, ())},
    }


def merge_activity(current: Json | None, customer: str, items: Iterable[Json]) -> Json:
    """The document with `items` in it; unchanged where they stand there already or are too old to."""
    by_ref = {item["ref"]: item for item in (current or {}).get("items", [])}
    by_ref |= {item["ref"]: item for item in items}
    newest = sorted(by_ref.values(), key=lambda item: (item["at"], item["ref"]), reverse=True)
    return {"_id": activity_id(customer), "schema": SCHEMA, "items": newest[:ACTIVITY_ITEMS]}


def _text_of(kind: str, fact: Mapping[str, Any]) -> str:
    match kind:
        case "receipt":
            parts = [fact["number"], _amount(fact["total"], fact["currency"])]
        case "visit":
            parts = [fact["outcome"], fact.get("comment")]
        case "promise":
            parts = [_amount(fact["amount"], fact["currency"]), fact["promised_on"]]
        case "dispute":
            parts = [
                fact["invoice"],
                _amount(fact["amount"], fact["currency"]),
                fact["reason"],
                fact.get("text"),
            ]
        case "informed_payment":
            amount = _amount(fact["amount"], fact["currency"])
            parts = [amount, fact["paid_on"], fact.get("reference"), fact.get("text")]
        case "receipt_void":
            parts = [fact["receipt"], fact["reason"]]
        case "note":
            parts = [fact["text"]]
        case "contact_attempt":
            parts = [fact["channel"]]
        case "consent":
            parts = [fact["contact"], ", ".join(fact["channels"]), "yes" if fact["given"] else "no"]
        case "location_update":
            parts = [fact.get("reference"), fact.get("reason")]
        case _:
            parts = [fact.get("note") or fact.get("subject")]
    return " · ".join(str(part) for part in parts if part)


def _short(value: Any) -> Any:
    return value[:_MAX_TEXT] if isinstance(value, str) else value


def _amount(minor: Any, currency: Any) -> str:
    return f"{Money.from_json(minor, str(currency)).to_decimal()} {currency}"

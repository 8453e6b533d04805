"""Receipts as the office sees them: the fact, the ERP's answer to it, and whether it was voided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.pages import BadCursor, decode_cursor, encode_cursor, read_page
from receivables.identifiers import BadIdentifier, parse_receipt_number, posting_id, receipt_id
from receivables.money import minor_from_json

RECEIVED = "received"
STATES = (RECEIVED, "sending", "posted", "retry", "rejected", "voided")


@dataclass(frozen=True, slots=True)
class Collected:
    """What valid receipts add up to; `by_method` makes `total`."""

    count: int
    total: int
    by_method: dict[str, int]

    def to_json(self) -> Json:
        return {"count": self.count, "amount": self.total, "by_method": self.by_method}


def list_receipts(
    couch: Couch,
    company: str,
    *,
    on: date,
    currency: str,
    collector: str | None,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> Json:
    """A page of the day's receipts, newest first, and what all of them add up to. Raise BadCursor."""
    if state is not None:
        return _list_of_state(
            couch,
            company,
            on=on,
            currency=currency,
            collector=collector,
            state=state,
            limit=limit,
            cursor=cursor,
        )
    view, key = _bounds(on, collector)
    page = read_page(
        couch, company, view, start=[*key, {}], end=key, limit=limit, cursor=cursor, descending=True
    )
    return {
        "items": describe_receipts(couch, company, [row["doc"] for row in page.rows]),
        "total": collected_on(couch, company, on=on, currency=currency, collector=collector).to_json(),
        "next_cursor": page.next_cursor,
    }


def find_receipt(couch: Couch, company: str, number: str) -> Json | None:
    """The described receipt of a number, or None."""
    doc = find_receipt_document(couch, company, number)
    return describe_receipts(couch, company, [doc])[0] if doc else None


def find_receipt_document(couch: Couch, company: str, number: str) -> Json | None:
    """The receipt as it was written, or None."""
    try:
        series, counter = parse_receipt_number(number)
    except BadIdentifier:
        return None
    return couch.get(company, receipt_id(series, counter))


def describe_receipts(couch: Couch, company: str, receipts: list[Json]) -> list[Json]:
    """What the API says of each receipt, in the order given."""
    ids = [receipt["_id"] for receipt in receipts]
    postings = couch.get_many(company, [posting_id(id_) for id_ in ids])
    customers = couch.get_many(company, [f"customer:{receipt['customer']}" for receipt in receipts])
    voids = find_voids(couch, company, ids)
    return [
        _describe(
            receipt,
            posting=postings.get(posting_id(receipt["_id"])),
            customer=customers.get(f"customer:{receipt['customer']}"),
            void=voids.get(receipt["_id"]),
        )
        for receipt in receipts
    ]


def find_voids(couch: Couch, company: str, receipts: list[str]) -> dict[str, Json]:
    """The first void `{at, by, reason}` of each of these receipts that has one."""
    if not receipts:
        return {}
    rows = couch.view(company, DDOC, "voids_by_receipt", keys=receipts)
    first: dict[str, Json] = {}
    for row in sorted(rows, key=lambda row: str(row["value"]["at"])):
        first.setdefault(row["key"], row["value"])
    return first


def collected_on(
    couch: Couch, company: str, *, on: date, currency: str, collector: str | None = None
) -> Collected:
    """What was collected on a day, by method, without the receipts that were voided since."""
    day = on.isoformat()
    view, prefix = "totals_by_day_method", [day, currency]
    counted: list[Any] = ["day", day, "receipt"]
    if collector is not None:
        view, prefix = "totals_by_day_collector", [day, currency, collector]
        counted = ["collector", day, collector, "receipt"]
    rows = couch.view(
        company, DDOC, view, start_key=prefix, end_key=[*prefix, {}], group_level=len(prefix) + 1
    )
    by_method = Counter({row["key"][-1]: minor_from_json(row["value"]) for row in rows})
    counts = couch.view(company, DDOC, "counts_by_day", start_key=counted, end_key=[*counted, {}])
    count = int(counts[0]["value"]) if counts else 0
    voided = [
        receipt
        for receipt in voided_receipts_of(couch, company, on)
        if receipt["currency"] == currency and collector in {None, receipt["collector"]}
    ]
    for receipt in voided:
        by_method.subtract(_by_method(receipt))
    kept = {method: amount for method, amount in sorted(by_method.items()) if amount}
    return Collected(count - len(voided), sum(kept.values()), kept)


def voided_receipts_of(couch: Couch, company: str, on: date) -> list[Json]:
    """The receipts of a day that were voided, then or later."""
    # a phone whose clock is a day behind voids "yesterday" what it wrote today
    since = (on - timedelta(days=1)).isoformat()
    rows = couch.view(company, DDOC, "voids_by_day", start_key=since)
    receipts = couch.get_many(company, [row["value"] for row in rows])
    return [receipt for receipt in receipts.values() if receipt["local_on"] == on.isoformat()]


def count_states(couch: Couch, company: str, *, on: date) -> dict[str, int]:
    """How many of the day's receipts stand in each state of `STATES`."""
    day = on.isoformat()
    rows = couch.view(company, DDOC, "receipts_by_day", start_key=[day], end_key=[day, {}])
    postings = couch.get_many(company, [posting_id(row["id"]) for row in rows])
    counts = Counter(str(posting["state"]) for posting in postings.values())
    counts[RECEIVED] += len(rows) - len(postings)
    return {"count": len(rows), **{state: counts[state] for state in STATES}}


def _list_of_state(
    couch: Couch,
    company: str,
    *,
    on: date,
    currency: str,
    collector: str | None,
    state: str,
    limit: int,
    cursor: str | None,
) -> Json:
    """A state is no view's key, because it stands in another document: the day's receipts are sieved here."""
    view, key = _bounds(on, collector)
    rows = couch.view(company, DDOC, view, start_key=[*key, {}], end_key=key, descending=True)
    wanted = _ids_in_state(couch, company, [row["id"] for row in rows], state)
    every = describe_receipts(couch, company, list(couch.get_many(company, wanted).values()))
    # the cursor's receipt may have left the state meanwhile, but never the day
    following = [row for row in rows[_position(rows, cursor) :] if row["id"] in wanted]
    described = {item["id"]: item for item in every}
    beyond = following[limit : limit + 1]
    return {
        "items": [described[row["id"]] for row in following[:limit]],
        "total": _add_up(every, currency).to_json(),
        "next_cursor": encode_cursor(beyond[0]["key"], beyond[0]["id"]) if beyond else None,
    }


def _position(rows: list[Json], cursor: str | None) -> int:
    if cursor is None:
        return 0
    _, doc_id = decode_cursor(cursor)
    for index, row in enumerate(rows):
        if row["id"] == doc_id:
            return index
    raise BadCursor("the cursor belongs to another list")


def _bounds(on: date, collector: str | None) -> tuple[str, list[Any]]:
    if collector is None:
        return "receipts_by_day", [on.isoformat()]
    return "receipts_by_collector", [collector, on.isoformat()]


def _ids_in_state(couch: Couch, company: str, ids: list[str], state: str) -> set[str]:
    postings = couch.get_many(company, [posting_id(id_) for id_ in ids])
    return {id_ for id_ in ids if _state(postings.get(posting_id(id_))) == state}


def _state(posting: Json | None) -> str:
    return str(posting["state"]) if posting else RECEIVED


def _describe(receipt: Json, *, posting: Json | None, customer: Json | None, void: Json | None) -> Json:
    decided = posting or receipt  # the allocation that counts is the one decided when it was claimed
    return {
        "id": receipt["_id"],
        "number": receipt["number"],
        "collector": receipt["collector"],
        "customer": receipt["customer"],
        "customer_name": customer["name"] if customer else None,
        "created_at": receipt["created_at"],
        "local_on": receipt["local_on"],
        "total": minor_from_json(receipt["total"]),
        "currency": receipt["currency"],
        "payments": receipt["payments"],
        "allocations": decided.get("allocations", receipt["allocations"]),
        "on_account": minor_from_json(decided.get("on_account", receipt["on_account"])),
        "write_offs": decided.get("write_offs") or [],
        "place": receipt.get("place"),
        "state": _state(posting),
        "erp_number": posting.get("erp_number") if posting else None,
        "reason": posting.get("reason") if posting else None,
        "posted_at": posting.get("posted_at") if posting else None,
        "void": void,
    }


def _by_method(receipt: Json) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for payment in receipt["payments"]:
        amounts[payment["method"]] += minor_from_json(payment["amount"])
    return amounts


def _add_up(items: Iterable[Json], currency: str) -> Collected:
    valid = [item for item in items if item["currency"] == currency and item["void"] is None]
    by_method = sum((_by_method(item) for item in valid), Counter[str]())
    return Collected(len(valid), sum(by_method.values()), dict(sorted(by_method.items())))

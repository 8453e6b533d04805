"""What a company's dunning is decided from: overdue invoices, what was collected since, promises, earlier
claims.

An invoice counts as open only by what nobody has paid yet: a receipt that reached the centre this morning is
subtracted although the ERP has not counted it. A claim after a payment is the complaint that customers make
most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from receivables.balances import provisional_open_items
from receivables.dunning import DunningPolicy, Notice, SentNotice, plan
from receivables.identifiers import posting_id
from receivables.promises import (
    Promise,
    PromiseState,
    PromiseTerms,
    judge_promise,
    payments_towards,
    protected_invoices,
)


def plan_notices(
    couch: Couch, company: str, policy: DunningPolicy, *, on: date, customer: str | None = None
) -> list[Notice]:
    """The notices of the day: of all customers or, just before sending, of one."""
    invoices = _overdue_invoices(couch, company, policy, on=on, customer=customer)
    # Read after the invoices, receipts can only make less open, never more.
    receipts = _receipts(couch, company, invoices)
    items = provisional_open_items(invoices, receipts)
    past = _documents(couch, company, "dunning_by_customer", sorted({item.customer for item in items}))
    history = [SentNotice.from_json(doc) for doc in past if doc["_id"].startswith("dunning_notice:")]
    promises = [Promise.from_json(doc) for doc in past if doc["_id"].startswith("promise:")]
    excluded = protected_invoices(items, _pending(promises, receipts, on=on))
    return plan(items, policy, history, on=on, excluded=excluded)


def _overdue_invoices(
    couch: Couch, company: str, policy: DunningPolicy, *, on: date, customer: str | None
) -> list[Json]:
    if customer is not None:
        return _documents(couch, company, "open_invoices", [customer])
    last = on - timedelta(days=policy.tolerance_days + 1)
    rows = couch.view(company, DDOC, "invoices_by_due_date", end_key=[last.isoformat(), {}])
    return list(couch.get_many(company, [row["id"] for row in rows]).values())


def _receipts(couch: Couch, company: str, invoices: Sequence[Json]) -> list[Json]:
    """The receipts that name one of the invoices, each with the allocation that counts."""
    numbers = [str(invoice["number"]) for invoice in invoices]
    found = {doc["_id"]: doc for doc in _documents(couch, company, "receipts_by_invoice", numbers)}
    postings = couch.get_many(company, [posting_id(receipt) for receipt in found])
    return [_effective(doc, postings.get(posting_id(receipt))) for receipt, doc in found.items()]


def _effective(receipt: Json, posting: Mapping[str, Any] | None) -> Json:
    """As decided when it was claimed.

    What the ERP refused was paid all the same: people sort it out first.
    """
    if posting is None or posting["state"] == "rejected":
        return receipt
    decided = {"allocations": posting["allocations"], "write_offs": posting.get("write_offs") or []}
    return {**receipt, **decided}


def _pending(promises: Sequence[Promise], receipts: Sequence[Json], *, on: date) -> list[Promise]:
    terms = PromiseTerms()
    return [
        promise
        for promise in promises
        if judge_promise(
            promise, payments_towards(promise, receipts), on=on, terms=terms, others=promises
        ).state
        is PromiseState.PENDING
    ]


def _documents(couch: Couch, company: str, view: str, keys: Sequence[str]) -> list[Json]:
    if not keys:
        return []
    rows: list[dict[str, Any]] = couch.view(company, DDOC, view, keys=list(keys), include_docs=True)
    return [row["doc"] for row in rows if row.get("doc")]

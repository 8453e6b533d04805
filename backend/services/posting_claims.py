"""The claim of a receipt for posting: its effective allocation, decided once and never again.

Two phones may have been paid for the same invoice. What the invoice still has open, minus what earlier
claims took and its balance does not reflect yet, is the most that a receipt can take; the excess goes on
account, because the money is real. A small difference is written off only where it still settles its invoice
within the company's tolerance; one that does not leaves its invoice open, and the posting says so.

Claims are made one after the other, even by several processes: each is first announced in one document, with
its decision. Whoever finds an announced claim writes it down before deciding another one, so a process that
stops between the two writes holds nobody up, and no two decisions are made on the same balance.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from backend import killpoints
from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.erp.outgoing import OutgoingReceipt
from backend.services.withholding_checks import as_posted, checks_of, validated_lines
from receivables.allocation import Allocation, cap_allocations
from receivables.documents import SCHEMA, BadDocument, parse_instant, rfc3339
from receivables.identifiers import posting_id
from receivables.invoices import Invoice
from receivables.money import Money
from receivables.policies import CollectionPolicy
from receivables.receipts import Receipt
from receivables.validation import Problem
from receivables.write_offs import cap_write_offs, not_in_erp

log = logging.getLogger("recaudo.erp")

TURN = "erp_cursor:claims"


def claim(couch: Couch, company: str, receipt: Receipt, *, now: datetime, voided: bool = False) -> Json:
    """The posting of `receipt`, made now or by whoever came first; one that was voided before is not sent."""

    def first(standing: Json | None) -> Json | None:
        if standing is not None:
            return None
        if voided:
            return decide_void(receipt, now=now)
        return _decide_now(couch, company, receipt, now=now)

    return decide_in_turn(couch, company, posting_id(receipt.id), first)


def claim_again(couch: Couch, company: str, receipt: Receipt, *, now: datetime) -> Json:
    """Claim anew a receipt that the ERP rejected, with what is open now; any other posting is left alone.

    A rejected posting holds nothing of an invoice, so another receipt may have taken its place meanwhile.
    """

    def anew(standing: Json | None) -> Json | None:
        if standing is None or standing["state"] != "rejected":
            return None
        return following(standing, _decide_now(couch, company, receipt, now=now))

    return decide_in_turn(couch, company, posting_id(receipt.id), anew)


def claim_void(couch: Couch, company: str, receipt: Receipt, *, now: datetime) -> Json:
    """See to it that a receipt which is not in the ERP's books never gets there.

    Return its posting; one that is `posted`, or may be, is left as it is.
    """

    def out_of_the_way(standing: Json | None) -> Json | None:
        if standing is None:
            return decide_void(receipt, now=now)
        if standing["state"] == "rejected":
            return following(standing, decide_void(receipt, now=now))
        return None

    return decide_in_turn(couch, company, posting_id(receipt.id), out_of_the_way)


def decide_in_turn(
    couch: Couch, company: str, own: str, decide: Callable[[Json | None], Json | None]
) -> Json:
    """The document `own` after a decision that no other was made beside.

    `decide` is given the document as it stands, and gives the new one, or None to leave it.
    """
    while True:
        turn = couch.get(company, TURN) or {"_id": TURN, "schema": SCHEMA}
        announced: Json | None = turn.get("posting")
        written = couch.get_many(company, [own, announced["_id"]] if announced else [own])
        if announced and _number(written.get(announced["_id"])) < _number(announced):
            written[announced["_id"]] = _write_down(couch, company, announced)
        standing = written.get(own)
        decided = decide(standing)
        if decided is None:
            if standing is None:
                raise BadDocument(f"{own} is missing")
            return standing
        try:
            couch.put(company, {**turn, "posting": decided})
        except Conflict:
            continue
        killpoints.reach("erp.out.announced")
        return _write_down(couch, company, decided)


def following(standing: Json, decided: Json) -> Json:
    """`decided` in the place of what stands."""
    return {**decided, "_rev": standing["_rev"], "claim": _number(standing) + 1}


def _number(document: Json | None) -> int:
    """Which claim a document is: 0 without any, 1 for the first."""
    return int(document.get("claim", 1)) if document else 0


def decide_void(receipt: Receipt, *, now: datetime) -> Json:
    """The posting of a receipt that is not to be posted: it holds nothing and is final."""
    nothing = {"state": "voided", "allocations": [], "on_account": 0}
    tolerance = Money.zero(receipt.total.currency)
    return {**decide(receipt, {}, tolerance=tolerance, now=now), **nothing}


def _decide_now(couch: Couch, company: str, receipt: Receipt, *, now: datetime) -> Json:
    """The posting by what is open now, with what is to be thought of the receipt's withholdings now."""
    balances = open_balances(couch, company, receipt)
    posting = decide(receipt, balances, tolerance=_tolerance(couch, company, receipt), now=now)
    checks = checks_of(couch, company, receipt.source)
    return {**posting, "withholdings": checks} if checks else posting


def _tolerance(couch: Couch, company: str, receipt: Receipt) -> Money:
    """The most that may be written off of an invoice of this receipt, by the policy as it is now."""
    currency = receipt.total.currency
    if not receipt.write_offs:
        return Money.zero(currency)
    policy = couch.get(company, "policy:collection")
    return CollectionPolicy.from_json(policy).tolerance_in(currency) if policy else Money.zero(currency)


def decide(
    receipt: Receipt, open_by_invoice: Mapping[str, Money], *, tolerance: Money, now: datetime
) -> Json:
    """The posting that a receipt gets when its invoices have this much open."""
    currency = receipt.total.currency
    effective, excess = cap_allocations(receipt.allocations, open_by_invoice, currency=currency)
    settled, refused = cap_write_offs(receipt.write_offs, effective, open_by_invoice, tolerance=tolerance)
    return {
        "_id": posting_id(receipt.id),
        "schema": SCHEMA,
        "receipt": receipt.id,
        "customer": receipt.customer,
        "collector": receipt.collector,
        "state": "sending",
        "allocations": [line.to_json() for line in effective],
        "on_account": (receipt.on_account + excess).minor,
        **({"write_offs": [line.to_json() for line in settled]} if settled else {}),
        **({"refused_write_offs": [_refused(each) for each in refused]} if refused else {}),
        "currency": currency,
        "attempts": 1,
        "claimed_at": rfc3339(now),
        "posted_at": None,
        "erp_number": None,
        "reason": None,
    }


def _refused(problem: Problem) -> Json:
    return {"invoice": problem.data["invoice"], "code": problem.code, "data": dict(problem.data)}


def without_write_offs(posting: Json) -> Json:
    """What changes in a posting whose ERP has no place for small differences: they stay open."""
    settled = (Allocation.from_json(line, posting["currency"]) for line in posting["write_offs"])
    nowhere = [_refused(not_in_erp(each)) for each in settled]
    return {"write_offs": [], "refused_write_offs": [*posting.get("refused_write_offs", ()), *nowhere]}


def outgoing(receipt: Receipt, posting: Json) -> OutgoingReceipt:
    """The receipt as the ERP is given it: with the allocation that was decided, not the one asked for."""
    return OutgoingReceipt(
        receipt_id=receipt.id,
        number=receipt.number,
        customer=receipt.customer,
        collector=receipt.collector,
        created_at=parse_instant(receipt.created_at),
        local_on=datetime.fromisoformat(receipt.local_on).date(),
        currency=receipt.total.currency,
        total=receipt.total.minor,
        payments=as_posted(receipt.source["payments"], posting, validated_lines(posting)),
        allocations=[(line["invoice"], line["amount"]) for line in posting["allocations"]],
        on_account=posting["on_account"],
        write_offs=[(line["invoice"], line["amount"]) for line in posting.get("write_offs") or ()],
    )


def open_balances(couch: Couch, company: str, receipt: Receipt) -> dict[str, Money]:
    """What each of the receipt's invoices can still take.

    One of another customer, or cancelled, or that cannot be read, takes nothing.
    """
    numbers = [line.invoice for line in receipt.allocations]
    documents = couch.get_many(company, [f"invoice:{number}" for number in numbers])
    invoices = [invoice for document in documents.values() if (invoice := _readable(document))]
    claimed = claimed_amounts(couch, company, invoices)
    return {
        invoice.number: Money(
            max(0, invoice.balance.minor - claimed[invoice.number]), invoice.balance.currency
        )
        for invoice in invoices
        if invoice.customer == receipt.customer and invoice.state == "open"
    }


def _readable(document: Json) -> Invoice | None:
    try:
        return Invoice.from_json(document)
    except BadDocument as problem:
        log.warning("%s", problem)
        return None


def claimed_amounts(couch: Couch, company: str, invoices: list[Invoice]) -> dict[str, int]:
    """Minor units that postings took from each invoice and its balance does not reflect yet."""
    amounts = {invoice.number: 0 for invoice in invoices}
    reflects = {invoice.number: invoice.reflects for invoice in invoices}
    rows = couch.view(company, DDOC, "postings_by_invoice", keys=list(amounts)) if amounts else []
    for row in rows:
        value: Mapping[str, Any] = row["value"]
        if value["receipt"] not in reflects[row["key"]]:
            amounts[row["key"]] += int(value["amount"])
    return amounts


def _write_down(couch: Couch, company: str, posting: Json) -> Json:
    """Write an announced decision, unless it stands; return what stands.

    What it takes the place of may have been written to since, by the office's word on a withholding: that is
    no later decision, and gives way.
    """
    while True:
        try:
            return {**posting, "_rev": couch.put(company, posting)}
        except Conflict:
            existing = couch.get(company, posting["_id"])
            if existing is None:  # a posting is never deleted; somebody tidied the database by hand
                raise
            if _number(existing) >= _number(posting):
                return existing
            posting = {**posting, "_rev": existing["_rev"]}

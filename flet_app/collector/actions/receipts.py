"""Recording a receipt: one plan, one transaction with the counter of its series, never an edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flet_app.collector.actions.authorship import Album, author_of, pen, policy_of, readership, record
from flet_app.collector.figures import cash_in_hand, open_items
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.store import SERIES, Transaction, keep_clock
from receivables.allocation import AllocationPlan
from receivables.clock_trust import clock_problems
from receivables.documents import BadDocument, Json
from receivables.numbering import next_counter
from receivables.payments import PHOTOS, Method, PaymentKey, PaymentLine
from receivables.photos import MOST_OF_A_CHEQUE, Subject, photo_facts, photo_references
from receivables.receipts import ReceiptDraft, plan_allocation, plan_receipt
from receivables.signatures import sign_receipt
from receivables.validation import Problem
from receivables.voids import plan_copy, plan_void, void_problems

FORMS_KEPT = 20
"""Forms remembered in `_local/series`: more than a person has open in the windows of one phone."""


class _Refused(Exception):
    """Leaves the transaction without a trace; the problems go back to the screen."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def preview(
    phone: Phone, draft: ReceiptDraft, *, by_any_means: bool = False
) -> AllocationPlan | list[Problem]:
    """How `draft` would be applied, or what is wrong with it; writes nothing.

    `by_any_means` leaves out what the policy has against cash: nobody has said yet how it is paid.
    """
    store, _enrolment = readership(phone)
    policy = policy_of(store.portfolio)
    return plan_allocation(
        draft,
        open_items=open_items(store.portfolio, draft.customer),
        policy=replace(policy, cash_cap=None) if by_any_means else policy,
        on=phone.today(),
        known_payments=_known_payments(store.portfolio),
        cash_in_hand=None if by_any_means else cash_in_hand(store.portfolio).expected,
    )


def cheque_album(line: str) -> Album:
    """The photos of the cheque in the form's line of this key."""
    return Album(f"cheque:{line}", Subject.CHEQUE, MOST_OF_A_CHEQUE)


def photographed(phone: Phone, payment: PaymentLine, line: str) -> PaymentLine:
    """The payment with the photos that were taken of it named, which `save_receipt` records with it."""
    store, enrolment = readership(phone)
    taken = store.taken.of(cheque_album(line).name) if payment.method == Method.CHEQUE else ()
    if not taken:
        return payment
    named = photo_references(taken, enrolment.collector)
    return replace(payment, details={**payment.details, PHOTOS: named})


async def save_receipt(
    phone: Phone,
    draft: ReceiptDraft,
    *,
    place: Mapping[str, Any] | None,
    form: str | None = None,
    albums: Sequence[Album] = (),
) -> Json | list[Problem]:
    """Write the receipt and move its series, all or nothing; return the document or every problem.

    `form` (a ULID) names what the collector filled in: confirmed again, it returns the receipt that it
    already made. The photos of `albums` are written with it, all or none.
    """
    async with pen(phone) as (store, enrolment):
        items = open_items(store.portfolio, draft.customer)
        known = _known_payments(store.portfolio)
        policy = policy_of(store.portfolio)
        key = phone.key
        in_hand = cash_in_hand(store.portfolio).expected
        author = author_of(phone, enrolment)

        def write(transaction: Transaction) -> Json:
            series = transaction.get_local(SERIES)
            if series is None:
                raise RuntimeError("this phone has no receipt series")
            forms = dict(series.get("forms") or {})
            if form in forms:
                return transaction.get(forms[form])
            if untrusted := clock_problems(phone.clock.look()):
                raise _Refused(untrusted)
            counter = next_counter(series["counter"])
            planned = plan_receipt(
                draft=draft,
                open_items=items,
                policy=policy,
                company=enrolment.company,
                collector=enrolment.collector,
                device=enrolment.device,
                series=series["series"],
                counter=counter,
                previous_hash=series["last_hash"],
                now=phone.now(),
                zone=phone.zone,
                place=place,
                known_payments=known,
                cash_in_hand=in_hand,
                clock_accepted=phone.clock.accepted,
            )
            if isinstance(planned, list):
                raise _Refused(planned)
            planned = sign_receipt(planned, key.sign)
            transaction.put(planned)
            for album in albums:
                facts = photo_facts(planned, store.taken.of(album.name), album.subject, author)
                store.taken.record(transaction, album.name, facts)
            if form:
                forms = dict([*forms.items(), (form, planned["_id"])][-FORMS_KEPT:])
            moved = {"counter": counter, "last_hash": planned["hash"], "forms": forms}
            transaction.put_local(SERIES, {**series, **moved})
            if clock := phone.clock.known():
                keep_clock(transaction, clock)
            return planned

        try:
            receipt: Json = await store.write(write)
        except _Refused as refused:
            return refused.problems
        for album in albums:
            store.taken.forget(album.name)
    phone.announce()
    phone.nudge()
    return receipt


async def void_receipt(phone: Phone, receipt: Json, *, reason: str) -> Json | list[Problem]:
    """Void a receipt of this phone, or say why only the office may."""
    return await record(
        phone,
        lambda portfolio, author: plan_void(
            receipt, reason=reason, author=author, **_known_of(portfolio, receipt)
        ),
    )


def why_not_void(phone: Phone, receipt: Json) -> list[Problem]:
    """What stands in the way of voiding `receipt` here; empty where nothing does."""
    store, enrolment = readership(phone)
    return void_problems(receipt, author=author_of(phone, enrolment), **_known_of(store.portfolio, receipt))


async def note_copy(phone: Phone, receipt: Json, *, means: str) -> None:
    """Record that a copy of the receipt left the phone."""
    await record(
        phone,
        lambda portfolio, author: plan_copy(
            receipt, means=means, copies=portfolio.copies.values(), author=author
        ),
    )


def _known_of(portfolio: Portfolio, receipt: Json) -> dict[str, Any]:
    return {
        "voids": portfolio.voids.values(),
        "copies": portfolio.copies.values(),
        "deposits": portfolio.deposits.values(),
        "closes": portfolio.closes.values(),
        "posting": portfolio.postings.get(receipt["_id"]),
    }


def _known_payments(portfolio: Portfolio) -> frozenset[PaymentKey]:
    """Cheques, transfers and vouchers that this phone has already taken in a receipt that still stands."""
    keys: set[PaymentKey] = set()
    for document in portfolio.receipts.values():
        if document["_id"] in portfolio.voids:
            continue
        for line in document["payments"]:
            try:
                key = PaymentLine.from_json(line, document["currency"]).key
            except BadDocument:
                continue
            if key is not None:
                keys.add(key)
    return frozenset(keys)

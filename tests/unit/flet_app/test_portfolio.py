"""The fold of a phone's documents, and where a fact of the phone stands."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date
from typing import Any

import pytest

from flet_app.collector import figures
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.results import collected
from flet_app.collector.standing import Centre, FactState, Outbox, standing, unsent

ON = date(2026, 11, 21)
RECEIPT = "receipt:R0001:00000001"
CUSTOMER = {"_id": "customer:C0001", "code": "C0001", "name": "El Peñón", "currency": "USD", "active": True}


def an_invoice(balance: int = 10_000, reflects: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "_id": "invoice:F1", "number": "F1", "customer": "C0001", "issued_on": "2026-10-01",
        "due_on": "2026-11-01", "total": 10_000, "balance": balance, "currency": "USD", "state": "open",
        "reflects": list(reflects),
    }  # fmt: skip


def a_receipt(amount: int = 4_000) -> dict[str, Any]:
    return {
        "_id": RECEIPT, "series": "R0001", "counter": 1, "number": "R0001-00000001",
        "customer": "C0001", "device": "D1", "currency": "USD", "total": amount,
        "payments": [{"method": "cash", "amount": amount}],
        "allocations": [{"invoice": "F1", "amount": amount}], "on_account": 0,
        "created_at": "2026-11-21T15:00:00Z", "local_on": "2026-11-21",
    }  # fmt: skip


def a_posting(state: str, **more: Any) -> dict[str, Any]:
    return {"_id": "posting:R0001:00000001", "receipt": RECEIPT, "state": state, **more}


def folded(*documents: dict[str, Any]) -> Portfolio:
    portfolio = Portfolio()
    portfolio.apply({"seq": seq, "id": doc["_id"], "doc": doc} for seq, doc in enumerate(documents, start=1))
    return portfolio


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_of_invoice_receipt_and_posting_shows_the_same_balance(order: tuple[int, ...]) -> None:
    documents = [an_invoice(6_000, (RECEIPT,)), a_receipt(), a_posting("posted", erp_number="COB-1")]
    portfolio = folded(CUSTOMER, an_invoice(), *(documents[place] for place in order))
    assert figures.totals(portfolio, "C0001", on=ON).balance.minor == 6_000


def test_an_own_receipt_counts_until_the_balance_contains_it() -> None:
    portfolio = folded(CUSTOMER, an_invoice(), a_receipt())
    assert figures.totals(portfolio, "C0001", on=ON).overdue.minor == 6_000
    assert collected(portfolio, ON.isoformat()).by_method["cash"].minor == 4_000


def test_a_customer_who_was_taken_away_leaves_the_lists_but_not_the_receipts() -> None:
    portfolio = folded(CUSTOMER, an_invoice(), a_receipt())
    portfolio.apply(
        [
            {"seq": 9, "id": "customer:C0001", "deleted": True},
            {"seq": 10, "id": "invoice:F1", "deleted": True},
        ]
    )
    assert portfolio.in_order() == []
    assert [doc["_id"] for doc in figures.receipts_of_day(portfolio, on=ON)] == [RECEIPT]


def test_what_this_version_does_not_know_is_passed_over() -> None:
    broken = {**an_invoice(), "due_on": "soon"}
    portfolio = folded(
        CUSTOMER, {"_id": "hologram:1"}, {"_id": "_design/x"}, {"_id": "policy:dunning"}, broken
    )
    assert portfolio.in_order() == ["C0001"]
    assert figures.open_items(portfolio, "C0001") == []


POLICY = {"_id": "policy:collection", "currency": "USD", "minimum_receipt": 500}


@pytest.mark.parametrize(
    "bad",
    [
        {**POLICY, "currency": "dollars"},
        {**POLICY, "minimum_receipt": "5.00"},
        {"_id": "goal:ana:2026-11"},
        {"_id": "customer:C0001", "code": "C0001"},
        {"_id": "received:ana", "receipts": {"R0001": ["one"]}},
        {"_id": RECEIPT},
    ],
)
def test_a_document_that_cannot_be_read_leaves_everything_as_it_was(bad: dict[str, Any]) -> None:
    portfolio = folded(CUSTOMER, POLICY, a_receipt())
    portfolio.apply([{"seq": 7, "id": bad["_id"], "doc": bad}, {"seq": 8, "id": "x", "doc": an_invoice()}])
    assert portfolio.policy is not None
    assert portfolio.policy.minimum_receipt.minor == 500
    assert portfolio.search("penon") == ["C0001"]
    assert figures.receipts_of_day(portfolio, on=ON) == [a_receipt()]
    assert list(portfolio.invoices) == ["F1"]


def test_customers_are_found_by_every_word_without_accents() -> None:
    other = {
        **CUSTOMER,
        "_id": "customer:C0002",
        "code": "C0002",
        "name": "Tienda Lucía",
        "address": "Av. La Prensa",
    }
    portfolio = folded(CUSTOMER, other)
    assert portfolio.search("PENON") == ["C0001"]
    assert portfolio.search("lucia prensa") == ["C0002"]
    assert portfolio.search("c0002") == ["C0002"]


@pytest.mark.parametrize(
    ("extra", "outbox", "state", "detail"),
    [
        ([], Outbox(), FactState.ON_DEVICE, ""),
        ([], Outbox(receipts=9), FactState.SENDING, ""),
        ([], Outbox(receipts=9, refused={RECEIPT: "no"}), FactState.REFUSED, "no"),
        ([{"_id": "received:ana", "receipts": {"R0001": [1]}}], Outbox(), FactState.RECEIVED, ""),
        ([a_posting("sending")], Outbox(), FactState.RECEIVED, ""),
        ([a_posting("posted", erp_number="COB-1")], Outbox(), FactState.POSTED, "COB-1"),
        ([a_posting("rejected", reason="Cuenta cerrada")], Outbox(), FactState.REJECTED, "Cuenta cerrada"),
    ],
)
def test_the_state_of_a_receipt_is_read_from_who_holds_it(
    extra: list[dict[str, Any]], outbox: Outbox, state: FactState, detail: str
) -> None:
    found = standing(folded(a_receipt(), *extra), outbox, RECEIPT)
    assert (found.state, found.detail) == (state, detail)


def test_only_facts_of_this_phone_beyond_its_mark_are_unsent() -> None:
    note = {"_id": "note:ana:01", "device": "D2"}
    portfolio = folded(CUSTOMER, a_receipt(), note)
    assert unsent(portfolio, Outbox(devices=frozenset({"D1"}))) == {"receipt": 1}
    assert unsent(portfolio, Outbox(receipts=2, devices=frozenset({"D1"}))) == {}


def test_what_the_centre_refused_or_could_not_take_is_still_only_on_this_phone() -> None:
    portfolio = folded(a_receipt(), {"_id": "note:ana:01", "device": "D1"})
    mine = frozenset({"D1"})
    refused = Outbox(receipts=9, others=9, refused={RECEIPT: "no"}, devices=mine)
    held = Outbox(receipts=9, others=9, held=frozenset({RECEIPT}), devices=mine)
    assert unsent(portfolio, refused) == {"receipt": 1}
    assert unsent(portfolio, refused, but=refused.refused) == {}
    assert unsent(portfolio, held) == {"receipt": 1}
    assert standing(portfolio, held, RECEIPT).state is FactState.ON_DEVICE
    theirs = dataclasses.replace(refused, devices=frozenset({"D2"}))
    assert unsent(portfolio, theirs) == {}


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (Centre(instance="a 1", changes=9), False),
        (Centre(instance="a 1", changes=12), False),
        (Centre(instance="a 2", changes=12), True),
        (Centre(instance="a 1", changes=8), True),
    ],
    ids=["quiet", "busy", "made-anew", "restored"],
)
def test_a_centre_made_anew_or_put_back_is_noticed(after: Centre, *, lost: bool) -> None:
    assert after.has_lost_since(Centre(instance="a 1", changes=9)) is lost

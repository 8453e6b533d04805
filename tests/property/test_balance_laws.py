"""Laws of balances: what is shown never depends on the order in which documents arrive.

A small world stands for the real one: a phone writes receipts, the ERP counts some of them and says so in
`reflects`, and everything arrives at the phone in any order, late or twice.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receivables.balances import provisional_balance, provisional_open_items, totals_by_method
from tests.support.builders import Json, a_receipt, an_invoice

randoms = st.randoms(use_true_random=False)


@st.composite
def own_receipts(draw: st.DrawFn) -> list[Json]:
    count = draw(st.integers(0, 6))
    return [
        a_receipt(
            counter,
            allocations=draw(st.dictionaries(st.sampled_from(["F-1", "F-2"]), st.integers(1, 5000))),
            on_account=draw(st.integers(1, 300)),
        )
        for counter in range(1, count + 1)
    ]


def paid_on(receipts: list[Json], invoice: str) -> int:
    return sum(
        line["amount"] for doc in receipts for line in doc["allocations"] if line["invoice"] == invoice
    )


def an_invoice_after(receipts: list[Json], counted: list[Json], total: int) -> Json:
    """The invoice as the ERP gives it once it has counted `counted`."""
    return an_invoice(balance=total - paid_on(counted, "F-1"), reflects=[doc["_id"] for doc in counted])


@given(own_receipts(), st.integers(30000, 10**6), st.data())
def test_balance_is_the_same_however_much_of_it_the_erp_has_counted(
    receipts: list[Json], total: int, data: st.DataObject
) -> None:
    counted = [doc for doc in receipts if data.draw(st.booleans())]
    shown = provisional_balance(an_invoice_after(receipts, counted, total), receipts)
    assert shown.minor == total - paid_on(receipts, "F-1")


@given(own_receipts(), st.integers(0, 40000), randoms)
def test_balance_does_not_depend_on_the_order_or_repetition_of_receipts(
    receipts: list[Json], total: int, random: Random
) -> None:
    again = [*receipts, *random.sample(receipts, len(receipts) // 2)]
    random.shuffle(again)
    assert provisional_balance(an_invoice(balance=total), receipts) == provisional_balance(
        an_invoice(balance=total), again
    )


@given(own_receipts(), st.integers(0, 40000))
def test_balance_is_never_below_zero_nor_above_the_erps(receipts: list[Json], total: int) -> None:
    shown = provisional_balance(an_invoice(balance=total), receipts)
    assert 0 <= shown.minor <= total


@given(own_receipts(), st.integers(30000, 10**6), randoms)
def test_any_order_of_arrival_of_invoice_and_posting_shows_the_same_total(
    receipts: list[Json], total: int, random: Random
) -> None:
    """Postings and counted balances reach the phone interleaved anyhow; the customer's total never moves."""
    arrivals: list[tuple[str, Any]] = [("posting", doc["_id"]) for doc in receipts]
    arrivals += [("invoice", counted) for counted in range(1, len(receipts) + 1)]
    random.shuffle(arrivals)
    phone: dict[str, Json] = {"invoice:F-1": an_invoice(balance=total)}
    newest = 0
    expected = total - paid_on(receipts, "F-1")
    for kind, what in arrivals:
        if kind == "posting":
            phone[f"posting:{what}"] = {"receipt": what, "state": "posted"}
        elif what > newest:  # replication shows the latest revision; an older one never replaces it
            newest = what
            phone["invoice:F-1"] = an_invoice_after(receipts, receipts[:what], total)
        invoices = [doc for id_, doc in phone.items() if id_.startswith("invoice:")]
        shown = sum(item.open.minor for item in provisional_open_items(invoices, receipts))
        assert shown == expected


@given(own_receipts(), st.integers(30000, 10**6), st.data())
def test_voiding_a_receipt_restores_what_it_paid(
    receipts: list[Json], total: int, data: st.DataObject
) -> None:
    voided = [doc for doc in receipts if data.draw(st.booleans())]
    voids = [{"receipt": doc["_id"]} for doc in voided]
    shown = provisional_balance(an_invoice(balance=total), receipts, voids)
    assert shown.minor == total - paid_on(receipts, "F-1") + paid_on(voided, "F-1")


@given(own_receipts(), st.data())
def test_totals_by_method_are_the_sum_of_the_valid_receipts(
    receipts: list[Json], data: st.DataObject
) -> None:
    voided = {doc["_id"] for doc in receipts if data.draw(st.booleans())}
    totals = totals_by_method(receipts, currency="USD", voids=[{"receipt": id_} for id_ in voided])
    valid = [doc for doc in receipts if doc["_id"] not in voided]
    assert (totals.count, totals.total.minor) == (len(valid), sum(doc["total"] for doc in valid))
    assert sum(amount.minor for amount in totals.by_method.values()) == totals.total.minor

"""Whatever bounces and is voided of a receipt: never more than was received, and a void leaves nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receivables.reversals import take_back, what_is_left

AMOUNTS = st.integers(min_value=1, max_value=10**9)


@st.composite
def postings(draw: st.DrawFn) -> dict[str, Any]:
    amounts = draw(st.lists(AMOUNTS, max_size=6))
    return {
        "allocations": [{"invoice": f"F-{place}", "amount": each} for place, each in enumerate(amounts)],
        "on_account": draw(st.integers(min_value=0, max_value=10**9)),
    }


def as_reversal(taken: Any) -> dict[str, Any]:
    lines = [{"invoice": invoice, "amount": amount} for invoice, amount in taken.allocations]
    return {"allocations": lines, "on_account": taken.on_account}


def total_of(document: dict[str, Any]) -> int:
    return int(document["on_account"]) + sum(line["amount"] for line in document["allocations"])


@given(postings(), st.lists(AMOUNTS, max_size=8))
def test_bounces_and_a_void_take_back_exactly_what_was_received(
    posting: dict[str, Any], bounces: list[int]
) -> None:
    earlier: list[dict[str, Any]] = []
    for amount in bounces:
        left = what_is_left(posting, earlier).total
        taken = take_back(posting, amount, earlier=earlier)
        assert taken.total == min(amount, left)
        assert all(part > 0 for _, part in taken.allocations)
        assert taken.on_account >= 0
        earlier.append(as_reversal(taken))
    earlier.append(as_reversal(what_is_left(posting, earlier)))
    assert sum(map(total_of, earlier)) == total_of(posting)
    assert what_is_left(posting, earlier).total == 0
    for line in posting["allocations"]:
        back = sum(
            part["amount"]
            for each in earlier
            for part in each["allocations"]
            if part["invoice"] == line["invoice"]
        )
        assert back == line["amount"]


@given(postings(), AMOUNTS)
def test_money_on_account_goes_first_and_the_oldest_invoice_last(
    posting: dict[str, Any], amount: int
) -> None:
    taken = take_back(posting, amount)
    if taken.allocations:
        assert taken.on_account == posting["on_account"]
        touched = {invoice for invoice, _ in taken.allocations}
        later = [line for line in posting["allocations"] if line["invoice"] > min(touched)]
        assert all(line["invoice"] in touched for line in later)

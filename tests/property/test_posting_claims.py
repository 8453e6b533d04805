"""Laws of the claim: it neither makes nor loses money, and takes from no invoice more than it has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.services.posting_claims import decide
from receivables.money import Money
from receivables.receipts import Receipt
from tests.support.builders import NOW, a_receipt

NUMBERS = [f"F-{place}" for place in range(6)]
AMOUNTS = st.integers(min_value=1, max_value=10**9)


@given(
    allocations=st.dictionaries(st.sampled_from(NUMBERS), AMOUNTS, max_size=6),
    on_account=st.integers(min_value=0, max_value=10**9),
    open_=st.dictionaries(st.sampled_from(NUMBERS), st.integers(min_value=0, max_value=10**9)),
)
def test_what_is_decided_is_what_was_collected(
    allocations: dict[str, int], on_account: int, open_: dict[str, int]
) -> None:
    if not allocations and not on_account:
        on_account = 1
    receipt = Receipt.from_json(a_receipt(1, allocations=allocations, on_account=on_account))
    balances = {number: Money(minor, "USD") for number, minor in open_.items()}
    posting = decide(receipt, balances, tolerance=Money.zero("USD"), now=NOW)
    taken = {line["invoice"]: line["amount"] for line in posting["allocations"]}
    assert sum(taken.values()) + posting["on_account"] == receipt.total.minor
    assert posting["on_account"] >= on_account
    assert all(0 < minor <= min(allocations[number], open_.get(number, 0)) for number, minor in taken.items())

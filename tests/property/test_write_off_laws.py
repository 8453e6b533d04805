"""Laws of small differences: money is conserved beside them, none passes the tolerance or goes negative."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.services.posting_claims import decide
from receivables.access import may_write, phone_roles
from receivables.allocation import Allocation
from receivables.balances import provisional_balance, provisional_open_items
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.receipts import Receipt
from receivables.reversals import take_back, what_is_left
from receivables.write_offs import cap_write_offs, small_differences
from tests.support.builders import NOW, a_draft, a_policy, a_receipt, an_invoice, cash, planned

ROLES = phone_roles("andina", "ana", "01KDEVICE", "R0001")
DUE = date(2026, 11, 1)
NUMBERS = [f"F-{place}" for place in range(4)]
AMOUNTS = st.integers(1, 10**6)
TOLERANCES = st.integers(0, 50)


@st.composite
def owed(draw: st.DrawFn) -> list[OpenItem]:
    return [
        OpenItem(
            invoice=number,
            customer="C0001",
            issued_on=DUE,
            due_on=DUE + timedelta(days=draw(st.integers(0, 9))),
            open=Money(draw(AMOUNTS), "USD"),
        )
        for number in NUMBERS[: draw(st.integers(1, 4))]
    ]


@st.composite
def nearly_paid(draw: st.DrawFn) -> tuple[list[OpenItem], int]:
    """Invoices, and a payment that misses the sum of some of them by little or hits it."""
    items = draw(owed())
    oldest = sorted(items, key=lambda item: item.age_key)[: draw(st.integers(1, len(items)))]
    return items, max(1, sum(item.open.minor for item in oldest) - draw(st.integers(0, 60)))


@given(nearly_paid(), TOLERANCES, st.data())
def test_a_receipt_conserves_money_and_settles_what_it_writes_off(
    owing: tuple[list[OpenItem], int], tolerance: int, data: st.DataObject
) -> None:
    items, paid = owing
    policy = a_policy(write_off_tolerance=tolerance)
    payment = cash(str(Money(paid, "USD").to_decimal()))
    plain = planned(a_draft(payment), *items, policy=policy)
    assert isinstance(plain, dict)
    paid_parts = Receipt.from_json(plain).allocations
    offered = small_differences(items, paid_parts, tolerance=Money(tolerance, "USD"))
    wanted = tuple(each for each in offered if data.draw(st.booleans()))

    receipt = planned(a_draft(payment, write_offs=wanted), *items, policy=policy)

    assert isinstance(receipt, dict)
    assert sum(line["amount"] for line in receipt["payments"]) == receipt["total"] == paid
    assert sum(line["amount"] for line in receipt["allocations"]) + receipt["on_account"] == paid
    assert Receipt.from_json(receipt).write_offs == wanted
    assert may_write(receipt, None, database="andina-c-ana", roles=ROLES) is None
    applied = {line["invoice"]: line["amount"] for line in receipt["allocations"]}
    open_ = {item.invoice: item.open.minor for item in items}
    for line in receipt.get("write_offs", ()):
        assert 0 < line["amount"] <= tolerance
        assert applied[line["invoice"]] + line["amount"] == open_[line["invoice"]]
        invoice = an_invoice(line["invoice"], open_[line["invoice"]])
        assert provisional_balance(invoice, [receipt]).minor == 0
        assert provisional_open_items([invoice], [receipt]) == []
        assert (
            provisional_balance(invoice, [receipt], [{"receipt": receipt["_id"]}]).minor == invoice["balance"]
        )


@given(
    nearly_paid(),
    TOLERANCES,
    st.lists(st.tuples(st.sampled_from([*NUMBERS, "X"]), st.integers(-3, 70)), max_size=3),
)
def test_whatever_is_asked_nothing_but_the_offered_differences_is_written_off(
    owing: tuple[list[OpenItem], int], tolerance: int, asked: list[tuple[str, int]]
) -> None:
    items, paid = owing
    wanted = tuple(Allocation(invoice, Money(minor, "USD")) for invoice, minor in asked)
    payment = cash(str(Money(paid, "USD").to_decimal()))
    policy = a_policy(write_off_tolerance=tolerance)
    plain = planned(a_draft(payment), *items, policy=policy)
    assert isinstance(plain, dict)
    offered = small_differences(
        items, Receipt.from_json(plain).allocations, tolerance=Money(tolerance, "USD")
    )
    result = planned(a_draft(payment, write_offs=wanted), *items, policy=policy)
    allowed = set(wanted) <= set(offered) and len(set(wanted)) == len(wanted)
    assert isinstance(result, dict) == allowed


@given(
    allocations=st.dictionaries(st.sampled_from(NUMBERS), AMOUNTS, min_size=1),
    write_offs=st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 60)),
    rests=st.dictionaries(st.sampled_from(NUMBERS), st.integers(-100, 100)),
    tolerance=TOLERANCES,
)
def test_the_claim_writes_off_only_what_settles_an_invoice_within_the_tolerance(
    allocations: dict[str, int], write_offs: dict[str, int], rests: dict[str, int], tolerance: int
) -> None:
    wanted = {number: minor for number, minor in write_offs.items() if number in allocations}
    lines = [{"invoice": number, "amount": minor} for number, minor in wanted.items()]
    extra: dict[str, Any] = {"write_offs": lines} if lines else {}
    receipt = Receipt.from_json(a_receipt(1, allocations=allocations, **extra))
    open_ = {number: max(0, allocations[number] + rests.get(number, 0)) for number in allocations}
    balances = {number: Money(minor, "USD") for number, minor in open_.items()}

    posting = decide(receipt, balances, tolerance=Money(tolerance, "USD"), now=NOW)

    taken = {line["invoice"]: line["amount"] for line in posting["allocations"]}
    assert sum(taken.values()) + posting["on_account"] == receipt.total.minor
    for line in posting.get("write_offs", ()):
        number, minor = line["invoice"], line["amount"]
        assert 0 < minor <= min(tolerance, wanted[number])
        assert taken[number] + minor == open_[number]
    settled = {line["invoice"] for line in posting.get("write_offs", ())}
    told = {line["invoice"] for line in posting.get("refused_write_offs", ())}
    for number in wanted:
        still_open = open_[number] - taken.get(number, 0)
        assert (number in settled) + (number in told) == (still_open > 0 and number in taken)


@given(
    st.dictionaries(st.sampled_from(NUMBERS), AMOUNTS, min_size=1),
    st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 50)),
    st.lists(AMOUNTS, max_size=5),
)
def test_what_is_taken_back_brings_its_differences_with_it(
    allocations: dict[str, int], write_offs: dict[str, int], bounces: list[int]
) -> None:
    posting = {
        "allocations": [{"invoice": number, "amount": minor} for number, minor in allocations.items()],
        "write_offs": [
            {"invoice": number, "amount": minor}
            for number, minor in write_offs.items()
            if number in allocations
        ],
        "on_account": 0,
    }
    earlier: list[dict[str, Any]] = []
    for taken in [*(amount for amount in bounces), None]:
        back = what_is_left(posting, earlier) if taken is None else take_back(posting, taken, earlier=earlier)
        assert {number for number, _ in back.write_offs} <= {number for number, _ in back.allocations}
        earlier.append(
            {
                "allocations": [{"invoice": number, "amount": minor} for number, minor in back.allocations],
                "write_offs": [{"invoice": number, "amount": minor} for number, minor in back.write_offs],
                "on_account": back.on_account,
            }
        )
        touched = {line["invoice"] for each in earlier for line in each["allocations"]}
        returned = [line["invoice"] for each in earlier for line in each["write_offs"]]
        assert sorted(returned) == sorted(touched & {line["invoice"] for line in posting["write_offs"]})
    given_back = [line for each in earlier for line in each["write_offs"]]
    assert sorted(map(str, given_back)) == sorted(map(str, posting["write_offs"]))


@given(st.lists(st.tuples(st.sampled_from(NUMBERS), st.integers(1, 60)), max_size=4), TOLERANCES)
def test_without_an_effective_allocation_nothing_is_written_off(
    wanted: list[tuple[str, int]], tolerance: int
) -> None:
    requested = [Allocation(number, Money(minor, "USD")) for number, minor in wanted]
    open_ = {number: Money(30, "USD") for number in NUMBERS}
    assert cap_write_offs(requested, (), open_, tolerance=Money(tolerance, "USD")) == ((), [])

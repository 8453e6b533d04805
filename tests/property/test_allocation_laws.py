"""Laws of allocation: no cent is lost or made, whatever is owed and whatever is paid."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from receivables.allocation import (
    Allocation,
    AllocationPlan,
    allocate_chosen,
    allocate_explicit,
    allocate_fifo,
    cap_allocations,
    oldest_first_problems,
)
from receivables.invoices import OpenItem
from receivables.money import Money

DAY = date(2026, 1, 1)
amounts = st.integers(1, 10**9)


@st.composite
def open_items(draw: st.DrawFn) -> list[OpenItem]:
    count = draw(st.integers(0, 8))
    return [
        OpenItem(
            invoice=f"F-{number}",
            customer="C0001",
            issued_on=DAY + timedelta(days=draw(st.integers(0, 3))),
            due_on=DAY + timedelta(days=draw(st.integers(0, 5))),
            open=Money(draw(st.integers(0, 10**6)), "USD"),
            disputed=draw(st.booleans()),
        )
        for number in range(count)
    ]


def holds(plan: AllocationPlan, items: list[OpenItem], paid: Money) -> None:
    """What every plan must satisfy."""
    open_ = {item.invoice: item.open for item in items}
    assert sum((each.amount for each in plan.allocations), plan.on_account) == paid
    assert plan.on_account.minor >= 0
    assert all(0 < each.amount.minor <= open_[each.invoice].minor for each in plan.allocations)
    assert len({each.invoice for each in plan.allocations}) == len(plan.allocations)


@given(open_items(), amounts)
def test_first_in_first_out_conserves_money_and_leaves_no_older_gap(items: list[OpenItem], paid: int) -> None:
    plan = allocate_fifo(items, Money(paid, "USD"))
    assert isinstance(plan, AllocationPlan)
    holds(plan, items, Money(paid, "USD"))
    assert oldest_first_problems(items, plan.allocations, on=DAY + timedelta(days=99)) == []
    claimable = sum(item.open.minor for item in items if not item.disputed)
    assert plan.on_account.minor == max(0, paid - claimable)


@given(open_items(), amounts, st.randoms(use_true_random=False))
def test_the_order_in_which_items_are_given_does_not_matter(
    items: list[OpenItem], paid: int, random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate_fifo(items, Money(paid, "USD")) == allocate_fifo(shuffled, Money(paid, "USD"))


@given(open_items(), amounts, st.data())
def test_chosen_invoices_conserve_money_and_nothing_else_is_paid(
    items: list[OpenItem], paid: int, data: st.DataObject
) -> None:
    payable = [item.invoice for item in items if item.open.minor > 0]
    chosen = data.draw(st.lists(st.sampled_from(payable), unique=True) if payable else st.just([]))
    plan = allocate_chosen(items, chosen, Money(paid, "USD"))
    assert isinstance(plan, AllocationPlan)
    holds(plan, items, Money(paid, "USD"))
    assert {each.invoice for each in plan.allocations} <= set(chosen)


@given(open_items(), st.integers(0, 10**6), st.data())
def test_explicit_amounts_are_kept_to_the_cent(
    items: list[OpenItem], surplus: int, data: st.DataObject
) -> None:
    payable = [item for item in items if item.open.minor > 0]
    wanted = {item.invoice: Money(data.draw(st.integers(1, item.open.minor)), "USD") for item in payable}
    paid = sum(wanted.values(), Money(surplus, "USD"))
    plan = allocate_explicit(items, wanted, paid)
    assert isinstance(plan, AllocationPlan)
    holds(plan, items, paid)
    assert {each.invoice: each.amount for each in plan.allocations} == wanted
    assert plan.on_account.minor == surplus


lines = st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(1, 10**6)), max_size=8)
balances = st.dictionaries(st.sampled_from("ABCD"), st.integers(-(10**5), 10**6))


def capped(requested: list[tuple[str, int]], open_: dict[str, int]) -> tuple[tuple[Allocation, ...], Money]:
    return cap_allocations(
        [Allocation(invoice, Money(minor, "USD")) for invoice, minor in requested],
        {invoice: Money(minor, "USD") for invoice, minor in open_.items()},
        currency="USD",
    )


@given(lines, balances)
def test_cap_never_loses_money_and_never_takes_more_than_is_open(
    requested: list[tuple[str, int]], open_: dict[str, int]
) -> None:
    effective, excess = capped(requested, open_)
    assert sum(each.amount.minor for each in effective) + excess.minor == sum(minor for _, minor in requested)
    for invoice in "ABCD":
        taken = sum(each.amount.minor for each in effective if each.invoice == invoice)
        wanted = sum(minor for name, minor in requested if name == invoice)
        assert taken == min(wanted, max(0, open_.get(invoice, 0)))


@given(lines, balances)
def test_capping_what_was_capped_changes_nothing(
    requested: list[tuple[str, int]], open_: dict[str, int]
) -> None:
    effective, _ = capped(requested, open_)
    again = capped([(each.invoice, each.amount.minor) for each in effective], open_)
    assert again == (effective, Money.zero("USD"))


@given(lines, lines, balances)
def test_two_receipts_on_one_invoice_together_never_take_more_than_is_open(
    first: list[tuple[str, int]], second: list[tuple[str, int]], open_: dict[str, int]
) -> None:
    """Whichever the centre claims first, the sum that is applied is the same."""

    def both(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> int:
        left = dict(open_)
        applied = 0
        for requested in (one, other):
            effective, _ = capped(requested, left)
            for each in effective:
                left[each.invoice] -= each.amount.minor
                applied += each.amount.minor
        return applied

    assert both(first, second) == both(second, first)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_split_loses_no_cent_and_errs_by_less_than_one(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "USD").split(weights)
    assert sum(part.minor for part in parts) == minor
    whole = sum(weights)
    assert all(
        abs(part.minor * whole - minor * weight) < whole for part, weight in zip(parts, weights, strict=True)
    )

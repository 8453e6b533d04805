"""Which invoices a payment pays, and what is left over."""

from __future__ import annotations

from datetime import date

import pytest

from receivables.allocation import (
    Allocation,
    AllocationPlan,
    allocate_chosen,
    allocate_explicit,
    allocate_fifo,
    cap_allocations,
    oldest_first_problems,
)
from receivables.money import Money
from receivables.write_offs import small_differences
from tests.support.builders import TODAY, an_open_item, codes, usd

MAY = an_open_item("A", "100.00", due_on="2026-05-01")
JUNE = an_open_item("B", "50.00", due_on="2026-06-01")
JULY = an_open_item("C", "80.00", due_on="2026-07-01")
ITEMS = [JULY, MAY, JUNE]


def applied(plan: object) -> dict[str, str]:
    assert isinstance(plan, AllocationPlan), plan
    return {each.invoice: str(each.amount.to_decimal()) for each in plan.allocations}


def surplus(plan: object) -> Money:
    assert isinstance(plan, AllocationPlan), plan
    return plan.on_account


@pytest.mark.parametrize(
    ("paid", "expected", "left"),
    [
        ("120.00", {"A": "100.00", "B": "20.00"}, "0.00"),
        ("0.01", {"A": "0.01"}, "0.00"),
        ("100.00", {"A": "100.00"}, "0.00"),
        ("100.01", {"A": "100.00", "B": "0.01"}, "0.00"),
        ("230.00", {"A": "100.00", "B": "50.00", "C": "80.00"}, "0.00"),
        ("230.01", {"A": "100.00", "B": "50.00", "C": "80.00"}, "0.01"),
    ],
)
def test_first_in_first_out(paid: str, expected: dict[str, str], left: str) -> None:
    plan = allocate_fifo(ITEMS, usd(paid))
    assert applied(plan) == expected
    assert surplus(plan) == usd(left)


def test_balances_of_the_trade_vector() -> None:
    paid = applied(allocate_fifo(ITEMS, usd("120.00")))
    left = {item.invoice: item.open - usd(paid.get(item.invoice, "0")) for item in ITEMS}
    assert left == {"A": usd("0.00"), "B": usd("30.00"), "C": usd("80.00")}


def test_equal_due_dates_go_by_issue_date_then_number() -> None:
    items = [
        an_open_item("N2", "10.00", issued_on=date(2026, 10, 2)),
        an_open_item("N9", "10.00", issued_on=date(2026, 10, 1)),
        an_open_item("N1", "10.00", issued_on=date(2026, 10, 2)),
    ]
    plan = allocate_fifo(items, usd("25.00"))
    assert applied(plan) == {"N9": "10.00", "N1": "10.00", "N2": "5.00"}


def test_disputed_and_foreign_invoices_are_left_out_of_first_in_first_out() -> None:
    disputed = an_open_item("OLD", "10.00", due_on="2020-01-01", disputed=True)
    foreign = an_open_item("EUR", "10.00", due_on="2020-01-01", currency="EUR")
    assert applied(allocate_fifo([disputed, foreign, MAY], usd("10.00"))) == {"A": "10.00"}


@pytest.mark.parametrize("paid", ["230.01", "500.00"])
def test_surplus_is_a_problem_where_the_policy_says_so(paid: str) -> None:
    assert codes(allocate_fifo(ITEMS, usd(paid), on_account_allowed=False)) == ["surplus_not_allowed"]


def test_no_surplus_is_no_problem() -> None:
    assert surplus(allocate_fifo(ITEMS, usd("230.00"), on_account_allowed=False)) == usd("0.00")


def test_without_open_items_all_goes_on_account() -> None:
    assert surplus(allocate_fifo([], usd("5.00"))) == usd("5.00")


def test_chosen_invoices_are_paid_oldest_first_among_them() -> None:
    assert applied(allocate_chosen(ITEMS, ["C", "B"], usd("60.00"))) == {"B": "50.00", "C": "10.00"}


def test_choosing_an_invoice_twice_counts_once_and_a_disputed_one_may_be_chosen() -> None:
    disputed = an_open_item("D", "10.00", disputed=True)
    plan = allocate_chosen([disputed], ["D", "D"], usd("15.00"))
    assert (applied(plan), surplus(plan)) == ({"D": "10.00"}, usd("5.00"))


def test_every_bad_choice_is_told() -> None:
    items = [*ITEMS, an_open_item("PAID", "0.00"), an_open_item("EUR", "5.00", currency="EUR")]
    problems = allocate_chosen(items, ["A", "NONE", "PAID", "EUR"], usd("10.00"))
    assert codes(problems) == ["invoice_not_open", "invoice_not_open", "invoice_in_other_currency"]
    assert [problem.field for problem in problems] == ["invoices.1", "invoices.2", "invoices.3"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("amounts", "left"),
    [
        ({"C": "80.00"}, "40.00"),
        ({"A": "100.00", "B": "20.00"}, "0.00"),
        ({"C": "0.01", "A": "99.99"}, "20.00"),
        ({}, "120.00"),
    ],
)
def test_explicit_amounts_are_applied_as_given(amounts: dict[str, str], left: str) -> None:
    plan = allocate_explicit(ITEMS, {number: usd(text) for number, text in amounts.items()}, usd("120.00"))
    assert applied(plan) == amounts
    assert surplus(plan) == usd(left)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"B": usd("50.01")}, ["allocation_exceeds_open"]),
        ({"B": usd("0.00")}, ["allocation_not_positive"]),
        ({"B": usd("-1.00")}, ["allocation_not_positive"]),
        ({"X": usd("1.00")}, ["invoice_not_open"]),
        ({"B": Money(1, "EUR")}, ["invoice_in_other_currency"]),
        ({"A": usd("100.00"), "B": usd("20.01")}, ["allocations_exceed_payments"]),
        ({"X": usd("1.00"), "B": usd("99.00")}, ["invoice_not_open", "allocation_exceeds_open"]),
    ],
)
def test_explicit_amounts_that_cannot_be(amounts: dict[str, Money], expected: list[str]) -> None:
    assert codes(allocate_explicit(ITEMS, amounts, usd("120.00"))) == expected


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ({"A": "100.00"}, []),
        ({"A": "40.00"}, []),  # the oldest itself, in part
        ({"B": "50.00"}, ["A"]),
        ({"A": "99.99", "B": "1.00"}, ["A"]),
        ({"A": "100.00", "B": "1.00"}, []),
        ({"C": "1.00"}, ["A", "B"]),
        ({}, []),
    ],
)
def test_oldest_first(paid: dict[str, str], expected: list[str]) -> None:
    allocations = [Allocation(number, usd(text)) for number, text in paid.items()]
    problems = oldest_first_problems(ITEMS, allocations, on=TODAY)
    assert [problem.data["invoice"] for problem in problems] == expected


def test_oldest_first_minds_only_overdue_undisputed_invoices() -> None:
    due_today = an_open_item("T", "5.00", due_on=TODAY.isoformat())
    later = an_open_item("L", "5.00", due_on="2026-12-01")
    disputed = an_open_item("D", "5.00", due_on="2020-01-01", disputed=True)
    assert oldest_first_problems([due_today, later, disputed], [Allocation("L", usd("5.00"))], on=TODAY) == []


@pytest.mark.parametrize(
    ("open_", "effective", "excess"),
    [
        ({"A": "100.00", "B": "50.00"}, {"A": "60.00", "B": "40.00"}, "0.00"),
        ({"A": "59.99", "B": "50.00"}, {"A": "59.99", "B": "40.00"}, "0.01"),
        ({"A": "0.00"}, {}, "100.00"),
        ({}, {}, "100.00"),
        ({"A": "-5.00", "B": "40.00"}, {"B": "40.00"}, "60.00"),
    ],
)
def test_cap_takes_what_is_left_and_keeps_the_rest(
    open_: dict[str, str], effective: dict[str, str], excess: str
) -> None:
    requested = [Allocation("A", usd("60.00")), Allocation("B", usd("40.00"))]
    taken, rest = cap_allocations(
        requested, {number: usd(text) for number, text in open_.items()}, currency="USD"
    )
    assert {each.invoice: each.amount for each in taken} == {n: usd(text) for n, text in effective.items()}
    assert rest == usd(excess)


def test_cap_counts_an_invoice_named_twice_once() -> None:
    twice = [Allocation("A", usd("6.00")), Allocation("A", usd("6.00"))]
    taken, rest = cap_allocations(twice, {"A": usd("10.00")}, currency="USD")
    assert [each.amount for each in taken] == [usd("6.00"), usd("4.00")]
    assert rest == usd("2.00")


def test_cap_never_pays_an_invoice_of_another_currency() -> None:
    taken, rest = cap_allocations([Allocation("A", usd("1.00"))], {"A": Money(500, "EUR")}, currency="USD")
    assert (taken, rest) == ((), usd("1.00"))


@pytest.mark.parametrize(
    ("paid", "expected"), [("99.94", []), ("99.95", ["0.05"]), ("99.99", ["0.01"]), ("100.00", [])]
)
def test_small_difference_up_to_the_tolerance_may_be_written_off(paid: str, expected: list[str]) -> None:
    rests = small_differences(ITEMS, [Allocation("A", usd(paid))], tolerance=usd("0.05"))
    assert [str(rest.amount.to_decimal()) for rest in rests] == expected

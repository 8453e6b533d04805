"""The score by which customers are put in order, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from receivables.priority import Priority, PriorityClass, Urgency, high_amount, priority

HIGH = 100_000


def scored(**urgency: object) -> Priority:
    return priority(Urgency(**{"overdue": 0, "days_past_due": 0, **urgency}), high=HIGH)  # type: ignore[arg-type]


def test_who_owes_nothing_is_last() -> None:
    found = scored()
    assert (found.score, found.label) == (0, PriorityClass.LOW)


def test_much_and_old_debt_with_broken_promises_is_first() -> None:
    found = scored(
        overdue=HIGH, days_past_due=120, broken_promises=3, credit_used=1.0, quiet_days=30, promise_due=True
    )
    assert (found.score, found.label) == (100, PriorityClass.HIGH)


def test_the_score_is_the_weighted_mean_of_what_is_known() -> None:
    found = scored(overdue=HIGH, days_past_due=60, quiet_days=15)
    # amount 1 × 30, age 0.5 × 20, inactivity 0.5 × 10, of 30 + 20 + 15 + 5 + 10 that are known
    assert found.score == round(100 * (30 + 10 + 5) / 80)
    assert found.parts == {
        "amount": 1.0, "age": 0.5, "broken_promises": 0.0, "promise_due": 0.0, "inactivity": 0.5,
    }  # fmt: skip


def test_the_amount_counts_by_its_logarithm() -> None:
    assert scored(overdue=1_000).parts["amount"] == pytest.approx(math.log(1_001) / math.log(100_001))
    assert scored(overdue=10 * HIGH).parts["amount"] == 1.0


@pytest.mark.parametrize(("used", "part"), [(0.5, 0.0), (0.7, 0.0), (0.85, 0.5), (1.2, 1.0)])
def test_credit_counts_once_most_of_it_is_used(used: float, part: float) -> None:
    assert scored(credit_used=used).parts["credit"] == pytest.approx(part)


def test_a_promise_for_today_lifts_even_a_small_debt() -> None:
    found = scored(overdue=500, days_past_due=1, promise_due=True)
    assert (found.score, found.label) == (80, PriorityClass.HIGH)


def test_what_is_all_disputed_is_not_urgent_however_old() -> None:
    found = scored(overdue=HIGH, days_past_due=300, broken_promises=3, promise_due=True, not_claimable=True)
    assert found.label is PriorityClass.LOW


@pytest.mark.parametrize(
    ("amounts", "high"),
    [([], 0), ([0, 0], 0), ([7], 7), (range(1, 101), 95), (range(1, 21), 19)],
)
def test_much_is_what_nineteen_of_twenty_owe_less_than(amounts: list[int], high: int) -> None:
    assert high_amount(amounts) == high


def test_without_any_debt_nothing_is_divided_by_zero() -> None:
    assert priority(Urgency(overdue=0, days_past_due=0), high=0).score == 0

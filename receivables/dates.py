"""Business days: weekends are off, holidays are an argument because each country and year has its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

_SATURDAY = 5


def is_business_day(day: date, *, holidays: Collection[date] = frozenset()) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def add_business_days(day: date, days: int, *, holidays: Collection[date] = frozenset()) -> date:
    """The `days`-th business day after `day`; with 0 it is `day` itself, whatever day that is."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_business_day(day, holidays=holidays)
    return day

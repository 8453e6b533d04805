"""Counters of a series."""

from __future__ import annotations

import pytest

from receivables.identifiers import MAX_COUNTER, BadIdentifier
from receivables.numbering import gaps, next_counter


@pytest.mark.parametrize(("last", "expected"), [(None, 1), (0, 1), (1, 2), (MAX_COUNTER - 1, MAX_COUNTER)])
def test_next_counter(last: int | None, expected: int) -> None:
    assert next_counter(last) == expected


def test_used_up_series_needs_a_new_one() -> None:
    with pytest.raises(BadIdentifier, match="used up"):
        next_counter(MAX_COUNTER)


@pytest.mark.parametrize(
    ("counters", "missing"),
    [([], []), ([7], []), ([1, 2, 3], []), ([3, 1], [2]), ([5, 9, 6], [7, 8]), ([2, 2, 4], [3])],
)
def test_gaps_are_the_missing_between_lowest_and_highest(counters: list[int], missing: list[int]) -> None:
    assert gaps(counters) == missing

"""When a database's sequence says that it is not the one that was read."""

from __future__ import annotations

import pytest

from backend.reconcile.state import goes_back


@pytest.mark.parametrize(
    ("since", "now", "back"),
    [
        ("60-g1AAAA", "11-g1AAAB", True),
        ("60", "9", True),
        ("11-g1AAAA", "60-g1AAAB", False),
        ("11-g1AAAA", "11-g1AAAB", False),
        ("0", "0", False),
        ("0", "12-g1AAAA", False),
        ("g1AAAA", "3-x", False),
    ],
)
def test_a_lower_number_means_a_restored_database(since: str, now: str, back: bool) -> None:
    assert goes_back(since, now) is back

"""Receipt numbers: one series per enrolled device, counted by the transaction that saves the receipt."""

from __future__ import annotations

from collections.abc import Iterable

from receivables.identifiers import MAX_COUNTER, BadIdentifier


def next_counter(last: int | None) -> int:
    """The counter after `last`, 1 for a new series; raise BadIdentifier when the series is used up."""
    counter = (last or 0) + 1
    if counter > MAX_COUNTER:
        raise BadIdentifier("the series is used up; the device needs a new one")
    return counter


def gaps(counters: Iterable[int]) -> list[int]:
    """Counters missing between the lowest and the highest.

    Only meaningful once the device is caught up: before, a hole may still be on its way.
    """
    present = set(counters)
    if not present:
        return []
    return [counter for counter in range(min(present), max(present)) if counter not in present]

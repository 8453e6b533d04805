"""Giving out sequences inside one transaction, and keeping the counts per block that go with them.

A sequence is given once and never again, not even where its row is purged: checkpoints of peers point at it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from replica.storage import documents as rows
from replica.tuning import SEQUENCE_BLOCK


class Sequences:
    """`take` for every row written, `leave` for every row that moves or goes, `flush` before the commit."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._living: dict[int, int] = {}
        self._tombstones: dict[int, int] = {}

    def take(self, *, deleted: bool) -> int:
        """Return the next sequence, counted as a document or as a tombstone."""
        self.last = seq = self.last + 1
        counts = self._tombstones if deleted else self._living
        block = seq // SEQUENCE_BLOCK
        counts[block] = counts.get(block, 0) + 1
        return seq

    def take_run(self, deleted: Sequence[int]) -> int:
        """Take consecutive sequences, one for each document (1 for a tombstone), and return the first."""
        first = self.last + 1
        start, self.last = 0, self.last + len(deleted)
        while start < len(deleted):
            block, skip = divmod(first + start, SEQUENCE_BLOCK)
            part = deleted[start : start + SEQUENCE_BLOCK - skip]
            tombstones = sum(part)
            self._tombstones[block] = self._tombstones.get(block, 0) + tombstones
            self._living[block] = self._living.get(block, 0) + len(part) - tombstones
            start += len(part)
        return first

    def leave(self, seq: int, *, deleted: bool) -> None:
        """Count no longer the row that stood at `seq`."""
        counts = self._tombstones if deleted else self._living
        block = seq // SEQUENCE_BLOCK
        counts[block] = counts.get(block, 0) - 1

    def flush(self, connection: sqlite3.Connection) -> None:
        for block in sorted(self._living.keys() | self._tombstones.keys()):
            highest = self.last if block == self.last // SEQUENCE_BLOCK else 0
            rows.count_in_block(
                connection, block, self._living.get(block, 0), self._tombstones.get(block, 0), highest
            )
        self._living.clear()
        self._tombstones.clear()

"""Giving out sequences inside one transaction, and keeping the counts per block that go with them.

A sequence is given once and never again, not even where its row is purged: checkpoints of peers point at it.
"""

from __future__ import annotations

import sqlite3

from replica.storage import documents as rows
from replica.tuning import SEQUENCE_BLOCK


class Sequences:
    """`take` for every row written, `leave` for every row that moves or goes, `flush` before the commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.last = rows.last_seq(connection)
        self._living: dict[int, int] = {}
        self._tombstones: dict[int, int] = {}

    def take(self, *, deleted: bool) -> int:
        """Return the next sequence, counted as a document or as a tombstone."""
        self.last += 1
        self._count(self.last, deleted=deleted, by=1)
        return self.last

    def leave(self, seq: int, *, deleted: bool) -> None:
        """Count no longer the row that stood at `seq`."""
        self._count(seq, deleted=deleted, by=-1)

    def _count(self, seq: int, *, deleted: bool, by: int) -> None:
        counts = self._tombstones if deleted else self._living
        block = seq // SEQUENCE_BLOCK
        counts[block] = counts.get(block, 0) + by

    def flush(self, connection: sqlite3.Connection) -> None:
        for block in sorted(self._living.keys() | self._tombstones.keys()):
            highest = self.last if block == self.last // SEQUENCE_BLOCK else 0
            rows.count_in_block(
                connection, block, self._living.get(block, 0), self._tombstones.get(block, 0), highest
            )
        self._living.clear()
        self._tombstones.clear()

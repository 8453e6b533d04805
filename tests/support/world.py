"""A world without surprises for replications: time moves when it is told to, chance is even, ids are
counted.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from replica.replication.world import World

START = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


_IDS = itertools.count(1)
"""Shared by all worlds: what is called new must never have been there."""


class StillWorld:
    """`world()` gives the arguments; `slept` lists every pause that was asked for, in seconds."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.slept: list[float] = []

    def world(self) -> World:
        return World(
            now=lambda: self.now,
            monotonic=lambda: self.now.timestamp(),
            sleep=self._sleep,
            chance=lambda: 0.5,
            new_id=lambda: f"{next(_IDS):032x}",
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

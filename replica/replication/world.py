"""Time, chance and identity as arguments: the only door through which a replication sees them."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run asks of its surroundings. `monotonic` and `sleep` are in seconds, `chance` is in [0, 1)."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]
    new_id: Callable[[], str]


def real_world() -> World:
    return World(
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        sleep=time.sleep,
        chance=random.random,
        new_id=lambda: uuid.uuid4().hex,
    )

"""Watches the phone's own clock: reads it, remembers when the office told the time, judges by the rules."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from receivables.clock_codes import ClockAcceptance
from receivables.clock_trust import (
    Anchor,
    Judgement,
    Reading,
    accepted_clock,
    judge_clock,
    met_office,
    moved_on,
    silence,
)
from receivables.documents import Json

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
KEPT_SECONDS = 60.0
"""Between two writes of what the office told, while nothing changed: to spare the phone's flash."""


def uptime() -> float:
    """Seconds since the phone started. On Linux and Android they go on while it sleeps."""
    counter = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if counter is None else time.clock_gettime(counter)


def this_boot() -> str:
    """A name for the present start of the phone; of this process where the system does not tell it."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return f"process-{secrets.token_hex(8)}"


GONE_ON_SECONDS = 1800.0
"""Between two writes of how long the office was not heard, so that a restart forgets little of it."""


class ClockWatch:
    """`read` looks at the clocks; `anchor` is what was known before, None without a word of the office."""

    def __init__(self, read: Callable[[], Reading], anchor: Anchor | None = None) -> None:
        self._read = read
        self._anchor = anchor
        self._kept: Anchor | None = anchor

    def look(self) -> Judgement:
        return judge_clock(self._anchor, self._read())

    @property
    def reading(self) -> Reading:
        return self._read()

    @property
    def accepted(self) -> ClockAcceptance | None:
        """Whose word the clock goes by, None where it needs nobody's."""
        return self._anchor.accepted if self._anchor else None

    def accept(self, acceptance: ClockAcceptance) -> Json:
        """Go by the clock as it is. Return what is to be written down."""
        self._anchor = self._kept = accepted_clock(self._read(), acceptance, self._anchor)
        return self._anchor.to_json()

    def met(self, office_at: datetime) -> Json | None:
        """The office told its time. Return what is to be written down, None where little is new."""
        reading = self._read()
        before, self._anchor = judge_clock(self._anchor, reading), met_office(reading, office_at)
        after, kept = judge_clock(self._anchor, reading), self._kept
        fresh = (
            kept is not None
            and kept.boot == reading.boot
            and 0 <= reading.uptime - kept.uptime < KEPT_SECONDS
            and before.trust is after.trust
            and kept.accepted is None
        )
        if fresh:
            return None
        self._kept = self._anchor
        return self._anchor.to_json()

    def silence(self) -> timedelta | None:
        """For how long the office was not heard; None where nobody knows."""
        return silence(self._anchor, self._read())

    def gone_on(self) -> Json | None:
        """What is to be remembered of the time that passed, None where that was written down lately."""
        kept, reading = self._kept, self._read()
        if kept and kept.boot == reading.boot and 0 <= reading.uptime - kept.uptime < GONE_ON_SECONDS:
            return None
        self._kept = moved_on(self._anchor, reading) if self._anchor else None
        return self._kept.to_json() if self._kept else None

    def known(self) -> Json | None:
        """What is to be remembered now, None before the office was ever heard."""
        return moved_on(self._anchor, self._read()).to_json() if self._anchor else None

"""The supervisor's code for a clock that was put back: the number that is read out, the code that comes back.

A number stands for one state of the clock: it is kept on disk, so that it is the same while two people talk
though the app dies, and drawn anew when the clock is set again or the phone started again. A code that was
taken is worth nothing afterwards, because its number never comes back. Wrong codes are counted on disk before
they are compared, and cost the same waits as wrong PINs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flet_app.collector.clock_watch import ClockWatch
from flet_app.collector.pin import wait_after
from flet_app.collector.store import Store, keep_clock
from receivables.clock_codes import ClockAcceptance, draw_challenge, is_clock_code
from receivables.clock_trust import Reading, same_clock
from receivables.documents import Json, parse_instant, rfc3339

CLOCK_CODES = "clock_codes"
USED_KEPT = 50
"""Numbers that were answered: more often nobody's clock is put back."""


class ClockCodeRefused(Exception):
    """The code was wrong, or came too early; `wait` is how many seconds the next one has to wait."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


class ClockMoved(Exception):
    """The clock was set, or the phone started, since its number was shown: there is another number now."""


@dataclass(slots=True, kw_only=True)
class ClockCodes:
    """One phone's. `shared` are the bytes that it has in common with the office, None where it has none.

    The wait is counted by the phone's uptime, and begins anew with the process.
    """

    store: Store
    clock: ClockWatch
    device: str
    shared: bytes | None
    random_bytes: Callable[[int], bytes]
    _counted_from: float = field(init=False)

    def __post_init__(self) -> None:
        self._counted_from = self.clock.reading.uptime

    def challenge(self) -> str:
        """The number for the clock as it is now. Blocks on disk."""
        kept, reading = self._kept(), self.clock.reading
        known = _shown(kept)
        if known and same_clock(known[1], reading):
            return known[0]
        number = draw_challenge(reading.wall, self.random_bytes)
        while number in kept["used"]:
            number = draw_challenge(reading.wall, self.random_bytes)
        self._keep(shown={"number": number, **_reading_json(reading)})
        return number

    def check(self, typed: str, *, by: str) -> None:
        """Open receipts for the clock as it is, on the word of `by`.

        Raise ClockCodeRefused for another code or while there is a wait, ClockMoved where the code can't be
        for this clock any more. Blocks on disk.
        """
        kept, reading = self._kept(), self.clock.reading
        early = self._counted_from + wait_after(kept["failures"]) - reading.uptime
        if early > 0:
            raise ClockCodeRefused(early)
        known = _shown(kept)
        if known is None or not same_clock(known[1], reading):
            raise ClockMoved
        number = known[0]
        failures = kept["failures"] + 1
        self._keep(failures=failures)
        if self.shared is None or not is_clock_code(typed, self.shared, device=self.device, challenge=number):
            self._counted_from = reading.uptime
            raise ClockCodeRefused(wait_after(failures))
        said = ClockAcceptance(challenge=number, accepted_by=by, accepted_at=rfc3339(reading.wall))
        used = [*kept["used"], number][-USED_KEPT:]
        self._keep(self.clock.accept(said), failures=0, used=used, shown=None)

    def _kept(self) -> Json:
        return {
            "failures": 0,
            "used": [],
            "shown": None,
            **(self.store.database.get_local(CLOCK_CODES) or {}),
        }

    def _keep(self, known: Json | None = None, /, **changes: Any) -> None:
        """Write `changes` down, in one transaction with what is `known` of the clock."""
        with self.store.database.transaction() as transaction:
            transaction.put_local(CLOCK_CODES, {**(transaction.get_local(CLOCK_CODES) or {}), **changes})
            if known:
                keep_clock(transaction, known)


def _shown(kept: Json) -> tuple[str, Reading] | None:
    said: Any = kept["shown"]
    if not said:
        return None
    wall = parse_instant(said["wall"])
    return said["number"], Reading(wall=wall, uptime=float(said["uptime"]), boot=said["boot"])


def _reading_json(reading: Reading) -> Json:
    return {"wall": rfc3339(reading.wall), "uptime": reading.uptime, "boot": reading.boot}

"""The PIN of this phone: opens without a network, closes after a while away or untouched, slower after wrong
ones.

A PIN of few digits keeps out who finds the phone, not who reads its files; the office's lock is for that.
Wrong ones are counted on disk before they are compared, so that killing the app gives no guess for nothing.
The wait after them is counted by a clock that nobody sets, and begins anew with the process.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from flet_app.collector.session import write_private

FILE = "pin.json"
SALT_BYTES = 16
SHORTEST, LONGEST = 4, 8  # digits
AWAY_SECONDS = 120.0  # out of sight for longer than this, the phone asks for the PIN
IDLE_MINUTES = (1, 2, 5, 10, 15)
"""How long the phone may lie untouched with its screen on, as its owner chooses."""

DEFAULT_IDLE_MINUTES = 5
FREE_FAILURES = 4
FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0  # seconds
SEQUENCES = "0123456789 9876543210"


class PinFlaw(StrEnum):
    """Why a PIN can't be taken."""

    DIGITS = "digits"
    EASY = "easy"


def flaw_of(pin: str) -> PinFlaw | None:
    """What is wrong with a new PIN: not 4 to 8 digits, or one that anybody tries first."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        return PinFlaw.DIGITS
    return PinFlaw.EASY if len(set(pin)) == 1 or pin in SEQUENCES else None


def wait_after(failures: int) -> float:
    """Seconds to wait after so many wrong PINs in a row: none at first, then 30, doubling to 15 minutes."""
    if failures <= FREE_FAILURES:
        return 0.0
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - FREE_FAILURES - 1, 10)))


class PinRefused(Exception):
    """The PIN was wrong, or came too early; `wait` is how many seconds the next one has to wait."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept:
    salt: bytes
    digest: bytes
    failures: int
    idle_minutes: int = DEFAULT_IDLE_MINUTES


class PinLock:
    """The lock of one phone, in `pin.json` of its folder (mode 0600). `uptime`: seconds, sleep included."""

    def __init__(
        self, folder: Path, *, uptime: Callable[[], float], random_bytes: Callable[[int], bytes]
    ) -> None:
        self._path = folder / FILE
        self._uptime, self._random_bytes = uptime, random_bytes
        self._kept = self._read()
        self._closed = self._kept is not None
        self._counted_from = uptime()
        self._hidden_at: float | None = None
        self._touched_at = uptime()

    @property
    def is_set(self) -> bool:
        return self._kept is not None

    @property
    def closed(self) -> bool:
        """Must the PIN be typed before anything is shown?"""
        return self._closed

    def close(self) -> None:
        """Ask for the PIN from now on, where there is one."""
        self._closed = self.is_set

    def hidden(self) -> None:
        """The app went out of sight, by another app or the phone's dark screen."""
        self._hidden_at = self._hidden_at if self._hidden_at is not None else self._uptime()

    def shown(self) -> None:
        """The app is looked at again; after a while away the PIN is asked for."""
        if self._hidden_at is not None and self._uptime() - self._hidden_at >= AWAY_SECONDS:
            self.close()
        self._hidden_at = None

    @property
    def idle_minutes(self) -> int:
        """After so many minutes without a touch the PIN is asked for."""
        return self._kept.idle_minutes if self._kept else DEFAULT_IDLE_MINUTES

    def allow_idle(self, minutes: int) -> None:
        """Choose one of IDLE_MINUTES; nothing where no PIN is set. Blocks on disk."""
        if minutes not in IDLE_MINUTES:
            raise ValueError(f"{minutes} is none of {IDLE_MINUTES}")
        if self._kept:
            self._write(dataclasses.replace(self._kept, idle_minutes=minutes))

    def touched(self) -> None:
        """A person touched the phone, in whichever window."""
        self._touched_at = self._uptime()

    def close_if_idle(self) -> bool:
        """Close a phone that nobody has touched for its time; say whether that closed it."""
        untouched = self._uptime() - self._touched_at
        if self._closed or not self.is_set or untouched < self.idle_minutes * 60:
            return False
        self.close()
        return True

    def check(self, pin: str) -> None:
        """Open with the right PIN; raise PinRefused with another or while there is a wait. Blocks on disk."""
        kept = self._kept
        if kept is None:
            return
        early = self._counted_from + wait_after(kept.failures) - self._uptime()
        if early > 0:
            raise PinRefused(early)
        self._write(dataclasses.replace(kept, failures=kept.failures + 1))
        if not hmac.compare_digest(_digest(pin, kept.salt), kept.digest):
            self._counted_from = self._uptime()
            raise PinRefused(wait_after(kept.failures + 1))
        self._write(dataclasses.replace(kept, failures=0))
        self._closed = False

    def choose(self, pin: str) -> None:
        """Take a new PIN, whose `flaw_of` is None. Blocks on disk."""
        salt = self._random_bytes(SALT_BYTES)
        self._write(_Kept(salt, _digest(pin, salt), 0, self.idle_minutes))

    def remove(self) -> None:
        """No PIN any more: its owner did not want it, or proved by password who they are."""
        self._path.unlink(missing_ok=True)
        self._kept, self._closed = None, False

    def _write(self, kept: _Kept) -> None:
        fields = {
            "salt": base64.b64encode(kept.salt).decode(),
            "digest": base64.b64encode(kept.digest).decode(),
            "failures": kept.failures,
            "idle_minutes": kept.idle_minutes,
        }
        write_private(self._path, json.dumps(fields).encode())
        self._kept = kept

    def _read(self) -> _Kept | None:
        try:
            fields = json.loads(self._path.read_bytes())
            salt, digest = (base64.b64decode(fields[name]) for name in ("salt", "digest"))
            idle = int(fields.get("idle_minutes", DEFAULT_IDLE_MINUTES))
            return _Kept(salt, digest, int(fields["failures"]), idle)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return _Kept(b"", b"", 0)  # damaged: no PIN opens it, the password does


def _digest(pin: str, salt: bytes) -> bytes:
    """RFC 7914 with 16 MB, about 50 ms on a cheap phone."""
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1)

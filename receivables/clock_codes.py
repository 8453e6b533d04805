"""A supervisor's word for a clock that was put back: a number that the phone shows, a code that answers it.

Nothing travels but what two people read to each other. The phone and the office share 32 bytes that neither
sends (X25519 between the phone's own key and the office's); the code is an HMAC over the phone's device and
the number, cut to eight digits, as HOTP does it (RFC 4226 §5.3). A signature could not be read aloud.

The number is twelve digits: the minute that the phone's clock shows, which lets the office see what it is
asked to accept; four that are drawn anew for each state of the clock; and Luhn's check digit, so that a
number that was misheard is told as that.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CHALLENGE_DIGITS = 12
CODE_DIGITS = 8
GROUP = 4
_MINUTES = 10**7  # 19 years of them: the instant meant is the one nearest to the reader's own
_DRAWN = 10**4
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_LABEL = b"recaudo clock code 1\n"


class BadChallenge(ValueError):
    """The digits are no number that a phone shows: misheard, or cut short."""


@dataclass(frozen=True, slots=True)
class ClockAcceptance:
    """What a receipt says of a clock that a person accepted.

    `accepted_by` is the name that the collector was given; who really gave the code stands at the office,
    under `challenge`. `accepted_at` is what the phone's clock showed.
    """

    challenge: str
    accepted_by: str
    accepted_at: str

    def to_json(self) -> dict[str, str]:
        return {
            "challenge": self.challenge,
            "accepted_by": self.accepted_by,
            "accepted_at": self.accepted_at,
        }


def draw_challenge(wall: datetime, random_bytes: Callable[[int], bytes]) -> str:
    """A number for a clock that shows `wall`."""
    minutes = _minute(wall) % _MINUTES
    drawn = int.from_bytes(random_bytes(8), "big") % _DRAWN
    digits = f"{minutes:07d}{drawn:04d}"
    return digits + str(_check_digit(digits))


def read_challenge(text: str, *, near: datetime) -> tuple[str, datetime]:
    """The bare digits and the minute that the phone's clock showed; raise BadChallenge."""
    digits = bare(text)
    if len(digits) != CHALLENGE_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadChallenge(text)
    if str(_check_digit(digits[:-1])) != digits[-1]:
        raise BadChallenge(text)
    here = _minute(near)
    ahead = (int(digits[:7]) - here + _MINUTES // 2) % _MINUTES - _MINUTES // 2
    return digits, _FROM + timedelta(minutes=here + ahead)


def clock_code(shared: bytes, *, device: str, challenge: str) -> str:
    """The eight digits that open receipts on `device` for the clock of `challenge` (its bare digits)."""
    digest = hmac.new(shared, _LABEL + f"{device}\n{challenge}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_clock_code(typed: str, shared: bytes, *, device: str, challenge: str) -> bool:
    """Is `typed`, blanks and dashes aside, the code for this phone and number?"""
    right = clock_code(shared, device=device, challenge=challenge)
    return hmac.compare_digest(bare(typed).encode(), right.encode())


def bare(text: str) -> str:
    """Without what people write between groups."""
    return "".join(text.replace("-", "").split())


def grouped(digits: str) -> str:
    """`1234 5678`, as they are read aloud."""
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def _minute(instant: datetime) -> int:
    return (instant - _FROM) // timedelta(minutes=1)


def _check_digit(digits: str) -> int:
    """Luhn's (ISO/IEC 7812-1 Annex B)."""
    doubled = [int(each) * (2 if at % 2 == 0 else 1) for at, each in enumerate(reversed(digits))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10

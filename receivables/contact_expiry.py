"""How long a phone may go without its office: after the company's days it shows nothing until it hears it.

Nothing is deleted and nothing is lost by it: what was recorded goes out with the contact that opens it again.
The days are counted by what is known of the time (receivables/clock_trust.py), so that a clock that is put
back gains nothing; one that is put forward closes early, and the same contact opens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

DEFAULT_DAYS = 7
WARNED_BEFORE = timedelta(days=2)


class Reach(StrEnum):
    """How a phone stands with its office."""

    OPEN = "open"
    ENDING = "ending"  # the collector is told how long it is
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactJudgement:
    """`left` is the time until the phone closes, zero where it is closed or never will be."""

    reach: Reach
    left: timedelta = timedelta(0)


def judge_silence(silence: timedelta | None, days: int | None) -> ContactJudgement:
    """Whether a phone that was silent for so long is open; `days` is the policy's, None for ever.

    A phone of which nobody knows when it was heard has just been enrolled. Of a short time at most half is
    warned of, else the warning would always stand there.
    """
    if days is None or silence is None:
        return ContactJudgement(reach=Reach.OPEN)
    allowed = timedelta(days=days)
    left = allowed - silence
    if left <= timedelta(0):
        return ContactJudgement(reach=Reach.CLOSED)
    warned = left <= min(WARNED_BEFORE, allowed / 2)
    return ContactJudgement(reach=Reach.ENDING if warned else Reach.OPEN, left=left)


def days_of(said: object) -> int | None:
    """`contact_days` of a policy: a whole number of days from 1 on; None where the office says null or 0.

    Raise ValueError for anything else.
    """
    if said is None or said == 0:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 < said <= 3650:
        raise ValueError(f"contact_days {said!r}")
    return said

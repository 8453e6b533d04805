"""What a password of one's own must be, so that the phone can say it before the office does.

Length and nothing else, as NIST SP 800-63B §3.1.1.2 has it: rules of composition make people choose worse.
"""

from __future__ import annotations

from enum import StrEnum

MINIMUM_PASSWORD = 8
"""Characters."""


class PasswordFlaw(StrEnum):
    """Why a password can't be the new one; the words are those of the API's fields."""

    TOO_SHORT = "too_short"
    SAME_AS_BEFORE = "same_as_before"


def password_flaw(new: str, *, before: str) -> PasswordFlaw | None:
    """What is wrong with `new` in the place of `before`, None where it may be taken."""
    if len(new) < MINIMUM_PASSWORD:
        return PasswordFlaw.TOO_SHORT
    return PasswordFlaw.SAME_AS_BEFORE if new == before else None

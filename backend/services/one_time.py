"""Passwords that somebody else chose: read aloud or from a screen once, and changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from backend.services.enrolment_codes import letters

GROUPS, GROUP = 3, 4  # 30^12 passwords: nobody guesses one, and it can be dictated
LIFETIME = timedelta(days=7)
"""For whoever is not at hand at once; after that the office makes another."""


def new_password(random_bytes: Callable[[int], bytes]) -> str:
    """`K7PM-2QXR-9TBC`."""
    drawn = letters(random_bytes, GROUPS * GROUP)
    return "-".join(drawn[start : start + GROUP] for start in range(0, len(drawn), GROUP))

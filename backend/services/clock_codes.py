"""A supervisor's code for a phone whose clock was put back, and what the office knows of one that was used.

A code is worked out, not stored: asked again for the same number it is the same. That it was given, by whom
and when, is a document of its own, so that a receipt that goes by it can be looked up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.companies import put_if_absent
from backend.couch.client import Couch, Json
from backend.sealing import RecoveryKey
from receivables.clock_codes import clock_code, grouped, read_challenge
from receivables.documents import SCHEMA, rfc3339


class PhoneShutOut(Exception):
    """The phone was revoked: what it writes is no longer taken, so its clock doesn't matter."""


def give_clock_code(
    couch: Couch, company: str, device: str, number: str, *, key: RecoveryKey, by: str, now: datetime
) -> Json | None:
    """The code for the number that a phone shows, with what its clock shows; None for an unknown phone.

    Raise BadChallenge for digits that are no such number, PhoneShutOut.
    """
    digits, shown_at = read_challenge(number, near=now)
    phone = couch.get(company, f"device:{device}")
    if phone is None:
        return None
    if phone["revoked_at"] is not None:
        raise PhoneShutOut
    given = {
        "_id": _id(device, digits),
        "schema": SCHEMA,
        "device": device,
        "collector": phone["collector"],
        "by": by,
        "at": rfc3339(now),
        "shown_at": rfc3339(shown_at),
    }
    put_if_absent(couch, company, given)
    code = clock_code(key.shared_with(phone["public_key"]), device=device, challenge=digits)
    return {
        "code": grouped(code),
        "device": device,
        "collector": phone["collector"],
        "shown_at": given["shown_at"],
        "behind": int((now - shown_at).total_seconds()),
    }


def clock_of(couch: Couch, company: str, receipt: Json) -> Json | None:
    """Whose word stands behind the clock of a receipt: None where none is needed.

    `accepted_by` is the name that the collector was given; `by` the account that gave the code, None where
    this office gave none.
    """
    said: Any = receipt.get("clock")
    if not isinstance(said, dict):
        return None
    given = couch.get(company, _id(str(receipt["device"]), str(said.get("challenge"))))
    return {
        "accepted_by": str(said.get("accepted_by") or ""),
        "accepted_at": said.get("accepted_at"),
        "by": given["by"] if given else None,
        "at": given["at"] if given else None,
    }


def _id(device: str, digits: str) -> str:
    return f"clock_code:{device}:{digits}"

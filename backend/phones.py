"""Which enrolled devices are one phone: each sign-in enrols it anew, under the key that it keeps.

Devices of one key, account and collector are one phone. What it wrote as an earlier device is still its to
send, so it speaks for those too; and who shuts out what a phone is now shuts out what it was before. One that
is to be erased is shut out whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.couch.client import Json

EARLIER_MOST = 30
"""Earlier devices for which a token speaks: 2 KB of it, where servers take 8 KB for all of a header."""


def admitted(enrolments: Iterable[Json]) -> list[Json]:
    """The `device` documents, oldest first, that open the database; those given are one collector's.

    Not the revoked ones, not those that a phone was before one that was revoked, and none of a phone that is
    to be erased.
    """
    known = sorted(enrolments, key=_by_enrolment, reverse=True)
    shut_out = {_phone(document) for document in known if document.get("wipe")}
    found = []
    for document in known:
        if document["revoked_at"] is not None:
            shut_out.add(_phone(document))
        elif _phone(document) not in shut_out:
            found.append(document)
    return found[::-1]


def lineage(enrolments: Iterable[Json], device: str) -> list[Json]:
    """The device and what the same phone was before, oldest first and without the revoked.

    Nothing where the device itself is not admitted.
    """
    known = sorted(enrolments, key=_by_enrolment)
    own = next((each for each in admitted(known) if each["_id"] == f"device:{device}"), None)
    if own is None:
        return []
    before = [
        each
        for each in known[: known.index(own)]
        if each["revoked_at"] is None and _phone(each) == _phone(own)
    ]
    return [*before[-EARLIER_MOST:], own]


def _by_enrolment(document: Json) -> tuple[int, str]:
    # series are issued upwards, whatever the clock says meanwhile
    return len(document["series"]), document["series"]


def _phone(document: Json) -> tuple[str, str]:
    return document["email"], document["public_key"]

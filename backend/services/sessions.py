"""Ending the sessions of a person: what was signed in cannot be renewed."""

from __future__ import annotations

from datetime import datetime

from backend.couch.client import Couch
from receivables.documents import rfc3339

DDOC = "sessions"


def end_sessions(couch: Couch, company: str, email: str, *, now: datetime, phones: bool) -> None:
    """Mark every unused refresh token of the person in the company as used; those of phones too if told so.

    A phone may go on after its owner has forgotten the password, but not after the owner was let go.
    """
    while True:
        rows = couch.view(company, DDOC, "unused_by_email", key=email, include_docs=True)
        unused = [row["doc"] for row in rows if phones or row["doc"]["device"] is None]
        if not unused:
            return
        couch.bulk(company, [token | {"used_at": rfc3339(now), "attempt": None} for token in unused])

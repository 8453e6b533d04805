"""The end of sessions: of a person, who then can renew none, and of tokens whose time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.companies import DDOC as RECAUDO
from backend.couch.client import Couch
from backend.reconcile.tuning import PURGED_TOGETHER
from receivables.documents import rfc3339

DDOC = "sessions"
ROWS_AT_ONCE = 1000  # half a megabyte of documents


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


def forget_expired(couch: Couch, company: str, *, now: datetime) -> int:
    """Purge refresh tokens past their time and return how many; a phone in use leaves a hundred a day.

    The last of each device stays: it tells when the phone was last heard of. May be stopped anywhere and run
    again. Raise CouchError.
    """
    last = {row["key"]: row["value"]["at"] for row in couch.view(company, DDOC, "last_by_device", group=True)}
    forgotten = 0
    after: dict[str, Any] = {}
    while True:
        rows = couch.view(
            company, RECAUDO, "refresh_by_expiry", end_key=rfc3339(now), include_docs=True,
            limit=ROWS_AT_ONCE + 1, **after,
        )  # fmt: skip
        page = [row["doc"] for row in rows[:ROWS_AT_ONCE] if row.get("doc")]
        gone = {doc["_id"]: [doc["_rev"]] for doc in page if last.get(doc["device"]) != doc["issued_at"]}
        ids = sorted(gone)
        for start in range(0, len(ids), PURGED_TOGETHER):
            couch.purge(company, {doc_id: gone[doc_id] for doc_id in ids[start : start + PURGED_TOGETHER]})
        forgotten += len(gone)
        if len(rows) <= ROWS_AT_ONCE:
            return forgotten
        after = {"start_key": rows[-1]["key"], "start_key_doc_id": rows[-1]["id"]}

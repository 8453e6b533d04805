"""Exceptions: what no rule may decide, waiting for a person."""

from __future__ import annotations

from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.pages import read_page
from receivables.documents import rfc3339

STATES = ("open", "closed")


def list_exceptions(couch: Couch, company: str, *, state: str, limit: int, cursor: str | None) -> Json:
    """A page of the exceptions in a state, newest first. Raise BadCursor."""
    page = read_page(
        couch,
        company,
        "exceptions_by_state",
        start=[state, {}],
        end=[state],
        limit=limit,
        cursor=cursor,
        descending=True,
    )
    return {"items": [_describe(row["doc"]) for row in page.rows], "next_cursor": page.next_cursor}


def close_exception(
    couch: Couch, company: str, exception: str, *, comment: str, by: str, now: datetime
) -> Json | None:
    """Close an exception with what was decided; None where there is none. Again keeps the first decision."""
    while True:
        doc = couch.get(company, exception) if exception.startswith("exception:") else None
        if doc is None:
            return None
        if doc["state"] == "closed":
            return _describe(doc)
        doc |= {"state": "closed", "closed_at": rfc3339(now), "closed_by": by, "comment": comment}
        try:
            couch.put(company, doc)
        except Conflict:
            continue
        return _describe(doc)


def _describe(document: Json) -> Json:
    body = {key: value for key, value in document.items() if not key.startswith("_")}
    return {"id": document["_id"], **body}

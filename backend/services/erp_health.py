"""Whether the ERP answers: a supervisor is told when it has not for a while, and the notice closes itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.couch.client import Couch, Json
from backend.services.posting_book import PostingBook
from receivables.documents import SCHEMA, parse_instant, rfc3339

LOCAL = "erp_health"
# An ERP that restarts or is backed up is back by then.
ALERT_AFTER = timedelta(minutes=10)


def answered(couch: Couch, company: str, direction: str, *, now: datetime) -> None:
    """The ERP did what it was asked; `direction` is `in` or `out`."""
    state = couch.get_local(company, LOCAL)
    if not state or direction not in state["failing"]:
        return
    del state["failing"][direction]
    couch.put_local(company, LOCAL, state)
    ending = {"closed_at": rfc3339(now), "closed_by": "erp", "comment": "El ERP volvió a responder."}
    PostingBook(couch, company).close([_exception_id(direction)], ending)


def failed(couch: Couch, company: str, direction: str, reason: str, *, now: datetime) -> None:
    """The ERP did not answer; an exception is raised once that has lasted `ALERT_AFTER`."""
    state = couch.get_local(company, LOCAL) or {"failing": {}}
    if direction not in state["failing"]:
        state["failing"][direction] = {"since": rfc3339(now), "reason": reason}
        couch.put_local(company, LOCAL, state)
    alert_if_long(couch, company, direction, now=now)


def alert_if_long(couch: Couch, company: str, direction: str, *, now: datetime) -> None:
    """Also asked between two tries, which may be an hour apart."""
    failing = since_when(couch, company).get(direction)
    if failing is None or now - parse_instant(failing["since"]) < ALERT_AFTER:
        return
    standing = couch.get(company, _exception_id(direction))
    if standing is not None and standing["state"] == "open":
        return
    PostingBook(couch, company).raise_anew(
        {
            "_id": _exception_id(direction),
            "schema": SCHEMA,
            "kind": "erp_away",
            "collector": None,
            "customer": None,
            "receipt": None,
            "detail": failing["reason"],
            "evidence": {"direction": direction, **failing},
            "raised_at": rfc3339(now),
            "state": "open",
        }
    )


def since_when(couch: Couch, company: str) -> dict[str, Json]:
    """`{direction: {since, reason}}` of what fails now."""
    return dict((couch.get_local(company, LOCAL) or {"failing": {}})["failing"])


def _exception_id(direction: str) -> str:
    return f"exception:erp_away:{direction}"

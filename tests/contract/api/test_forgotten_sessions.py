"""Tokens past their time leave the database; what they told of a phone stays known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.services.enrolment import last_contacts
from backend.services.refresh_tokens import LIFETIME, RefreshRefused
from backend.services.sessions import forget_expired
from tests.support.office import Office


def tokens(office: Office) -> set[str]:
    rows = office.couch.all_docs(office.company, start_key="refresh:", end_key="refresh:\ufff0")
    return {row["id"] for row in rows}


def test_tokens_past_their_time_are_purged_but_the_last_of_each_phone(office: Office) -> None:
    sessions = office.services.authenticator.refresh_tokens
    long_ago = office.clock() - LIFETIME - timedelta(days=1)
    whose = {"company": office.company, "email": office.email("ana")}
    for minutes in range(250):
        at = long_ago + timedelta(minutes=minutes)
        sessions.issue(**whose, device="D1", family="D1", now=at)
        sessions.issue(**whose, device=None, family="desk", now=at)
    old = sessions.issue(**whose, device="D2", family="D2", now=long_ago)
    fresh = sessions.issue(**whose, device="D2", family="D2", now=office.clock())
    known = last_contacts(office.couch, office.company)
    info = office.couch.database_info(office.company)
    assert forget_expired(office.couch, office.company, now=office.clock()) == 500
    assert len(tokens(office)) == 2
    assert last_contacts(office.couch, office.company) == known
    after = office.couch.database_info(office.company)
    assert info is not None
    assert after is not None
    assert after["doc_del_count"] == info["doc_del_count"], "no tombstone stays behind"
    assert forget_expired(office.couch, office.company, now=office.clock()) == 0
    with pytest.raises(RefreshRefused, match="unknown"):
        sessions.rotate(old, attempt=None, now=office.clock())
    assert sessions.rotate(fresh, attempt=None, now=office.clock()).device == "D2"

"""What is right and what is not, each with its remedy: the first thing to run when something doesn't work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from backend.companies import collector_databases, collectors_of, company_codes
from backend.config import SettingError, Settings
from backend.couch.client import Couch
from backend.couch.design_docs import DatabaseKind, read_design_docs
from backend.couch.errors import CouchError
from backend.couch.preparation import check_tokens, missing_databases
from backend.reconcile.audit import Drift, audit
from backend.services.figures import count_exceptions
from receivables.access import SERVER_ROLE
from receivables.identifiers import parse_collector_database

NAMED = 3
"""Ids told of each kind of drift; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    healthy: bool
    says: str


def examine(couch: Couch, settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look at the database server, then at each company; stop where looking further makes no sense."""
    try:
        info = couch.server_info()
        missing = missing_databases(couch)
    except CouchError as error:
        yield Finding("database", False, f"{error}: check COUCHDB_URL, COUCHDB_USER and COUCHDB_PASSWORD")
        return
    vendor = (info.get("vendor") or {}).get("name", "")
    yield Finding("database", True, f"{settings.couchdb_url}, {vendor} {info.get('version', '')}".strip())
    if missing:
        yield Finding(
            "system databases", False, f"{', '.join(missing)} missing: python -m backend prepare-couchdb"
        )
    yield _tokens(settings, now)
    companies = company_codes(couch)
    if not companies:
        yield Finding("companies", False, "there is none: python -m backend create-company CODE --name …")
    for company in companies:
        yield from _company(couch, company)


def compare(
    couch: Couch, company: str, *, repair: bool, now: datetime, pause: Callable[[], None]
) -> Iterator[Finding]:
    """Compare the central database with each collector's, all of it, and repair where asked to.

    What is only on its way is not drift: whatever disagrees is looked at once more after `pause`.
    """
    for collector in collectors_of(couch, company):
        subject = f"{company}/{collector}"
        drifts = audit(couch, company, now, collectors=[collector])
        if drifts:
            pause()
            drifts = audit(couch, company, now, collectors=[collector], repair=repair)
        if not drifts:
            yield Finding(subject, True, "agrees with the central database")
            continue
        told = _told(drifts[0])
        if not repair:
            yield Finding(subject, False, f"{told}: python -m backend doctor --repair")
        elif left := audit(couch, company, now, collectors=[collector]):
            yield Finding(subject, False, f"{_told(left[0])} even after repair: see the log of reconcile")
        else:
            yield Finding(subject, True, f"repaired: {told}")


def _told(drift: Drift) -> str:
    """Counts, each with the first ids."""
    parts = []
    for name in ("missing", "different", "strange", "unreceived"):
        ids: tuple[str, ...] = getattr(drift, name)
        if ids:
            named = ", ".join(ids[:NAMED]) + (" …" if len(ids) > NAMED else "")
            parts.append(f"{len(ids)} {name} ({named})")
    return "; ".join(parts)


def _tokens(settings: Settings, now: datetime) -> Finding:
    try:
        verdict = check_tokens(settings, now=now)
    except (SettingError, CouchError) as error:
        return Finding("tokens", False, str(error))
    return Finding("tokens", verdict.accepted, verdict.advice or f"accepted, key {settings.jwt_kid}")


def _company(couch: Couch, company: str) -> Iterator[Finding]:
    outdated = _outdated(couch, company, DatabaseKind.CENTRAL)
    if outdated:
        yield Finding(company, False, f"{', '.join(outdated)} differ: python -m backend push-design-docs")
        return
    databases = collector_databases(couch, company)
    waiting = count_exceptions(couch, company, "open")
    yield Finding(company, True, f"{len(databases)} collectors, {waiting} exceptions open")
    for database in databases:
        if parse_collector_database(database) is None:
            yield Finding(database, False, "is no collector's database")
        elif _outdated(couch, database, DatabaseKind.COLLECTOR):
            yield Finding(database, False, "its rules differ: python -m backend push-design-docs")
        elif SERVER_ROLE not in couch.get_security(database).get("members", {}).get("roles", []):
            yield Finding(database, False, "is open to everybody: python -m backend push-design-docs")


def _outdated(couch: Couch, db: str, kind: DatabaseKind) -> list[str]:
    wanted = {document["_id"]: document for document in read_design_docs(kind)}
    stored = {doc_id: couch.get(db, doc_id) for doc_id in wanted}
    return [
        doc_id
        for doc_id, document in wanted.items()
        if {key: value for key, value in (stored[doc_id] or {}).items() if key != "_rev"} != document
    ]

"""The types of documents, and the instants and dates that stand in them.

Facts are written once where they happen and travel up; projections are written by the server and travel down;
settings and exceptions stay in the central database. This table decides which is which, for every part of
Recaudo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from receivables.identifiers import fact_id, parse_id

Json = dict[str, Any]

SCHEMA = 1
"""The shape of the documents that this version writes; it reads every released one."""

FACT_TYPES = frozenset({
    "visit_start", "visit", "receipt", "receipt_void", "receipt_copy", "paper_copy", "promise", "dispute",
    "informed_payment", "note", "location_update", "photo", "deposit", "cash_close", "planned_stop", "track",
    "refusal", "dunning_notice", "contact_attempt", "cheque_bounce", "consent",
})  # fmt: skip
PROJECTION_TYPES = frozenset({
    "company", "collector", "customer", "address", "contact", "invoice", "withholding", "credit_note",
    "route", "goal", "catalogue", "policy", "posting", "reversal", "activity", "received",
    "manifest", "compliance_pack", "holidays", "logo", "performance", "reference", "consents",
})  # fmt: skip
SETTINGS_TYPES = frozenset({
    "assignment", "holding", "device", "series", "refresh", "dunning_claim", "erp_cursor", "exception",
    "audit", "zone", "withholding_decision", "enrolment", "enrolment_code", "sales", "assignment_plan",
    "erp_drift", "receipt_mail", "clock_code",
})  # fmt: skip

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_INSTANT = re.compile(f"{_DATE.pattern}T{_TIME}")


class BadDocument(ValueError):
    """A document whose fields aren't what docs/data-model.md says; the message names it and the reason."""


def type_of(document_id: str) -> str:
    """The type that an id carries; raise BadIdentifier where it carries none."""
    return parse_id(document_id).type


def is_fact(document_id: str) -> bool:
    """Is this the id of a fact? False for ids without a type, design documents and local documents too."""
    return document_id.partition(":")[0] in FACT_TYPES and ":" in document_id


def rfc3339(now: datetime) -> str:
    """`2026-11-21T15:04:05Z`: whole seconds, UTC. Raise ValueError for a naive datetime."""
    if now.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant into an aware datetime in UTC; raise ValueError for anything else."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an RFC 3339 instant")
    return datetime.fromisoformat(text).astimezone(UTC)


def parse_date(text: str) -> date:
    """Read `YYYY-MM-DD`, and none of the other spellings of ISO 8601; raise ValueError for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date")
    return date.fromisoformat(text)


def local_on(now: datetime, zone: tzinfo) -> date:
    """The date on the company's wall at the instant `now`."""
    if now.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return now.astimezone(zone).date()


def new_fact(
    kind: str,
    body: Mapping[str, Any],
    *,
    company: str,
    collector: str,
    device: str,
    ulid: str,
    now: datetime,
    zone: tzinfo,
) -> Json:
    """Build a fact of any type but receipt: its id, the common fields, then `body`.

    Raise BadIdentifier where the writer or the ULID can't be, ValueError where `kind` is no such fact.
    """
    if kind not in FACT_TYPES - {"receipt"}:
        raise ValueError(f"{kind!r} is not a fact that is named by a ULID")
    return {
        "_id": fact_id(kind, collector, ulid),
        "schema": SCHEMA,
        "company": company,
        "collector": collector,
        "device": device,
        "created_at": rfc3339(now),
        "local_on": local_on(now, zone).isoformat(),
        **body,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who records a fact, on which phone, when: what every fact carries beside its own body."""

    company: str
    collector: str
    device: str
    ulid: str
    now: datetime
    zone: tzinfo

    @property
    def on(self) -> date:
        """The date on the company's wall."""
        return local_on(self.now, self.zone)

    def fact(self, kind: str, body: Mapping[str, Any]) -> Json:
        """The fact of `kind` with this `body`; raises as `new_fact` does."""
        return new_fact(
            kind,
            body,
            company=self.company,
            collector=self.collector,
            device=self.device,
            ulid=self.ulid,
            now=self.now,
            zone=self.zone,
        )

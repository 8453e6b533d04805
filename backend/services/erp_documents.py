"""What the records of an ERP become: documents that change only where the ERP says something new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.erp.port import Kind, Page, Unreadable
from backend.erp.records import (
    AddressRecord,
    ContactRecord,
    CreditLimitRecord,
    CreditNoteRecord,
    CustomerRecord,
    ElectronicInvoiceRecord,
    ElectronicWithholdingRecord,
    GoalRecord,
    InvoiceRecord,
    PerformanceRecord,
    Record,
    SalesRecord,
    WithholdingRecord,
)
from receivables.documents import SCHEMA
from receivables.goals import heard_from_erp, lost_by_erp
from receivables.papers import remember_former_customer

# Another writer of the same document (a corrected location) gets this many chances to be in our way.
WRITE_ATTEMPTS = 5

TYPES: Mapping[Kind, str] = {
    Kind.CUSTOMERS: CustomerRecord.TYPE,
    Kind.CREDIT_LIMITS: CreditLimitRecord.TYPE,
    Kind.ADDRESSES: AddressRecord.TYPE,
    Kind.CONTACTS: ContactRecord.TYPE,
    Kind.INVOICES: InvoiceRecord.TYPE,
    Kind.WITHHOLDINGS: WithholdingRecord.TYPE,
    Kind.CREDIT_NOTES: CreditNoteRecord.TYPE,
    Kind.ELECTRONIC_INVOICES: ElectronicInvoiceRecord.TYPE,
    Kind.ELECTRONIC_WITHHOLDINGS: ElectronicWithholdingRecord.TYPE,
    Kind.SALES: SalesRecord.TYPE,
    Kind.GOALS: GoalRecord.TYPE,
    Kind.PERFORMANCE: PerformanceRecord.TYPE,
}
# Fields of a document that another kind makes.
PARTS = frozenset({Kind.CREDIT_LIMITS, Kind.ELECTRONIC_INVOICES, Kind.ELECTRONIC_WITHHOLDINGS})

# What a new document says where the ERP has no such column: readers find every field of the data model.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "customer": {
        "branch": "",
        "phones": [],
        "email": None,
        "address": "",
        "city": "",
        "location": None,
        "credit_limit": 0,
        "payment_terms_days": 0,
        "observations": "",
        "active": True,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """`keys` were understood, deletions included; `waiting` are fields of documents that are not there."""

    written: int
    keys: Sequence[str]
    waiting: Sequence[Unreadable]


def store(couch: Couch, company: str, kind: Kind, page: Page) -> Stored:
    """Write the documents that differ from their records, and remove what was deleted."""
    records = {record.document_id: record for record in page.records}
    gone = {document_id_of(kind, key): key for key in page.deleted}
    pending: set[str] = {*records, *gone}
    waiting: dict[str, Unreadable] = {}
    written = 0
    for _ in range(WRITE_ATTEMPTS):
        if not pending:
            keys = [record.key for record in records.values() if record.key not in waiting]
            return Stored(written=written, keys=[*keys, *gone.values()], waiting=list(waiting.values()))
        current = couch.get_many(company, sorted(pending))
        changed: list[Json] = []
        for document_id in sorted(pending):
            before = current.get(document_id)
            if (record := records.get(document_id)) is None:
                after = removed(before)
            elif before is None and not record.MAKES_DOCUMENT:
                waiting[record.key] = Unreadable(key=record.key, reason=f"{document_id} is not there")
                continue
            else:
                after = merged(before, record)
            if after is not None and after != before:
                changed.append(after)
        failed = [answer for answer in couch.bulk(company, changed) if answer.get("error")]
        written += len(changed) - len(failed)
        pending = {str(answer["id"]) for answer in failed}
    raise Conflict(f"{company}/{min(pending)}", "conflict", "kept changing while it was imported")


def document_id_of(kind: Kind, key: str) -> str:
    """The document that a record of this kind and key becomes."""
    return f"{TYPES[kind]}:{key}"


def removed(current: Json | None) -> Json | None:
    """What becomes of the document of a record that the ERP no longer has; None where nothing is to be done.

    A customer stays, inactive: facts speak of it, and somebody may be standing in its shop. Everything else
    becomes a tombstone that says whose it was, so that it leaves the phones that hold it.
    """
    if current is None:
        return None
    if str(current["_id"]).startswith("customer:"):
        return {**current, "active": False}
    if str(current["_id"]).startswith("goal:"):
        return lost_by_erp(current)
    kept: Json = {name: current[name] for name in ("_id", "_rev", "customer") if name in current}
    return kept | {"_deleted": True}


def merged(current: Json | None, record: Record) -> Json:
    """The record's document: the ERP's fields as it says, everybody else's as they were."""
    before = current or {"_id": record.document_id, "schema": SCHEMA, **DEFAULTS.get(record.TYPE, {})}
    if isinstance(record, GoalRecord):
        return heard_from_erp(before, record.body())
    return remember_former_customer(current, {**before, **record.body()})

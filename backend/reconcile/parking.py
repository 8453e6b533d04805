"""`exception:<kind>:<key>`: what a person must look at, raised once and never in the way of the rest.

The key is made from what is parked, so parking it again finds the exception there, open or closed, and leaves
it so.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from backend.couch.client import Json
from backend.reconcile.detection.detector import Finding
from backend.reconcile.tuning import EVIDENCE_BYTES
from receivables.documents import SCHEMA, rfc3339


def poisoned(document: Json, fault: str, *, collector: str | None, now: datetime) -> Json:
    """A document that can't be taken. `fault` is a code of `admission` or CouchDB's own word."""
    doc_id, rev = str(document["_id"]), str(document.get("_rev", ""))
    return _exception(
        f"poisoned:{poisoned_key(doc_id, rev, collector)}",
        collector=collector,
        document=document,
        detail=fault,
        evidence={"id": doc_id[:1000], "rev": rev, "document": text_of(document)},
        now=now,
    )


def poisoned_key(doc_id: str, rev: str, collector: str | None) -> str:
    """The id of a hostile document may be anything of any length: its digest names it."""
    return hashlib.sha256(f"{collector}\n{doc_id}\n{rev}".encode()).hexdigest()[:32]


def second_leaf(accepted: Json, further: Json, *, collector: str | None, now: datetime) -> Json:
    """Another body under the id of an accepted fact: a number used twice, or an attempt to replace it."""
    return _exception(
        f"second_leaf:{accepted['_id']}:{further['_rev']}",
        collector=collector,
        document=accepted,
        detail=f"{accepted['_id']}: {accepted['_rev']} stands, {further['_rev']} does not",
        evidence={"accepted": text_of(accepted), "further": text_of(further)},
        now=now,
    )


def refused(refusal: Json, *, now: datetime) -> Json:
    """What a phone could not deliver, as it reported it."""
    return _exception(
        f"refused:{refusal['_id'].partition(':')[2]}",
        collector=refusal.get("collector"),
        document={"_id": str(refusal.get("of", ""))},
        detail=str(refusal.get("reason", "")),
        evidence={
            "refusal": refusal["_id"],
            "of": refusal.get("of"),
            "document": str(refusal.get("document", ""))[:EVIDENCE_BYTES],
        },
        now=now,
    )


def not_taken_over(fact: Json, reason: str, *, collector: str, box: str, now: datetime) -> Json:
    """A fact that an erased phone handed over and the database would not take: it is nowhere else.

    `box` is the document that keeps what came, sealed and whole; the text here is cut to a limit.
    """
    return _exception(
        not_taken_over_id(collector, str(fact["_id"]), str(fact.get("_rev"))).partition(":")[2],
        collector=collector,
        document=fact,
        detail=reason,
        evidence={"of": str(fact["_id"])[:1000], "document": text_of(fact), "box": box},
        now=now,
    )


def not_taken_over_id(collector: str, fact: str, rev: str) -> str:
    return exception_id("refused", f"{collector}:handed-over-{poisoned_key(fact, rev, collector)}")


def found(kind: str, finding: Finding, now: datetime) -> Json:
    """What a detector saw about a fact that was accepted."""
    return _exception(
        f"{kind}:{finding.key}",
        collector=finding.fact.get("collector"),
        document=finding.fact,
        detail=finding.detail,
        evidence=finding.evidence,
        now=now,
    )


def exception_id(kind: str, key: str) -> str:
    return f"exception:{kind}:{key}"


def text_of(document: Json) -> str:
    """The document as text, so that no field of it means anything to the database; cut to a limit."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)[:EVIDENCE_BYTES]


def _exception(
    key: str, *, collector: str | None, document: Json, detail: str, evidence: dict[str, Any], now: datetime
) -> Json:
    doc_id, customer = str(document["_id"]), document.get("customer")
    return {
        "_id": f"exception:{key}",
        "schema": SCHEMA,
        "kind": key.partition(":")[0],
        "collector": collector,
        "customer": customer if isinstance(customer, str) else None,
        "receipt": doc_id if doc_id.startswith("receipt:") else None,
        "detail": detail,
        "evidence": evidence,
        "raised_at": rfc3339(now),
        "state": "open",
    }

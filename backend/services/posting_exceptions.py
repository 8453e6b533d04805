"""What a posting asks a person to decide: money that exceeded its invoices, a small difference that does not
settle one, a receipt that the ERP refused,
that cannot be read, or that cannot be posted and nobody knows why. Each is named after its receipt, so
raising it again finds it there, open or closed, and leaves it so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.couch.client import Json
from receivables.documents import SCHEMA, rfc3339
from receivables.messages import sentence
from receivables.money import Money
from receivables.receipts import Receipt
from receivables.validation import Problem


def over_allocation(receipt: Receipt, posting: Json, excess: Money, *, now: datetime) -> Json:
    """`excess` of the receipt was on invoices that others had paid by then; it is on account."""
    return _exception(
        "over_allocation",
        receipt.source,
        detail=f"{excess.to_decimal()} {excess.currency}",
        evidence={
            "requested": [line.to_json() for line in receipt.allocations],
            "effective": posting["allocations"],
            "on_account": posting["on_account"],
            "excess": excess.minor,
            "currency": excess.currency,
        },
        now=now,
    )


def write_off_refused(receipt: Receipt, posting: Json, *, now: datetime) -> Json:
    """Small differences that the collector wrote off are open after all: each says why."""
    refused = posting["refused_write_offs"]
    reasons = [sentence(Problem(each["code"], "", each["data"])) for each in refused]
    evidence = {"requested": [line.to_json() for line in receipt.write_offs], "refused": refused}
    return _exception(
        "write_off_refused", receipt.source, detail=" ".join(reasons), evidence=evidence, now=now
    )


def posting_rejected(receipt: Receipt, posting: Json, reason: str, *, now: datetime) -> Json:
    """The ERP refused the receipt, or what takes it back; `reason` is in its own words."""
    evidence = {
        "number": receipt.number,
        "posting": posting["_id"],
        "total": posting.get("total", receipt.total.minor),
        "currency": receipt.total.currency,
    }
    kind = "reversal_rejected" if posting["_id"].startswith("reversal:") else "posting_rejected"
    return _exception(kind, receipt.source, detail=reason, evidence=evidence, now=now)


def posting_failed(receipt: Mapping[str, Any], fault: str, *, now: datetime) -> Json:
    """Something that nobody foresaw; every run tries the receipt again, and it may have passed since."""
    return _exception("posting_failed", receipt, detail=fault, evidence={"id": receipt["_id"]}, now=now)


def unreadable_receipt(document: Json, fault: str, *, now: datetime) -> Json:
    """A receipt in the central database that is not one; it is not posted and holds nobody up."""
    return _exception("poisoned", document, detail=fault, evidence={"id": document["_id"]}, now=now)


def _exception(kind: str, receipt: Any, *, detail: str, evidence: dict[str, Any], now: datetime) -> Json:
    receipt_id = str(receipt["_id"])
    return {
        "_id": f"exception:{kind}:{receipt_id.removeprefix('receipt:').replace(':', '-')}",
        "schema": SCHEMA,
        "kind": kind,
        "collector": receipt.get("collector"),
        "customer": receipt.get("customer"),
        "receipt": receipt_id,
        "detail": detail,
        "evidence": evidence,
        "raised_at": rfc3339(now),
        "state": "open",
    }

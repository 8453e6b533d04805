"""What the office decides about a receipt after it was written: send it again, void it, its cheque bounced.

A void and a bounced cheque are facts of the office; the ERP job carries them over as reversals.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, tzinfo

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.clock_codes import clock_of
from backend.services.erp_reversals import reversals_of
from backend.services.exceptions import close_exception
from backend.services.photos import photos_by_fact
from backend.services.posting_book import PostingBook
from backend.services.posting_claims import claim_again
from backend.services.receipts import find_receipt, find_receipt_document, find_voids
from backend.services.withholding_checks import open_questions
from receivables.documents import new_fact, rfc3339
from receivables.identifiers import fact_id, new_ulid, posting_id
from receivables.money import minor_from_json
from receivables.payments import Method
from receivables.receipts import Receipt

WRITER = "office"


class NotPossible(Exception):
    """The code of `backend.errors` that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_again(couch: Couch, company: str, number: str, *, by: str, now: datetime) -> bool:
    """Let what the ERP rejected of a receipt be tried anew: its posting, and what takes it back.

    The ERP excludes a second posting by our key, whatever became of the first. False where there is no such
    receipt. Raise NotPossible.
    """
    document = find_receipt_document(couch, company, number)
    if document is None:
        return False
    receipt = Receipt.from_json(document)
    book = PostingBook(couch, company)
    rejected = [each for each in reversals_of(couch, company, receipt.id) if each["state"] == "rejected"]
    for reversal in rejected:
        book.settle(reversal, {"state": "sending", "attempts": 1, "reason": None})
    posting = couch.get(company, posting_id(receipt.id))
    if posting is not None and posting["state"] == "rejected":
        if find_voids(couch, company, [receipt.id]):
            raise NotPossible("receipt_voided")
        claim_again(couch, company, receipt, now=now)
    elif not rejected:
        raise NotPossible("receipt_not_rejected")
    name = receipt.number
    raised = [f"exception:{kind}:{name}" for kind in ("posting_rejected", "reversal_rejected")]
    book.close(raised, {"closed_at": rfc3339(now), "closed_by": by, "comment": "reenviado al ERP"})
    return True


def void(
    couch: Couch, company: str, number: str, *, reason: str, by: str, now: datetime, zone: tzinfo
) -> bool:
    """The office voids a receipt, posted or not. False where there is none. Raise NotPossible."""
    document = find_receipt_document(couch, company, number)
    if document is None:
        return False
    if find_voids(couch, company, [document["_id"]]):
        raise NotPossible("receipt_voided")
    body = {"receipt": document["_id"], "reason": reason, "by": by}
    _record(couch, company, "receipt_void", body, of=f"{document['_id']}/void", now=now, zone=zone)
    for exception in open_questions(document):
        close_exception(couch, company, exception, comment=f"recibo anulado: {reason}", by=by, now=now)
    return True


def bounce_cheque(
    couch: Couch,
    company: str,
    number: str,
    *,
    payment: int,
    reason: str,
    by: str,
    now: datetime,
    zone: tzinfo,
) -> bool:
    """The bank did not pay the cheque that is the receipt's `payment`-th line, counted from 1.

    False where there is no such receipt. Raise NotPossible.
    """
    document = find_receipt_document(couch, company, number)
    if document is None:
        return False
    lines = document["payments"]
    if not 1 <= payment <= len(lines) or lines[payment - 1]["method"] != Method.CHEQUE:
        raise NotPossible("payment_no_cheque")
    if find_voids(couch, company, [document["_id"]]):
        raise NotPossible("receipt_voided")
    body = {
        "receipt": document["_id"],
        "payment": payment,
        "customer": document["customer"],
        "amount": minor_from_json(lines[payment - 1]["amount"]),
        "currency": document["currency"],
        "reason": reason,
        "by": by,
    }
    of = _bounce(document["_id"], payment)
    if not _record(couch, company, "cheque_bounce", body, of=of, now=now, zone=zone):
        raise NotPossible("cheque_bounced")
    return True


def receipt_with_bounces(couch: Couch, company: str, number: str) -> Json | None:
    """The described receipt with its `bounced` cheques, or None where there is no such receipt."""
    described = find_receipt(couch, company, number)
    if described is None:
        return None
    ids = [
        fact_id("cheque_bounce", WRITER, _ulid_of(_bounce(described["id"], place)))
        for place, line in enumerate(described["payments"], start=1)
        if line["method"] == Method.CHEQUE
    ]
    facts = couch.get_many(company, ids) if ids else {}
    bounced = [
        {"payment": each["payment"], "reason": each["reason"], "by": each["by"], "at": each["created_at"]}
        for each in facts.values()
    ]
    return described | {
        "bounced": sorted(bounced, key=lambda each: int(each["payment"])),
        "photos": photos_by_fact(couch, company, [described["id"]]).get(described["id"], []),
        "clock": clock_of(couch, company, couch.get(company, described["id"]) or {}),
    }


def _bounce(receipt: str, payment: int) -> str:
    return f"{receipt}/{payment}"


def _ulid_of(of: str) -> str:
    return new_ulid(datetime.fromtimestamp(0, tz=UTC), hashlib.sha256(of.encode()).digest()[:10])


def _record(
    couch: Couch, company: str, kind: str, body: Json, *, of: str, now: datetime, zone: tzinfo
) -> bool:
    """Write a fact whose id follows from what it is `of`, so that pressing twice makes one; False if it is
    there."""
    fact = new_fact(
        kind, body, company=company, collector=WRITER, device=WRITER, ulid=_ulid_of(of), now=now, zone=zone
    )
    try:
        couch.put(company, fact)
    except Conflict:
        return False
    return True

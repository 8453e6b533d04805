"""A cheque's photos at the office: those that have arrived stand in its receipt, and each is shown."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from receivables.access import PICTURE
from receivables.documents import new_fact
from receivables.identifiers import receipt_id, receipt_number
from tests.support.builders import NOW, QUITO, a_receipt
from tests.support.letters import picture
from tests.support.office import Office, Phone

FRONT = picture("Cheque 000123")
ULIDS = ("01KA00000000000000000000V1", "01KA00000000000000000000V2")


def photo_of(office: Office, phone: Phone, receipt: dict[str, Any]) -> dict[str, Any]:
    fact = new_fact(
        "photo",
        {
            "customer": receipt["customer"], "of": receipt["_id"], "subject": "cheque", "source": "camera",
            "taken_at": "2026-11-21T15:00:00Z", "place": None, "bytes": len(FRONT),
            "sha256": hashlib.sha256(FRONT).hexdigest(),
        },
        company=office.company, collector="ana", device=phone.device, ulid=ULIDS[0], now=NOW, zone=QUITO,
    )  # fmt: skip
    attached = {"content_type": "image/jpeg", "data": base64.b64encode(FRONT).decode()}
    return fact | {"_attachments": {PICTURE: attached}}


def test_the_receipt_and_its_photo_are_taken_apart_and_found_together(office: Office) -> None:
    phone, digest = office.enrol("ana"), hashlib.sha256(FRONT).hexdigest()
    named = [{"id": f"photo:ana:{ulid}", "sha256": digest} for ulid in ULIDS]
    cheque = {
        "method": "cheque", "amount": 5000, "bank": "Pichincha", "account": "2100", "number": "000123",
        "drawer": "Rosa Vera", "cheque_on": "2026-11-21", "photos": named,
    }  # fmt: skip
    written: dict[str, Any] = {
        "_id": receipt_id(phone.series, 1), "number": receipt_number(phone.series, 1),
        "company": office.company, "device": phone.device, "series": phone.series,
    }  # fmt: skip
    receipt = a_receipt(1, payments=[cheque], **written)
    photo = photo_of(office, phone, receipt)
    for fact in (receipt, photo):
        answer = phone.put(fact)
        assert answer.status_code == 201, answer.text
    office.put(receipt)
    sofia = office.as_("sofia")
    before = sofia.read(f"/receipts/{receipt['number']}")
    assert before["payments"][0]["photos"] == named
    assert before["photos"] == [], "money comes first, photos last"
    office.put(photo)
    (arrived,) = sofia.read(f"/receipts/{receipt['number']}")["photos"]
    assert (arrived["id"], arrived["subject"]) == (named[0]["id"], "cheque")
    shown = sofia.send("GET", f"/photos/{arrived['id']}")
    assert hashlib.sha256(shown.data).hexdigest() == digest

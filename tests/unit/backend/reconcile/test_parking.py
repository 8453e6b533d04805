"""Exceptions are named by what they park, and carry it as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from backend.reconcile import parking
from backend.reconcile.tuning import EVIDENCE_BYTES

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_parking_the_same_document_again_names_the_same_exception() -> None:
    document = {"_id": "receipt:" + "x" * 5000, "_rev": "1-a"}
    first = parking.poisoned(document, "id_mismatch: _id", collector="ana", now=NOW)
    again = parking.poisoned(document, "id_mismatch: _id", collector="ana", now=LATER)
    other = parking.poisoned(document | {"_rev": "1-b"}, "id_mismatch: _id", collector="ana", now=NOW)
    assert first["_id"] == again["_id"] != other["_id"]
    assert len(first["_id"]) < 100


def test_a_second_body_is_parked_beside_the_accepted_one() -> None:
    accepted = {"_id": "receipt:R0001:00000004", "_rev": "1-a", "customer": "C1", "total": 100}
    exception = parking.second_leaf(
        accepted, accepted | {"_rev": "1-b", "total": 900}, collector="ana", now=NOW
    )
    assert exception["_id"] == "exception:second_leaf:receipt:R0001:00000004:1-b"
    assert (exception["kind"], exception["receipt"], exception["customer"], exception["state"]) == (
        "second_leaf", "receipt:R0001:00000004", "C1", "open",
    )  # fmt: skip
    bodies = {name: json.loads(text)["total"] for name, text in exception["evidence"].items()}
    assert bodies == {"accepted": 100, "further": 900}


def test_a_refusal_becomes_an_exception_with_the_refused_text() -> None:
    refusal = {
        "_id": "refusal:ana:01K", "collector": "ana", "of": "receipt:R0001:00000004",
        "reason": "sum_mismatch: payments", "document": "{…}",
    }  # fmt: skip
    exception = parking.refused(refusal, now=NOW)
    assert (exception["_id"], exception["receipt"]) == ("exception:refused:ana:01K", "receipt:R0001:00000004")
    assert (exception["detail"], exception["evidence"]["document"]) == ("sum_mismatch: payments", "{…}")


def test_the_text_of_a_huge_document_is_cut() -> None:
    exception = parking.poisoned({"_id": "note:ana:1", "text": "x" * 300_000}, "id", collector="ana", now=NOW)
    assert len(exception["evidence"]["document"]) == EVIDENCE_BYTES

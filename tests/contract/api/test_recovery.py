"""What a phone could not send, taken in from its sealed file: once, whole, as if the phone had sent it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from backend.sealing import RecoveryKey
from flet_app.collector.sealing import seal
from receivables.identifiers import new_ulid
from receivables.receipts import GENESIS_HASH, receipt_hash
from receivables.recovery import MAGIC, pack_recovery, recovery_message
from replica import Database
from tests.contract.api.test_enrolment import receipt_of
from tests.support.office import Office, Phone

Json = dict[str, Any]
PICTURE = {"picture": {"content_type": "image/jpeg", "data": "/9j/4AAQSkZJRg=="}}


def fact_of(office: Office, phone: Phone, kind: str, **body: Any) -> Json:
    ulid = new_ulid(office.clock(), os.urandom(10))
    return {
        "_id": f"{kind}:ana:{ulid}", "schema": 1, "company": office.company, "collector": "ana",
        "device": phone.device, "created_at": "2026-11-21T15:04:05Z", "local_on": "2026-11-21", **body,
    }  # fmt: skip


def receipt(office: Office, phone: Phone, counter: int = 1) -> Json:
    document = receipt_of(office, phone, counter, previous_hash=GENESIS_HASH)
    return document | {"hash": receipt_hash(GENESIS_HASH, document)}


def file_of(office: Office, phone: Phone, facts: list[Json], folder: Path, **claims: Any) -> bytes:
    """What the phone would make of `facts`, written into a database of its own."""
    with Database.open(folder / f"{os.urandom(4).hex()}.sqlite") as database:
        database.bulk_docs(facts)
        answers = database.bulk_get([{"id": fact["_id"]} for fact in facts])
    signed = pack_recovery(
        [answer["ok"] for answer in answers],
        **{
            "company": office.company,
            "collector": "ana",
            "device": phone.device,
            "now": office.clock(),
            "sign": phone.key.sign,
            **claims,
        },
    )
    return seal(signed, phone.enrolled["recovery_key"], secret=os.urandom(32))


def send(office: Office, box: bytes, *, person: str = "alba") -> Any:
    return office.as_(person).send("POST", "/recoveries", data=box, content_type="application/octet-stream")


@pytest.fixture
def phone(office: Office) -> Phone:
    return office.enrol("ana")


def stored(office: Office, phone: Phone, doc_id: str) -> Json | None:
    return office.couch.get(phone.database, doc_id)


def test_the_facts_of_a_file_come_in_once_however_often_it_is_taken_in(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    paid = receipt(office, phone)
    note = fact_of(office, phone, "note", customer="C0001", text="Volver el lunes")
    picture = fact_of(
        office, phone, "photo", customer="C0001", of=paid["_id"], subject="slip", place=None,
        taken_at="2026-11-21T15:04:05Z", bytes=9, sha256="a" * 64, _attachments=PICTURE,
    )  # fmt: skip
    box = file_of(office, phone, [paid, note, picture], tmp_path)
    answer = send(office, box)
    assert answer.status_code == 200, answer.text
    report = answer.get_json()
    assert (report["stored"], report["present"], report["refused"]) == (3, 0, [])
    kept = stored(office, phone, paid["_id"])
    assert kept is not None
    assert {name: kept[name] for name in paid} == paid
    whole = office.couch.get(phone.database, picture["_id"], attachments=True)
    assert whole is not None
    assert whole["_attachments"]["picture"]["data"] == PICTURE["picture"]["data"]
    again = send(office, box).get_json()
    assert (again["stored"], again["present"], again["refused"]) == (0, 3, [])
    assert {each["outcome"] for each in again["facts"]} == {"present"}


def test_a_phone_that_sends_afterwards_doubles_nothing(office: Office, phone: Phone, tmp_path: Path) -> None:
    note = fact_of(office, phone, "note", customer="C0001", text="Llamar antes de ir")
    with Database.open(tmp_path / "phone.sqlite") as database:
        database.put(note)
        [own] = database.bulk_get([{"id": note["_id"]}])
    assert send(office, file_of(office, phone, [note], tmp_path)).get_json()["stored"] == 1
    sent = phone.request(
        "POST", f"{phone.database}/_bulk_docs", json={"docs": [own["ok"]], "new_edits": False}
    )
    assert (sent.status_code, sent.json()) == (201, [])
    kept = office.couch.get(phone.database, note["_id"], conflicts=True)
    assert kept is not None
    assert "_conflicts" not in kept


def test_what_the_phone_might_not_write_is_refused_and_the_rest_comes_in(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    good = fact_of(office, phone, "note", customer="C0001", text="Bien")
    foreign = fact_of(office, phone, "note", customer="C0001", text="De otro") | {"collector": "bruno"}
    of_another_device = fact_of(office, phone, "note", customer="C0001", text="Ajeno") | {"device": "01KX"}
    projection = {"_id": "customer:C0001", "schema": 1, "code": "C0001", "credit_limit": 10**9}
    design = {"_id": "_design/recaudo", "language": "javascript"}
    facts = [good, foreign, of_another_device, projection, design]
    report = send(office, file_of(office, phone, facts, tmp_path)).get_json()
    assert report["stored"] == 1
    refused = {each["id"]: each["reason"] for each in report["refused"]}
    assert refused.keys() == {fact["_id"] for fact in facts[1:]}
    told = {each["id"]: each["outcome"] for each in report["facts"]}
    assert told == {good["_id"]: "stored", **dict.fromkeys(refused, "refused")}
    assert stored(office, phone, "customer:C0001") is None
    design_now = stored(office, phone, "_design/recaudo")
    assert design_now is not None
    assert "validate_doc_update" in design_now


def test_another_version_of_a_fact_that_is_there_is_refused(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    note = fact_of(office, phone, "note", customer="C0001", text="Primera")
    assert send(office, file_of(office, phone, [note], tmp_path)).get_json()["stored"] == 1
    report = send(office, file_of(office, phone, [note | {"text": "Segunda"}], tmp_path)).get_json()
    assert report["refused"] == [{"id": note["_id"], "reason": "fact_immutable: _id"}]
    kept = stored(office, phone, note["_id"])
    assert kept is not None
    assert kept["text"] == "Primera"


def test_a_phone_that_was_shut_out_is_recovered_all_the_same(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    office.as_("alba").post(f"/devices/{phone.device}/revoke", {})
    note = fact_of(office, phone, "note", customer="C0001", text="Antes de perderlo")
    assert send(office, file_of(office, phone, [note], tmp_path)).get_json()["stored"] == 1


def test_a_file_that_can_not_be_believed_changes_nothing(
    office: Office, other: Office, phone: Phone, tmp_path: Path
) -> None:
    note = fact_of(office, phone, "note", customer="C0001", text="Nunca")
    box = file_of(office, phone, [note], tmp_path)
    stranger = office.enrol("bruno")
    secret = office.services.settings.require_jwt_secret()
    elsewhere = seal(b"{}", RecoveryKey(secret, other.company).public, secret=os.urandom(32))
    cases = {
        "recovery_unreadable": [b"", b"%PDF-1.7", MAGIC + b"short"],
        "recovery_not_for_us": [box[:-1], box[:-20] + bytes(20), elsewhere],
        "recovery_signature_wrong": [file_of(office, phone, [note], tmp_path, sign=stranger.key.sign)],
        "recovery_device_unknown": [
            file_of(office, phone, [note], tmp_path, device="01KNOBODY"),
            file_of(office, phone, [note], tmp_path, collector="bruno"),
        ],
        "recovery_of_another_company": [file_of(office, phone, [note], tmp_path, company=other.company)],
    }
    for code, boxes in cases.items():
        for number, hostile in enumerate(boxes):
            answer = send(office, hostile)
            assert (answer.status_code, answer.get_json()["code"]) == (400, code), (code, number)
    assert stored(office, phone, note["_id"]) is None


def test_who_may_not_manage_devices_takes_nothing_in(office: Office, phone: Phone, tmp_path: Path) -> None:
    note = fact_of(office, phone, "note", customer="C0001", text="Nunca")
    answer = send(office, file_of(office, phone, [note], tmp_path), person="ana")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "role_missing")
    assert stored(office, phone, note["_id"]) is None


@pytest.mark.parametrize(
    "strange",
    [
        {"_rev": "1-"},
        {"_rev": "1"},
        {"_field": 1},
        {"_conflicts": ["1-a"]},
        {"_revisions": {"start": 1, "ids": [5]}},
        {"_revisions": {"start": "x", "ids": 7}},
        {"_revisions": 3},
        {"_attachments": 5},
        {"_id": "note:ana:" + "x" * 26},
        {"text": "\ud800"},
        {"customer": None},
    ],
)
def test_what_no_database_takes_is_refused_and_the_rest_comes_in(
    office: Office, phone: Phone, strange: Json
) -> None:
    bad = fact_of(office, phone, "note", customer="C0001", text="Raro") | strange
    check_only_the_good_one_comes_in(office, phone, bad)


@pytest.mark.parametrize(
    "picture", [{"stub": True}, {"stub": True, "digest": "md5-x", "length": 9}, {"data": 7}, {"data": "Ñ"}, 7]
)
def test_a_photo_without_its_picture_is_refused_and_the_rest_comes_in(
    office: Office, phone: Phone, picture: Any
) -> None:
    bad = fact_of(
        office, phone, "photo", customer="C0001", of=None, subject="slip", place=None, bytes=9,
        taken_at="2026-11-21T15:04:05Z", sha256="a" * 64, _attachments={"picture": picture},
    )  # fmt: skip
    check_only_the_good_one_comes_in(office, phone, bad)


def check_only_the_good_one_comes_in(office: Office, phone: Phone, bad: Json) -> None:
    good = fact_of(office, phone, "note", customer="C0001", text="Bien") | {"_rev": "1-" + "a" * 32}
    facts = [{"_rev": "1-" + "b" * 32} | bad, good]
    about = {"company": office.company, "collector": "ana", "device": phone.device, "made_at": "x"}
    body = json.dumps(about | {"facts": facts})
    signed = json.dumps({"body": body, "signature": phone.key.sign(recovery_message(body))}).encode()
    answer = send(office, seal(signed, phone.enrolled["recovery_key"], secret=os.urandom(32)))
    assert answer.status_code == 200, answer.text
    report = answer.get_json()
    assert stored(office, phone, good["_id"]) is not None
    assert (report["stored"], [each["id"] for each in report["refused"]]) == (1, [bad["_id"]])

"""Erasing a phone from afar: who may order it, what the phone must prove, and that no fact is lost by it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.sealing import seal
from receivables.recovery import MAGIC, pack_recovery
from receivables.wiping import Forged, Letter, Step, believed
from replica import Database
from tests.contract.api.test_recovery import PICTURE, fact_of, file_of, receipt, stored
from tests.support.office import Office, Phone, PhoneKey

Json = dict[str, Any]
REASON = {"reason": "Robado en la parada del bus"}


@pytest.fixture
def phone(office: Office) -> Phone:
    return office.enrol("ana")


def order(office: Office, phone: Phone, person: str = "sofia") -> str:
    answer = office.as_(person).post(f"/devices/{phone.device}/wipe", REASON)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["wipe"]["order"])


def letter_of(
    office: Office, phone: Phone, letter: Letter | Json | None, facts: list[Json] | None = None, **claims: Any
) -> bytes:
    said = letter.to_json() if isinstance(letter, Letter) else letter
    named = {"company": office.company, "collector": "ana", "device": phone.device, "now": office.clock()}
    signed = pack_recovery(facts or [], **{**named, "sign": phone.key.sign, "letter": said, **claims})
    return seal(signed, phone.enrolled["recovery_key"], secret=os.urandom(32))


def post(office: Office, box: bytes, company: str = "") -> Any:
    path = f"/api/v1/phones/{company or office.company}/letters"
    return office.client.post(path, data=box, content_type="application/octet-stream")


def say(office: Office, phone: Phone, step: Step, *, facts: list[Json] | None = None, **fields: Any) -> Json:
    nonce = os.urandom(32)
    answer = post(office, letter_of(office, phone, Letter(step=step, nonce=nonce, **fields), facts))
    assert answer.status_code == 200, answer.text
    return believed(answer.get_json(), nonce)


def listed(office: Office, phone: Phone) -> Json:
    rows = office.as_("sofia").read("/devices")["items"]
    row: Json = next(row for row in rows if row["device"] == phone.device)
    return row


def written(facts: list[Json], folder: Path) -> list[Json]:
    """The facts with the revisions that a phone's database gives them."""
    with Database.open(folder / f"{os.urandom(4).hex()}.sqlite") as database:
        database.bulk_docs(facts)
        answers = database.bulk_get([{"id": fact["_id"]} for fact in facts])
    return [answer["ok"] for answer in answers]


def pairs(facts: list[Json]) -> tuple[tuple[str, str], ...]:
    return tuple((fact["_id"], fact["_rev"]) for fact in facts)


def test_a_phone_hands_over_what_it_holds_and_is_erased(office: Office, phone: Phone, tmp_path: Path) -> None:
    assert say(office, phone, Step.ASK) == {"order": None}
    asked = order(office, phone)
    assert phone.request("GET").status_code == 403, "shut out from the first moment"
    assert listed(office, phone)["wipe"]["state"] == "asked"
    assert say(office, phone, Step.ASK) == {"order": asked}
    assert listed(office, phone)["wipe"]["state"] == "asked", "asking is no answer yet"

    paid = receipt(office, phone)
    picture = fact_of(
        office, phone, "photo", customer="C0001", of=paid["_id"], subject="slip", place=None,
        taken_at="2026-11-21T15:04:05Z", bytes=9, sha256="a" * 64, _attachments=PICTURE,
    )  # fmt: skip
    facts = written([paid, picture], tmp_path)
    told = say(office, phone, Step.SETTLE, order=asked, holds=pairs(facts))
    assert set(told["missing"]) == {paid["_id"], picture["_id"]}, "nothing is let go before it is here"
    assert listed(office, phone)["wipe"]["state"] == "heard"
    for _ in range(2):  # an answer was lost
        assert say(office, phone, Step.HAND_OVER, order=asked, facts=facts)["held"]
    assert stored(office, phone, paid["_id"]) is not None
    assert say(office, phone, Step.SETTLE, order=asked, holds=pairs(facts))["missing"] == []
    state = listed(office, phone)["wipe"]
    assert (state["state"], state["facts"]) == ("handed_over", {"photo": 1, "receipt": 1})

    for _ in range(2):
        assert say(office, phone, Step.ERASED, order=asked)["erased"]
    row = listed(office, phone)
    assert row["wipe"]["state"] == "erased"
    assert row["wipe"]["reason"] == REASON["reason"]
    assert row["revoked_at"] is not None
    renewal = office.post("/auth/refresh", {"refresh_token": phone.enrolled["refresh_token"]})
    assert renewal.status_code == 401
    assert phone.request("GET").status_code == 403
    entries = office.as_("alba").read(f"/audit?subject={phone.device}")["items"]
    erased = [entry for entry in entries if entry["action"] == "device_erased"]
    assert [(entry["by"], entry["device"]) for entry in erased] == [(office.email("ana"), phone.device)]
    ordered = next(entry for entry in entries if entry["action"] == "device_wipe_asked")
    assert (ordered["by"], ordered["values"]) == (office.email("sofia"), REASON)
    assert say(office, phone, Step.ASK) == {"order": asked}, "a copy of the phone is erased as well"


def test_what_the_database_would_not_take_is_kept_whole_before_the_phone_lets_go(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    asked = order(office, phone)
    spoiled = written([fact_of(office, phone, "note", customer="C0001", text=7)], tmp_path)
    say(office, phone, Step.HAND_OVER, order=asked, facts=spoiled)
    say(office, phone, Step.HAND_OVER, order=asked, facts=spoiled)
    assert say(office, phone, Step.SETTLE, order=asked, holds=pairs(spoiled))["missing"] == []
    exceptions = office.as_("sofia").read("/exceptions?state=open")["items"]
    [raised] = [each for each in exceptions if each["evidence"].get("of") == spoiled[0]["_id"]]
    assert raised["kind"] == "refused"
    kept = office.couch.get(office.company, raised["evidence"]["box"], attachments=True)
    assert kept is not None
    box = base64.b64decode(kept["_attachments"]["box"]["data"])
    assert box.startswith(MAGIC)
    report = office.as_("alba").send("POST", "/recoveries", data=box).get_json()
    assert [each["id"] for each in report["refused"]] == [spoiled[0]["_id"]], "the office opens it"


def test_another_version_of_a_fact_is_not_taken_for_the_phones_own(
    office: Office, phone: Phone, tmp_path: Path
) -> None:
    note = fact_of(office, phone, "note", customer="C0001", text="Primera")
    first, second = written([note], tmp_path), written([note | {"text": "Segunda"}], tmp_path)
    asked = order(office, phone)
    say(office, phone, Step.HAND_OVER, order=asked, facts=first)
    assert say(office, phone, Step.SETTLE, order=asked, holds=pairs(second))["missing"] == [note["_id"]]
    say(office, phone, Step.HAND_OVER, order=asked, facts=second)
    assert say(office, phone, Step.SETTLE, order=asked, holds=pairs(second))["missing"] == []


def test_an_order_is_taken_back_until_the_phone_has_heard_of_it(office: Office, phone: Phone) -> None:
    sofia = office.as_("sofia")
    assert sofia.post(f"/devices/{phone.device}/wipe/undo", {}).get_json()["code"] == "wipe_not_asked"
    asked = order(office, phone)
    assert order(office, phone) == asked, "asked twice it is one order"
    undone = sofia.post(f"/devices/{phone.device}/wipe/undo", {})
    assert (undone.status_code, undone.get_json()) == (200, {"device": phone.device, "revoked": False})
    assert listed(office, phone)["wipe"] is None
    assert phone.request("GET").status_code == 200, "it works as before"
    renewal = office.post("/auth/refresh", {"refresh_token": phone.enrolled["refresh_token"]})
    assert renewal.status_code == 200
    for step in (Step.HAND_OVER, Step.SETTLE, Step.ERASED):
        assert say(office, phone, step, order=asked) == {"order": None}, "what was taken back is nothing"
    assert listed(office, phone)["revoked_at"] is None

    again = order(office, phone)
    assert again != asked
    assert say(office, phone, Step.SETTLE, order=asked) == {"order": again}
    say(office, phone, Step.SETTLE, order=again)
    refused = sofia.post(f"/devices/{phone.device}/wipe/undo", {})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wipe_heard")
    assert phone.request("GET").status_code == 403


def test_a_phone_that_was_shut_out_stays_so_when_the_order_is_taken_back(
    office: Office, phone: Phone
) -> None:
    sofia = office.as_("sofia")
    sofia.post(f"/devices/{phone.device}/revoke", {})
    order(office, phone)
    assert sofia.post(f"/devices/{phone.device}/wipe/undo", {}).get_json()["revoked"] is True
    assert phone.request("GET").status_code == 403


def test_the_order_is_of_the_phone_whatever_it_was_before_and_of_no_other(office: Office) -> None:
    seed = os.urandom(32)
    before, now, other = office.enrol("ana", seed=seed), office.enrol("ana", seed=seed), office.enrol("ana")
    asked = order(office, before)
    assert say(office, now, Step.ASK) == {"order": asked}
    assert now.request("GET").status_code == 403
    assert say(office, other, Step.ASK) == {"order": None}
    assert other.request("GET").status_code == 200
    say(office, other, Step.ERASED, order=asked)
    assert listed(office, now)["wipe"]["state"] == "asked", "no phone speaks for another"
    key = PhoneKey(seed)
    wish = key.wish(office.company, office.token("ana"), code=office.issue_code("ana"))
    answer = key.send(office, wish)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "phone_to_be_wiped")


def test_only_who_manages_phones_orders_it_and_with_a_reason(office: Office, phone: Phone) -> None:
    for person, body, code in (
        ("ana", REASON, "role_missing"),
        ("sofia", {}, "request_invalid"),
        ("sofia", {"reason": "x" * 501}, "request_invalid"),
        ("sofia", {"reason": ["x"]}, "request_invalid"),
    ):
        answer = office.as_(person).post(f"/devices/{phone.device}/wipe", body)
        assert answer.get_json()["code"] == code
    assert (
        office.as_("ana").post(f"/devices/{phone.device}/wipe/undo", {}).get_json()["code"] == "role_missing"
    )
    unknown = office.as_("sofia").post("/devices/01KNOBODY/wipe", REASON)
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "device_unknown")
    assert office.as_("sofia").post("/devices/01KNOBODY/wipe/undo", {}).status_code == 404
    assert listed(office, phone)["wipe"] is None


def test_a_letter_that_can_not_be_believed_changes_nothing(
    office: Office, other: Office, phone: Phone, tmp_path: Path
) -> None:
    asked = order(office, phone)
    stranger = office.enrol("bruno")
    good = Letter(step=Step.ERASED, nonce=os.urandom(32), order=asked)
    box = letter_of(office, phone, good)
    hostile: list[Any] = [
        {}, [], "erased", {"step": "erase", "nonce": "", "order": asked, "holds": []},
        good.to_json() | {"nonce": base64.b64encode(b"short").decode()}, good.to_json() | {"nonce": 7},
        good.to_json() | {"order": ["x"]}, good.to_json() | {"holds": [["only one"]]},
        good.to_json() | {"holds": 7}, good.to_json() | {"holds": [[1, 2]]}, None,
    ]  # fmt: skip
    cases = [
        b"", b"%PDF-1.7", MAGIC + b"short", box[:-1], os.urandom(400),
        letter_of(office, phone, good, sign=stranger.key.sign),
        letter_of(office, phone, good, device="01KNOBODY"),
        letter_of(office, phone, good, company=other.company),
        file_of(office, phone, [], tmp_path),
        *(letter_of(office, phone, each) for each in hostile),
    ]  # fmt: skip
    for number, case in enumerate(cases):
        answer = post(office, case)
        assert (answer.status_code, "proof" in answer.get_json()) == (400, False), number
    assert post(office, box, company=other.company).status_code == 400
    assert post(office, box, company="No.Code").status_code == 400
    assert post(office, box, company="nosuchcompany").status_code == 400
    assert post(office, bytes(9 * 1024 * 1024)).status_code == 413
    assert listed(office, phone)["wipe"]["state"] == "asked"
    assert listed(office, stranger)["wipe"] is None


def test_an_answer_is_of_one_letter_only(office: Office, phone: Phone) -> None:
    order(office, phone)
    nonce = os.urandom(32)
    answer = post(office, letter_of(office, phone, Letter(step=Step.ASK, nonce=nonce))).get_json()
    believed(answer, nonce)
    for forged in (
        answer | {"said": answer["said"].replace("order", "Order")},
        answer | {"proof": "0" * 64},
        answer | {"proof": "ñ"},
        answer | {"proof": None},
        {"order": "x"},
        {},
    ):
        with pytest.raises(Forged):
            believed(forged, nonce)
    with pytest.raises(Forged):
        believed(answer, os.urandom(32))

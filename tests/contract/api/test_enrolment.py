"""A phone's way in: its series, its database, and how it is shut out again."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from backend.tokens import ROLES_CLAIM
from receivables.access import may_write
from tests.support.builders import a_receipt
from tests.support.office import Office, Phone, PhoneKey

CUSTOMER = {"_id": "customer:C0001", "schema": 1, "code": "C0001", "name": "Comercial Sol"}


@pytest.fixture(scope="module")
def phone(office: Office) -> Phone:
    return office.enrol("ana")


def receipt_of(office: Office, phone: Phone, counter: int, **fields: Any) -> dict[str, Any]:
    number = f"{phone.series}-{counter:08d}"
    own = {
        "_id": f"receipt:{phone.series}:{counter:08d}", "company": office.company, "collector": "ana",
        "device": phone.device, "series": phone.series, "number": number,
    }  # fmt: skip
    return a_receipt(counter, **{**own, **fields})


def roles_of(phone: Phone) -> list[str]:
    token = phone.enrolled["access_token"]
    roles: list[str] = jwt.decode(token, options={"verify_signature": False})[ROLES_CLAIM]
    return roles


def test_it_is_told_where_and_as_whom_to_replicate(office: Office, phone: Phone) -> None:
    assert phone.enrolled["collector"] == "ana"
    assert phone.database == f"{office.company}-c-ana"
    assert set(roles_of(phone)) == {
        f"{office.company}:collector", "c:ana", f"d:{phone.device}", f"series:{phone.series}",
    }  # fmt: skip


def test_it_enters_its_database_and_no_other(office: Office, phone: Phone) -> None:
    assert phone.request("GET").status_code == 200
    assert phone.request("GET", f"{office.company}-c-bruno").status_code == 403
    assert phone.request("GET", office.company).status_code == 403
    assert phone.request("GET", "_users/_all_docs").status_code in {401, 403}


def test_without_a_token_nobody_enters(office: Office, phone: Phone) -> None:
    assert phone.request("GET", token="x.y.z").status_code in {400, 401}


def test_a_receipt_of_its_own_is_admitted_once(office: Office, phone: Phone) -> None:
    receipt = receipt_of(office, phone, 1)
    assert phone.put(receipt).status_code == 201
    assert phone.put(receipt).status_code == 409
    stored = phone.request("GET", f"{phone.database}/{receipt['_id']}").json()
    assert stored["_rev"].startswith("1-")
    edited = phone.put({**stored, "total": 4000})
    assert (edited.status_code, edited.json()["reason"]) == (403, "fact_immutable: _id")
    gone = phone.request("DELETE", f"{phone.database}/{receipt['_id']}", params={"rev": stored["_rev"]})
    assert gone.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"total": 1},
        {"collector": "bruno"},
        {"device": "01KA000000000000000000XXXX"},
        {"_id": "receipt:R9999:00000002", "series": "R9999", "number": "R9999-00000002"},
        {"company": "beta"},
        {"payments": [{"method": "cash", "amount": 5000.5}]},
    ],
)
def test_what_the_database_refuses_is_what_the_phone_would_have_said(
    office: Office, phone: Phone, fields: dict[str, Any]
) -> None:
    receipt = receipt_of(office, phone, 2, **fields)
    problem = may_write(receipt, None, database=phone.database, roles=roles_of(phone))
    assert problem is not None
    answer = phone.put(receipt)
    assert (answer.status_code, answer.json()["reason"]) == (403, f"{problem.code}: {problem.field}")


def test_a_replicated_second_generation_is_refused(office: Office, phone: Phone) -> None:
    receipt = receipt_of(office, phone, 3) | {"_rev": "2-b", "_revisions": {"start": 2, "ids": ["b", "a"]}}
    body = {"docs": [receipt], "new_edits": False}
    (answer,) = phone.request("POST", f"{phone.database}/_bulk_docs", json=body).json()
    assert (answer["error"], answer["reason"]) == ("forbidden", "fact_immutable: _rev")


def test_a_projection_is_the_servers_alone(office: Office, phone: Phone) -> None:
    assert phone.put(CUSTOMER).json()["reason"] == "server_only: _id"
    office.couch.put(phone.database, dict(CUSTOMER))
    stored = phone.request("GET", f"{phone.database}/customer:C0001").json()
    assert phone.put(stored | {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("path", ["_design/recaudo", "_security", "_purge", "_compact", "_revs_limit"])
def test_the_rules_of_a_database_are_not_the_phones_to_change(phone: Phone, path: str) -> None:
    method = "POST" if path in {"_purge", "_compact"} else "PUT"
    standing = phone.request("GET", f"{phone.database}/{path}").json() if path.startswith("_design") else {}
    assert phone.request(method, f"{phone.database}/{path}", json=standing).status_code in {401, 403}


def test_a_device_gets_a_series_nobody_had(office: Office, phone: Phone) -> None:
    again = office.enrol("ana")
    assert again.series != phone.series
    assert again.device != phone.device
    foreign = receipt_of(office, phone, 9, device=again.device)
    assert again.put(foreign).json()["reason"] == "role_missing: series"


def test_a_phone_that_signs_in_again_sends_what_it_wrote_before(office: Office) -> None:
    first, second = office.enrol("ana", seed=b"k" * 32), office.enrol("ana", seed=b"k" * 32)
    assert first.enrolled["devices"] == [first.device]
    assert second.enrolled["devices"] == [first.device, second.device]
    assert second.series != first.series
    assert second.put(receipt_of(office, first, 1)).status_code == 201
    assert second.put(receipt_of(office, second, 1)).status_code == 201
    refused = first.put(receipt_of(office, second, 2))
    assert refused.json()["reason"].startswith("role_missing"), "what it was does not speak for what it is"


def test_a_phone_speaks_for_what_it_was_after_renewals_too(office: Office) -> None:
    key = b"renewed" + b"." * 25
    first, second = office.enrol("ana", seed=key), office.enrol("ana", seed=key)
    third = office.enrol("ana", seed=key)
    assert third.enrolled["devices"] == [first.device, second.device, third.device]
    office.as_("sofia").post(f"/devices/{second.device}/revoke", {})
    answer = office.post("/auth/refresh", {"refresh_token": third.enrolled["refresh_token"]}).get_json()
    renewed = jwt.decode(answer["access_token"], options={"verify_signature": False})[ROLES_CLAIM]
    assert set(renewed) == set(roles_of(third)) - {f"d:{second.device}", f"series:{second.series}"}
    receipt = receipt_of(office, first, 2)
    path = f"{third.database}/{receipt['_id']}"
    sent = third.request("PUT", path, token=answer["access_token"], json=receipt)
    assert sent.status_code == 201, "what it was before the revoked one is still its to send"


def test_the_same_key_in_another_account_speaks_for_nobody_else(office: Office) -> None:
    key = b"shared" + b"." * 26
    office.enrol("ana", seed=key)
    of_bruno = office.enrol("bruno", seed=key)
    assert of_bruno.enrolled["devices"] == [of_bruno.device]


def test_revoking_a_phone_shuts_out_what_it_was_before_and_it_may_be_enrolled_again(office: Office) -> None:
    key = b"stolen" + b"." * 26
    before, now = office.enrol("bruno", seed=key), office.enrol("bruno", seed=key)
    office.as_("sofia").post(f"/devices/{now.device}/revoke", {})
    assert now.request("GET").status_code == 403
    assert before.request("GET").status_code == 403
    for phone in (before, now):
        renewal = office.post("/auth/refresh", {"refresh_token": phone.enrolled["refresh_token"]})
        assert (renewal.status_code, renewal.get_json()["code"]) == (401, "device_revoked")
    found = office.enrol("bruno", seed=key)
    assert found.enrolled["devices"] == [before.device, found.device]
    assert found.request("GET").status_code == 200


def test_phones_that_enrol_at_the_same_time_get_different_series_and_all_enter(office: Office) -> None:
    wishes = [
        PhoneKey(secrets.token_bytes(32)).wish(
            office.company, office.token(collector), code=office.issue_code(collector)
        )
        for collector in ("ana", "bruno")
        for _ in range(4)
    ]
    anybody = PhoneKey(b"k" * 32)

    def enrol(wish: dict[str, Any]) -> Phone:
        answer = anybody.send(office, wish)
        assert answer.status_code == 201, answer.text
        return Phone(answer.get_json(), anybody)

    with ThreadPoolExecutor(8) as pool:
        phones = list(pool.map(enrol, wishes))
    assert len({phone.series for phone in phones}) == len(phones)
    assert [phone.request("GET").status_code for phone in phones] == [200] * len(phones)


def test_a_revoked_device_is_out_at_once_and_the_others_stay(office: Office) -> None:
    lost, kept = office.enrol("bruno", "Perdido"), office.enrol("bruno", "Nuevo")
    answer = office.as_("sofia").post(f"/devices/{lost.device}/revoke", {})
    assert answer.get_json() == {"device": lost.device, "collector": "bruno", "revoked": True}
    assert lost.request("GET").status_code == 403
    assert kept.request("GET").status_code == 200
    renewal = office.post("/auth/refresh", {"refresh_token": lost.enrolled["refresh_token"]})
    assert (renewal.status_code, renewal.get_json()["code"]) == (401, "device_revoked")
    assert office.post("/auth/refresh", {"refresh_token": kept.enrolled["refresh_token"]}).status_code == 200
    listed = {row["device"]: row["revoked_at"] for row in office.as_("sofia").read("/devices")["items"]}
    assert listed[lost.device] is not None
    assert listed[kept.device] is None


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        ("Recaudo/0.2.0 (Linux 6.1; Python 3.12.1)", "0.2.0"),
        ("Recaudo web; Firefox", None),
        ("Recaudo/<script>alert(1)</script> (x)", None),
        (f"Recaudo/{'9' * 400} (x)", None),
        ("", None),
    ],
)
def test_the_version_of_the_app_stands_beside_the_phone(office: Office, agent: str, app: str | None) -> None:
    phone = office.enrol("ana")
    office.clock.advance(seconds=2)
    renewal = {"refresh_token": phone.enrolled["refresh_token"]}
    assert office.post("/auth/refresh", renewal, headers={"User-Agent": agent}).status_code == 200
    listed = {row["device"]: row["app"] for row in office.as_("sofia").read("/devices")["items"]}
    assert listed[phone.device] == app


def test_a_revoked_series_is_not_issued_again(office: Office) -> None:
    lost = office.enrol("bruno")
    office.as_("sofia").post(f"/devices/{lost.device}/revoke", {})
    assert office.enrol("bruno").series != lost.series


def test_a_series_that_the_centre_forgot_is_not_issued_again(office: Office) -> None:
    phone = office.enrol("ana")
    assert phone.put(receipt_of(office, phone, 1)).status_code == 201
    for forgotten in (f"series:{phone.series}", f"device:{phone.device}"):
        standing = office.couch.get(office.company, forgotten)
        assert standing is not None
        office.couch.delete(office.company, forgotten, standing["_rev"])
    assert int(office.enrol("bruno").series[1:]) > int(phone.series[1:])


def test_the_phone_renews_with_the_same_roles(office: Office) -> None:
    phone = office.enrol("ana")
    answer = office.post("/auth/refresh", {"refresh_token": phone.enrolled["refresh_token"]}).get_json()
    renewed = jwt.decode(answer["access_token"], options={"verify_signature": False})[ROLES_CLAIM]
    assert renewed == roles_of(phone)
    assert phone.request("GET", token=answer["access_token"]).status_code == 200


def test_a_phones_token_reads_nothing_of_the_office(office: Office, phone: Phone) -> None:
    headers = {"Authorization": f"Bearer {phone.enrolled['access_token']}"}
    answer = office.client.get(f"/api/v1/companies/{office.company}/customers", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"name": "missing", "public_key": "missing", "proof": "missing", "attempt": "missing"}),
        (
            {"name": "  ", "public_key": "short", "proof": "x", "attempt": "x"},
            {"name": "missing", "public_key": "not_a_key"},
        ),
        (
            {"name": "x" * 101, "public_key": "k" * 43 + "=", "proof": "x", "attempt": "x" * 65},
            {"name": "too_long", "attempt": "too_long"},
        ),
    ],
)
def test_a_bad_enrolment_reserves_nothing(
    office: Office, body: dict[str, Any], faults: dict[str, str]
) -> None:
    before = len(office.couch.all_docs(office.company, start_key="series:", end_key="series:\ufff0"))
    answer = office.as_("ana").post("/devices", body)
    assert {error["field"]: error["code"] for error in answer.get_json()["errors"]} == faults
    after = len(office.couch.all_docs(office.company, start_key="series:", end_key="series:\ufff0"))
    assert after == before

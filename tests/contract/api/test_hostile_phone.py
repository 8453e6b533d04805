"""A phone that was let in, or one with a token of its own making, tries what it must not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from backend.app import PREFIX
from backend.reconcile.reconciler import Reconciler
from backend.tokens import ROLES_CLAIM
from tests.contract.api.test_enrolment import receipt_of
from tests.support.access_vectors import read_access_vectors
from tests.support.office import Office, Phone

VISIT = "a well-formed visit_start is admitted"


@pytest.fixture(scope="module")
def phone(office: Office) -> Phone:
    return office.enrol("ana")


def _with_roles(token: str, roles: list[str], **header: Any) -> str:
    """The token with other roles and the signature that it had."""
    head, _, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False}) | {ROLES_CLAIM: roles}
    return ".".join(
        (_encoded(jwt.get_unverified_header(token) | header) if header else head, _encoded(claims), signature)
    )


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _forgeries(phone: Phone, roles: list[str]) -> dict[str, str]:
    token = phone.enrolled["access_token"]
    end = datetime.now(UTC) + timedelta(minutes=10)
    claims = jwt.decode(token, options={"verify_signature": False}) | {ROLES_CLAIM: roles, "exp": end}
    kid = jwt.get_unverified_header(token)["kid"]
    return {
        "altered": _with_roles(token, roles),
        "unsigned": jwt.encode(claims, None, algorithm="none", headers={"kid": kid}),
        "of another key": jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"kid": kid}),
        "of an unknown kid": _with_roles(token, roles, kid="another"),
    }


@pytest.mark.parametrize("forgery", ["altered", "unsigned", "of another key", "of an unknown kid"])
@pytest.mark.parametrize("role", ["_admin", "{company}:administrator", "c:bruno"])
def test_a_token_with_roles_that_nobody_gave_opens_neither_the_database_nor_the_api(
    office: Office, phone: Phone, forgery: str, role: str
) -> None:
    token = _forgeries(phone, [role.format(company=office.company), f"d:{phone.device}"])[forgery]
    for path in (phone.database, office.company, f"{office.company}-c-bruno", "_all_dbs"):
        assert phone.request("GET", path, token=token).status_code in {400, 401, 403}, path
    answer = office.client.get(
        f"{PREFIX}/companies/{office.company}/devices", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


def test_a_second_body_of_a_receipt_never_becomes_money_at_the_centre(office: Office, phone: Phone) -> None:
    receipt = receipt_of(office, phone, 1)
    assert phone.put(receipt).status_code == 201
    Reconciler(office.couch, office.company).sweep(office.clock())
    higher = {"_rev": f"1-{'f' * 32}", "_revisions": {"start": 1, "ids": ["f" * 32]}}
    body = {"docs": [receipt | higher | {"customer": "C9999"}], "new_edits": False}
    phone.request("POST", f"{phone.database}/_bulk_docs", json=body).raise_for_status()
    shown = phone.request("GET", f"{phone.database}/{receipt['_id']}").json()
    assert shown["customer"] == "C9999", "the database shows the leaf of the higher digest, as CouchDB does"
    Reconciler(office.couch, office.company).sweep(office.clock())
    kept = office.couch.get(office.company, receipt["_id"])
    assert kept is not None
    assert kept["customer"] == receipt["customer"]
    parked = office.couch.get(office.company, f"exception:second_leaf:{receipt['_id']}:{higher['_rev']}")
    assert parked is not None


@pytest.mark.parametrize("replicated", [False, True])
def test_a_recorded_visit_is_not_deleted(office: Office, phone: Phone, replicated: bool) -> None:
    (visit,) = (json.loads(each.text) for each in read_access_vectors() if each.name == VISIT)
    own = {"company": office.company, "collector": "ana", "device": phone.device}
    visit |= own | {"_id": f"visit_start:ana:01KA000000000000000000000{int(replicated)}"}
    rev = phone.put(visit).raise_for_status().json()["rev"]
    gone = {"_id": visit["_id"], "_rev": rev, "_deleted": True}
    if replicated:
        ids = ["e" * 32, rev.partition("-")[2]]
        gone |= {"_rev": f"2-{ids[0]}", "_revisions": {"start": 2, "ids": ids}}
    body = {"docs": [gone], "new_edits": not replicated}
    (answer,) = phone.request("POST", f"{phone.database}/_bulk_docs", json=body).json()
    assert (answer["error"], answer["reason"]) == ("forbidden", "fact_deleted: _id")
    assert phone.request("GET", f"{phone.database}/{visit['_id']}").json()["_rev"] == rev


def test_a_phone_writes_nothing_into_another_collectors_database(office: Office, phone: Phone) -> None:
    receipt = receipt_of(office, phone, 2)
    for database in (f"{office.company}-c-bruno", office.company):
        assert phone.request("PUT", f"{database}/{receipt['_id']}", json=receipt).status_code == 403
        bulk = phone.request("POST", f"{database}/_bulk_docs", json={"docs": [receipt], "new_edits": False})
        assert bulk.status_code == 403
        assert phone.request("PUT", f"{database}/_local/x", json={}).status_code == 403
        assert office.couch.get(database, receipt["_id"]) is None


@pytest.mark.parametrize("rest", ["", "-c-ana", "-c-ana/_design/recaudo", "-c-ana/_security", "/_all_docs"])
def test_a_database_of_another_company_is_shut_and_says_nothing_of_itself(
    other: Office, phone: Phone, rest: str
) -> None:
    answer = phone.request("GET", f"{other.company}{rest}")
    assert answer.status_code == 403
    told = answer.text.replace(f"{other.company}{rest.partition('/')[0]}", "")
    assert not any(word in told for word in (other.company, "Empresa", "validate_doc_update", "d:"))

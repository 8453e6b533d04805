"""Signing in and staying signed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.app import PREFIX
from backend.attempts import PER_ACCOUNT
from backend.config import Settings
from backend.couch.sessions import session_of_token
from backend.tokens import ACCESS_LIFETIME
from tests.support.office import PASSWORD, Office, PhoneKey


def from_address(address: str) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_a_person_gets_tokens_and_the_companies_to_work_for(office: Office) -> None:
    body = office.login("sofia").get_json()
    assert body["user"] == {"email": office.email("sofia"), "name": "Sofia"}
    assert body["companies"] == [
        {
            "code": office.company,
            "name": "Empresa de prueba",
            "currency": "USD",
            "timezone": "America/Guayaquil",
            "locale": "es_EC",
            "roles": ["supervisor"],
            "collector": None,
        }
    ]
    assert body["access_token"]
    assert body["refresh_token"]


def test_a_collector_is_told_under_which_code(office: Office) -> None:
    (company,) = office.login("ana").get_json()["companies"]
    assert (company["roles"], company["collector"]) == (["collector"], "ana")


def test_couchdb_takes_the_token_for_the_person(office: Office, database_server: Settings) -> None:
    session = session_of_token(database_server.couchdb_url, office.token("sofia"))
    assert session.name == office.email("sofia")
    assert f"{office.company}:supervisor" in session.roles


def test_the_address_is_the_same_in_capitals_and_with_blanks(office: Office) -> None:
    email = f"  {office.email('sofia').upper()} "
    assert office.post("/auth/login", {"email": email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("person", ["sofia", "nobody"])
def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(office: Office, person: str) -> None:
    answer = office.login(person, "wrong", **from_address(f"10.1.0.{len(person)}"))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "credentials_invalid")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("person", ["sofia", "nobody"])
def test_too_many_wrong_passwords_lock_alike_whether_the_account_exists(office: Office, person: str) -> None:
    address = from_address(f"10.2.0.{len(person)}")
    for _ in range(PER_ACCOUNT):
        assert office.login(person, "wrong", **address).status_code == 401
    answer = office.login(person, PASSWORD, **address)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 301
    assert answer.headers["Retry-After"] in answer.get_json()["detail"]
    if person == "sofia":
        assert office.login(person, **from_address("10.2.1.1")).status_code == 200


def test_the_server_administrator_is_no_person(office: Office, database_server: Settings) -> None:
    body = {"email": database_server.couchdb_user, "password": database_server.couchdb_password}
    assert office.post("/auth/login", body, **from_address("10.3.0.1")).status_code == 401


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"email": "missing", "password": "missing"}),
        ({"email": "", "password": ""}, {"email": "missing", "password": "missing"}),
        ({"email": 7, "password": ["x"]}, {"email": "not_text", "password": "not_text"}),
        ({"email": "a" * 257, "password": "b" * 257}, {"email": "too_long", "password": "too_long"}),
    ],
)
def test_every_fault_of_the_form_is_named_at_once(
    office: Office, body: dict[str, object], faults: dict[str, str]
) -> None:
    answer = office.post("/auth/login", body)
    assert answer.status_code == 400
    assert {error["field"]: error["code"] for error in answer.get_json()["errors"]} == faults


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'"text"', b"[" * 50_000])
def test_a_body_that_is_no_object_is_refused(office: Office, body: bytes) -> None:
    answer = office.client.post(f"{PREFIX}/auth/login", data=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "body_unreadable")


def test_a_body_that_is_too_large_is_refused(office: Office) -> None:
    answer = office.client.post(f"{PREFIX}/auth/login", data=b"x" * 70_000)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "body_too_large")


def test_a_problem_speaks_english_when_asked(office: Office) -> None:
    answer = office.post("/auth/login", {}, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.get_json()["title"] == "Invalid request"
    assert answer.headers["Content-Language"] == "en"
    assert (
        office.post("/auth/login", {}, headers={"Accept-Language": "de"}).headers["Content-Language"] == "es"
    )


def test_a_refresh_token_gives_the_next_one(office: Office) -> None:
    first = office.login("sofia").get_json()["refresh_token"]
    second = office.post("/auth/refresh", {"refresh_token": first}).get_json()
    third = office.post("/auth/refresh", {"refresh_token": second["refresh_token"]})
    assert third.status_code == 200
    assert len({first, second["refresh_token"], third.get_json()["refresh_token"]}) == 3


def test_a_refresh_token_used_twice_ends_the_family(office: Office) -> None:
    first = office.login("sofia").get_json()["refresh_token"]
    second = office.post("/auth/refresh", {"refresh_token": first}).get_json()["refresh_token"]
    again = office.post("/auth/refresh", {"refresh_token": first})
    assert (again.status_code, again.get_json()["code"]) == (401, "refresh_reused")
    assert office.post("/auth/refresh", {"refresh_token": second}).status_code == 401


def test_another_sign_in_is_another_family(office: Office) -> None:
    stolen, own = (office.login("sofia").get_json()["refresh_token"] for _ in range(2))
    office.post("/auth/refresh", {"refresh_token": stolen})
    office.post("/auth/refresh", {"refresh_token": stolen})
    assert office.post("/auth/refresh", {"refresh_token": own}).status_code == 200


def test_an_answer_that_was_lost_is_given_again_to_the_same_attempt(office: Office) -> None:
    first = office.login("sofia").get_json()["refresh_token"]
    lost = office.post("/auth/refresh", {"refresh_token": first, "attempt": "a1"}).get_json()
    again = office.post("/auth/refresh", {"refresh_token": first, "attempt": "a1"})
    assert again.get_json()["refresh_token"] == lost["refresh_token"]
    assert office.post("/auth/refresh", {"refresh_token": lost["refresh_token"]}).status_code == 200
    thief = office.post("/auth/refresh", {"refresh_token": first, "attempt": "a2"})
    assert thief.get_json()["code"] == "refresh_reused"


@pytest.mark.parametrize("token", ["nothing", "andina.x", "_users.x", ".", "../x.y", "t.x"])
def test_a_refresh_token_that_is_none_is_refused(office: Office, token: str) -> None:
    answer = office.post("/auth/refresh", {"refresh_token": token})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "refresh_invalid")


def test_a_refresh_token_of_our_company_with_another_secret_is_refused(office: Office) -> None:
    assert office.post("/auth/refresh", {"refresh_token": f"{office.company}.x"}).status_code == 401


def test_a_refresh_token_ends(database_server: Settings, office: Office) -> None:
    token = office.login("sofia").get_json()["refresh_token"]
    before = office.clock.now
    office.clock.advance(days=61)
    answer = office.post("/auth/refresh", {"refresh_token": token})
    office.clock.now = before
    assert answer.get_json()["code"] == "refresh_invalid"


def test_the_token_itself_is_stored_nowhere(office: Office) -> None:
    token = office.login("sofia").get_json()["refresh_token"]
    rows = office.couch.all_docs(
        office.company, start_key="refresh:", end_key="refresh:\ufff0", include_docs=True
    )
    assert rows
    assert token.partition(".")[2] not in str(rows)


def test_a_role_taken_away_is_gone_at_the_next_renewal(office: Office, database_server: Settings) -> None:
    signed_in = office.login("ana").get_json()
    account = office.couch.get("_users", f"org.couchdb.user:{office.email('ana')}")
    assert account is not None
    office.couch.put("_users", account | {"roles": [f"{office.company}:backoffice"]})
    renewed = office.post("/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).get_json()
    session = session_of_token(database_server.couchdb_url, renewed["access_token"])
    assert f"{office.company}:collector" not in session.roles
    current = office.couch.get("_users", f"org.couchdb.user:{office.email('ana')}")
    assert current is not None
    office.couch.put("_users", current | {"roles": []})
    left_without = office.post("/auth/refresh", {"refresh_token": renewed["refresh_token"]})
    assert (left_without.status_code, left_without.get_json()["code"]) == (401, "refresh_invalid")
    current = office.couch.get("_users", f"org.couchdb.user:{office.email('ana')}")
    assert current is not None
    office.couch.put("_users", current | {"roles": account["roles"]})


def test_an_expired_token_is_told_apart_from_a_bad_one(office: Office) -> None:
    bearer = office.as_("sofia")
    before = office.clock.now
    office.clock.advance(seconds=ACCESS_LIFETIME.total_seconds() + 1)
    answer = bearer.send("GET", "/summary")
    office.clock.now = before
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_expired")


def test_only_a_collector_enrols(office: Office) -> None:
    key = PhoneKey(b"k" * 32)
    answer = key.send(office, key.wish(office.company, office.token("sofia")))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_a_collector")


def test_of_two_who_use_a_token_at_the_same_instant_neither_keeps_the_session(office: Office) -> None:
    for _ in range(5):
        token = office.login("sofia").get_json()["refresh_token"]
        application = office.client.application

        def renew(token: str = token, application: Flask = application) -> TestResponse:
            return application.test_client().post(f"{PREFIX}/auth/refresh", json={"refresh_token": token})

        with ThreadPoolExecutor(2) as pool:
            answers = [future.result() for future in [pool.submit(renew) for _ in range(2)]]
        renewed = [answer.get_json()["refresh_token"] for answer in answers if answer.status_code == 200]
        assert len(renewed) <= 1
        for successor in renewed:
            assert office.post("/auth/refresh", {"refresh_token": successor}).status_code == 401

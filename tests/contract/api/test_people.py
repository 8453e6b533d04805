"""Who administers the company adds people, changes them, lets them go and lets them in again; nobody else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.auth import Authenticator
from backend.http.rules import PREFIX
from backend.services import people
from backend.services.accounts import find_account_document
from receivables.access import Role
from tests.support.office import PASSWORD, Bearer, Office

Json = dict[str, Any]


@pytest.fixture(scope="module")
def alba(office: Office) -> Bearer:
    return office.as_("alba")


def add(office: Office, alba: Bearer, person: str, *roles: Role, **fields: Any) -> Json:
    """A new person; `password` in the answer is the one that was told once."""
    body = {"email": office.email(person), "name": person.title(), "roles": [*roles], **fields}
    answer = alba.post("/people", body)
    assert answer.status_code == 201, answer.text
    office.accounts.append(office.email(person))
    added: Json = answer.get_json()
    return added | {"password": added["one_time_password"]}


def choose(office: Office, person: str, old: str, new: str = PASSWORD) -> Json:
    answer = office.post(
        "/auth/password", {"email": office.email(person), "password": old, "new_password": new}
    )
    assert answer.status_code == 200, answer.text
    signed_in: Json = answer.get_json()
    return signed_in


def hired(office: Office, alba: Bearer, person: str, *roles: Role, **fields: Any) -> Json:
    """A new person who has chosen a password; the answer is that of the sign-in."""
    return choose(office, person, add(office, alba, person, *roles, **fields)["password"])


def person_of(alba: Bearer, email: str) -> Json:
    found: list[Json] = alba.read("/people", query_string={"q": email})["items"]
    assert len(found) == 1
    return found[0]


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json().get("code", "")


def change(alba: Bearer, email: str, *roles: Role, name: str, **fields: Any) -> Any:
    return alba.put(f"/people/{email}", {"name": name, "roles": [*roles], **fields})


# -- adding -----------------------------------------------------------------------------------


def test_a_person_who_is_added_has_a_password_for_one_use(office: Office, alba: Bearer) -> None:
    added = add(office, alba, "eva", Role.SUPERVISOR, Role.BACKOFFICE)
    assert added["person"]["roles"] == ["backoffice", "supervisor"]
    assert added["person"]["one_time_until"] is not None
    once = added["password"]
    assert code_of(office.login("eva", once)) == (403, "password_change_needed")
    signed_in = choose(office, "eva", once)
    assert Bearer(office, signed_in["access_token"]).send("GET", "/summary").status_code == 200
    assert code_of(office.login("eva", once)) == (401, "credentials_invalid")
    assert office.login("eva").status_code == 200
    assert person_of(alba, office.email("eva"))["one_time_until"] is None


def test_a_password_for_one_use_ends_after_a_week(office: Office, alba: Bearer) -> None:
    once = add(office, alba, "late", Role.BACKOFFICE)["password"]
    office.clock.advance(days=7, seconds=1)
    try:
        body = {"email": office.email("late"), "password": once, "new_password": PASSWORD}
        assert code_of(office.post("/auth/password", body)) == (403, "password_expired")
        assert code_of(office.login("late", once)) == (403, "password_expired")
    finally:
        office.clock.advance(days=-7, seconds=-1)


def test_the_password_is_neither_in_the_audit_nor_in_the_account(office: Office, alba: Bearer) -> None:
    added = add(office, alba, "secret", Role.BACKOFFICE)
    kept = alba.read("/audit", query_string={"action": "person_added", "limit": "500"})["items"]
    (entry,) = [each for each in kept if each["values"]["email"] == office.email("secret")]
    assert entry["values"]["roles"] == ["backoffice"]
    everything = json.dumps(
        [
            alba.read("/audit", query_string={"limit": "500"}),
            alba.read("/people"),
            find_account_document(office.couch, office.email("secret")),
        ]
    )
    assert added["password"] not in everything


def test_who_is_there_already_is_not_added_again(office: Office, alba: Bearer) -> None:
    body = {"email": office.email("sofia").upper(), "name": "Otra", "roles": ["administrator"]}
    assert code_of(alba.post("/people", body)) == (409, "person_exists")
    assert person_of(alba, office.email("sofia"))["roles"] == ["supervisor"]


def test_a_collector_gets_a_code_and_a_database_that_are_his_for_ever(office: Office, alba: Bearer) -> None:
    add(office, alba, "nico", Role.COLLECTOR, collector="nico")
    assert office.couch.database_info(f"{office.company}-c-nico") is not None
    taken = alba.post(
        "/people",
        {"email": office.email("other"), "name": "Otro", "roles": ["collector"], "collector": "nico"},
    )
    assert code_of(taken) == (409, "collector_taken")
    assert find_account_document(office.couch, office.email("other")) is None
    other_code = change(alba, office.email("nico"), Role.COLLECTOR, name="Nico", collector="nicolas")
    assert code_of(other_code) == (409, "collector_fixed")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"email", "name", "roles"}),
        ({"email": "no address", "name": "x", "roles": ["supervisor"]}, {"email"}),
        ({"email": "a/b@c.example", "name": "x", "roles": ["supervisor"]}, {"email"}),
        ({"email": "a\r\nb@c.example", "name": "x", "roles": ["supervisor"]}, {"email"}),
        ({"email": "a@b.example", "name": "\ud800", "roles": ["supervisor"]}, {"name"}),
        ({"email": "a@b.example", "name": "x" * 101, "roles": ["supervisor"]}, {"name"}),
        ({"email": "a@b.example", "name": "x", "roles": ["_admin"]}, {"roles"}),
        ({"email": "a@b.example", "name": "x", "roles": "supervisor"}, {"roles"}),
        ({"email": "a@b.example", "name": "x", "roles": [["supervisor"]]}, {"roles"}),
        ({"email": "a@b.example", "name": "x", "roles": []}, {"roles"}),
        ({"email": "a@b.example", "name": "x", "roles": ["collector"]}, {"collector"}),
        ({"email": "a@b.example", "name": "x", "roles": ["collector"], "collector": "A-1"}, {"collector"}),
        ({"email": "a@b.example", "name": "x", "roles": ["collector"], "collector": "office"}, {"collector"}),
        ({"email": {"$gt": ""}, "name": 7, "roles": {"a": 1}}, {"email", "name", "roles"}),
    ],
)
def test_what_cannot_be_a_person_is_refused_field_by_field(
    alba: Bearer, body: dict[str, object], faults: set[str]
) -> None:
    answer = alba.send("POST", "/people", data=json.dumps(body))
    assert code_of(answer) == (400, "request_invalid")
    assert {error["field"] for error in answer.get_json()["errors"]} == faults


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"roles": ' + b"[" * 60_000])
def test_what_is_no_object_is_refused(alba: Bearer, body: bytes) -> None:
    assert code_of(alba.send("POST", "/people", data=body)) == (400, "body_unreadable")


@pytest.mark.parametrize("email", ["nobody@x.example", "_design", "..%2F..", "%00@x.example", "x" * 300])
def test_nobody_is_found_by_a_name_that_is_none(alba: Bearer, email: str) -> None:
    for verb in ("disable", "enable", "password"):
        assert alba.send("POST", f"/people/{email}/{verb}", json={}).status_code == 404
    body = {"name": "x", "roles": ["supervisor"]}
    assert alba.send("PUT", f"/people/{email}", json=body).status_code == 404


# -- seeing -----------------------------------------------------------------------------------


def test_people_are_found_by_words_role_and_state_a_page_at_a_time(office: Office, alba: Bearer) -> None:
    everybody = alba.read("/people", query_string={"limit": "500"})
    assert everybody["total"] == len(everybody["items"])
    names = [person["name"].casefold() for person in everybody["items"]]
    assert names == sorted(names)
    paged: list[Json] = []
    cursor = None
    while True:
        page = alba.read("/people", query_string={"limit": "2"} | ({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == everybody["items"]
    ana = alba.read("/people", query_string={"q": "ANA", "role": "collector"})["items"]
    assert [(each["email"], each["collector"]) for each in ana] == [(office.email("ana"), "ana")]
    assert alba.read("/people", query_string={"q": "sofia", "state": "disabled"})["items"] == []
    assert code_of(alba.send("GET", "/people?cursor=x")) == (400, "request_invalid")
    assert code_of(alba.send("GET", "/people?role=_admin")) == (400, "request_invalid")


def test_nobody_of_another_company_is_seen(office: Office, other: Office, alba: Bearer) -> None:
    assert other.company not in json.dumps(alba.read("/people"))
    assert code_of(alba.send("POST", f"/people/{other.email('bea')}/disable", json={})) == (
        404,
        "person_unknown",
    )


def test_the_series_of_a_persons_phones_are_shown(office: Office, alba: Bearer) -> None:
    phone = office.enrol("bruno")
    assert phone.series in person_of(alba, office.email("bruno"))["series"]


# -- changing ---------------------------------------------------------------------------------


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(office: Office, alba: Bearer) -> None:
    token = hired(office, alba, "omar", Role.COORDINATOR, Role.BACKOFFICE)["access_token"]
    omar = Bearer(office, token)
    assert omar.send("GET", "/audit").status_code == 200
    assert change(alba, office.email("omar"), Role.BACKOFFICE, name="Omar").status_code == 200
    assert code_of(omar.send("GET", "/audit")) == (403, "role_missing")
    assert omar.send("GET", "/summary").status_code == 200


def test_who_no_longer_administers_cannot_make_himself_administrator_again(
    office: Office, alba: Bearer
) -> None:
    token = hired(office, alba, "ivan", Role.ADMINISTRATOR)["access_token"]
    change(alba, office.email("ivan"), Role.SUPERVISOR, name="Iván")
    again = change(Bearer(office, token), office.email("ivan"), Role.ADMINISTRATOR, name="Iván")
    assert code_of(again) == (401, "session_over")
    assert person_of(alba, office.email("ivan"))["roles"] == ["supervisor"]


def test_who_no_longer_collects_loses_the_phone_and_keeps_the_code(office: Office, alba: Bearer) -> None:
    hired(office, alba, "rosa", Role.COLLECTOR, collector="rosa")
    phone = office.enrol("rosa")
    changed = change(alba, office.email("rosa"), Role.BACKOFFICE, name="Rosa Vera")
    assert changed.get_json()["collector"] == "rosa"
    assert phone.request("GET").status_code == 403
    profile = office.couch.get(office.company, "collector:rosa") or {}
    assert (profile["active"], profile["name"]) == (False, "Rosa Vera")
    refused = alba.post("/enrolment-codes", {"collector": "rosa"})
    assert code_of(refused) == (404, "collector_unknown")
    change(alba, office.email("rosa"), Role.COLLECTOR, name="Rosa Vera", collector="rosa")
    assert (office.couch.get(office.company, "collector:rosa") or {})["active"] is True
    assert office.enrol("rosa").request("GET").status_code == 200


# -- letting go -------------------------------------------------------------------------------


def test_who_is_disabled_is_out_of_everything_at_once_and_comes_back_with_the_same_roles(
    office: Office, alba: Bearer
) -> None:
    signed_in = hired(office, alba, "pepe", Role.SUPERVISOR, Role.COLLECTOR, collector="pepe")
    pepe, phone = Bearer(office, signed_in["access_token"]), office.enrol("pepe")
    disabled = alba.post(f"/people/{office.email('pepe')}/disable", {}).get_json()
    assert disabled["disabled_by"] == office.email("alba")
    assert disabled["roles"] == ["collector", "supervisor"]
    assert code_of(pepe.send("GET", "/summary")) == (401, "session_over")
    assert code_of(office.login("pepe")) == (403, "account_disabled")
    for token in (signed_in["refresh_token"], phone.enrolled["refresh_token"]):
        assert office.post("/auth/refresh", {"refresh_token": token}).status_code == 401
    assert phone.request("GET").status_code == 403
    assert office.couch.get_security(phone.database)["members"]["roles"] == ["_admin"]
    assert (office.couch.get(office.company, "collector:pepe") or {})["active"] is False
    assert alba.post(f"/people/{office.email('pepe')}/disable", {}).get_json() == disabled

    enabled = alba.post(f"/people/{office.email('pepe')}/enable", {}).get_json()
    assert (enabled["roles"], enabled["disabled_at"]) == (["collector", "supervisor"], None)
    assert office.as_("pepe").send("GET", "/summary").status_code == 200
    assert phone.request("GET").status_code == 403, "a phone that was shut out needs a new code"
    assert office.enrol("pepe").request("GET").status_code == 200
    assert (office.couch.get(office.company, "collector:pepe") or {})["active"] is True


def test_letting_go_that_was_cut_short_is_made_whole_by_asking_again(
    office: Office, alba: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hired(office, alba, "saul", Role.COLLECTOR, collector="saul")
    phone = office.enrol("saul")
    with monkeypatch.context() as patch:
        patch.setattr("backend.services.people.end_sessions", lambda *_a, **_k: 1 / 0)
        assert alba.post(f"/people/{office.email('saul')}/disable", {}).status_code == 500
    assert code_of(office.login("saul")) == (403, "account_disabled")
    assert alba.post(f"/people/{office.email('saul')}/disable", {}).status_code == 200
    assert phone.request("GET").status_code == 403


def test_roles_of_a_disabled_person_are_changed_for_later(office: Office, alba: Bearer) -> None:
    hired(office, alba, "tina", Role.SUPERVISOR)
    alba.post(f"/people/{office.email('tina')}/disable", {})
    change(alba, office.email("tina"), Role.BACKOFFICE, name="Tina")
    assert code_of(office.login("tina")) == (403, "account_disabled")
    alba.post(f"/people/{office.email('tina')}/enable", {})
    assert office.login("tina").get_json()["companies"][0]["roles"] == ["backoffice"]


def test_the_last_administrator_stays(office: Office, alba: Bearer) -> None:
    alone = office.email("alba")
    for person in alba.read("/people", query_string={"role": "administrator"})["items"]:
        if person["email"] != alone and person["disabled_at"] is None:
            alba.post(f"/people/{person['email']}/disable", {})
    assert code_of(alba.post(f"/people/{alone}/disable", {})) == (409, "last_administrator")
    assert code_of(change(alba, alone, Role.SUPERVISOR, name="Alba")) == (409, "last_administrator")
    assert alba.read("/people", query_string={"q": alone})["items"][0]["roles"] == ["administrator"]


def test_two_administrators_who_let_each_other_go_do_not_leave_the_company_alone(
    office: Office, alba: Bearer
) -> None:
    hired(office, alba, "dana", Role.ADMINISTRATOR)
    asked = [(office.as_("dana"), office.email("alba")), (office.as_("alba"), office.email("dana"))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: pair[0].post(f"/people/{pair[1]}/disable", {}), asked))
    left = [
        account
        for account in (find_account_document(office.couch, office.email(name)) for name in ("alba", "dana"))
        if account and f"{office.company}:administrator" in account["roles"]
    ]
    assert left
    rescuer = office.as_(str(left[0]["name"]).partition("@")[0])
    for name in ("alba", "dana"):
        rescuer.post(f"/people/{office.email(name)}/enable", {})
    assert rescuer.post(f"/people/{office.email('dana')}/disable", {}).status_code in {200, 409}


# -- passwords --------------------------------------------------------------------------------


def test_a_reset_ends_the_sessions_of_the_office_and_leaves_the_phone(office: Office, alba: Bearer) -> None:
    old = hired(office, alba, "vera", Role.SUPERVISOR, Role.COLLECTOR, collector="vera")
    phone = office.enrol("vera")
    once = alba.post(f"/people/{office.email('vera')}/password", {}).get_json()["one_time_password"]
    assert code_of(Bearer(office, old["access_token"]).send("GET", "/summary")) == (401, "session_over")
    assert office.post("/auth/refresh", {"refresh_token": old["refresh_token"]}).status_code == 401
    assert code_of(office.login("vera")) == (401, "credentials_invalid")
    renewed = office.post("/auth/refresh", {"refresh_token": phone.enrolled["refresh_token"]})
    assert renewed.status_code == 200
    assert phone.request("GET", token=renewed.get_json()["access_token"]).status_code == 200
    assert choose(office, "vera", once, "otra clave de prueba")["companies"]


@pytest.mark.parametrize(
    ("new", "code"),
    [("corta", "too_short"), (PASSWORD, "same_as_before"), ("\ud800" * 9, "not_text"), (None, "missing")],
)
def test_a_password_that_will_not_do_is_refused_at_its_field(
    office: Office, new: str | None, code: str
) -> None:
    body = {"email": office.email("sofia"), "password": PASSWORD, "new_password": new}
    answer = office.client.post(f"{PREFIX}/auth/password", data=json.dumps(body))
    assert code_of(answer) == (400, "request_invalid")
    assert [(each["field"], each["code"]) for each in answer.get_json()["errors"]] == [("new_password", code)]


def test_guessing_at_the_change_of_a_password_is_bounded_like_a_sign_in(office: Office) -> None:
    body = {"email": office.email("sofia"), "password": "wrong", "new_password": "another one"}
    where = {"environ_overrides": {"REMOTE_ADDR": "10.9.9.9"}}
    for _ in range(4):
        assert code_of(office.post("/auth/password", body, **where)) == (401, "credentials_invalid")
    assert code_of(office.post("/auth/password", body, **where)) == (429, "too_many_attempts")
    assert office.login("sofia").status_code == 200


def test_a_password_that_was_replaced_meanwhile_is_not_put_back(
    office: Office, alba: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hired(office, alba, "olga", Role.BACKOFFICE)
    admit = Authenticator._admit
    told: list[str] = []

    def replaced_meanwhile(*arguments: Any, **options: Any) -> None:
        admit(*arguments, **options)
        answer = alba.post(f"/people/{office.email('olga')}/password", {})
        told.append(answer.get_json()["one_time_password"])

    with monkeypatch.context() as patch:
        patch.setattr(Authenticator, "_admit", replaced_meanwhile)
        body = {"email": office.email("olga"), "password": PASSWORD, "new_password": "la de un ladrón"}
        assert code_of(office.post("/auth/password", body)) == (401, "credentials_invalid")
    assert code_of(office.login("olga", told[0])) == (403, "password_change_needed")


def test_an_account_that_another_company_makes_at_the_same_moment_keeps_its_password(
    office: Office, other: Office, alba: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = people.prepare_collector

    def hired_elsewhere_meanwhile(*arguments: Any) -> None:
        prepare(*arguments)
        other.hire("ines", Role.BACKOFFICE)

    with monkeypatch.context() as patch:
        patch.setattr(people, "prepare_collector", hired_elsewhere_meanwhile)
        body = {"email": other.email("ines"), "name": "Inés", "roles": ["collector"], "collector": "ines"}
        assert code_of(alba.post("/people", body)) == (409, "person_shared")
    assert {each["code"] for each in other.login("ines").get_json()["companies"]} == {other.company}


# -- people of two companies ------------------------------------------------------------------


def test_a_person_of_two_companies_is_ruled_by_each_in_its_own(
    office: Office, other: Office, alba: Bearer
) -> None:
    bea = other.email("bea")
    added = alba.post("/people", {"email": bea, "name": "Otro nombre", "roles": ["backoffice"]}).get_json()
    assert added["one_time_password"] is None
    assert added["person"]["elsewhere"] is True
    assert added["person"]["name"] == "Bea", "the name is not ours alone"
    assert {each["code"] for each in other.login("bea").get_json()["companies"]} == {
        office.company, other.company,
    }  # fmt: skip
    assert code_of(alba.post(f"/people/{bea}/password", {})) == (409, "person_shared")
    assert code_of(change(alba, bea, Role.BACKOFFICE, name="X")) == (409, "person_shared")
    token = other.token("bea")
    alba.post(f"/people/{bea}/disable", {})
    assert code_of(Bearer(office, token).send("GET", "/summary")) == (401, "session_over")
    assert Bearer(other, token).send("GET", "/summary").status_code == 200
    assert {each["code"] for each in other.login("bea").get_json()["companies"]} == {other.company}
    assert code_of(alba.post(f"/people/{bea}/password", {})) == (409, "person_shared")

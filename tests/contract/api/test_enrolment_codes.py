"""The code that lets a new phone in: for one account, once, for a while, and for nobody else."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from backend.attempts import PER_ACCOUNT
from receivables.access import Role
from receivables.office_link import read_office_link
from tests.support.office import Office, Phone, PhoneKey


def a_key() -> PhoneKey:
    return PhoneKey(secrets.token_bytes(32))


def ask(office: Office, collector: str, key: PhoneKey, **fields: str) -> TestResponse:
    return key.send(office, key.wish(office.company, office.token(collector), **fields))


def code_of(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json().get("code", "")


def test_the_supervisor_issues_a_code_and_the_phone_is_let_in(office: Office) -> None:
    issued = office.as_("sofia").post("/enrolment-codes", {"collector": "ana"})
    assert issued.status_code == 201
    assert issued.get_json()["email"] == office.email("ana")
    assert read_office_link(issued.get_json()["link"]).code == issued.get_json()["code"]
    key = a_key()
    enrolled = ask(office, "ana", key, code=issued.get_json()["code"].lower().replace("-", " "))
    assert enrolled.status_code == 201, "small letters and blanks are as good"
    assert Phone(enrolled.get_json(), key).request("GET").status_code == 200


def test_a_new_phone_without_a_code_is_asked_for_one_and_gets_no_series(office: Office) -> None:
    before = len(office.couch.all_docs(office.company, start_key="series:", end_key="series:\ufff0"))
    assert code_of(ask(office, "ana", a_key())) == (403, "code_needed")
    after = len(office.couch.all_docs(office.company, start_key="series:", end_key="series:\ufff0"))
    assert after == before


def test_a_code_lets_one_phone_in(office: Office) -> None:
    code = office.issue_code("ana")
    assert ask(office, "ana", a_key(), code=code).status_code == 201
    assert code_of(ask(office, "ana", a_key(), code=code)) == (403, "code_invalid")


def test_a_lost_answer_may_be_asked_for_again_and_gives_the_same_device(office: Office) -> None:
    key, code = a_key(), office.issue_code("ana")
    first = ask(office, "ana", key, code=code, attempt="the same")
    office.clock.advance(minutes=40)
    again = ask(office, "ana", key, code=code, attempt="the same")
    office.clock.advance(minutes=-40)
    assert again.status_code == 201
    for name in ("device", "series", "database", "devices"):
        assert again.get_json()[name] == first.get_json()[name]
    assert code_of(ask(office, "ana", key, code=code, attempt="another")) == (403, "code_invalid")


def test_the_same_wish_sent_twice_at_once_is_one_device(office: Office) -> None:
    key, code = a_key(), office.issue_code("ana")
    wish = key.wish(office.company, office.token("ana"), code=code)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: key.send(office, wish), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["device"] for answer in answers}) == 1
    assert len({answer.get_json()["series"] for answer in answers}) == 1


def test_a_code_is_useless_after_its_time(office: Office) -> None:
    code = office.issue_code("ana")
    office.clock.advance(minutes=31)
    late = ask(office, "ana", a_key(), code=code)
    office.clock.advance(minutes=-31)
    assert code_of(late) == (403, "code_invalid")


def test_a_code_is_useless_for_another_account_and_stays_good_for_its_own(office: Office) -> None:
    code = office.issue_code("ana")
    assert code_of(ask(office, "bruno", a_key(), code=code)) == (403, "code_invalid")
    assert ask(office, "ana", a_key(), code=code).status_code == 201


def test_a_code_is_useless_in_another_company(office: Office, other: Office) -> None:
    """Ana's namesake there has the same code of collector."""
    code = office.issue_code("ana")
    assert code_of(ask(other, "ana", a_key(), code=code)) == (403, "code_invalid")


def test_guessing_is_bounded_by_account_and_keeps_nobody_else_out(office: Office) -> None:
    office.hire("cleo", Role.COLLECTOR, collector="bruno")
    for _ in range(PER_ACCOUNT):
        assert code_of(ask(office, "cleo", a_key(), code="AAAA-AAAA"))[1] == "code_invalid"
    assert code_of(ask(office, "cleo", a_key(), code="AAAA-AAAA")) == (429, "too_many_attempts")
    assert ask(office, "bruno", a_key(), code=office.issue_code("bruno")).status_code == 201


def test_the_database_does_not_hold_the_code(office: Office) -> None:
    code = office.issue_code("ana")
    rows = office.couch.all_docs(office.company, include_docs=True)
    assert code.replace("-", "") not in json.dumps(rows)
    assert code not in json.dumps(rows)


def test_a_key_that_is_not_proven_is_not_enrolled(office: Office) -> None:
    key, thief = a_key(), a_key()
    code, token = office.issue_code("ana"), office.token("ana")
    stolen = thief.wish(office.company, token, code=code) | {"public_key": key.public}
    assert code_of(thief.send(office, stolen)) == (403, "proof_invalid")
    replayed = key.wish(office.company, office.token("bruno"), code=code) | {"token": token}
    assert code_of(key.send(office, replayed)) == (403, "proof_invalid")


def test_a_phone_that_is_let_in_signs_in_again_without_a_code_until_it_is_revoked(office: Office) -> None:
    key = a_key()
    first = ask(office, "bruno", key, code=office.issue_code("bruno")).get_json()
    again = ask(office, "bruno", key)
    assert again.status_code == 201
    assert again.get_json()["devices"] == [first["device"], again.get_json()["device"]]
    office.as_("sofia").post(f"/devices/{again.get_json()['device']}/revoke", {})
    assert code_of(ask(office, "bruno", key)) == (403, "code_needed")
    assert ask(office, "bruno", key, code=office.issue_code("bruno")).status_code == 201


def test_a_known_key_is_no_way_into_another_account(office: Office) -> None:
    key = a_key()
    assert ask(office, "ana", key, code=office.issue_code("ana")).status_code == 201
    assert code_of(ask(office, "bruno", key)) == (403, "code_needed")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "request_invalid")),
        ({"collector": "nobody"}, (404, "collector_unknown")),
        ({"collector": "ana", "days": 8}, (400, "request_invalid")),
        ({"collector": "ana", "days": True}, (400, "request_invalid")),
    ],
)
def test_a_code_for_nobody_or_for_ever_is_not_issued(
    office: Office, body: dict[str, object], answer: tuple[int, str]
) -> None:
    assert code_of(office.as_("sofia").post("/enrolment-codes", body)) == answer

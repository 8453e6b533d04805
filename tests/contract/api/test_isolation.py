"""What must not be possible: every route below a company, for everybody who has no business there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.app import create_app
from backend.http.openapi import openapi_document
from backend.http.rules import PREFIX, RULES, Rule, check_rules
from receivables.access import ALLOWED, Action, Role
from tests.support.office import Bearer, Office

ROOT = Path(__file__).parents[3]
EXAMPLES = {
    "device": "01KA0000000000000000000000", "number": "R0001-00000001", "code": "C0001", "customer": "C0001",
    "plan": "01KA0000000000000000000000", "exception": "exception:over_allocation:x",
    "visit": "visit:ana:01K00000000000000000000000", "photo": "photo:ana:01K00000000000000000000000",
    "close": "cash_close:ana:01K00000000000000000000000",
    "deposit": "deposit:ana:01K00000000000000000000000",
    "line": "0", "email": "nobody@nowhere.example", "collector": "ana", "month": "2026-11",
}  # fmt: skip
ROUTES = [
    (
        method.upper(),
        re.sub(r"{(\w+)}", lambda part: EXAMPLES[part[1]], path.removeprefix("/companies/{company}")),
    )
    for path, methods in openapi_document()["paths"].items()
    for method in methods
    if path.startswith("/companies/")
]
OFFICE_ROUTES = [route for route in ROUTES if route != ("POST", "/devices")]
ids = [f"{method} {path}" for method, path in ROUTES]
office_ids = [f"{method} {path}" for method, path in OFFICE_ROUTES]


@pytest.fixture(scope="module")
def one_of_each(office: Office) -> dict[Role, Bearer]:
    """A person of each role, and of no other."""
    for role in Role:
        office.hire(f"one-{role}", role)
    return {role: office.as_(f"one-{role}") for role in Role}


@pytest.fixture(scope="module")
def sofia(office: Office) -> Bearer:
    return office.as_("sofia")


@pytest.fixture(scope="module")
def ana(office: Office) -> Bearer:
    return office.as_("ana")


@pytest.fixture(scope="module")
def bea(other: Office) -> str:
    return other.token("bea")


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=ids)
def test_nobody_without_a_token(office: Office, method: str, path: str) -> None:
    answer = office.client.open(f"{PREFIX}/companies/{office.company}{path}", method=method, json={})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=ids)
def test_nobody_of_another_company_and_nothing_of_ours_in_the_answer(
    office: Office, bea: str, method: str, path: str
) -> None:
    intruder = Bearer(office, bea)
    foreign = intruder.send(method, path, json={})
    absent = intruder.send(method, path, json={}, company="nosuchcompany")
    assert (foreign.status_code, foreign.get_json()["code"]) == (404, "company_unknown")
    assert foreign.data == absent.data
    assert office.company not in foreign.text


@pytest.mark.parametrize(("method", "path"), OFFICE_ROUTES, ids=office_ids)
def test_no_collector_uses_what_is_the_offices(ana: Bearer, method: str, path: str) -> None:
    answer = ana.send(method, path, json={})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "role_missing")


MATRIX = [
    (name, role)
    for name, rule in RULES.items()
    if "<company>" in name and isinstance(rule.who, Action)
    for role in Role
]


@pytest.mark.parametrize(("name", "role"), MATRIX, ids=[f"{name} {role}" for name, role in MATRIX])
def test_each_role_reaches_what_the_table_of_roles_gives_it_and_nothing_else(
    one_of_each: dict[Role, Bearer], name: str, role: Role
) -> None:
    method, _, pattern = name.partition(" ")
    path = re.sub(r"<(\w+)>", lambda part: EXAMPLES[part[1]], pattern.removeprefix("/companies/<company>"))
    answer = one_of_each[role].send(method, path, json={})
    refused = answer.status_code == 403 and answer.get_json()["code"] == "role_missing"
    assert refused == (role not in ALLOWED[RULES[name].who])


def test_the_page_about_access_shows_the_table_that_is_enforced() -> None:
    page = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    shown = {}
    for line in page.splitlines():
        action, _, *cells = [cell.strip(" `") for cell in line.strip("|").split("|")] + [""] * 6
        if action in set(Action):
            shown[action] = {role for role, cell in zip(Role, cells[:5], strict=True) if cell == "yes"}
    assert shown == {action: set(roles) for action, roles in ALLOWED.items()}


def test_no_application_starts_with_a_route_that_the_table_does_not_name(office: Office) -> None:
    app = create_app(office.services)
    app.add_url_rule(f"{PREFIX}/companies/<company>/secrets", "secrets", lambda company: company)
    with pytest.raises(RuntimeError, match="no entry"):
        check_rules(app)


def test_no_application_starts_with_a_change_that_is_not_audited(office: Office) -> None:
    app = create_app(office.services)
    app.add_url_rule(f"{PREFIX}/companies/<company>/summary", "x", lambda company: company, methods=["POST"])
    extended = dict(RULES) | {"POST /companies/<company>/summary": Rule(who=Action.READ)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.http.rules.RULES", extended)
        with pytest.raises(RuntimeError, match="not audited"):
            check_rules(app)


@pytest.mark.parametrize(
    "company", ["_users", "_replicator", "ANDINA", "a", "an-dina", "..", "%2e%2e", "andina%2Fx", "x" * 40]
)
def test_a_code_that_names_no_company_is_no_way_in(sofia: Bearer, company: str) -> None:
    assert sofia.send("GET", "/summary", company=company).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/customers/..%2F_design%2Frecaudo",
        "/customers/%F0%9F%98%80",
        "/receipts/_all_docs",
        "/receipts/R0001-1",
        "/receipts/R0001-00000001%00/pdf",
    ],
)
def test_a_key_that_is_none_finds_nothing(sofia: Bearer, path: str) -> None:
    assert sofia.send("GET", path).status_code == 404


def test_an_exception_is_closed_by_its_own_id_only(sofia: Bearer) -> None:
    for other_document in ("customer:C0001", "policy:dunning", "_design/recaudo", "exception"):
        answer = sofia.post(f"/exceptions/{other_document}/close", {"comment": "x"})
        assert answer.status_code == 404

"""Who did what: written for every action before it is done, and never to be changed."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pytest

from backend.audit import UNKNOWN_SIGN_INS
from backend.couch.errors import Forbidden
from backend.http.rules import RULES, Public
from tests.contract.api.test_isolation import EXAMPLES
from tests.support.office import PASSWORD, Bearer, Office

AUDITED = [name for name, rule in RULES.items() if rule.audit and rule.who is not Public.ANYONE]


@pytest.fixture(scope="module")
def alba(office: Office) -> Bearer:
    return office.as_("alba")


def entries(reader: Bearer, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = reader.read("/audit", query_string={"limit": "500", **query})["items"]
    return items


@pytest.mark.parametrize("name", AUDITED)
def test_every_audited_route_leaves_an_entry_also_where_it_fails(
    office: Office, alba: Bearer, name: str
) -> None:
    method, _, pattern = name.partition(" ")
    path = re.sub(r"<(\w+)>", lambda part: EXAMPLES[part[1]], pattern.removeprefix("/companies/<company>"))
    office.clock.advance(seconds=1)
    before = len(entries(alba, action=str(RULES[name].audit)))
    answer = alba.send(method, path, json={}, environ_overrides={"REMOTE_ADDR": "10.7.7.7"})
    found = entries(alba, action=str(RULES[name].audit))
    assert len(found) - before == (1 if answer.status_code < 400 else 2)
    accepted = next(entry for entry in found if entry["outcome"] == "accepted")
    assert (accepted["by"], accepted["address"]) == (office.email("alba"), "10.7.7.7")
    if answer.status_code >= 400:
        failed = next(entry for entry in found if entry["of"] == f"audit:{accepted['id']}")
        assert failed["outcome"] == answer.get_json()["code"]


def test_what_anyone_may_ask_is_written_by_its_own_service_and_is_no_more_than_this() -> None:
    """The guard writes nothing of these: test_sign_in and test_wiping tell that somebody does."""
    open_to_all = {name for name, rule in RULES.items() if rule.who is Public.ANYONE and rule.audit}
    sessions = {f"POST /auth/{what}" for what in ("login", "password", "refresh")}
    assert open_to_all == sessions | {"POST /phones/<company>/letters"}


def test_what_a_role_does_not_allow_is_recorded_as_refused(office: Office, alba: Bearer) -> None:
    office.as_("ana").send("PUT", "/assignments/C0077", json={"collector": "ana"})
    (entry,) = entries(alba, subject="C0077")
    assert (entry["by"], entry["outcome"]) == (office.email("ana"), "role_missing")
    assert entry["values"] == {"collector": "ana"}


def test_sign_ins_and_wrong_passwords_are_recorded_without_the_password(office: Office, alba: Bearer) -> None:
    address = {"environ_overrides": {"REMOTE_ADDR": "10.8.0.1"}, "headers": {"User-Agent": "Recaudo/1"}}
    office.login("bruno", "a wrong one", **address)
    office.clock.advance(seconds=1)
    office.login("bruno", **address)
    right, wrong = entries(alba, by=office.email("bruno"), action="sign_in")[:2]
    assert (right["outcome"], wrong["outcome"]) == ("accepted", "credentials_invalid")
    assert (right["address"], right["agent"]) == ("10.8.0.1", "Recaudo/1")
    assert "a wrong one" not in json.dumps([right, wrong])
    assert PASSWORD not in json.dumps([right, wrong])


def test_a_sign_in_of_nobody_is_the_servers_to_know(office: Office, alba: Bearer) -> None:
    office.login("nobody", "guess", environ_overrides={"REMOTE_ADDR": "10.8.0.2"})
    rows = office.couch.all_docs(UNKNOWN_SIGN_INS, include_docs=True)
    named = [row["doc"] for row in rows if row["doc"].get("by") == office.email("nobody")]
    assert [entry["outcome"] for entry in named] == ["credentials_invalid"]
    assert not entries(alba, by=office.email("nobody"))


def test_reusing_a_refresh_token_is_recorded(office: Office, alba: Bearer) -> None:
    token = office.login("sofia").get_json()["refresh_token"]
    for _ in range(2):
        office.post("/auth/refresh", {"refresh_token": token})
    assert [entry["outcome"] for entry in entries(alba, action="session_renewal")] == ["refresh_reused"]


def test_nobody_changes_or_removes_an_entry_not_even_the_server(office: Office, alba: Bearer) -> None:
    entry = office.couch.get(office.company, f"audit:{entries(alba)[0]['id']}")
    assert entry is not None
    with pytest.raises(Forbidden):
        office.couch.put(office.company, entry | {"by": "somebody@else.example"})
    with pytest.raises(Forbidden):
        office.couch.delete(office.company, entry["_id"], entry["_rev"])
    later = {"_rev": "2-b", "_revisions": {"start": 2, "ids": ["b", entry["_rev"].partition("-")[2]]}}
    (answer,) = office.couch.bulk(office.company, [entry | later | {"by": "x"}], new_edits=False)
    assert answer["error"] == "forbidden"


def test_nobody_changes_a_fact_of_the_centre_not_even_the_server(office: Office) -> None:
    note = {"_id": "note:ana:01KA0000000000000000000001", "schema": 1, "customer": "C1", "text": "hola"}
    note["_rev"] = office.couch.put(office.company, dict(note))
    with pytest.raises(Forbidden):
        office.couch.put(office.company, note | {"text": "adiós"})


def test_pages_and_days_leave_nothing_out(office: Office, alba: Bearer) -> None:
    everything = entries(alba)
    paged: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = alba.read("/audit", query_string={"limit": "3"} | ({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [entry["id"] for entry in paged] == [entry["id"] for entry in everything]
    assert entries(alba, to="2020-01-01") == []
    assert len(entries(alba, **{"from": "2020-01-01"})) == len(everything)
    assert [entry["at"] for entry in everything] == sorted((e["at"] for e in everything), reverse=True)


def test_it_is_exported_so_that_no_spreadsheet_runs_a_cell(office: Office, alba: Bearer) -> None:
    hostile = {"headers": {"User-Agent": "=HYPERLINK(1)"}}
    office.as_("sofia").send(
        "POST", "/exceptions/exception:a:=1+1/close", json={"comment": "=cmd()"}, **hostile
    )
    text = alba.send("GET", "/audit/export", query_string={"format": "csv"}).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["agent"] for row in rows if "HYPERLINK" in row["agent"]} == {"'=HYPERLINK(1)"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    book = alba.send("GET", "/audit/export", query_string={"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells if "HYPERLINK" in cell.value} == {"=HYPERLINK(1)"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith("="))
    lines = alba.send("GET", "/audit/export", query_string={"format": "jsonl"}).get_data(as_text=True)
    exported = {json.loads(line)["id"] for line in lines.splitlines()}
    assert exported > {row["id"] for row in rows}, "the second export tells of the first"


def test_an_action_that_cannot_be_recorded_is_not_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = office.enrol("bruno")
    sofia = office.as_("sofia")

    def fail(*_arguments: object, **_options: object) -> str:
        raise Forbidden(office.company, "forbidden", "full")

    monkeypatch.setattr(type(office.services.audit), "append", fail)
    assert sofia.send("POST", f"/devices/{phone.device}/revoke", json={}).status_code == 503
    assert phone.request("GET").status_code == 200

"""Accounts in `_users` (CouchDB, "Users Database" and "Authentication Database")."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Person, error

PREFIX = "/_users/org.couchdb.user:"


def account(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "password": "secret words", "roles": [], "type": "user", **more}


def test_password_is_stored_as_a_hash_only(admin: httpx.Client, person: Person) -> None:
    stored = admin.get(f"{PREFIX}{person.name}").json()
    assert "password" not in stored
    assert stored["password_scheme"] == "pbkdf2"
    assert len(stored["derived_key"]) >= 40
    assert stored["iterations"] >= 10
    assert stored["salt"]


def test_person_reads_their_own_account_and_no_other(admin: httpx.Client, person: Person) -> None:
    other = f"p{secrets.token_hex(6)}"
    rev = admin.put(f"{PREFIX}{other}", json=account(other)).json()["rev"]
    assert person.client.get(f"{PREFIX}{person.name}").json()["name"] == person.name
    assert error(person.client.get(f"{PREFIX}{other}")) == (404, "not_found", "missing")
    admin.delete(f"{PREFIX}{other}", params={"rev": rev})


def test_person_changes_their_own_password(person: Person, anonymous: httpx.Client) -> None:
    path = f"{PREFIX}{person.name}"
    mine = person.client.get(path).json()
    assert person.client.put(path, json={**mine, "password": "newer words"}).status_code == 201
    signed_in = anonymous.post("/_session", json={"name": person.name, "password": "newer words"})
    assert signed_in.status_code == 200


def test_person_gives_themselves_no_role(person: Person) -> None:
    path = f"{PREFIX}{person.name}"
    mine = person.client.get(path).json()
    answer = person.client.put(path, json={**mine, "roles": ["tester", "boss"]})
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


def test_person_writes_nobody_elses_account(person: Person) -> None:
    name = f"p{secrets.token_hex(6)}"
    assert person.client.put(f"{PREFIX}{name}", json=account(name)).status_code in (403, 404)


def test_nobody_lists_the_accounts(person: Person, anonymous: httpx.Client) -> None:
    for path in ("/_users/_all_docs", "/_users/_changes"):
        for client in (person.client, anonymous):
            assert error(client.get(path)) == (401, "unauthorized", "You are not a server admin.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "robot"}, "doc.type must be user"),
        ({"roles": None}, "doc.roles must exist"),
        ({"roles": "x"}, "doc.roles must be an array"),
        ({"roles": [1]}, "doc.roles can only contain strings"),
        ({"roles": ["_admin"]}, "No system roles (starting with underscore) in users db."),
        ({"name": "someone"}, "Doc ID must be of the form org.couchdb.user:name"),
    ],
)
def test_accounts_of_the_wrong_shape_are_refused(
    admin: httpx.Client, change: dict[str, Any], reason: str
) -> None:
    name = f"p{secrets.token_hex(6)}"
    body = {key: value for key, value in (account(name) | change).items() if value is not None}
    assert error(admin.put(f"{PREFIX}{name}", json=body)) == (403, "forbidden", reason)


def test_one_account_of_the_wrong_shape_spoils_no_batch(admin: httpx.Client) -> None:
    good, bad = (f"p{secrets.token_hex(6)}" for _ in range(2))
    docs = [
        {"_id": f"org.couchdb.user:{good}", **account(good)},
        {"_id": f"org.couchdb.user:{bad}", **account(bad), "type": "robot"},
    ]
    told = admin.post("/_users/_bulk_docs", json={"docs": docs}).json()
    assert [entry.get("error") for entry in told] == [None, "forbidden"]
    admin.delete(f"{PREFIX}{good}", params={"rev": told[0]["rev"]})

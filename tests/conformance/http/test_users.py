"""Accounts in `_users` (CouchDB, "Users Database" and "Authentication Database")."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import JSON, Person, error
from tests.support.couch import start_couch

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


def test_nobody_but_administrators_comes_in(person: Person, anonymous: httpx.Client) -> None:
    """Since CouchDB 3, not even to their own account."""
    path = f"{PREFIX}{person.name}"
    refused = (403, "forbidden", "You are not allowed to access this db.")
    assert error(person.client.get(path)) == refused
    assert error(person.client.put(path, json=account(person.name))) == refused
    assert error(anonymous.get(path))[:2] == (401, "unauthorized")


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


# -- a server whose `_users` was opened, as before CouchDB 3 ------------------------------------------------


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An administrator of a server of our own that lets people into `_users`."""
    folder = tmp_path_factory.mktemp("opened")
    (folder / "couch.ini").write_text("[couchdb]\nusers_db_security_editable = true\n", encoding="utf-8")
    with (
        start_couch(folder / "data", config=folder / "couch.ini") as couch,
        httpx.Client(base_url=couch.url, auth=couch.auth, headers=JSON, timeout=30) as client,
    ):
        client.put("/_users")
        assert client.put("/_users/_security", json={}).json() == {"ok": True}
        yield client


@pytest.fixture
def ana(opened: httpx.Client) -> Iterator[Person]:
    """Who has an account there."""
    name, password = f"p{secrets.token_hex(6)}", "secret words"
    assert opened.put(f"{PREFIX}{name}", json=account(name, roles=["tester"])).status_code == 201
    with httpx.Client(base_url=opened.base_url, auth=(name, password), headers=JSON) as client:
        yield Person(client, name, password)


def test_person_reads_their_own_account_and_no_other(opened: httpx.Client, ana: Person) -> None:
    opened.put(f"{PREFIX}other", json=account("other"))
    assert ana.client.get(f"{PREFIX}{ana.name}").json()["name"] == ana.name
    assert error(ana.client.get(f"{PREFIX}other")) == (404, "not_found", "missing")
    asked = {"docs": [{"id": f"org.couchdb.user:{name}"} for name in (ana.name, "other")]}
    mine, theirs = ana.client.post("/_users/_bulk_get", json=asked).json()["results"]
    assert "ok" in mine["docs"][0]
    assert "ok" not in theirs["docs"][0]


def test_person_changes_their_own_password(opened: httpx.Client, ana: Person) -> None:
    path = f"{PREFIX}{ana.name}"
    mine = ana.client.get(path).json()
    assert ana.client.put(path, json={**mine, "password": "newer words"}).status_code == 201
    signed_in = httpx.post(
        f"{opened.base_url}/_session", json={"name": ana.name, "password": "newer words"}, headers=JSON
    )
    assert signed_in.status_code == 200


def test_person_gives_themselves_no_role(ana: Person) -> None:
    path = f"{PREFIX}{ana.name}"
    mine = ana.client.get(path).json()
    answer = ana.client.put(path, json={**mine, "roles": ["tester", "boss"]})
    assert error(answer) == (403, "forbidden", "Only _admin may edit roles")


def test_person_writes_nobody_elses_account(ana: Person) -> None:
    name = f"p{secrets.token_hex(6)}"
    assert ana.client.put(f"{PREFIX}{name}", json=account(name)).status_code in (403, 404)


def test_missing_revision_of_an_account_is_told(opened: httpx.Client, ana: Person) -> None:
    params = {"open_revs": '["9-missing"]'}
    assert opened.get(f"{PREFIX}{ana.name}", params=params).json() == [{"missing": "9-missing"}]


def test_nobody_lists_accounts_of_an_opened_server_either(ana: Person) -> None:
    for path in ("/_users/_all_docs", "/_users/_changes"):
        assert error(ana.client.get(path)) == (401, "unauthorized", "You are not a server admin.")

"""Databases: create, describe, delete (CouchDB API reference, "Databases")."""

from __future__ import annotations

import secrets

import httpx
import pytest

from tests.conformance.http.conftest import ONE_FILE, Person, error, put, until


def test_created_database_tells_where_it_is(admin: httpx.Client) -> None:
    name = f"t{secrets.token_hex(6)}"
    answer = admin.put(f"/{name}", params={"q": 1, "n": 1, "partitioned": "false"})
    assert (answer.status_code, answer.json()) == (201, {"ok": True})
    assert answer.headers["location"].endswith(f"/{name}")
    assert admin.delete(f"/{name}").json() == {"ok": True}


def test_second_creation_is_refused(admin: httpx.Client, db: str) -> None:
    assert error(admin.put(db)) == (
        412,
        "file_exists",
        "The database could not be created, the file already exists.",
    )


@pytest.mark.parametrize("name", ["Capital", "1digit", "_under", "a.dot", "a b", "%C3%B1", "a%5Cb", "-minus"])
def test_names_that_break_the_rules_are_refused(admin: httpx.Client, name: str) -> None:
    answer = admin.put(f"/{name}")
    assert (answer.status_code, answer.json()["error"]) == (400, "illegal_database_name")


@pytest.mark.parametrize("name", ["a_$()%2B-", "a%2Fb"])
def test_names_may_hold_these_signs(admin: httpx.Client, name: str) -> None:
    full = f"{name}{secrets.token_hex(4)}"
    assert admin.put(f"/{full}", params=ONE_FILE).status_code == 201
    read = admin.get(f"/{full}")
    assert admin.delete(f"/{full}").status_code == 200
    assert read.status_code == 200


def test_unknown_database_is_not_found(admin: httpx.Client) -> None:
    for answer in (admin.get("/nowhere"), admin.delete("/nowhere"), admin.get("/nowhere/doc")):
        assert error(answer) == (404, "not_found", "Database does not exist.")


def test_head_answers_without_a_body(admin: httpx.Client, db: str) -> None:
    assert admin.head(db).status_code == 200
    assert admin.head("/nowhere").status_code == 404


def test_information_has_couchdbs_members(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a")
    rev = put(admin, db, "b")
    admin.delete(f"{db}/b", params={"rev": rev})
    info = admin.get(db).json()
    assert (info["db_name"], info["doc_count"], info["doc_del_count"]) == (db[1:], 1, 1)
    assert info["cluster"]["q"] == 1
    assert info["sizes"].keys() == {"file", "active", "external"}
    assert info["compact_running"] is False
    assert {"update_seq", "purge_seq", "props", "disk_format_version", "instance_start_time"} <= info.keys()


def test_new_database_is_for_administrators_only(
    admin: httpx.Client, db: str, anonymous: httpx.Client, person: Person
) -> None:
    assert admin.get(f"{db}/_security").json() == {
        "members": {"roles": ["_admin"]},
        "admins": {"roles": ["_admin"]},
    }
    assert error(anonymous.get(db)) == (401, "unauthorized", "You are not authorized to access this db.")
    assert error(person.client.get(db)) == (403, "forbidden", "You are not allowed to access this db.")


def test_only_server_administrators_create_and_delete(db: str, person: Person) -> None:
    for answer in (person.client.put("/tnew"), person.client.delete(db)):
        assert error(answer) == (401, "unauthorized", "You are not a server admin.")


def test_delete_with_a_revision_is_taken_for_a_mistake(admin: httpx.Client, db: str) -> None:
    assert admin.delete(db, params={"rev": "1-a"}).status_code == 400
    assert admin.get(db).status_code == 200


def test_recreated_database_is_empty_and_another_one(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a")
    before = admin.get(db).json()
    assert admin.delete(db).status_code == 200
    until(lambda: admin.put(db, params=ONE_FILE).status_code == 201, "the database is made again")
    after = until(lambda: admin.get(db).status_code == 200 and admin.get(db).json(), "it is there")
    assert after["doc_count"] == 0
    assert after["update_seq"] != before["update_seq"]
    assert admin.get(f"{db}/a").status_code == 404


def test_posted_document_gets_an_id(admin: httpx.Client, db: str) -> None:
    answer = admin.post(db, json={"x": 1})
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"{db}/{body['id']}")
    assert admin.get(f"{db}/{body['id']}").json()["x"] == 1


def test_posted_document_keeps_its_id(admin: httpx.Client, db: str) -> None:
    assert admin.post(db, json={"_id": "mine"}).json()["id"] == "mine"
    assert error(admin.post(db, json={"_id": "mine"})) == (409, "conflict", "Document update conflict.")


def test_batch_mode_accepts_without_a_revision(admin: httpx.Client, db: str) -> None:
    answer = admin.post(db, params={"batch": "ok"}, json={"_id": "later"})
    assert (answer.status_code, answer.json()) == (202, {"ok": True, "id": "later"})


def test_posting_something_else_than_json_is_refused(admin: httpx.Client, db: str) -> None:
    answer = admin.post(db, content=b"{}", headers={"Content-Type": "text/plain"})
    assert error(answer) == (415, "bad_content_type", "Content-Type must be application/json")

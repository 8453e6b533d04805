"""The server's own resources (CouchDB API reference, "Server")."""

from __future__ import annotations

import re
import secrets

import httpx
import pytest

from tests.conformance.http.conftest import Peer, Person, error, only_ours


def test_welcome_names_couchdb_and_a_version(anonymous: httpx.Client) -> None:
    body = anonymous.get("/").json()
    assert body["couchdb"] == "Welcome"
    assert re.fullmatch(r"3\.\d+\.\d+", body["version"])
    assert {"uuid", "features", "vendor"} <= body.keys()


def test_answers_end_with_a_line_and_name_the_server(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/")
    assert answer.text.endswith("\n")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["server"].startswith("CouchDB/")
    assert answer.headers["cache-control"] == "must-revalidate"
    assert re.fullmatch(r"[0-9a-f]{10}", answer.headers["x-couch-request-id"])


def test_up_says_ok_to_anybody(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/_up")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_uuids_are_as_many_as_asked_and_never_cached(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/_uuids", params={"count": 3})
    uuids = answer.json()["uuids"]
    assert len(set(uuids)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", uuid) for uuid in uuids)
    assert "no-cache" in answer.headers["cache-control"]


def test_too_many_uuids_are_refused(anonymous: httpx.Client) -> None:
    assert error(anonymous.get("/_uuids?count=1001"))[:2] == (400, "bad_request")


def test_all_databases_are_listed_in_order_with_ranges(admin: httpx.Client, db: str) -> None:
    names = admin.get("/_all_dbs").json()
    assert names == sorted(names)
    assert db[1:] in names
    assert admin.get("/_all_dbs", params={"start_key": f'"{db[1:]}"', "limit": 1}).json() == [db[1:]]
    backwards = admin.get("/_all_dbs", params={"descending": "true"}).json()
    assert backwards == sorted(backwards, reverse=True)
    assert admin.get("/_all_dbs", params={"start_key": "true", "end_key": "1"}).status_code in (200, 400)


def test_information_of_several_databases_in_one_request(admin: httpx.Client, db: str) -> None:
    first, second = admin.post("/_dbs_info", json={"keys": [db[1:], "nowhere"]}).json()
    assert first["info"]["db_name"] == db[1:]
    assert second == {"key": "nowhere", "error": "not_found"}


def test_information_needs_its_keys(admin: httpx.Client) -> None:
    assert error(admin.post("/_dbs_info", json={})) == (400, "bad_request", "`keys` member must exist.")


@pytest.mark.parametrize(
    "path", ["/_all_dbs", "/_active_tasks", "/_membership", "/_node/_local/_config", "/_db_updates"]
)
def test_servers_own_pages_are_for_administrators(anonymous: httpx.Client, person: Person, path: str) -> None:
    for client in (anonymous, person.client):
        answer = client.get(path)
        assert error(answer) == (401, "unauthorized", "You are not a server admin.")


def test_membership_lists_one_node_at_least(admin: httpx.Client) -> None:
    body = admin.get("/_membership").json()
    assert body["all_nodes"]
    assert body["cluster_nodes"]


def test_active_tasks_are_a_list(admin: httpx.Client) -> None:
    assert isinstance(admin.get("/_active_tasks").json(), list)


def test_wrong_method_names_the_right_ones(admin: httpx.Client, db: str) -> None:
    answer = admin.patch(db)
    assert answer.status_code == 405
    assert answer.json()["error"] == "method_not_allowed"
    assert set(answer.headers["allow"].split(",")) >= {"GET", "HEAD", "POST", "DELETE"}


def test_configuration_is_read_set_and_removed(peer: Peer, admin: httpx.Client) -> None:
    section = f"contract_{secrets.token_hex(4)}"
    path = f"/_node/_local/_config/{section}/a_key"
    first = admin.put(path, json="one")
    if first.is_error:
        only_ours(peer, "this CouchDB lets nobody write its configuration")
    assert first.json() == ""
    assert admin.put(path, json="two").json() == "one"
    assert admin.get(path).json() == "two"
    assert admin.get(f"/_node/_local/_config/{section}").json() == {"a_key": "two"}
    assert admin.delete(path).json() == "two"
    assert error(admin.get(path)) == (404, "not_found", "unknown_config_value")


def test_configuration_values_are_strings(peer: Peer, admin: httpx.Client) -> None:
    answer = admin.put("/_node/_local/_config/contract/a_key", json=3)
    assert answer.is_error
    only_ours(peer, "CouchDB tells it with a 500")
    assert answer.status_code == 400


def test_wrong_password_is_refused_with_couchdbs_words(anonymous: httpx.Client, person: Person) -> None:
    answer = anonymous.get("/_session", auth=(person.name, "wrong"))
    assert error(answer) == (401, "unauthorized", "Name or password is incorrect.")

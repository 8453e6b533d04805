"""Members, administrators and validation functions (CouchDB, "Security" and "Validate Document Update")."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Peer, Person, bulk, error, only_ours, put, until

NOT_MEMBER = (403, "forbidden", "You are not allowed to access this db.")


def members(admin: httpx.Client, db: str, *, admins: dict[str, Any] | None = None, **group: Any) -> None:
    body = {"members": group, "admins": admins or {"roles": ["_admin"]}}
    assert admin.put(f"{db}/_security", json=body).json() == {"ok": True}


def test_members_by_name_and_by_role(admin: httpx.Client, db: str, person: Person) -> None:
    members(admin, db, names=["somebody else"])
    assert error(person.client.get(db)) == NOT_MEMBER
    members(admin, db, names=[person.name])
    assert person.client.get(db).status_code == 200
    members(admin, db, roles=["tester"])
    assert person.client.get(db).status_code == 200


def test_database_without_members_is_public(admin: httpx.Client, db: str, anonymous: httpx.Client) -> None:
    members(admin, db, names=[], roles=[])
    assert anonymous.put(f"{db}/a", json={}).status_code == 201
    assert anonymous.get(f"{db}/a").status_code == 200


def test_every_door_is_closed_to_strangers(admin: httpx.Client, db: str, person: Person) -> None:
    put(admin, db, "a")
    members(admin, db, names=["somebody else"])
    client = person.client
    doors = [
        *(
            client.get(f"{db}{path}")
            for path in ("", "/a", "/_all_docs", "/_changes", "/_local/x", "/_security")
        ),
        *(client.get(f"{db}{path}") for path in ("/_design/d/_view/v", "/_index", "/_revs_limit", "/a/att")),
        *(client.post(f"{db}{path}", json={}) for path in ("", "/_bulk_docs", "/_bulk_get", "/_find")),
        *(client.post(f"{db}{path}", json={}) for path in ("/_revs_diff", "/_ensure_full_commit")),
        client.put(f"{db}/b", json={}),
        client.delete(f"{db}/a", params={"rev": "1-a"}),
        client.request("COPY", f"{db}/a", headers={"Destination": "c"}),
    ]
    assert {answer.status_code for answer in doors} == {403}


def test_members_do_not_administer(admin: httpx.Client, db: str, person: Person) -> None:
    members(admin, db, roles=["tester"])
    client = person.client
    refused = (403, "forbidden", "You are not a db or server admin.")
    assert error(client.put(f"{db}/_design/d", json={"views": {}})) == refused
    before = admin.get(f"{db}/_security").json(), admin.get(f"{db}/_revs_limit").json()
    # In a cluster the refusal comes from a shard, and not every version translates it.
    assert client.put(f"{db}/_security", json={}).is_error
    assert client.put(f"{db}/_revs_limit", json=5).is_error
    assert (admin.get(f"{db}/_security").json(), admin.get(f"{db}/_revs_limit").json()) == before
    headers = {"Content-Type": "application/json"}
    compact = error(client.post(f"{db}/_compact", headers=headers))
    assert compact == (401, "unauthorized", "You are not a server or db admin.")
    purge = client.post(f"{db}/_purge", json={"a": ["1-a"]})
    assert purge.status_code in (401, 403)
    (entry,) = bulk(client, db, [{"_id": "_design/d"}])
    assert entry["error"] == "forbidden"
    assert client.get(f"{db}/_security").status_code == 200
    assert client.put(f"{db}/_local/x", json={}).status_code == 201


def test_database_administrators_write_design_documents(admin: httpx.Client, db: str, person: Person) -> None:
    members(admin, db, admins={"names": [person.name]}, roles=["tester"])
    assert person.client.put(f"{db}/_design/d", json={"views": {}}).status_code == 201
    assert person.client.put(f"{db}/_revs_limit", json=5).json() == {"ok": True}
    assert person.client.delete(db).status_code == 401


@pytest.mark.parametrize(
    "body", [[], "x", {"members": []}, {"members": {"names": "ana"}}, {"admins": {"roles": [1]}}]
)
def test_security_of_the_wrong_shape_is_refused(peer: Peer, admin: httpx.Client, db: str, body: Any) -> None:
    before = admin.get(f"{db}/_security").json()
    answer = admin.put(f"{db}/_security", json=body)
    assert answer.is_error
    assert admin.get(f"{db}/_security").json() == before
    only_ours(peer, "CouchDB tells some of these shapes with a 500")
    assert answer.status_code == 400


def test_security_of_the_accounts_is_not_edited(admin: httpx.Client) -> None:
    answer = admin.put("/_users/_security", json={})
    assert error(answer)[:2] == (403, "forbidden")


# -- validate_doc_update ---------------------------------------------------------------------------------

VALIDATE = """function (newDoc, oldDoc, userCtx, secObj) {
  if (newDoc.kind === 'forbidden') { throw({forbidden: 'not this kind'}); }
  if (newDoc.kind === 'unauthorized') { throw({unauthorized: 'who are you'}); }
  if (newDoc.kind === 'broken') { newDoc.nothing.more; }
  if (oldDoc && !oldDoc._deleted && newDoc.kind !== oldDoc.kind) {
    throw({forbidden: 'kind never changes'});
  }
  if (newDoc.db && newDoc.db !== userCtx.db) { throw({forbidden: 'db is ' + userCtx.db}); }
  if (newDoc.by && newDoc.by !== userCtx.name) { throw({forbidden: 'name is ' + userCtx.name}); }
  if (newDoc.role && userCtx.roles.indexOf(newDoc.role) < 0) { throw({forbidden: 'no such role'}); }
  if (newDoc.member && secObj.members.roles.indexOf(newDoc.member) < 0) { throw({forbidden: 'secObj'}); }
  if (newDoc.depth && newDoc._revisions.start !== newDoc.depth) { throw({forbidden: 'depth'}); }
}"""


@pytest.fixture
def guarded(admin: httpx.Client, db: str, person: Person) -> str:
    put(admin, db, "_design/guard", validate_doc_update=VALIDATE)
    members(admin, db, roles=["tester"])
    return db


def test_refusals_carry_the_words_of_the_function(guarded: str, admin: httpx.Client) -> None:
    answer = admin.put(f"{guarded}/a", json={"kind": "forbidden"})
    assert error(answer) == (403, "forbidden", "not this kind")
    answer = admin.put(f"{guarded}/a", json={"kind": "unauthorized"})
    assert error(answer) == (401, "unauthorized", "who are you")
    assert admin.get(f"{guarded}/a").status_code == 404


def test_function_that_breaks_refuses_too(guarded: str, admin: httpx.Client) -> None:
    answer = admin.put(f"{guarded}/a", json={"kind": "broken"})
    assert answer.json()["error"] == "TypeError"
    assert admin.get(f"{guarded}/a").status_code == 404


def test_batch_keeps_what_was_admitted(guarded: str, admin: httpx.Client) -> None:
    kinds = {"a": "good", "b": "forbidden", "c": "broken", "d": "good"}
    docs = [{"_id": name, "kind": kind} for name, kind in kinds.items()]
    written = bulk(admin, guarded, docs)
    assert [entry.get("error") for entry in written] == [None, "forbidden", "TypeError", None]
    assert written[1] == {"id": "b", "error": "forbidden", "reason": "not this kind"}


def test_replicated_edits_are_judged_as_well(guarded: str, admin: httpx.Client) -> None:
    revisions = {"start": 2, "ids": ["b" * 32, "a" * 32]}
    docs = [
        {"_id": "a", "_rev": f"2-{'b' * 32}", "_revisions": revisions, "kind": "forbidden"},
        {"_id": "b", "_rev": f"2-{'b' * 32}", "_revisions": revisions, "depth": 2},
        {"_id": "c", "_rev": f"2-{'b' * 32}", "_revisions": revisions, "depth": 3},
    ]
    failures = bulk(admin, guarded, docs, new_edits=False)
    assert sorted((failure["id"], failure["error"]) for failure in failures) == [
        ("a", "forbidden"),
        ("c", "forbidden"),
    ]
    assert admin.get(f"{guarded}/b").status_code == 200


def test_function_sees_the_parent_and_no_other_branch(guarded: str, admin: httpx.Client) -> None:
    rev = put(admin, guarded, "a", kind="x")
    assert error(admin.put(f"{guarded}/a", json={"_rev": rev, "kind": "y"}))[2] == "kind never changes"
    stranger = {"_id": "a", "_rev": f"1-{'f' * 32}", "kind": "y"}
    assert bulk(admin, guarded, [stranger], new_edits=False) == []


def test_function_sees_who_and_where(guarded: str, person: Person) -> None:
    name = guarded[1:]
    body = {"db": name, "by": person.name, "role": "tester", "member": "tester"}
    assert person.client.put(f"{guarded}/a", json=body).status_code == 201
    assert person.client.put(f"{guarded}/b", json={"by": "somebody else"}).status_code == 403
    assert person.client.put(f"{guarded}/b", json={"role": "boss"}).status_code == 403


def test_local_documents_are_not_judged(guarded: str, admin: httpx.Client) -> None:
    assert admin.put(f"{guarded}/_local/a", json={"kind": "forbidden"}).status_code == 201


def test_deletion_is_judged(admin: httpx.Client, db: str) -> None:
    code = "function (newDoc) { if (newDoc._deleted) { throw({forbidden: 'nothing is deleted here'}); } }"
    put(admin, db, "_design/guard", validate_doc_update=code)
    rev = put(admin, db, "a")
    assert error(admin.delete(f"{db}/a", params={"rev": rev}))[2] == "nothing is deleted here"


def test_every_design_document_has_a_say(admin: httpx.Client, db: str) -> None:
    for word in ("one", "two"):
        code = f"function (doc) {{ if (doc.{word}) {{ throw({{forbidden: '{word}'}}); }} }}"
        put(admin, db, f"_design/{word}", validate_doc_update=code)
    assert error(admin.put(f"{db}/a", json={"one": 1}))[2] == "one"
    assert error(admin.put(f"{db}/a", json={"two": 1}))[2] == "two"
    rev = admin.get(f"{db}/_design/two").json()["_rev"]
    admin.delete(f"{db}/_design/two", params={"rev": rev})
    until(lambda: admin.put(f"{db}/a", json={"two": 1}).status_code == 201, "the function is forgotten")


def test_function_may_require_modules_of_its_design_document(admin: httpx.Client, db: str) -> None:
    put(
        admin,
        db,
        "_design/guard",
        lib={"rules": "exports.least = 10;"},
        validate_doc_update="function (doc) { var rules = require('lib/rules');"
        " if (doc.n < rules.least) { throw({forbidden: 'at least ' + rules.least}); } }",
    )
    assert error(admin.put(f"{db}/a", json={"n": 1}))[2] == "at least 10"
    assert admin.put(f"{db}/a", json={"n": 11}).status_code == 201

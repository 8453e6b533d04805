"""Housekeeping of a database (CouchDB API reference, "Database Miscellaneous" and "Purge")."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, only_ours, put


def test_purged_document_leaves_nothing(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a", n=1)
    put(admin, db, "b")
    put(admin, db, "_design/d", views={"v": {"map": "function (doc) { emit(doc._id, null); }"}})
    view = f"{db}/_design/d/_view/v"
    assert admin.get(view).json()["total_rows"] == 2
    answer = admin.post(f"{db}/_purge", json={"a": [rev], "absent": ["1-x"]})
    assert answer.status_code == 201
    assert answer.json()["purged"] == {"a": [rev], "absent": []}
    assert error(admin.get(f"{db}/a")) == (404, "not_found", "missing")
    changes = admin.get(f"{db}/_changes").json()["results"]
    assert "a" not in [row["id"] for row in changes]
    assert admin.post(f"{db}/_revs_diff", json={"a": [rev]}).json() == {"a": {"missing": [rev]}}
    assert [row["id"] for row in admin.get(view).json()["rows"]] == ["b"]


def test_purge_takes_a_hundred_documents_at_most(peer: Peer, admin: httpx.Client, db: str) -> None:
    only_ours(peer, "CouchDB has no limit since 3.5.1")
    asked = {f"d{n}": ["1-a"] for n in range(101)}
    assert admin.post(f"{db}/_purge", json=asked).status_code == 400


def test_limits_are_read_and_set(admin: httpx.Client, db: str) -> None:
    for name, default in (("_revs_limit", 1000), ("_purged_infos_limit", 1000)):
        assert admin.get(f"{db}/{name}").json() == default
        assert admin.put(f"{db}/{name}", json=5).json() == {"ok": True}
        assert admin.get(f"{db}/{name}").json() == 5


@pytest.mark.parametrize("limit", [0, -1, "many", None, 1.5])
def test_limit_of_revisions_is_a_positive_number(
    peer: Peer, admin: httpx.Client, db: str, limit: object
) -> None:
    if not isinstance(limit, int):
        only_ours(peer, "CouchDB takes whatever Erlang holds for more than nothing")
    answer = admin.put(f"{db}/_revs_limit", json=limit)
    assert answer.is_error
    assert admin.get(f"{db}/_revs_limit").json() == 1000
    only_ours(peer, "CouchDB tells it with a 500")
    assert answer.status_code == 400


def test_history_is_stemmed_to_the_limit(admin: httpx.Client, db: str) -> None:
    admin.put(f"{db}/_revs_limit", json=3)
    rev = put(admin, db, "a")
    for n in range(6):
        rev = put(admin, db, "a", n=n, _rev=rev)
    history = admin.get(f"{db}/a", params={"revs": "true"}).json()["_revisions"]
    assert (history["start"], len(history["ids"])) == (7, 3)


def test_compaction_forgets_old_bodies(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    put(admin, db, "a", n=2, _rev=first)
    answer = admin.post(f"{db}/_compact", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (202, {"ok": True})
    deadline = time.monotonic() + 20
    while admin.get(f"{db}/a", params={"rev": first}).status_code != 404:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert admin.get(f"{db}/a").json()["n"] == 2


def test_counts_follow_writes_and_deletions(admin: httpx.Client, db: str) -> None:
    written = bulk(admin, db, [{"_id": f"d{n}"} for n in range(5)])
    bulk(admin, db, [{"_id": entry["id"], "_rev": entry["rev"], "_deleted": True} for entry in written[:2]])
    info = admin.get(db).json()
    assert (info["doc_count"], info["doc_del_count"]) == (3, 2)

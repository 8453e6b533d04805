"""Replications that the server runs itself (CouchDB API reference: `_replicate`, Scheduler, Replicator)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import ONE_FILE, Peer, Person, bulk, error, only_ours, put, until


@pytest.fixture
def target(admin: httpx.Client) -> Iterator[str]:
    name = f"t{secrets.token_hex(6)}"
    assert admin.put(f"/{name}", params=ONE_FILE).status_code == 201
    yield f"/{name}"
    admin.delete(f"/{name}")


@pytest.fixture
def order_id(admin: httpx.Client) -> Iterator[str]:
    """The id of a document of `_replicator` that is gone afterwards, whatever the scheduler still writes."""
    doc_id = f"r{secrets.token_hex(4)}"
    yield doc_id
    path = f"/_replicator/{doc_id}"

    def gone() -> bool:
        stored = admin.get(path)
        if stored.status_code == 200:
            admin.delete(path, params={"rev": stored.json()["_rev"]})
        return stored.status_code == 404

    until(gone, "the order is withdrawn")


@pytest.fixture
def address(peer: Peer) -> Callable[[str], str]:
    """The URL of a database with the administrator's credentials in it."""
    return peer.with_credentials


def names(admin: httpx.Client, db: str) -> list[str]:
    return [row["id"] for row in admin.get(f"{db}/_all_docs").json()["rows"]]


def test_one_run_copies_what_is_missing(
    admin: httpx.Client, db: str, target: str, address: Callable[[str], str]
) -> None:
    bulk(admin, db, [{"_id": f"d{n}"} for n in range(10)])
    order = {"source": address(db), "target": address(target)}
    first = admin.post("/_replicate", json=order).json()
    assert first["ok"] is True
    assert first["history"][0]["docs_written"] == 10
    assert names(admin, target) == [f"d{n}" for n in range(10)]
    assert admin.get(f"{target}/d3").json()["_rev"] == admin.get(f"{db}/d3").json()["_rev"]
    assert admin.post("/_replicate", json=order).json()["no_changes"] is True
    put(admin, db, "late")
    assert admin.post("/_replicate", json=order).json()["history"][0]["docs_written"] == 1


def test_conflicts_and_attachments_travel(
    admin: httpx.Client, db: str, target: str, address: Callable[[str], str]
) -> None:
    bulk(admin, db, [{"_id": "a", "_rev": f"1-{digest * 32}"} for digest in "ab"], new_edits=False)
    admin.put(f"{db}/b/photo", content=b"12345", headers={"Content-Type": "image/x-test"})
    admin.post("/_replicate", json={"source": address(db), "target": address(target)})
    assert admin.get(f"{target}/a", params={"conflicts": "true"}).json()["_conflicts"] == [f"1-{'a' * 32}"]
    assert admin.get(f"{target}/b/photo").content == b"12345"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [({"doc_ids": ["d1", "d3", "no"]}, ["d1", "d3"]), ({"selector": {"n": {"$gt": 2}}}, ["d3", "d4"])],
    ids=["by ids", "by selector"],
)
def test_part_of_a_database_is_copied(
    admin: httpx.Client,
    db: str,
    target: str,
    address: Callable[[str], str],
    limits: dict[str, Any],
    expected: list[str],
) -> None:
    bulk(admin, db, [{"_id": f"d{n}", "n": n} for n in range(5)])
    admin.post("/_replicate", json={"source": address(db), "target": address(target), **limits})
    assert names(admin, target) == expected


def test_a_function_of_the_source_chooses_what_is_copied(
    admin: httpx.Client, db: str, target: str, address: Callable[[str], str]
) -> None:
    put(admin, db, "_design/f", filters={"n": "function (doc, req) { return doc.n >= +req.query.least; }"})
    bulk(admin, db, [{"_id": f"d{n}", "n": n} for n in range(5)])
    order = {
        "source": address(db),
        "target": address(target),
        "filter": "f/n",
        "query_params": {"least": "3"},
    }
    assert admin.post("/_replicate", json=order).json()["ok"] is True
    assert names(admin, target) == ["d3", "d4"]
    put(admin, db, "late", n=7)
    put(admin, db, "early", n=1)
    assert admin.post("/_replicate", json=order).json()["history"][0]["docs_written"] == 1
    assert names(admin, target) == ["d3", "d4", "late"]
    other = {**order, "query_params": {"least": "2"}}
    admin.post("/_replicate", json=other)
    assert names(admin, target) == ["d2", "d3", "d4", "late"]


def test_target_is_created_on_demand(admin: httpx.Client, db: str, address: Callable[[str], str]) -> None:
    put(admin, db, "a")
    new = f"/t{secrets.token_hex(6)}"
    order = {"source": address(db), "target": address(new), "create_target": True}
    told, copied = admin.post("/_replicate", json=order).json(), names(admin, new)
    admin.delete(new)
    assert (told["ok"], copied) == (True, ["a"])


def test_missing_source_is_told(
    peer: Peer, admin: httpx.Client, target: str, address: Callable[[str], str]
) -> None:
    answer = admin.post("/_replicate", json={"source": address("/nowhere"), "target": address(target)})
    assert answer.is_error
    only_ours(peer, "CouchDB 3 tells it with a 500 or a 404, by version")
    assert (answer.status_code, answer.json()["error"]) == (404, "db_not_found")


@pytest.mark.parametrize("order", [{}, {"source": "a"}, {"source": "a", "target": 3}])
def test_order_without_both_ends_is_refused(admin: httpx.Client, order: dict[str, Any]) -> None:
    assert admin.post("/_replicate", json=order).is_error


def test_continuous_replication_follows_until_it_is_cancelled(
    admin: httpx.Client, db: str, target: str, address: Callable[[str], str]
) -> None:
    order = {"source": address(db), "target": address(target), "continuous": True}
    begun = admin.post("/_replicate", json=order)
    assert (begun.status_code, begun.json()["ok"]) == (202, True)
    try:
        put(admin, db, "first")
        until(lambda: "first" in names(admin, target), "the first document arrives")
        put(admin, db, "second")
        until(lambda: "second" in names(admin, target), "the second document arrives")
        until(
            lambda: any(task["type"] == "replication" for task in admin.get("/_active_tasks").json()),
            "the task is told",
        )
        listed = admin.get("/_scheduler/jobs").json()["jobs"]
        assert any(job["id"] == begun.json()["_local_id"] for job in listed)
    finally:
        cancelled = admin.post("/_replicate", json={**order, "cancel": True})
    assert cancelled.json()["ok"] is True
    assert admin.post("/_replicate", json={**order, "cancel": True}).status_code == 404


def test_document_of_replicator_is_carried_out(
    admin: httpx.Client, db: str, target: str, address: Callable[[str], str], order_id: str
) -> None:
    bulk(admin, db, [{"_id": f"d{n}"} for n in range(3)])
    put(admin, "/_replicator", order_id, source=address(db), target=address(target))

    def state() -> str | None:
        document: dict[str, str] = admin.get(f"/_replicator/{order_id}").json()
        return document.get("_replication_state")

    until(lambda: state() == "completed", "the document says completed")
    assert names(admin, target) == ["d0", "d1", "d2"]
    told = admin.get(f"/_scheduler/docs/_replicator/{order_id}").json()
    assert told["state"] == "completed"
    assert told["info"]["docs_written"] == 3
    assert "@" not in told["source"]


def test_document_that_can_not_be_carried_out_is_told(
    admin: httpx.Client, target: str, address: Callable[[str], str], order_id: str
) -> None:
    put(admin, "/_replicator", order_id, source=address("/nowhere"), target=address(target))

    def failed() -> dict[str, Any] | None:
        entry: dict[str, Any] = admin.get(f"/_scheduler/docs/_replicator/{order_id}").json()
        return entry if entry.get("state") in ("failed", "crashing") else None

    assert until(failed, "the failure is told")["doc_id"] == order_id


def test_document_without_both_ends_is_refused(admin: httpx.Client) -> None:
    answer = admin.put("/_replicator/bad", json={"source": "x"})
    assert error(answer)[:2] == (403, "forbidden")


def test_schedule_is_for_administrators(person: Person) -> None:
    for path in ("/_scheduler/jobs", "/_scheduler/docs"):
        assert person.client.get(path).status_code == 401


@pytest.mark.parametrize(
    "odd",
    [
        {"source": "http://[x"},
        {"source": "http://"},
        {"source": {"url": "http://x", "auth": "y"}},
        {"user_ctx": {"name": "ana", "roles": 5}},
        {"user_ctx": {"name": 5, "roles": []}},
        {"query_params": [1]},
        {"filter": "none"},
    ],
    ids=str,
)
def test_order_that_makes_no_sense_is_refused(peer: Peer, admin: httpx.Client, odd: dict[str, Any]) -> None:
    only_ours(peer, "CouchDB takes some of these and fails them later")
    path = f"/_replicator/r{secrets.token_hex(4)}"
    answer = admin.put(path, json={"source": "a", "target": "b"} | odd)
    assert error(answer)[:2] == (403, "forbidden")


def test_only_replicators_documents_are_scheduled(peer: Peer, admin: httpx.Client, db: str) -> None:
    only_ours(peer, "CouchDB breaks over other databases")
    put(admin, db, "a")
    for path in (f"/_scheduler/docs{db}", f"/_scheduler/docs{db}/a"):
        assert admin.get(path).status_code == 404

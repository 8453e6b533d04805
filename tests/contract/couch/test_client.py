"""The door to CouchDB, against a real server: what each call answers, and how each failure is named."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.couch.errors import (
    BadRequest,
    Conflict,
    CouchError,
    NotFound,
    Unauthorized,
    Unreachable,
)
from tests.support.couch import CouchProcess, start_couch
from tests.support.office import a_database_server
from tests.support.stack import free_port


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("client")) as settings:
        yield settings


@pytest.fixture(scope="module")
def couch(settings: Settings) -> Iterator[Couch]:
    with connect(settings) as couch:
        yield couch


@pytest.fixture
def db(couch: Couch) -> Iterator[str]:
    name = f"t{secrets.token_hex(6)}"
    couch.create_database(name)
    yield name
    couch.delete_database(name)


def test_a_document_comes_back_as_it_went_with_its_nulls(couch: Couch, db: str) -> None:
    document = {
        "_id": "visit:ana:1",
        "next_visit_at": None,
        "text": "ñ\u0000😀",
        "n": 2**53 - 1,
        "list": [None, {}],
    }
    rev = couch.put(db, document)
    assert couch.get(db, "visit:ana:1") == document | {"_rev": rev}


@pytest.mark.parametrize("doc_id", ["a/b", "a b", "a?b=c&d", "ñ:😀", "a%2Fb", "a+b", "a#b"])
def test_any_id_is_one_document(couch: Couch, db: str, doc_id: str) -> None:
    couch.put(db, {"_id": doc_id})
    found = couch.get(db, doc_id)
    assert found is not None
    assert found["_id"] == doc_id
    assert [row["id"] for row in couch.all_docs(db)] == [doc_id]


def test_what_is_absent_or_deleted_is_none_and_an_absent_database_an_error(couch: Couch, db: str) -> None:
    assert couch.get(db, "absent") is None
    rev = couch.put(db, {"_id": "gone"})
    couch.delete(db, "gone", rev)
    assert couch.get(db, "gone") is None
    with pytest.raises(NotFound):
        couch.get(f"{db}-absent", "absent")


def test_an_old_revision_is_a_conflict(couch: Couch, db: str) -> None:
    rev = couch.put(db, {"_id": "a"})
    couch.put(db, {"_id": "a", "_rev": rev, "n": 1})
    for stale in ({"_id": "a"}, {"_id": "a", "_rev": rev}):
        with pytest.raises(Conflict):
            couch.put(db, stale)
    with pytest.raises(Conflict):
        couch.delete(db, "a", rev)


def test_a_bulk_tells_of_each_document(couch: Couch, db: str) -> None:
    couch.put(db, {"_id": "a"})
    written, refused = couch.bulk(db, [{"_id": "b", "none": None}, {"_id": "a"}])
    assert written["ok"]
    assert refused["error"] == "conflict"
    assert couch.bulk(db, []) == []
    stored = couch.get(db, "b")
    assert stored is not None
    assert stored["none"] is None


def test_a_bulk_of_given_revisions_tells_of_failures_only(couch: Couch, db: str) -> None:
    fact = {"_id": "a", "_rev": "1-abc", "_revisions": {"start": 1, "ids": ["abc"]}}
    assert couch.bulk(db, [fact], new_edits=False) == []
    assert couch.bulk(db, [fact], new_edits=False) == []
    stored = couch.get(db, "a")
    assert stored is not None
    assert stored["_rev"] == "1-abc"


def test_a_bulk_with_an_id_that_can_not_be_writes_nothing(couch: Couch, db: str) -> None:
    with pytest.raises(BadRequest):
        couch.bulk(db, [{"_id": "good"}, {"_id": "_bad"}])
    assert couch.get(db, "good") is None


def test_many_are_read_without_those_that_are_not_there(couch: Couch, db: str) -> None:
    couch.bulk(db, [{"_id": f"d{n}"} for n in range(5)])
    gone = couch.get(db, "d1")
    assert gone is not None
    couch.delete(db, "d1", gone["_rev"])
    assert set(couch.get_many(db, ["d0", "d1", "d4", "absent", "d0"])) == {"d0", "d4"}
    assert couch.get_many(db, []) == {}


def test_local_documents_are_apart(couch: Couch, db: str) -> None:
    assert couch.get_local(db, "checkpoint") is None
    rev = couch.put_local(db, "checkpoint", {"since": "0"})
    with pytest.raises(Conflict):
        couch.put_local(db, "checkpoint", {"since": "1"})
    couch.put_local(db, "checkpoint", {"since": "1", "_rev": rev})
    found = couch.get_local(db, "checkpoint")
    assert found is not None
    assert found["since"] == "1"
    assert couch.all_docs(db) == []
    with pytest.raises(NotFound):
        couch.get_local(f"{db}-absent", "checkpoint")


def test_a_view_is_asked_in_all_ways(couch: Couch, db: str) -> None:
    ddoc = {"_id": "_design/t", "views": {"v": {"map": "function (d) { emit(d.k, 1); }", "reduce": "_sum"}}}
    couch.put(db, ddoc)
    stored = couch.get(db, "_design/t")
    assert stored is not None
    assert stored["views"] == ddoc["views"]
    couch.bulk(db, [{"_id": f"d{n}", "k": ["a" if n < 3 else "b", n]} for n in range(5)])
    assert couch.view(db, "t", "v")[0]["value"] == 5
    grouped = couch.view(db, "t", "v", group_level=1)
    assert [(row["key"], row["value"]) for row in grouped] == [(["a"], 3), (["b"], 2)]
    ranged = couch.view(db, "t", "v", reduce=False, start_key=["a", 1], end_key=["b", 3], include_docs=True)
    assert [row["doc"]["_id"] for row in ranged] == ["d1", "d2", "d3"]
    down = couch.view(
        db, "t", "v", reduce=False, start_key=["b", {}], end_key=["b"], descending=True, limit=1
    )
    assert [row["id"] for row in down] == ["d4"]
    keys = couch.view(db, "t", "v", keys=[["b", 4], ["a", 0]], group=True)
    assert [row["key"] for row in keys] == [["b", 4], ["a", 0]]
    with pytest.raises(NotFound):
        couch.view(db, "t", "absent")


def test_a_selector_finds(couch: Couch, db: str) -> None:
    couch.bulk(db, [{"_id": f"d{n}", "n": n} for n in range(5)])
    assert [doc["_id"] for doc in couch.find(db, {"n": {"$gte": 3}}, fields=["_id"])] == ["d3", "d4"]


def test_changes_go_on_where_they_stopped(couch: Couch, db: str) -> None:
    couch.bulk(db, [{"_id": f"d{n}"} for n in range(5)])
    first = couch.changes(db, limit=2)
    rest = couch.changes(db, since=first.last_seq, include_docs=True)
    assert len(first.results) == 2
    assert first.pending == 3
    assert len(rest.results) == 3
    assert all(row["doc"]["_id"] == row["id"] for row in rest.results)
    assert couch.changes(db, since=rest.last_seq).results == []
    assert [row["id"] for row in couch.changes(db, doc_ids=["d3"]).results] == ["d3"]
    assert [row["id"] for row in couch.changes(db, selector={"_id": "d4"}).results] == ["d4"]


def test_a_feed_waits_for_a_first_change_and_not_longer_than_told(
    couch: Couch, settings: Settings, db: str
) -> None:
    last = couch.changes(db).last_seq
    started = time.monotonic()
    assert couch.changes(db, since=last, wait_seconds=0.5).results == []
    assert 0.3 < time.monotonic() - started < 5

    def write_later() -> None:
        with connect(settings) as other:
            other.put(db, {"_id": "late"})

    timer = threading.Timer(0.3, write_later)
    timer.start()
    page = couch.changes(db, since=last, wait_seconds=20)
    timer.join()
    assert [row["id"] for row in page.results] == ["late"]


def test_it_is_told_which_databases_moved(couch: Couch, db: str) -> None:
    since = couch.db_updates(limit=1).last_seq
    couch.put(db, {"_id": "a"})
    deadline = time.monotonic() + 10
    seen: set[str] = set()
    while db not in seen and time.monotonic() < deadline:
        page = couch.db_updates(since=since, wait_seconds=2)
        seen |= {row["db_name"] for row in page.results}
        since = page.last_seq
    assert db in seen


def test_databases_are_described_a_hundred_at_a_time(couch: Couch, db: str) -> None:
    names = [db, *(f"{db}-absent{n}" for n in range(150))]
    found = couch.dbs_info(names)
    assert set(found) == {db}
    assert found[db]["db_name"] == db
    assert couch.database_info(f"{db}-absent") is None
    assert couch.create_database(db) is False
    assert db in couch.all_dbs()
    assert couch.all_dbs(start_key=db, end_key=db) == [db]
    assert couch.delete_database(f"{db}-absent") is False


def test_security_is_written_whole(couch: Couch, db: str) -> None:
    security = {"admins": {"names": [], "roles": ["_admin"]}, "members": {"names": [], "roles": ["d:1"]}}
    couch.put_security(db, security)
    assert couch.get_security(db) == security


def test_a_wrong_password_is_named(settings: Settings) -> None:
    unknown = replace(settings, couchdb_password="wrong", couchdb_user="nobody")
    with connect(unknown) as stranger, pytest.raises(Unauthorized):
        stranger.nodes()


def test_a_server_that_is_not_there_is_unreachable_within_seconds(settings: Settings) -> None:
    started = time.monotonic()
    absent = replace(settings, couchdb_url=f"http://127.0.0.1:{free_port()}")
    with connect(absent) as nowhere, pytest.raises(Unreachable):
        nowhere.get("db", "doc")
    assert 1.5 < time.monotonic() - started < 10, "an idempotent call is tried again, with a pause"


def test_a_write_to_a_server_that_is_not_there_is_not_tried_again(settings: Settings) -> None:
    started = time.monotonic()
    absent = replace(settings, couchdb_url=f"http://127.0.0.1:{free_port()}")
    with connect(absent) as nowhere, pytest.raises(Unreachable):
        nowhere.put("db", {"_id": "a"})
    assert time.monotonic() - started < 1


def test_reading_survives_a_restart_of_the_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, port = tmp_path_factory.mktemp("restart") / "couchdb", free_port()
    server: CouchProcess = start_couch(folder, port=port)
    environment = {
        "COUCHDB_URL": server.url,
        "COUCHDB_USER": server.user,
        "COUCHDB_PASSWORD": server.password,
    }
    restarted: list[CouchProcess] = []
    with connect(Settings.from_environment(environment)) as couch:
        couch.create_database("a1")
        couch.put("a1", {"_id": "kept"})
        server.kill()
        timer = threading.Timer(0.1, lambda: restarted.append(start_couch(folder, port=port)))
        timer.start()
        try:
            found = None
            for _ in range(5):
                try:
                    found = couch.get("a1", "kept")
                    break
                except CouchError:
                    continue
            assert found is not None
        finally:
            timer.join()
            for process in restarted:
                process.stop()

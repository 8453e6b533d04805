"""The changes feed in its four forms, and its filters (CouchDB API reference, "Database Changes")."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, only_ours, put


@pytest.fixture
def five(admin: httpx.Client, db: str) -> list[str]:
    """Five documents a…e, n = 0…4."""
    bulk(admin, db, [{"_id": name, "n": n} for n, name in enumerate("abcde")])
    return list("abcde")


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


def test_each_document_stands_once_at_its_last_change(admin: httpx.Client, db: str, five: list[str]) -> None:
    rev = admin.get(f"{db}/b").json()["_rev"]
    newer = put(admin, db, "b", _rev=rev)
    feed = admin.get(f"{db}/_changes").json()
    assert [row["id"] for row in feed["results"]] == ["a", "c", "d", "e", "b"]
    assert feed["results"][-1]["changes"] == [{"rev": newer}]
    assert feed["pending"] == 0
    for since in (feed["last_seq"], feed["results"][-1]["seq"]):
        assert ids(admin.get(f"{db}/_changes", params={"since": since})) == []


def test_since_goes_on_where_one_stopped(admin: httpx.Client, db: str, five: list[str]) -> None:
    first = admin.get(f"{db}/_changes", params={"limit": 2}).json()
    assert [row["id"] for row in first["results"]] == ["a", "b"]
    assert first["pending"] == 3
    assert ids(admin.get(f"{db}/_changes", params={"since": first["last_seq"]})) == ["c", "d", "e"]
    assert ids(admin.get(f"{db}/_changes", params={"since": "now"})) == []


def test_sequence_that_never_was_is_refused(admin: httpx.Client, db: str) -> None:
    answer = admin.get(f"{db}/_changes", params={"since": "yesterday"})
    assert error(answer)[:2] == (400, "bad_request")


def test_newest_first(admin: httpx.Client, db: str, five: list[str]) -> None:
    assert ids(admin.get(f"{db}/_changes", params={"descending": "true", "limit": 2})) == ["e", "d"]


def test_documents_come_along(admin: httpx.Client, db: str, five: list[str]) -> None:
    rev = admin.get(f"{db}/a").json()["_rev"]
    admin.delete(f"{db}/a", params={"rev": rev})
    rows = admin.get(f"{db}/_changes", params={"include_docs": "true"}).json()["results"]
    assert rows[0]["doc"]["n"] == 1
    assert rows[-1]["deleted"] is True
    assert rows[-1]["doc"]["_deleted"] is True


def test_every_leaf_is_told_on_demand(admin: httpx.Client, db: str) -> None:
    docs = [{"_id": "a", "_rev": f"1-{digest * 32}"} for digest in "ab"]
    bulk(admin, db, docs, new_edits=False)
    (row,) = admin.get(f"{db}/_changes").json()["results"]
    assert row["changes"] == [{"rev": f"1-{'b' * 32}"}]
    (row,) = admin.get(f"{db}/_changes", params={"style": "all_docs"}).json()["results"]
    assert [change["rev"][2] for change in row["changes"]] == ["b", "a"]
    params = {"include_docs": "true", "conflicts": "true"}
    (row,) = admin.get(f"{db}/_changes", params=params).json()["results"]
    assert row["doc"]["_conflicts"] == [f"1-{'a' * 32}"]


def test_filter_by_ids(admin: httpx.Client, db: str, five: list[str]) -> None:
    body = {"doc_ids": ["d", "a", "zz"]}
    assert sorted(ids(admin.post(f"{db}/_changes", params={"filter": "_doc_ids"}, json=body))) == ["a", "d"]
    params = {"filter": "_doc_ids", "doc_ids": json.dumps(["b"])}
    assert ids(admin.get(f"{db}/_changes", params=params)) == ["b"]


def test_filter_by_selector(admin: httpx.Client, db: str, five: list[str]) -> None:
    body = {"selector": {"n": {"$gt": 2}}}
    params: dict[str, Any] = {"filter": "_selector"}
    assert ids(admin.post(f"{db}/_changes", params=params, json=body)) == ["d", "e"]
    first = admin.post(f"{db}/_changes", params={**params, "limit": 1}, json=body)
    assert ids(first) == ["d"]
    params["since"] = first.json()["last_seq"]
    assert ids(admin.post(f"{db}/_changes", params=params, json=body)) == ["e"]


def test_filters_of_design_documents(admin: httpx.Client, db: str, five: list[str]) -> None:
    put(
        admin,
        db,
        "_design/f",
        filters={"from": "function (doc, req) { return doc.n >= parseInt(req.query.n, 10); }"},
        views={"odd": {"map": "function (doc) { if (doc.n % 2) { emit(doc.n, null); } }"}},
    )
    assert ids(admin.get(f"{db}/_changes", params={"filter": "f/from", "n": 3})) == ["d", "e"]
    assert ids(admin.get(f"{db}/_changes", params={"filter": "_view", "view": "f/odd"})) == ["b", "d"]
    assert ids(admin.get(f"{db}/_changes", params={"filter": "_design"})) == ["_design/f"]
    assert error(admin.get(f"{db}/_changes", params={"filter": "f/none"}))[:2] == (404, "not_found")
    assert error(admin.get(f"{db}/_changes", params={"filter": "none/none"}))[:2] == (404, "not_found")


def test_design_documents_alone_are_told_one_by_one(admin: httpx.Client, db: str, five: list[str]) -> None:
    for name in ("one", "two", "three"):
        put(admin, db, f"_design/{name}", language="javascript")
    params: dict[str, Any] = {"filter": "_design", "limit": 1}
    first = admin.get(f"{db}/_changes", params=params)
    assert ids(first) == ["_design/one"]
    second = admin.get(f"{db}/_changes", params={**params, "since": first.json()["last_seq"]})
    assert ids(second) == ["_design/two"]
    assert ids(admin.get(f"{db}/_changes", params={**params, "descending": "true"})) == ["_design/three"]


def test_sequences_may_be_told_now_and_then(admin: httpx.Client, db: str, five: list[str]) -> None:
    rows = admin.get(f"{db}/_changes", params={"seq_interval": 2}).json()["results"]
    assert [row["seq"] is None for row in rows] == [False, True, False, True, False]
    for interval in (0, "often"):
        assert admin.get(f"{db}/_changes", params={"seq_interval": interval}).status_code == 400


def test_unchanged_feed_is_not_sent_again(admin: httpx.Client, db: str, five: list[str]) -> None:
    def not_sent_again() -> bool:
        etag = admin.get(f"{db}/_changes").headers["etag"]
        return admin.get(f"{db}/_changes", headers={"If-None-Match": etag}).status_code == 304

    # The ETag is made of the database's sizes too, which a cluster's moments of rest may change.
    assert any(not_sent_again() for _ in range(30))
    etag = admin.get(f"{db}/_changes").headers["etag"]
    put(admin, db, "f")
    assert admin.get(f"{db}/_changes", headers={"If-None-Match": etag}).status_code == 200


def test_filter_judges_every_leaf_where_every_leaf_is_told(admin: httpx.Client, db: str) -> None:
    docs = [{"_id": "a", "_rev": f"1-{digest * 32}", "leaf": digest} for digest in "ab"]
    bulk(admin, db, docs, new_edits=False)
    put(admin, db, "_design/f", filters={"a": "function (doc) { return doc.leaf === 'a'; }"})
    loser = [{"rev": f"1-{'a' * 32}"}]
    body = {"selector": {"leaf": "a"}}
    for params in ({"filter": "f/a"}, {"filter": "_selector"}):
        assert ids(admin.post(f"{db}/_changes", params=params, json=body)) == []
        answer = admin.post(f"{db}/_changes", params={**params, "style": "all_docs"}, json=body)
        assert [row["changes"] for row in answer.json()["results"]] == [loser]


@pytest.mark.parametrize(
    "params",
    [{"filter": "_nonsense"}, {"filter": "_view"}, {"filter": "_selector"}, {"filter": "a/b/c"}],
    ids=["no such filter", "no view", "no selector", "no name"],
)
def test_impossible_filters_are_refused(admin: httpx.Client, db: str, params: dict[str, str]) -> None:
    assert error(admin.get(f"{db}/_changes", params=params))[:2] == (400, "bad_request")


@pytest.mark.parametrize("heartbeat", ["0", "-1", "often"])
def test_heartbeat_is_a_positive_number(admin: httpx.Client, db: str, heartbeat: str) -> None:
    answer = admin.get(f"{db}/_changes", params={"feed": "continuous", "heartbeat": heartbeat, "limit": 1})
    assert error(answer)[:2] == (400, "bad_request")


def test_unknown_feed_is_refused(admin: httpx.Client, db: str) -> None:
    assert error(admin.get(f"{db}/_changes", params={"feed": "telegraph"}))[:2] == (400, "bad_request")


# -- feeds that wait ----------------------------------------------------------------------------------


class Later:
    """Writes a document from another thread after a moment."""

    def __init__(self, peer: Peer, db: str, doc_id: str, seconds: float = 0.4) -> None:
        self._thread = threading.Timer(seconds, self._write, (peer, db, doc_id))

    @staticmethod
    def _write(peer: Peer, db: str, doc_id: str) -> None:
        with httpx.Client(base_url=peer.url, auth=peer.auth, timeout=30) as client:
            put(client, db, doc_id)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def test_longpoll_answers_at_once_when_there_is_something(
    admin: httpx.Client, db: str, five: list[str]
) -> None:
    assert len(ids(admin.get(f"{db}/_changes", params={"feed": "longpoll"}))) == 5


def test_longpoll_waits_for_the_first_change(
    peer: Peer, admin: httpx.Client, db: str, five: list[str]
) -> None:
    began = time.monotonic()
    with Later(peer, db, "late"):
        answer = admin.get(f"{db}/_changes", params={"feed": "longpoll", "since": "now", "timeout": 20000})
    assert ids(answer) == ["late"]
    assert 0.3 < time.monotonic() - began < 10


def test_longpoll_gives_up_after_its_timeout(admin: httpx.Client, db: str, five: list[str]) -> None:
    began = time.monotonic()
    answer = admin.get(f"{db}/_changes", params={"feed": "longpoll", "since": "now", "timeout": 300})
    assert ids(answer) == []
    assert answer.json()["last_seq"]
    assert time.monotonic() - began < 10


def test_longpoll_waits_past_what_its_filter_skips(peer: Peer, admin: httpx.Client, db: str) -> None:
    params = {"feed": "longpoll", "since": "now", "timeout": 20000, "filter": "_doc_ids"}
    with Later(peer, db, "other", 0.2), Later(peer, db, "mine", 0.6):
        answer = admin.post(f"{db}/_changes", params=params, json={"doc_ids": ["mine"]})
    assert ids(answer) == ["mine"]


def lines(admin: httpx.Client, path: str, **params: Any) -> Iterator[str]:
    with admin.stream("GET", path, params=params) as answer:
        assert answer.status_code == 200
        yield from answer.iter_lines()


def test_continuous_feed_tells_each_change_on_a_line(
    peer: Peer, admin: httpx.Client, db: str, five: list[str]
) -> None:
    with Later(peer, db, "late", 1.5):
        found = lines(admin, f"{db}/_changes", feed="continuous", heartbeat=200)
        told, beats = [], 0
        for line in found:
            if not line:
                beats += 1
                continue
            told.append(json.loads(line)["id"])
            if told[-1] == "late":
                found.close()  # type: ignore[attr-defined]
                break
    assert told == ["a", "b", "c", "d", "e", "late"]
    assert beats >= 1


def test_heart_beats_while_a_filter_looks_for_something(peer: Peer, admin: httpx.Client, db: str) -> None:
    only_ours(peer, "CouchDB is silent as long as its filter is at work")
    slow = "function (doc) { var began = Date.now(); while (Date.now() - began < 1) {} return doc.wanted; }"
    put(admin, db, "_design/f", filters={"slow": slow})
    bulk(admin, db, [{"_id": f"d{n:04}"} for n in range(2200)])
    put(admin, db, "wanted", wanted=True)
    found = lines(admin, f"{db}/_changes", feed="continuous", heartbeat=200, filter="f/slow")
    assert next(found) == ""
    found.close()  # type: ignore[attr-defined]


def test_continuous_feed_ends_after_its_timeout_with_the_last_sequence(
    admin: httpx.Client, db: str, five: list[str]
) -> None:
    told = [line for line in lines(admin, f"{db}/_changes", feed="continuous", timeout=200) if line]
    assert [json.loads(line)["id"] for line in told[:-1]] == five
    assert json.loads(told[-1]).keys() >= {"last_seq"}


def test_continuous_feed_ends_at_its_limit(admin: httpx.Client, db: str, five: list[str]) -> None:
    told = [line for line in lines(admin, f"{db}/_changes", feed="continuous", limit=2, timeout=2000) if line]
    assert [json.loads(line).get("id") for line in told] == ["a", "b", None]


def test_eventsource_tells_events(admin: httpx.Client, db: str, five: list[str]) -> None:
    events = lines(admin, f"{db}/_changes", feed="eventsource", limit=2, timeout=2000)
    told = [line for line in events if line]
    assert [json.loads(line[6:])["id"] for line in told if line.startswith("data:")] == ["a", "b"]
    assert sum(line.startswith("id:") for line in told) == 2


def test_eventsource_goes_on_after_the_last_event(admin: httpx.Client, db: str, five: list[str]) -> None:
    seq = admin.get(f"{db}/_changes", params={"limit": 3}).json()["last_seq"]
    headers = {"Last-Event-ID": seq}
    params = {"feed": "eventsource", "limit": 1, "timeout": 2000}
    with admin.stream("GET", f"{db}/_changes", params=params, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    assert '"id":"d"' in text
    assert '"id":"a"' not in text


def test_database_updates_tell_created_updated_deleted(admin: httpx.Client, db: str) -> None:
    since = admin.get("/_db_updates").json()["last_seq"]
    put(admin, db, "a")
    deadline, told = time.monotonic() + 20, set()
    while time.monotonic() < deadline and ("updated", db[1:]) not in told:
        answer = admin.get(
            "/_db_updates", params={"since": since, "feed": "longpoll", "timeout": 1000}
        ).json()
        told |= {(row["type"], row["db_name"]) for row in answer["results"]}
        since = answer["last_seq"]
    assert ("updated", db[1:]) in told

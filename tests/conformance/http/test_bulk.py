"""Many documents at once (CouchDB API reference, "Bulk Document Operations")."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, only_ours, put


def test_each_document_has_its_own_answer(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "b")
    written = bulk(admin, db, [{"_id": "a"}, {"_id": "b"}, {"_id": "b", "_rev": rev, "n": 2}, {"n": 3}])
    assert written[0]["ok"] is True
    assert written[1] == {"id": "b", "error": "conflict", "reason": "Document update conflict."}
    assert written[2]["rev"].startswith("2-")
    assert len(written[3]["id"]) == 32


def test_replicated_edits_answer_with_failures_only(admin: httpx.Client, db: str) -> None:
    document = {"_id": "a", "_rev": f"2-{'b' * 32}", "_revisions": {"start": 2, "ids": ["b" * 32, "a" * 32]}}
    assert bulk(admin, db, [document], new_edits=False) == []
    assert bulk(admin, db, [document], new_edits=False) == []
    assert len(admin.get(f"{db}/_changes").json()["results"]) == 1


@pytest.mark.parametrize(
    "poison",
    [{"_id": "_mine"}, {"_id": "x", "_unknown": 1}, {"_id": "x", "_rev": "nonsense"}, 7],
    ids=["id", "member", "revision", "number"],
)
def test_one_impossible_document_spoils_its_batch(admin: httpx.Client, db: str, poison: Any) -> None:
    answer = admin.post(f"{db}/_bulk_docs", json={"docs": [{"_id": "good"}, poison]})
    assert answer.status_code == 400
    assert admin.get(f"{db}/good").status_code == 404


@pytest.mark.parametrize("digest", ['a"b', "a\\b", "a b", "a\nb", "é"])
def test_revision_that_would_break_the_feed_is_refused(
    peer: Peer, admin: httpx.Client, db: str, digest: str
) -> None:
    only_ours(peer, "CouchDB takes any text for the digest of a revision")
    put(admin, db, "good")
    named = {"_id": "x", "_rev": f"1-{digest}"}
    history = {"_id": "x", "_revisions": {"start": 2, "ids": [digest, "a"]}}
    for document in (named, history):
        answer = admin.post(f"{db}/_bulk_docs", json={"docs": [document], "new_edits": False})
        assert answer.status_code == 400
    assert [row["id"] for row in admin.get(f"{db}/_changes").json()["results"]] == ["good"]


def test_one_document_too_large_spoils_its_batch(admin: httpx.Client, db: str) -> None:
    docs = [{"_id": "good"}, {"_id": "big", "text": "x" * 8_100_000}]
    assert error(admin.post(f"{db}/_bulk_docs", json={"docs": docs})) == (413, "document_too_large", "big")
    assert admin.get(f"{db}/good").status_code == 404


@pytest.mark.parametrize("body", [{}, {"docs": 1}, {"docs": [], "new_edits": "yes"}, []])
def test_request_of_the_wrong_shape_is_refused(admin: httpx.Client, db: str, body: Any) -> None:
    assert error(admin.post(f"{db}/_bulk_docs", json=body))[:2] == (400, "bad_request")


def test_bulk_get_answers_in_the_order_asked(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    second = put(admin, db, "a", n=2, _rev=first)
    asked = [{"id": "a"}, {"id": "a", "rev": first}, {"id": "no"}, {"id": "a", "rev": "9-missing"}]
    results = admin.post(f"{db}/_bulk_get", json={"docs": asked}).json()["results"]
    assert [result["id"] for result in results] == ["a", "a", "no", "a"]
    assert results[0]["docs"][0]["ok"] == {"_id": "a", "_rev": second, "n": 2}
    assert results[1]["docs"][0]["ok"]["n"] == 1
    assert results[2]["docs"][0]["error"]["error"] == "not_found"
    assert results[3]["docs"][0]["error"] == {
        "id": "a",
        "rev": "9-missing",
        "error": "not_found",
        "reason": "missing",
    }


def test_bulk_get_tells_history_when_asked(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    answer = admin.post(f"{db}/_bulk_get", params={"revs": "true"}, json={"docs": [{"id": "a", "rev": rev}]})
    assert answer.json()["results"][0]["docs"][0]["ok"]["_revisions"] == {"start": 1, "ids": [rev[2:]]}


def test_bulk_get_as_multipart(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a", n=1)
    answer = admin.post(
        f"{db}/_bulk_get", json={"docs": [{"id": "a"}, {"id": "no"}]}, headers={"Accept": "multipart/mixed"}
    )
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    parts = answer.text.split("--" + boundary.strip('"'))[1:-1]
    assert json.loads(parts[0].partition("\r\n\r\n")[2])["n"] == 1
    assert 'error="true"' in parts[1]


def test_revisions_diff_names_what_is_missing(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    asked = {"a": [rev, "2-next"], "b": ["1-x"], "none": []}
    answer = admin.post(f"{db}/_revs_diff", json=asked).json()
    assert answer["a"]["missing"] == ["2-next"]
    assert answer["a"]["possible_ancestors"] == [rev]
    assert answer["b"] == {"missing": ["1-x"]}
    assert admin.post(f"{db}/_revs_diff", json={"a": [rev]}).json() == {}


def test_missing_revisions_in_the_older_form(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    answer = admin.post(f"{db}/_missing_revs", json={"a": [rev, "2-next"]})
    assert answer.json() == {"missing_revs": {"a": ["2-next"]}}


def test_all_documents_by_id(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"_id": name, "n": n} for n, name in enumerate(["b", "a", "C", "ab", "ñ"])])
    listed = admin.get(f"{db}/_all_docs").json()
    assert listed["total_rows"] == 5
    assert [row["key"] for row in listed["rows"]] == ["C", "a", "ab", "b", "ñ"]
    assert listed["rows"][0].keys() == {"id", "key", "value"}


@pytest.mark.parametrize(
    ("query", "offset"),
    [
        ({}, 0),
        ({"skip": 2}, 2),
        ({"start_key": '"c"'}, 2),
        ({"start_key": '"c"', "skip": 1}, 3),
        ({"start_key": '"c"', "descending": "true"}, 1),
        ({"start_key": '"z"'}, 4),
    ],
)
def test_rows_before_the_first_are_counted(
    admin: httpx.Client, db: str, query: dict[str, Any], offset: int
) -> None:
    bulk(admin, db, [{"_id": name} for name in "abcd"])
    listed = admin.get(f"{db}/_all_docs", params=query).json()
    assert (listed["total_rows"], listed["offset"]) == (4, offset)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"startkey": '"b"'}, ["b", "c", "d"]),
        ({"start_key": '"b"', "end_key": '"c"'}, ["b", "c"]),
        ({"start_key": '"b"', "end_key": '"c"', "inclusive_end": "false"}, ["b"]),
        ({"descending": "true", "start_key": '"c"'}, ["c", "b", "a"]),
        ({"descending": "true", "start_key": '"c"', "end_key": '"b"'}, ["c", "b"]),
        ({"skip": 1, "limit": 2}, ["b", "c"]),
        ({"limit": 0}, []),
        ({"key": '"c"'}, ["c"]),
        ({"key": '"z"'}, []),
    ],
)
def test_ranges_of_all_documents(admin: httpx.Client, db: str, query: dict[str, Any], ids: list[str]) -> None:
    bulk(admin, db, [{"_id": name} for name in "abcd"])
    rows = admin.get(f"{db}/_all_docs", params=query).json()["rows"]
    assert [row["id"] for row in rows] == ids


def test_keys_answer_one_row_each(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"_id": name} for name in "ab"])
    rev = put(admin, db, "gone")
    admin.delete(f"{db}/gone", params={"rev": rev})
    answer = admin.post(
        f"{db}/_all_docs", params={"include_docs": "true"}, json={"keys": ["b", "no", "gone", "b"]}
    )
    rows = answer.json()["rows"]
    assert [row.get("id") for row in rows] == ["b", None, "gone", "b"]
    assert rows[1] == {"key": "no", "error": "not_found"}
    assert rows[2]["value"]["deleted"] is True
    assert rows[2]["doc"] is None
    assert rows[0]["doc"]["_id"] == "b"


def test_what_is_no_id_is_not_found(admin: httpx.Client, db: str) -> None:
    rows = admin.post(f"{db}/_all_docs", json={"keys": ["none", ""]}).json()["rows"]
    assert [row["error"] for row in rows] == ["not_found", "not_found"]


def test_keys_that_are_no_text_are_not_found(peer: Peer, admin: httpx.Client, db: str) -> None:
    only_ours(peer, "CouchDB breaks over some of these keys")
    keys = [[], {}, 1, None, "none"]
    rows = admin.post(f"{db}/_all_docs", json={"keys": keys}).json()["rows"]
    assert rows == [{"key": key, "error": "not_found"} for key in keys]


def test_several_queries_of_all_documents(admin: httpx.Client, db: str) -> None:
    bulk(admin, db, [{"_id": name} for name in "abc"])
    queries = {"queries": [{"keys": ["a"]}, {"start_key": "b", "limit": 1}]}
    results = admin.post(f"{db}/_all_docs/queries", json=queries).json()["results"]
    assert [[row["id"] for row in result["rows"]] for result in results] == [["a"], ["b"]]


def test_design_and_local_documents_have_lists_of_their_own(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a")
    put(admin, db, "_design/one", language="javascript")
    put(admin, db, "_local/two")
    assert [row["id"] for row in admin.get(f"{db}/_design_docs").json()["rows"]] == ["_design/one"]
    assert [row["id"] for row in admin.get(f"{db}/_local_docs").json()["rows"]] == ["_local/two"]
    assert [row["id"] for row in admin.get(f"{db}/_all_docs").json()["rows"]] == ["_design/one", "a"]


def test_full_commit_is_promised(admin: httpx.Client, db: str) -> None:
    answer = admin.post(f"{db}/_ensure_full_commit", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["ok"]) == (201, True)


@pytest.mark.parametrize(
    "path", ["_bulk_docs", "_bulk_get", "_revs_diff", "_missing_revs", "_find", "_purge"]
)
def test_bodies_must_be_declared_as_json(admin: httpx.Client, db: str, path: str) -> None:
    answer = admin.post(f"{db}/{path}", content=b"{}", headers={"Content-Type": "text/plain"})
    assert error(answer) == (415, "bad_content_type", "Content-Type must be application/json")

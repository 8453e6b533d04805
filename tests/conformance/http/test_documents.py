"""One document: read, write, delete, copy, its revisions (CouchDB API reference, "Documents")."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, only_ours, put


def test_written_document_comes_back(admin: httpx.Client, db: str) -> None:
    body = {"text": "ñandú 😀", "n": [1, 2.5, -0.0, 1e2, 2**53 + 1], "nested": {"a": None, "b": True}}
    answer = admin.put(f"{db}/a", json=body)
    rev = answer.json()["rev"]
    assert (answer.status_code, answer.json()) == (201, {"ok": True, "id": "a", "rev": rev})
    assert answer.headers["etag"] == f'"{rev}"'
    assert answer.headers["location"].endswith(f"{db}/a")
    read = admin.get(f"{db}/a")
    assert read.json() == {"_id": "a", "_rev": rev, **body}
    assert read.headers["etag"] == f'"{rev}"'


def test_unchanged_document_is_not_sent_again(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    for known in (f'"{rev}"', f'W/"{rev}"', f'"1-other", "{rev}"'):
        answer = admin.get(f"{db}/a", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert admin.get(f"{db}/a", headers={"If-None-Match": '"1-other"'}).status_code == 200


def test_head_tells_revision_and_length(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a", x=1)
    answer = admin.head(f"{db}/a")
    assert answer.headers["etag"] == f'"{rev}"'
    assert int(answer.headers["content-length"]) == len(admin.get(f"{db}/a").content)
    assert admin.head(f"{db}/nothing").status_code == 404


def test_update_needs_the_revision_in_one_of_three_places(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    conflict = (409, "conflict", "Document update conflict.")
    assert error(admin.put(f"{db}/a", json={"n": 2})) == conflict
    second = admin.put(f"{db}/a", json={"n": 2, "_rev": first}).json()["rev"]
    third = admin.put(f"{db}/a", json={"n": 3}, params={"rev": second}).json()["rev"]
    fourth = admin.put(f"{db}/a", json={"n": 4}, headers={"If-Match": third}).json()["rev"]
    assert error(admin.put(f"{db}/a", json={"n": 5, "_rev": third})) == conflict
    assert fourth.startswith("4-")


def test_revisions_that_disagree_are_a_bad_request(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    answer = admin.put(f"{db}/a", json={"_rev": rev}, params={"rev": "1-other"})
    assert error(answer) == (
        400,
        "bad_request",
        "Document rev from request body and query string have different values",
    )


@pytest.mark.parametrize("rev", ["x", "1", "-a", "0x1-a"])
def test_revision_that_is_none_is_a_bad_request(admin: httpx.Client, db: str, rev: str) -> None:
    answer = admin.put(f"{db}/a", json={}, params={"rev": rev})
    assert error(answer) == (400, "bad_request", "Invalid rev format")


def test_deleted_document_is_gone_and_comes_back_on_its_branch(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a", n=1)
    answer = admin.delete(f"{db}/a", params={"rev": rev})
    assert answer.json() == {"ok": True, "id": "a", "rev": answer.json()["rev"]}
    assert error(admin.get(f"{db}/a")) == (404, "not_found", "deleted")
    assert error(admin.delete(f"{db}/a", params={"rev": rev})) == (404, "not_found", "deleted")
    assert put(admin, db, "a", n=2).startswith("3-")


def test_deletion_without_revision_is_a_conflict(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a")
    assert admin.delete(f"{db}/a").status_code == 409
    assert error(admin.delete(f"{db}/nothing")) == (404, "not_found", "missing")


def test_deleted_member_deletes(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    answer = admin.put(f"{db}/a", json={"_rev": rev, "_deleted": True, "why": "moved"})
    assert answer.status_code == 200
    assert admin.get(f"{db}/a").status_code == 404
    (row,) = admin.get(f"{db}/_changes", params={"include_docs": "true"}).json()["results"]
    assert row["deleted"] is True
    assert row["doc"]["why"] == "moved"


def test_old_revision_is_read_by_its_name(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    put(admin, db, "a", n=2, _rev=first)
    assert admin.get(f"{db}/a", params={"rev": first}).json()["n"] == 1
    assert error(admin.get(f"{db}/a", params={"rev": "1-abc"})) == (404, "not_found", "missing")


def test_history_is_told_when_asked(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    second = put(admin, db, "a", n=2, _rev=first)
    revs = admin.get(f"{db}/a", params={"revs": "true"}).json()["_revisions"]
    assert revs == {"start": 2, "ids": [second[2:], first[2:]]}
    info = admin.get(f"{db}/a", params={"revs_info": "true"}).json()["_revs_info"]
    assert info == [{"rev": second, "status": "available"}, {"rev": first, "status": "available"}]
    assert "_local_seq" in admin.get(f"{db}/a", params={"local_seq": "true"}).json()


def conflicted(admin: httpx.Client, db: str) -> tuple[str, str]:
    """A document with two leaves: (winner, loser)."""
    docs = [{"_id": "a", "_rev": f"1-{digest * 32}", "leaf": digest} for digest in "ab"]
    assert bulk(admin, db, docs, new_edits=False) == []
    return f"1-{'b' * 32}", f"1-{'a' * 32}"


def test_conflicts_are_told_when_asked(admin: httpx.Client, db: str) -> None:
    winner, loser = conflicted(admin, db)
    document = admin.get(f"{db}/a", params={"conflicts": "true"}).json()
    assert (document["_rev"], document["_conflicts"]) == (winner, [loser])
    assert "_conflicts" not in admin.get(f"{db}/a").json()
    admin.delete(f"{db}/a", params={"rev": loser})
    meta = admin.get(f"{db}/a", params={"meta": "true"}).json()
    assert "_conflicts" not in meta
    assert len(meta["_deleted_conflicts"]) == 1
    assert meta["_revs_info"][0]["rev"] == winner


def test_open_revisions_as_json(admin: httpx.Client, db: str) -> None:
    winner, loser = conflicted(admin, db)
    every = admin.get(f"{db}/a", params={"open_revs": "all"}).json()
    assert sorted(entry["ok"]["_rev"] for entry in every) == sorted([winner, loser])
    asked = json.dumps([loser, "9-missing"])
    some = admin.get(f"{db}/a", params={"open_revs": asked, "revs": "true"}).json()
    assert {"missing": "9-missing"} in some
    (found,) = [entry["ok"] for entry in some if "ok" in entry]
    assert found["_revisions"] == {"start": 1, "ids": ["a" * 32]}
    assert error(admin.get(f"{db}/none", params={"open_revs": "all"})) == (404, "not_found", "missing")


def test_open_revisions_as_multipart(admin: httpx.Client, db: str) -> None:
    conflicted(admin, db)
    asked = json.dumps([f"1-{'a' * 32}", "9-missing"])
    answer = admin.get(f"{db}/a", params={"open_revs": asked}, headers={"Accept": "multipart/mixed"})
    assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
    boundary = answer.headers["content-type"].partition("boundary=")[2].strip('"')
    parts = sorted(answer.text.split(f"--{boundary}")[1:-1], key=lambda part: "missing" in part)
    assert '"leaf":"a"' in parts[0]
    assert 'error="true"' in parts[1]
    assert '{"missing":"9-missing"}' in parts[1]


def test_latest_follows_a_revision_to_its_leaves(admin: httpx.Client, db: str) -> None:
    first = put(admin, db, "a", n=1)
    second = put(admin, db, "a", n=2, _rev=first)
    assert admin.get(f"{db}/a", params={"rev": first, "latest": "true"}).json()["_rev"] == second


def test_copy_makes_a_new_document(admin: httpx.Client, db: str) -> None:
    put(admin, db, "a", n=1)
    answer = admin.request("COPY", f"{db}/a", headers={"Destination": "b"})
    assert (answer.status_code, answer.json()["id"]) == (201, "b")
    assert answer.headers["location"].endswith(f"{db}/b")
    assert admin.get(f"{db}/b").json()["n"] == 1
    assert admin.request("COPY", f"{db}/a", headers={"Destination": "b"}).status_code == 409
    again = admin.request("COPY", f"{db}/a", headers={"Destination": f"b?rev={answer.json()['rev']}"})
    assert again.json()["rev"].startswith("2-")
    assert admin.request("COPY", f"{db}/a").status_code == 400


def test_replicated_edit_keeps_its_revision(admin: httpx.Client, db: str) -> None:
    rev = f"3-{'c' * 32}"
    document = {"_rev": rev, "_revisions": {"start": 3, "ids": ["c" * 32, "b" * 32]}}
    answer = admin.put(f"{db}/a", json=document, params={"new_edits": "false"})
    assert (answer.status_code, answer.json()["rev"]) == (201, rev)
    assert admin.get(f"{db}/a").json()["_rev"] == rev


@pytest.mark.parametrize(
    "doc_id", ["a/b", "a+b", "a b", "ñ", "%", "a?b=c#d", "..", ".", "😀", "a:b", "\u202e", "a\nb", "a\tb"]
)
def test_any_text_is_an_id(admin: httpx.Client, db: str, doc_id: str) -> None:
    path = f"{db}/{quote(doc_id, safe='').replace('.', '%2E')}"
    assert admin.put(path, json={"n": 1}).status_code == 201
    assert admin.get(path).json()["_id"] == doc_id
    assert [row["id"] for row in admin.get(f"{db}/_all_docs").json()["rows"]] == [doc_id]


def test_ids_that_only_look_alike_are_two(admin: httpx.Client, db: str) -> None:
    composed, decomposed = "\u00f1", "n\u0303"
    for doc_id in (composed, decomposed):
        assert admin.put(f"{db}/{quote(doc_id, safe='')}", json={}).status_code == 201
    listed = [row["id"] for row in admin.get(f"{db}/_all_docs").json()["rows"]]
    assert listed == [decomposed, composed]


def test_numbers_keep_every_digit(admin: httpx.Client, db: str) -> None:
    content = b'{"large":123456789012345678901234567890,"small":-9007199254740993,"exact":0.1,"money":100.0}'
    assert admin.put(f"{db}/a", content=content, headers={"Content-Type": "application/json"}).is_success
    read = admin.get(f"{db}/a")
    assert read.json()["large"] == 123456789012345678901234567890
    assert read.json()["small"] == -9007199254740993
    assert '"exact":0.1,' in read.text.replace("}", ",")


def test_slashes_of_design_documents_may_be_escaped(admin: httpx.Client, db: str) -> None:
    put(admin, db, "_design/one", language="javascript")
    answer = admin.get(f"{db}/_design%2Fone")
    assert answer.status_code == 301
    assert answer.headers["location"].endswith(f"{db}/_design/one")
    assert admin.put(f"{db}/_design%2Ftwo", json={}).json()["id"] == "_design/two"


def test_id_with_an_underscore_is_refused(admin: httpx.Client, db: str) -> None:
    assert error(admin.put(f"{db}/_mine", json={})) == (
        400,
        "illegal_docid",
        "Only reserved document ids may start with underscore.",
    )
    assert admin.post(db, json={"_id": "_mine"}).json()["error"] == "illegal_docid"


@pytest.mark.parametrize("body", [{"_foo": 1}, {"_attachment": {}}, {"_revs": {}}])
def test_unknown_underscore_member_is_refused(admin: httpx.Client, db: str, body: dict[str, Any]) -> None:
    status, word, reason = error(admin.put(f"{db}/a", json=body))
    assert (status, word) == (400, "doc_validation")
    assert reason == f"Bad special document member: {next(iter(body))}"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1", b'{"a":}', b'{"a":"\xff"}', b"nothing", b'{"a":NaN}', b"{'a':1}"]
)
def test_what_is_not_json_is_refused(admin: httpx.Client, db: str, content: bytes) -> None:
    answer = admin.put(f"{db}/a", content=content, headers={"Content-Type": "application/json"})
    assert error(answer)[:2] == (400, "bad_request")


@pytest.mark.parametrize("body", [[], 1, "text", True])
def test_document_is_an_object(admin: httpx.Client, db: str, body: Any) -> None:
    assert error(admin.put(f"{db}/a", json=body)) == (
        400,
        "bad_request",
        "Document must be a JSON object",
    )


def test_compressed_body_is_taken(admin: httpx.Client, db: str) -> None:
    content = gzip.compress(json.dumps({"n": 1}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert admin.put(f"{db}/a", content=content, headers=headers).status_code == 201
    assert admin.get(f"{db}/a").json()["n"] == 1


def test_too_large_document_names_itself(admin: httpx.Client, db: str) -> None:
    answer = admin.put(f"{db}/big", json={"text": "x" * 8_100_000})
    assert error(answer) == (413, "document_too_large", "big")
    assert admin.get(f"{db}/big").status_code == 404


def test_local_documents_have_a_counter_for_revision(admin: httpx.Client, db: str) -> None:
    path = f"{db}/_local/checkpoint"
    assert error(admin.get(path)) == (404, "not_found", "missing")
    assert admin.put(path, json={"n": 1}).json() == {"ok": True, "id": "_local/checkpoint", "rev": "0-1"}
    assert admin.put(path, json={"n": 2, "_rev": "0-1"}).json()["rev"] == "0-2"
    assert admin.get(path).json() == {"_id": "_local/checkpoint", "_rev": "0-2", "n": 2}
    assert admin.get(f"{db}/_changes").json()["results"] == []
    assert admin.delete(path, params={"rev": "0-2"}).status_code == 200
    assert admin.get(path).status_code == 404
    for bad in ("_local", "_local/a/b"):
        assert error(admin.get(f"{db}/{bad}"))[:2] == (400, "bad_request")


def test_local_document_is_not_overwritten_unseen(peer: Peer, admin: httpx.Client, db: str) -> None:
    only_ours(peer, "in CouchDB the last write of a local document wins")
    put(admin, db, "_local/checkpoint", n=1)
    assert admin.put(f"{db}/_local/checkpoint", json={"n": 3}).status_code == 409


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "image/png"])
def test_json_goes_as_text_to_whoever_takes_no_json(admin: httpx.Client, db: str, accept: str) -> None:
    put(admin, db, "a")
    answer = admin.get(f"{db}/a", headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.json()["_id"] == "a"


def test_unknown_encoding_is_refused(admin: httpx.Client, db: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "br"}
    answer = admin.put(f"{db}/a", content=b"{}", headers=headers)
    assert error(answer)[:2] == (415, "bad_content_type")
    headers["Content-Encoding"] = "gzip"
    assert error(admin.put(f"{db}/a", content=b"{}", headers=headers))[:2] == (400, "bad_request")

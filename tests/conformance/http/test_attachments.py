"""Attachments inline, alone and in multipart bodies (CouchDB API reference, "Attachments")."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import Any

import httpx
import pytest

from tests.conformance.http.conftest import Peer, bulk, error, only_ours, put

PHOTO = bytes(range(256)) * 300
MD5 = base64.b64encode(hashlib.md5(PHOTO).digest()).decode()


@pytest.fixture
def rev(admin: httpx.Client, db: str) -> str:
    """A document `a` with `photo.bin`: its revision."""
    first = put(admin, db, "a", n=1)
    answer = admin.put(
        f"{db}/a/photo.bin", content=PHOTO, params={"rev": first}, headers={"Content-Type": "image/x-test"}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["rev"])


def test_attachment_comes_back_as_it_went(admin: httpx.Client, db: str, rev: str) -> None:
    answer = admin.get(f"{db}/a/photo.bin")
    assert answer.content == PHOTO
    assert answer.headers["content-type"] == "image/x-test"
    assert answer.headers["etag"] == f'"{MD5}"'
    assert int(answer.headers["content-length"]) == len(PHOTO)
    unchanged = admin.get(f"{db}/a/photo.bin", headers={"If-None-Match": f'"{MD5}"'})
    assert unchanged.status_code == 304
    assert admin.head(f"{db}/a/photo.bin").headers["content-length"] == str(len(PHOTO))


def test_document_names_its_attachments_as_stubs(admin: httpx.Client, db: str, rev: str) -> None:
    stub = admin.get(f"{db}/a").json()["_attachments"]["photo.bin"]
    assert stub == {
        "content_type": "image/x-test",
        "revpos": 2,
        "digest": f"md5-{MD5}",
        "length": len(PHOTO),
        "stub": True,
    }


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_ranges_are_served(
    admin: httpx.Client, db: str, rev: str, asked: str, first: int, last: int | None
) -> None:
    answer = admin.get(f"{db}/a/photo.bin", headers={"Range": asked})
    expected = PHOTO[first:] if last is None else PHOTO[first : last + 1]
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"].endswith(f"/{len(PHOTO)}")


def test_range_of_everything_is_everything(admin: httpx.Client, db: str, rev: str) -> None:
    answer = admin.get(f"{db}/a/photo.bin", headers={"Range": "bytes=0-"})
    assert (answer.status_code, answer.content) == (200, PHOTO)


def test_several_ranges_come_in_parts(admin: httpx.Client, db: str, rev: str) -> None:
    answer = admin.get(f"{db}/a/photo.bin", headers={"Range": "bytes=0-9,256-259"})
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert (answer.status_code, kind) == (206, "multipart/byteranges")
    parts = answer.content.split(b"--" + boundary.strip('"').encode())[1:-1]
    bodies = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]
    assert bodies == [PHOTO[:10], PHOTO[256:260]]
    assert f"bytes 256-259/{len(PHOTO)}".encode() in parts[1]


def test_range_past_the_end_is_refused(admin: httpx.Client, db: str, rev: str) -> None:
    assert admin.get(f"{db}/a/photo.bin", headers={"Range": "bytes=999999-"}).status_code == 416


def test_attachment_needs_the_current_revision(admin: httpx.Client, db: str, rev: str) -> None:
    assert admin.put(f"{db}/a/other", content=b"x").status_code == 409
    assert admin.put(f"{db}/a/other", content=b"x", params={"rev": f"1-{'0' * 32}"}).status_code in (404, 409)


def test_attachment_may_begin_a_document(admin: httpx.Client, db: str) -> None:
    assert admin.put(f"{db}/new/x.txt", content=b"hello").status_code == 201
    assert admin.get(f"{db}/new").json()["_attachments"]["x.txt"]["length"] == 5


def test_attachment_is_deleted(admin: httpx.Client, db: str, rev: str) -> None:
    assert admin.delete(f"{db}/a/photo.bin").status_code == 409
    assert admin.delete(f"{db}/a/photo.bin", params={"rev": rev}).json()["ok"] is True
    assert error(admin.get(f"{db}/a/photo.bin")) == (404, "not_found", "Document is missing attachment")
    assert admin.get(f"{db}/a/photo.bin", params={"rev": rev}).content == PHOTO


def test_inline_attachments_go_both_ways(admin: httpx.Client, db: str) -> None:
    data = base64.b64encode(PHOTO).decode()
    put(admin, db, "a", _attachments={"p": {"content_type": "image/x-test", "data": data}})
    assert admin.get(f"{db}/a/p").content == PHOTO
    document = admin.get(f"{db}/a", params={"attachments": "true"}).json()
    assert document["_attachments"]["p"]["data"] == data


def test_stub_keeps_the_attachment_of_the_parent(admin: httpx.Client, db: str, rev: str) -> None:
    document = admin.get(f"{db}/a").json()
    assert admin.put(f"{db}/a", json={**document, "n": 2}).status_code == 201
    assert admin.get(f"{db}/a/photo.bin").content == PHOTO
    document = admin.get(f"{db}/a").json()
    del document["_attachments"]
    admin.put(f"{db}/a", json=document)
    assert admin.get(f"{db}/a/photo.bin").status_code == 404


def test_unknown_stub_is_refused(peer: Peer, admin: httpx.Client, db: str) -> None:
    answer = admin.put(f"{db}/a", json={"_attachments": {"p": {"stub": True, "content_type": "x/y"}}})
    assert answer.is_error
    assert admin.get(f"{db}/a").status_code == 404
    only_ours(peer, "CouchDB breaks over an unknown stub with a 500")
    assert error(answer)[:2] == (412, "missing_stub")


def test_names_may_hold_slashes(admin: httpx.Client, db: str) -> None:
    rev = put(admin, db, "a")
    assert admin.put(f"{db}/a/dir/ñ.txt", content=b"1", params={"rev": rev}).status_code == 201
    assert admin.get(f"{db}/a/dir%2F%C3%B1.txt").content == b"1"
    assert list(admin.get(f"{db}/a").json()["_attachments"]) == ["dir/ñ.txt"]


def related(document: dict[str, object], *bodies: bytes, headers: bool) -> bytes:
    parts = [b"Content-Type: application/json\r\n\r\n" + json.dumps(document).encode()]
    for body in bodies:
        parts.append((b"Content-Type: image/x-test\r\n\r\n" if headers else b"\r\n") + body)
    return b"--mark\r\n" + b"\r\n--mark\r\n".join(parts) + b"\r\n--mark--"


@pytest.mark.parametrize("headers", [True, False], ids=["parts with headers", "parts without"])
def test_document_arrives_with_its_attachments_behind_it(admin: httpx.Client, db: str, headers: bool) -> None:
    tricky = b"\r\n--mar\r\n\r\n--" + PHOTO
    document = {
        "_attachments": {
            "one": {"follows": True, "content_type": "image/x-test", "length": len(PHOTO)},
            "two": {"follows": True, "content_type": "image/x-test", "length": len(tricky)},
        }
    }
    answer = admin.put(
        f"{db}/a",
        content=related(document, PHOTO, tricky, headers=headers),
        headers={"Content-Type": 'multipart/related; boundary="mark"'},
    )
    assert answer.status_code == 201, answer.text
    assert admin.get(f"{db}/a/one").content == PHOTO
    assert admin.get(f"{db}/a/two").content == tricky


def test_attachment_that_arrives_compressed_is_unpacked(admin: httpx.Client, db: str) -> None:
    """As CouchDB's replicator sends the texts that it keeps compressed."""
    packed = gzip.compress(PHOTO)
    entry = {"follows": True, "content_type": "text/plain", "length": len(PHOTO), "encoding": "gzip"}
    digest = "md5-" + base64.b64encode(hashlib.md5(packed).digest()).decode()
    document = {
        "_rev": f"1-{'a' * 32}",
        "_attachments": {"one": {**entry, "encoded_length": len(packed), "digest": digest, "revpos": 1}},
    }
    answer = admin.put(
        f"{db}/a",
        params={"new_edits": "false"},
        content=related(document, packed, headers=True),
        headers={"Content-Type": 'multipart/related; boundary="mark"'},
    )
    assert answer.status_code == 201, answer.text
    assert admin.get(f"{db}/a/one").content == PHOTO


def test_document_leaves_with_its_attachments_behind_it(admin: httpx.Client, db: str, rev: str) -> None:
    answer = admin.get(f"{db}/a", params={"attachments": "true"}, headers={"Accept": "multipart/related"})
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/related"
    parts = answer.content.split(b"--" + boundary.strip('"').encode())
    document = json.loads(parts[1].partition(b"\r\n\r\n")[2])
    assert document["_attachments"]["photo.bin"]["follows"] is True
    assert parts[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") == PHOTO
    assert b'filename="photo.bin"' in parts[2]


def test_known_attachments_stay_stubs(admin: httpx.Client, db: str, rev: str) -> None:
    newer = admin.put(f"{db}/a/second", content=b"2", params={"rev": rev}).json()["rev"]
    params = {"rev": newer, "attachments": "true", "atts_since": json.dumps([rev])}
    found = admin.get(f"{db}/a", params=params).json()["_attachments"]
    assert found["photo.bin"]["stub"] is True
    assert base64.b64decode(found["second"]["data"]) == b"2"


@pytest.mark.parametrize("accept", ["application/json", "multipart/related", "multipart/mixed"])
def test_attachment_known_on_another_branch_comes_along(admin: httpx.Client, db: str, accept: str) -> None:
    """What a replicator names in `atts_since` are its leaves, of whatever branch."""
    revs = [f"2-{digest * 32}" for digest in "ab"]
    entry = {"content_type": "image/x-test", "data": base64.b64encode(PHOTO).decode(), "revpos": 2}
    docs: list[dict[str, Any]] = [
        {"_id": "a", "_rev": rev, "_revisions": {"start": 2, "ids": [rev[2:], "c" * 32]}} for rev in revs
    ]
    docs[0]["_attachments"] = {"p": entry}
    assert bulk(admin, db, docs, new_edits=False) == []
    headers = {"Accept": accept}
    if accept == "multipart/mixed":
        asked = {"docs": [{"id": "a", "rev": revs[0], "atts_since": revs[1:]}]}
        answer = admin.post(f"{db}/_bulk_get", json=asked, headers=headers)
    else:
        params = {"rev": revs[0], "attachments": "true", "atts_since": json.dumps(revs[1:])}
        answer = admin.get(f"{db}/a", params=params, headers=headers)
    assert answer.status_code == 200
    assert PHOTO in answer.content or entry["data"] in answer.text


def test_body_cut_short_stores_nothing(peer: Peer, admin: httpx.Client, db: str) -> None:
    document = {"_attachments": {"one": {"follows": True, "content_type": "x/y", "length": 10}}}
    cut = related(document, b"0123456789", headers=True)[:-20]
    answer = admin.put(f"{db}/a", content=cut, headers={"Content-Type": 'multipart/related; boundary="mark"'})
    assert answer.is_error
    assert admin.get(f"{db}/a").status_code == 404


def test_attachments_follow_in_every_multipart_answer(admin: httpx.Client, db: str, rev: str) -> None:
    """CouchDB's replicator asks for `open_revs` so, and says nothing of attachments."""
    asked = {"docs": [{"id": "a", "rev": rev}]}
    headers = {"Accept": "multipart/mixed"}
    every = admin.get(f"{db}/a", params={"open_revs": json.dumps([rev])}, headers=headers)
    several = admin.post(f"{db}/_bulk_get", json=asked, headers=headers)
    for answer in (every, several):
        assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
        assert PHOTO in answer.content
    assert f"X-Rev-Id: {rev}".encode() in several.content
    known = admin.get(
        f"{db}/a",
        params={"open_revs": json.dumps([rev]), "atts_since": json.dumps([rev])},
        headers=headers,
    )
    assert PHOTO not in known.content


def test_unknown_revision_takes_no_attachment(admin: httpx.Client, db: str, rev: str) -> None:
    missing = (409, "not_found", "missing_rev")
    params = {"rev": f"9-{'9' * 32}"}
    assert error(admin.put(f"{db}/a/second", content=b"2", params=params)) == missing
    assert error(admin.delete(f"{db}/a/photo.bin", params=params)) == missing
    assert admin.delete(f"{db}/a/none").status_code == 404
    answer = admin.put(f"{db}/a/_mine", content=b"2", params={"rev": rev})
    assert error(answer)[:2] == (400, "bad_request")


@pytest.mark.parametrize("kind", ["text/€", "text/plain\r\nX-Mine: 1", "text/plain\r\n\r\nx", "text/\0"])
def test_kind_of_an_attachment_is_one_header(peer: Peer, admin: httpx.Client, db: str, kind: str) -> None:
    only_ours(peer, "CouchDB writes into its headers whatever was stored")
    put(admin, db, "a", _attachments={"x": {"content_type": kind, "data": "aGk="}})
    alone = admin.get(f"{db}/a/x")
    assert (alone.status_code, alone.content) == (200, b"hi")
    assert "x-mine" not in alone.headers
    headers = {"Accept": "multipart/related"}
    behind = admin.get(f"{db}/a", params={"attachments": "true"}, headers=headers).content
    last = behind.split(b"\r\n--")[-2]
    assert last.partition(b"\r\n\r\n")[2] == b"hi"
    assert b"\r\nX-Mine" not in last


def test_stored_page_runs_no_script(admin: httpx.Client, db: str, rev: str) -> None:
    assert admin.get(f"{db}/a/photo.bin").headers["content-security-policy"] == "sandbox"


def test_bulk_get_sends_attachments_when_asked(admin: httpx.Client, db: str, rev: str) -> None:
    asked = {"docs": [{"id": "a", "rev": rev}]}
    answer = admin.post(f"{db}/_bulk_get", params={"attachments": "true"}, json=asked).json()
    found = answer["results"][0]["docs"][0]["ok"]["_attachments"]["photo.bin"]
    assert base64.b64decode(found["data"]) == PHOTO
    answer = admin.post(f"{db}/_bulk_get", json=asked).json()
    assert answer["results"][0]["docs"][0]["ok"]["_attachments"]["photo.bin"]["stub"] is True

"""Attachments: stored once by content, streamed in chunks, named by revisions, forgotten with them."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from replica import BadRequest, Conflict, Database, MissingStub, NotFound
from replica.attachments import md5_digest
from replica.tuning import ATTACHMENT_CHUNK_BYTES, UNUSED_ATTACHMENT_SECONDS

Json = dict[str, Any]

HELLO = base64.b64encode(b"hello").decode()
HELLO_DIGEST = "md5-XUFAKrxLKna5cZ2REBfFkg=="


def digest_of(content: bytes) -> str:
    return md5_digest(hashlib.md5(content).digest())


def stored_bytes(db: Database) -> int:
    return int(db.statistics()["sizes"]["external"])


def test_an_inline_attachment_becomes_a_stub(db: Database) -> None:
    rev = db.put({"_id": "a", "_attachments": {"f.txt": {"content_type": "text/plain", "data": HELLO}}})
    entry = {"content_type": "text/plain", "revpos": 1, "digest": HELLO_DIGEST, "length": 5, "stub": True}
    assert db.get("a")["_attachments"] == {"f.txt": entry}
    assert db.get("a", rev=rev)["_attachments"] == {"f.txt": entry}
    inlined = db.get("a", attachments=True)["_attachments"]["f.txt"]
    assert inlined == {"content_type": "text/plain", "revpos": 1, "digest": HELLO_DIGEST, "data": HELLO}
    stream = db.get_attachment("a", "f.txt")
    assert (stream.length, stream.digest, stream.content_type) == (5, HELLO_DIGEST, "text/plain")
    assert stream.read() == b"hello"


def test_a_stub_keeps_what_the_parent_has(db: Database) -> None:
    rev = db.put({"_id": "a", "_attachments": {"f": {"data": HELLO}, "g": {"data": HELLO}}})
    rev = db.put({"_id": "a", "_rev": rev, "n": 1, "_attachments": {"f": {"stub": True}}})
    attachments = db.get("a")["_attachments"]
    assert list(attachments) == ["f"]
    assert attachments["f"]["revpos"] == 1
    assert db.get_attachment("a", "f").read() == b"hello"
    with pytest.raises(MissingStub, match="g"):
        db.put({"_id": "a", "_rev": rev, "_attachments": {"g": {"stub": True}}})


def test_a_large_attachment_is_written_and_read_in_chunks(db: Database) -> None:
    pieces = [bytes([n]) * 100_000 for n in range(40)]
    content = b"".join(pieces)

    def slowly() -> Iterator[bytes]:
        for piece in pieces:
            db.put({"_id": f"meanwhile-{db.update_seq}"})
            yield piece

    db.put_attachment("a", "photo.jpg", slowly(), "image/jpeg")
    stream = db.get_attachment("a", "photo.jpg")
    read = list(stream)
    assert b"".join(read) == content
    assert max(map(len, read)) <= ATTACHMENT_CHUNK_BYTES
    stream.seek(ATTACHMENT_CHUNK_BYTES - 2)
    assert stream.read(5) == content[ATTACHMENT_CHUNK_BYTES - 2 : ATTACHMENT_CHUNK_BYTES + 3]
    stream.seek(len(content) + 1)
    assert stream.read() == b""
    assert db.get("a")["_attachments"]["photo.jpg"]["digest"] == digest_of(content)


def test_a_document_and_its_attachments_are_one_first_revision(db: Database) -> None:
    with db.open_attachment_writer() as writer:
        writer.write(b"first ")
        writer.write(b"half")
        body = writer.finish()
    entry = {"content_type": "image/png", "body": body}
    rev = db.put({"_id": "photo", "_attachments": {"a.png": entry, "b.txt": {"data": b"raw bytes"}}})
    assert rev.startswith("1-")
    assert db.get_attachment("photo", "a.png").read() == b"first half"
    assert db.get_attachment("photo", "b.txt").read() == b"raw bytes"


def test_equal_bytes_are_stored_once(db: Database) -> None:
    for name in ("a", "b", "c"):
        db.put_attachment(name, "f", [b"same" * 1000], "text/plain")
    db.put({"_id": "d", "_attachments": {"f": {"data": b"same" * 1000}}})
    assert stored_bytes(db) == 4000


def test_the_wrong_bytes_for_a_digest_are_refused_and_forgotten(db: Database) -> None:
    with pytest.raises(BadRequest, match="digest"), db.open_attachment_writer() as writer:
        writer.write(b"x" * 3_000_000)
        writer.finish(expected_digest=HELLO_DIGEST)
    assert stored_bytes(db) == 0


@pytest.mark.parametrize(
    "entry", [{}, "text", {"data": "not base64!"}, {"data": 7}, {"follows": True}, {"body": "text"}]
)
def test_an_entry_without_bytes_is_refused(db: Database, entry: Any) -> None:
    with pytest.raises(BadRequest):
        db.put({"_id": "a", "_attachments": {"f": entry}})


def test_adding_and_removing_one_attachment_are_edits(db: Database) -> None:
    first = db.put({"_id": "a", "n": 1})
    second = db.put_attachment("a", "f", b"hello", "text/plain", first)
    with pytest.raises(Conflict):
        db.put_attachment("a", "f", b"again", "text/plain", first)
    with pytest.raises(Conflict):
        db.put_attachment("a", "f", b"again", "text/plain")
    third = db.delete_attachment("a", "f", second)
    assert db.get("a") == {"_id": "a", "_rev": third, "n": 1}
    for name, rev in (("f", None), ("g", second)):
        with pytest.raises(NotFound):
            db.get_attachment("a", name, rev)
    assert db.get_attachment("a", "f", second).read() == b"hello"


def test_a_deleted_attachment_leaves_no_empty_member(db: Database) -> None:
    rev = db.put_attachment("a", "f", b"hello", "text/plain")
    db.delete_attachment("a", "f", rev)
    assert "_attachments" not in db.get("a")


# -- replication -------------------------------------------------------------------------------------


def test_only_what_is_newer_than_the_asker_s_revision_travels_with_its_bytes(db: Database) -> None:
    first = db.put({"_id": "a", "_attachments": {"old": {"data": HELLO}}})
    second = db.put_attachment("a", "new", b"world", "text/plain", first)
    (answer,) = db.bulk_get([{"id": "a", "rev": second, "atts_since": [first]}])
    assert answer["ok"]["_attachments"]["old"]["stub"] is True
    assert base64.b64decode(answer["ok"]["_attachments"]["new"]["data"]) == b"world"
    (stubs,) = db.bulk_get([{"id": "a", "rev": second}], attachments=False)
    assert {name: entry["stub"] for name, entry in stubs["ok"]["_attachments"].items()} == {
        "old": True,
        "new": True,
    }


def test_a_replicated_document_arrives_with_its_attachments(db: Database, tmp_path: Path) -> None:
    first = db.put({"_id": "a", "_attachments": {"f": {"content_type": "text/plain", "data": HELLO}}})
    second = db.put_attachment("a", "g", b"world", "text/plain", first)
    with Database.open(tmp_path / "other.sqlite") as other:
        for rev, since in ((first, []), (second, [first])):
            (answer,) = db.bulk_get([{"id": "a", "rev": rev, "atts_since": since}])
            assert other.bulk_docs([answer["ok"]], new_edits=False) == []
        assert other.get("a") == db.get("a")
        assert other.get_attachment("a", "f").read() == b"hello"


def test_a_stub_that_names_nothing_here_refuses_its_document_alone(db: Database) -> None:
    stub = {"stub": True, "digest": HELLO_DIGEST, "length": 5, "revpos": 1, "content_type": "text/plain"}
    refused = db.bulk_docs(
        [{"_id": "a", "_rev": "1-a", "_attachments": {"f": stub}}, {"_id": "b", "_rev": "1-b"}],
        new_edits=False,
    )
    assert [(entry["id"], entry["rev"], entry["error"]) for entry in refused] == [
        ("a", "1-a", "missing_stub")
    ]
    assert db.all_docs()["total_rows"] == 1


def test_bytes_left_at_the_peer_are_fetched_when_opened(db: Database) -> None:
    stub = {"stub": True, "digest": HELLO_DIGEST, "length": 5, "revpos": 1, "content_type": "text/plain"}
    documents = [{"_id": name, "_rev": "1-a", "_attachments": {"f": stub}} for name in ("a", "b")]
    assert db.bulk_docs(documents, new_edits=False, attachments_later=True) == []
    assert db.get("a")["_attachments"]["f"] == stub
    with pytest.raises(NotFound, match="not here yet"):
        db.get_attachment("a", "f")
    (answer,) = db.bulk_get([{"id": "a", "rev": "1-a"}])
    assert answer["error"]["reason"] == "a: the bytes of attachment f are not here yet"
    assert [(entry["id"], entry["digest"]) for entry in db.absent_attachments()] == [
        ("a", HELLO_DIGEST),
        ("b", HELLO_DIGEST),
    ]
    with pytest.raises(BadRequest):
        db.fill_attachment(HELLO_DIGEST, [b"other"])
    db.fill_attachment(HELLO_DIGEST, [b"hel", b"lo"])
    assert db.get_attachment("a", "f").read() == db.get_attachment("b", "f").read() == b"hello"
    assert db.absent_attachments() == []


def test_a_stub_of_bytes_that_are_here_needs_no_fetching(db: Database) -> None:
    db.put_attachment("mine", "f", b"hello", "text/plain")
    stub = {"stub": True, "digest": HELLO_DIGEST, "length": 5, "revpos": 1, "content_type": "text/plain"}
    assert db.bulk_docs([{"_id": "a", "_rev": "1-a", "_attachments": {"f": stub}}], new_edits=False) == []
    assert db.get_attachment("a", "f").read() == b"hello"


def test_text_that_couchdb_keeps_compressed_is_stored_as_text(db: Database) -> None:
    text = b"una factura " * 50_000
    with db.open_attachment_writer(encoding="gzip") as writer:
        packed = gzip.compress(text)
        for start in range(0, len(packed), 100):
            writer.write(packed[start : start + 100])
        body = writer.finish(expected_digest=digest_of(packed))
    data = base64.b64encode(gzip.compress(b"hola")).decode()
    entries = {"f": {"body": body}, "g": {"data": data, "encoding": "gzip"}}
    db.bulk_docs([{"_id": "a", "_rev": "1-a", "_attachments": entries}], new_edits=False)
    assert db.get_attachment("a", "f").read() == text
    assert db.get_attachment("a", "g").read() == b"hola"


def test_a_stub_is_known_by_its_generation_where_its_digest_is_of_compressed_bytes(db: Database) -> None:
    db.bulk_docs(
        [{"_id": "a", "_rev": "1-a", "_attachments": {"f": {"data": HELLO, "revpos": 1}}}], new_edits=False
    )
    stub = {"stub": True, "digest": digest_of(gzip.compress(b"hello")), "length": 5, "revpos": 1}
    continued = {
        "_id": "a",
        "_rev": "2-b",
        "_revisions": {"start": 2, "ids": ["b", "a"]},
        "_attachments": {"f": stub},
    }
    assert db.bulk_docs([continued], new_edits=False) == []
    assert db.get_attachment("a", "f", "2-b").read() == b"hello"


def test_a_field_that_only_looks_like_attachments_is_a_field(db: Database) -> None:
    rev = db.put({"_id": "a", "note": {"_attachments": {"f": {}}}})
    with pytest.raises(MissingStub):
        db.put({"_id": "a", "_rev": rev, "_attachments": {"f": {"stub": True}}})
    assert db.bulk_get([{"id": "a", "rev": rev}])[0]["ok"]["note"] == {"_attachments": {"f": {}}}


@pytest.mark.parametrize(("encoding", "data"), [("gzip", HELLO), ("br", HELLO), (7, HELLO)])
def test_bytes_that_are_not_encoded_as_they_say_are_refused(db: Database, encoding: Any, data: str) -> None:
    with pytest.raises(BadRequest, match="gzip"):
        db.put({"_id": "a", "_attachments": {"f": {"data": data, "encoding": encoding}}})


# -- forgetting --------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def test_bytes_that_no_revision_names_are_forgotten_after_a_while(path: Path) -> None:
    clock = Clock()
    with Database.open(path, now=clock) as db:
        rev = db.put_attachment("a", "f", b"f" * 1_000_000, "text/plain")
        db.put_attachment("b", "g", b"g" * 1000, "text/plain")
        rev = db.delete_attachment("a", "f", rev)
        db.compact()
        assert stored_bytes(db) == 1_001_000
        clock.now += UNUSED_ATTACHMENT_SECONDS + 1
        db.compact()
        assert stored_bytes(db) == 1000
        db.put({"_id": "a", "_rev": rev, "_attachments": {"f": {"data": b"f" * 1_000_000}}})
        assert db.get_attachment("a", "f").read() == b"f" * 1_000_000


def test_a_body_named_by_nobody_in_time_is_refused_later(path: Path) -> None:
    clock = Clock()
    with Database.open(path, now=clock) as db:
        with db.open_attachment_writer() as writer:
            writer.write(b"hello")
            body = writer.finish()
        clock.now += UNUSED_ATTACHMENT_SECONDS + 1
        db.compact()
        with pytest.raises(MissingStub):
            db.put({"_id": "a", "_attachments": {"f": {"body": body}}})


def test_purging_a_document_lets_go_of_its_attachments(path: Path) -> None:
    clock = Clock()
    with Database.open(path, now=clock) as db:
        first = db.put_attachment("a", "f", b"hello", "text/plain")
        second = db.put({**db.get("a"), "n": 1})
        assert first != second
        db.purge({"a": [second]})
        clock.now += UNUSED_ATTACHMENT_SECONDS + 1
        db.compact()
        assert stored_bytes(db) == 0

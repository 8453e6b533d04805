"""Reading `_changes` while it comes: every row once, and no silence about what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replica.document import UnparsedDocument
from replica.errors import Unreachable
from replica.remote.feed import ChangesStream

ROWS: list[dict[str, Any]] = [
    {"seq": f"{n}-x", "id": f"d{n}", "changes": [{"rev": "1-a"}], "doc": {"_id": f"d{n}", "text": "línea\n]"}}
    for n in range(1, 4)
]


def as_couchdb(rows: list[dict[str, Any]], pending: int = 0) -> bytes:
    lines = ",\n".join(json.dumps(row) for row in rows)
    return f'{{"results":[\n{lines}\n],\n"last_seq":"9-z","pending":{pending}}}\n'.encode()


def as_express_pouchdb(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"results": rows, "last_seq": 9}, separators=(",", ":")).encode()


def in_pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


@given(size=st.integers(1, 400), count=st.integers(0, 3))
def test_rows_do_not_depend_on_how_the_bytes_arrive(size: int, count: int) -> None:
    feed = ChangesStream(in_pieces(as_couchdb(ROWS[:count], pending=4), size), "GET x")
    assert list(feed) == ROWS[:count]
    assert (feed.last_seq, feed.pending) == ("9-z", 4)


@given(size=st.integers(1, 400))
def test_a_feed_written_in_one_line_is_understood(size: int) -> None:
    feed = ChangesStream(in_pieces(as_express_pouchdb(ROWS), size), "GET x")
    assert list(feed) == ROWS
    assert (feed.last_seq, feed.pending) == (9, None)


@given(kept=st.floats(0, 0.999))
def test_a_feed_cut_anywhere_is_never_taken_for_whole(kept: float) -> None:
    for whole in (as_couchdb(ROWS).rstrip(), as_express_pouchdb(ROWS)):
        feed = ChangesStream([whole[: int(len(whole) * kept)]], "GET x")
        rows: list[dict[str, Any]] = []
        with pytest.raises(Unreachable):
            rows.extend(feed)
        assert rows == ROWS[: len(rows)]


NAMES = st.text(max_size=8) | st.sampled_from(["_x", '"doc":{"_id":"', "doc", "_id", '\\"'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(
    id=st.text(min_size=1, max_size=8) | NAMES.filter(bool),
    body=st.dictionaries(NAMES.filter(lambda name: not name.startswith("_")), VALUES, max_size=4),
    ascii=st.booleans(),
    spaced=st.booleans(),
    deleted=st.booleans(),
)
def test_what_stays_text_is_the_document_that_was_sent(
    id: str, body: dict[str, Any], ascii: bool, spaced: bool, deleted: bool
) -> None:
    document = {"_id": id, "_rev": "1-a", **({"_deleted": True} if deleted else {}), **body}
    row = {"seq": "1-x", "id": id, "changes": [{"rev": "1-a"}], "doc": document}
    text = json.dumps(row, ensure_ascii=ascii, separators=None if spaced else (",", ":"))
    try:
        raw = f'{{"results":[\n{text}\n],"last_seq":1}}\n'.encode()
    except UnicodeEncodeError:
        return
    assert list(ChangesStream([raw], "GET x")) == [row]
    [read] = ChangesStream([raw], "GET x").rows()
    if isinstance(read, UnparsedDocument):
        assert read.parsed() == document
        assert json.loads(f"{{{read.members}}}") == body
        assert not deleted
    else:
        assert read == row


def rows_of(*rows: str) -> list[Any]:
    lines = ",\n".join(rows)
    return list(ChangesStream([f'{{"results":[\n{lines}\n],\n"last_seq":1}}\n'.encode()], "GET x").rows())


def row_of(doc: str, changes: str = '[{"rev":"1-a"}]') -> str:
    return f'{{"seq":"1-x","id":"a","changes":{changes},"doc":{doc}}}'


def test_documents_as_couchdb_writes_them_stay_text() -> None:
    rows = rows_of(
        row_of('{"_id":"a","_rev":"1-a","n":1.50,"t":"\\u00f1"}'),
        row_of('{"_id":"a","_rev":"1-a"}'),
        '{"seq":2,"id":"a","changes":[{"rev":"1-a"}],"doc":{"_id":"a","_rev":"1-a","o":{"p":{}}}}',
    )
    assert rows == [
        UnparsedDocument('"1-x"', "a", "1-a", '"n":1.50,"t":"\\u00f1"'),
        UnparsedDocument('"1-x"', "a", "1-a", ""),
        UnparsedDocument("2", "a", "1-a", '"o":{"p":{}}'),
    ]


@pytest.mark.parametrize(
    "row",
    [
        row_of('{"_id":"a","_rev":"1-a","_deleted":true}'),
        row_of('{"_id":"a","_rev":"1-a","_attachments":{}}'),
        row_of('{"_id":"a","_rev":"1-a","\\u005fdeleted":true}'),
        row_of('{"_id":"b","_rev":"1-a"}'),
        row_of('{"_id":"a","_rev":"2-a"}'),
        row_of('{"_id":"a","_rev":"1-a"}', '[{"rev":"1-a"},{"rev":"1-b"}]'),
        row_of('{"_id":"a","_rev":"1-a","deep":' + "[" * 500 + "]" * 500 + "}"),
        '{"seq":1,"id":"_design/a","changes":[{"rev":"1-a"}],"doc":{"_id":"_design/a","_rev":"1-a"}}',
        '{"seq":1,"id":"a","changes":[{"rev":"1-a"}],"deleted":true,"doc":{"_id":"a","_rev":"1-a"}}',
        '{"seq":1,"id":"a","changes":[{"rev":"1-a"}]}',
    ],
)
def test_every_row_out_of_the_ordinary_is_parsed(row: str) -> None:
    assert rows_of(row) == [json.loads(row)]


def test_what_follows_a_document_in_its_row_is_not_part_of_it() -> None:
    [row] = rows_of(row_of('{"_id":"a","_rev":"1-a","n":{}},"more":{"n":{}}'))
    assert row.parsed() == {"_id": "a", "_rev": "1-a", "n": {}}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_json_is_not_kept(constant: str) -> None:
    raw = as_couchdb([{"id": "a", "changes": [], "doc": {"_id": "a", "_rev": "1-a", "n": 0}}]).replace(
        b"0", constant.encode()
    )
    with pytest.raises(Unreachable):
        list(ChangesStream([raw], "GET x"))


def test_an_error_in_the_middle_of_a_feed_is_not_a_row() -> None:
    error: dict[str, Any] = {"error": "timeout", "reason": "The request could not be processed"}
    feed = ChangesStream([as_couchdb([*ROWS[:1], error, *ROWS[1:]])], "GET x")
    read: list[dict[str, Any]] = []
    with pytest.raises(Unreachable, match="timeout"):
        read.extend(feed)
    assert read == ROWS[:1]


def test_empty_lines_between_rows_are_heartbeats() -> None:
    raw = as_couchdb(ROWS).replace(b",\n", b",\n\n\n")
    assert list(ChangesStream([raw], "GET x")) == ROWS

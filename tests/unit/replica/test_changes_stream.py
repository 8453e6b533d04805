"""Reading `_changes` while it comes: every row once, and no silence about what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_empty_lines_between_rows_are_heartbeats() -> None:
    raw = as_couchdb(ROWS).replace(b",\n", b",\n\n\n")
    assert list(ChangesStream([raw], "GET x")) == ROWS

"""CouchDB's reading of paths: split first, decoded afterwards."""

from __future__ import annotations

import pytest

from replica.server.paths import escape, segments


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/", []),
        ("/db", ["db"]),
        ("/db/", ["db"]),
        ("//db//doc", ["db", "doc"]),
        ("/db/a%2Fb", ["db", "a/b"]),
        ("/db/a/b", ["db", "a", "b"]),
        ("/a%2Fb/c", ["a/b", "c"]),
        ("/db/a%20b+c", ["db", "a b+c"]),
        ("/db/%C3%B1?x=%2F", ["db", "ñ"]),
        ("/db/%25", ["db", "%"]),
        ("/db/_design%2Fd/_view/v", ["db", "_design", "d", "_view", "v"]),
        ("/db/_local%2Fa%2Fb", ["db", "_local", "a/b"]),
        ("/db/../x", ["db", "..", "x"]),
        ("http://host/db/doc", ["db", "doc"]),
    ],
)
def test_segments_are_decoded_one_by_one(raw: str, expected: list[str]) -> None:
    assert segments(raw) == expected


def test_path_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        segments("/db/%ff")


def test_escaped_segment_holds_no_slash() -> None:
    assert escape("a/b%2Fc") == "a%2Fb%252Fc"

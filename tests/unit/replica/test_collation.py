"""CouchDB's order of values: by type, then numbers by size, strings as a dictionary sorts them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from replica.collation import collation_key, raw_key
from replica.errors import BadRequest

ASCENDING: list[Any] = [
    None, False, True,
    -(10**400), -1e300, -2, -1.5, -1, 0, 1e-300, 1, 1.5, 2, 10, 2**53, 1e300, 10**400,
    "", " ", "_", "-", ",", ";", ":", "!", "?", ".", "'", '"', "(", ")", "[", "]", "{", "}", "@", "*", "/",
    "\\", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "1", "10", "2", "9",
    "a", "A", "aa", "b", "B", "ba", "bb", "cote", "coté", "côte", "côté", "n", "ñ", "Ñ", "nz", "z", "α", "б",
    [], [None], ["a"], ["b"], ["b", "c"], ["b", "c", "a"], ["b", "d"], ["b", "d", "e"], [[]],
    {}, {"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}, {"b": 2, "a": 1}, {"b": 2, "c": 2},
]  # fmt: skip
"""CouchDB's own example ("View Collation"), with accents, Greek and Cyrillic between."""


@pytest.mark.parametrize(("lesser", "greater"), list(pairwise(ASCENDING)), ids=lambda value: repr(value)[:20])
def test_each_value_comes_before_the_next(lesser: Any, greater: Any) -> None:
    assert collation_key(lesser) < collation_key(greater)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (0, -0.0), ("ñ", "n\u0303"), ("a\u0000b", "ab"), ({"a": 1}, {"a": 1.0})],
)
def test_what_couchdb_takes_for_equal_has_one_key(one: Any, other: Any) -> None:
    assert collation_key(one) == collation_key(other)


def test_ids_are_ordered_by_their_bytes() -> None:
    assert raw_key("Z") < raw_key("a") < raw_key("á")
    assert collation_key("a") < collation_key("á") < collation_key("Z")
    assert raw_key(7) == collation_key(7)


def test_no_key_is_the_beginning_of_another() -> None:
    keys = [collation_key(value) for value in ASCENDING]
    assert not any(one.startswith(other) for one in keys for other in keys if one is not other)


def test_what_json_cannot_carry_has_no_key() -> None:
    with pytest.raises(BadRequest):
        collation_key(b"bytes")

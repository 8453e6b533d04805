"""Revision ids are a function of the edit, and what JSON cannot carry is refused before anything is
hashed.
"""

from __future__ import annotations

import json

import pytest

from replica.errors import BadRequest
from replica.revision import RevisionId, canonical_json, compact_json, new_revision, parse_revision


def test_a_revision_id_reads_back() -> None:
    assert parse_revision("12-9f-a") == RevisionId(12, "9f-a")
    assert str(RevisionId(12, "9f")) == "12-9f"


ODD_DIGESTS = ['a"b', "a\\b", "a b", "a\n", "\x7f", "é", "\u2028"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "-a", "0-a", "00-a", "1-", "a-1", "-1-a", "1.0-a", None, 3, "١-a", f"{'9' * 5000}-a"),
        *(f"1-{digest}" for digest in ODD_DIGESTS),
    ],
)
def test_what_is_no_revision_id_is_refused(text: object) -> None:
    with pytest.raises(BadRequest, match="Invalid rev format"):
        parse_revision(text)


def test_the_same_edit_has_the_same_revision_whatever_the_order_of_its_members() -> None:
    one, two = canonical_json({"a": 1, "b": [True, None]}), canonical_json({"b": [True, None], "a": 1})
    parent = RevisionId(3, "ab")
    assert new_revision(parent, deleted=False, canonical_body=one) == new_revision(
        parent, deleted=False, canonical_body=two
    )


def test_parent_deletion_and_body_each_make_another_revision() -> None:
    parent = RevisionId(1, "aa")
    edits = {
        new_revision(parent, deleted=False, canonical_body="{}"),
        new_revision(RevisionId(1, "ab"), deleted=False, canonical_body="{}"),
        new_revision(parent, deleted=True, canonical_body="{}"),
        new_revision(parent, deleted=False, canonical_body='{"a":1}'),
        new_revision(None, deleted=False, canonical_body="{}"),
    }
    assert len(edits) == 5
    assert {edit.generation for edit in edits} == {1, 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), {"a": b"bytes"}, object()])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    for write in (canonical_json, compact_json):
        with pytest.raises(BadRequest, match="not JSON"):
            write({"value": value})


def test_a_document_that_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(BadRequest):
        compact_json(endless)


@pytest.mark.parametrize("value", ["Ñandú €", "\ud800", "\x00", 2**80, -0.0, 1e300, {"": {"a.b": []}}])
def test_what_json_can_carry_comes_back_as_it_was(value: object) -> None:
    text = compact_json({"value": value})
    text.encode()
    assert json.loads(text) == {"value": value}

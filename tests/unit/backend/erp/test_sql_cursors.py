"""Cursors begin a run early enough that nothing committed late is missed, in every form of column."""

from __future__ import annotations

from datetime import datetime

import pytest

from backend.erp.port import Cursor
from backend.erp.sql import cursors
from backend.erp.sql.mapping import ChangedForm


@pytest.mark.parametrize(
    ("form", "changed", "overlap", "expected"),
    [
        (ChangedForm.TEXT, "2026-11-21T15:04:05.123Z", 120, "2026-11-21T15:02:05"),
        (ChangedForm.TEXT, "2026-11-21 00:01:00", 120, "2026-11-20 23:59:00"),
        (ChangedForm.TEXT, "2026-11-21T15:04:05Z", 0, "2026-11-21T15:04:05"),
        (ChangedForm.TIMESTAMP, "2026-11-21T15:04:05.123456", 5, "2026-11-21T15:04:00.123456"),
        (ChangedForm.INTEGER, "5000", 1000, "4000"),
    ],
)
def test_a_run_begins_the_overlap_before_the_cursor(
    form: ChangedForm, changed: str, overlap: int, expected: str
) -> None:
    start = cursors.before(Cursor(changed=changed, key="C0400"), overlap, form)
    assert start == Cursor(changed=expected, key="")


@pytest.mark.parametrize("later", ["2026-11-21T15:02:05", "2026-11-21T15:02:05Z", "2026-11-21T15:02:05.001Z"])
def test_the_start_in_text_sorts_before_every_text_of_its_second(later: str) -> None:
    start = cursors.before(Cursor(changed="2026-11-21T15:04:05Z", key=""), 120, ChangedForm.TEXT)
    assert start is not None
    assert (start.changed, start.key) < (later, "A")


def test_a_first_run_begins_before_everything() -> None:
    assert cursors.before(None, 120, ChangedForm.TEXT) is None
    assert cursors.bound_values(None, ChangedForm.TEXT) == {"changed": "", "key": ""}
    assert cursors.bound_values(None, ChangedForm.INTEGER)["changed"] < 0
    assert cursors.bound_values(None, ChangedForm.TIMESTAMP)["changed"] < datetime(1970, 1, 1)  # noqa: DTZ001 - as a column without a zone gives it


def test_a_cursor_comes_back_in_the_type_of_its_column() -> None:
    moment = datetime(2026, 11, 21, 15, 4, 5, 123456)  # noqa: DTZ001 - as a column without a zone gives it
    there = cursors.cursor_at(moment, "A")
    assert cursors.bound_values(there, ChangedForm.TIMESTAMP) == {"changed": moment, "key": "A"}
    assert cursors.bound_values(cursors.cursor_at(7, "A"), ChangedForm.INTEGER) == {"changed": 7, "key": "A"}

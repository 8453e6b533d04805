"""Cursors over a SQL ERP's `changed` column, in the three forms that ERPs use."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from backend.erp.port import Cursor
from backend.erp.sql.mapping import ChangedForm

# Below every real value of its form: where a first run begins.
_BEGINNING: dict[ChangedForm, Any] = {
    ChangedForm.TEXT: "",
    ChangedForm.TIMESTAMP: datetime(1900, 1, 1),  # noqa: DTZ001 - compared with a column without a zone
    ChangedForm.INTEGER: -1,
}


def bound_values(cursor: Cursor | None, form: ChangedForm) -> dict[str, Any]:
    """The parameters `:changed` and `:key` of a page's statement."""
    if cursor is None:
        return {"changed": _BEGINNING[form], "key": ""}
    value: Any = cursor.changed
    if form is ChangedForm.TIMESTAMP:
        value = datetime.fromisoformat(cursor.changed)
    elif form is ChangedForm.INTEGER:
        value = int(cursor.changed)
    return {"changed": value, "key": cursor.key}


def cursor_at(changed: Any, key: str) -> Cursor:
    """The cursor of a row just read."""
    text = changed.isoformat() if isinstance(changed, date) else str(changed)
    return Cursor(changed=text, key=key)


def before(cursor: Cursor | None, overlap: int, form: ChangedForm) -> Cursor | None:
    """`cursor` moved back by the overlap window: seconds, or units of an integer column."""
    if cursor is None:
        return None
    if form is ChangedForm.INTEGER:
        return Cursor(changed=str(int(cursor.changed) - overlap), key="")
    moment = datetime.fromisoformat(cursor.changed) - timedelta(seconds=overlap)
    if form is ChangedForm.TIMESTAMP:
        return Cursor(changed=moment.isoformat(), key="")
    # Cut after the seconds: a prefix sorts before every text that continues it, with a fraction, a zone or
    # neither.
    separator = "T" if "T" in cursor.changed else " "
    return Cursor(changed=moment.strftime(f"%Y-%m-%d{separator}%H:%M:%S"), key="")

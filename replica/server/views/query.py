"""Rows of a view: ranges of the index, in either direction, as JSON text ready to send."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from replica.collation import AFTER, collation_key
from replica.server.view_parameters import ViewParameters

_quote = json.JSONEncoder(ensure_ascii=False).encode


class Span(NamedTuple):
    """A range of index entries: (key, id) from `low` to `high`, ends included or not."""

    low: bytes
    high: bytes
    low_id: str | None = None
    high_id: str | None = None
    include_high: bool = True
    include_low: bool = True


class Row(NamedTuple):
    key_text: str
    id: str
    value: str


def rows_can_match(asked: ViewParameters) -> bool:
    """False where the bounds are the wrong way round; CouchDB refuses that rather than answer nothing."""
    if not (asked.has_start and asked.has_end):
        return True
    start, end = collation_key(asked.start_key), collation_key(asked.end_key)
    return start == end or (start > end) == asked.descending


def spans(asked: ViewParameters) -> list[Span]:
    """One span, or one for each of `keys`, in the order asked."""
    if asked.keys is not None:
        return [Span(key, key) for key in map(collation_key, asked.keys)]
    if asked.has_key:
        key = collation_key(asked.key)
        return [Span(key, key)]
    start = collation_key(asked.start_key) if asked.has_start else None
    end = collation_key(asked.end_key) if asked.has_end else None
    start_id = asked.start_key_doc_id if asked.has_start else None
    end_id = asked.end_key_doc_id if asked.has_end else None
    if asked.descending:
        return [
            Span(
                b"" if end is None else end,
                AFTER if start is None else start,
                end_id,
                start_id,
                include_low=asked.inclusive_end or end is None,
            )
        ]
    return [
        Span(
            b"" if start is None else start,
            AFTER if end is None else end,
            start_id,
            end_id,
            include_high=asked.inclusive_end or end is None,
        )
    ]


def where(span: Span) -> tuple[str, list[Any]]:
    """The condition on `rows` that a span is, with its parameters."""
    terms, values = [], []
    if span.low_id is not None and span.include_low:
        terms.append("(key, id) >= (?, ?)")
        values += [span.low, span.low_id]
    elif span.low:
        terms.append("key >= ?" if span.include_low else "key > ?")
        values.append(span.low)
    if span.high_id is not None and span.include_high:
        terms.append("(key, id) <= (?, ?)")
        values += [span.high, span.high_id]
    elif span.high != AFTER:
        terms.append("key <= ?" if span.include_high else "key < ?")
        values.append(span.high)
    return " AND ".join(["view = ?", *terms]), values


def read_rows(connection: sqlite3.Connection, view: int, asked: ViewParameters) -> Iterator[Row]:
    """Rows of the view in order, after `skip`, at most `limit`."""
    order = "DESC" if asked.descending else "ASC"
    left, skip = asked.limit, asked.skip
    for span in spans(asked):
        condition, values = where(span)
        statement = connection.execute(
            f"SELECT key_text, id, value FROM rows WHERE {condition} "
            f"ORDER BY key {order}, id {order}, ordinal {order} LIMIT ? OFFSET ?",
            (view, *values, -1 if left is None else left, skip if asked.keys is None else 0),
        )
        for row in map(Row._make, statement):
            if asked.keys is not None and skip > 0:
                skip -= 1
                continue
            if left is not None:
                if left <= 0:
                    return
                left -= 1
            yield row


def offset(connection: sqlite3.Connection, view: int, asked: ViewParameters) -> int:
    """How many rows of the view lie before the first one of the answer."""
    span = spans(asked)[0]
    if asked.descending:
        if span.high == AFTER:
            return asked.skip
        condition, values = "key > ?", [span.high]
    else:
        if not span.low:
            return asked.skip
        condition, values = "key < ?", [span.low]
    count = connection.execute(
        f"SELECT count(*) FROM rows WHERE view = ? AND {condition}", (view, *values)
    ).fetchone()
    return int(count[0]) + asked.skip


def total_rows(connection: sqlite3.Connection, view: int) -> int:
    row = connection.execute("SELECT rows FROM counts WHERE view = ?", (view,)).fetchone()
    return int(row[0]) if row else 0


def row_text(row: Row, document: str | None = None) -> str:
    text = f'{{"id":{_quote(row.id)},"key":{row.key_text},"value":{row.value}'
    return text + "}" if document is None else f'{text},"doc":{document}}}'

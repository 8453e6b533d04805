"""Reductions over a view: CouchDB's built-ins in SQL where the values allow it, JavaScript with rereduce
otherwise.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from replica.collation import AFTER
from replica.errors import ReplicaError
from replica.server.designs import Design
from replica.server.javascript.sandbox import ScriptFailure, ScriptThread
from replica.server.view_parameters import ViewParameters
from replica.server.views.builtins import reduced
from replica.server.views.collation import group_prefix
from replica.server.views.query import Span, spans, where
from replica.server.wire import dumps

# Rows handed to a JavaScript reduce in one call.
CHUNK = 500


class ReduceOverflow(ReplicaError):
    error = "reduce_overflow_error"


class Group(NamedTuple):
    key: Any
    value: Any


class Reducer:
    """One reduce function of one view."""

    def __init__(self, design: Design, source: str, thread: ScriptThread, *, limits_output: bool) -> None:
        self._design, self._source, self._thread = design, source.strip(), thread
        self._limits_output = limits_output

    # -- groups ------------------------------------------------------------------------------

    def groups(self, connection: sqlite3.Connection, view: int, asked: ViewParameters) -> Iterator[Group]:
        """The groups of the range in order, after `skip`, at most `limit`."""
        found = self._all_groups(connection, view, asked, asked.level)
        stop = None if asked.limit is None else asked.skip + asked.limit
        for number, group in enumerate(found):
            if stop is not None and number >= stop:
                return
            if number >= asked.skip:
                yield group

    def _all_groups(
        self, connection: sqlite3.Connection, view: int, asked: ViewParameters, level: int | None
    ) -> Iterator[Group]:
        for span in spans(asked):
            if level == 0 and asked.keys is None:
                value = self._reduced(connection, view, span)
                if value is not None:
                    yield Group(None, value[0])
                return
            yield from self._walk(connection, view, span, level, descending=asked.descending)

    def _walk(
        self, connection: sqlite3.Connection, view: int, span: Span, level: int | None, *, descending: bool
    ) -> Iterator[Group]:
        """Jump from group to group: the index finds where the next begins, whatever the size of this one."""
        order = "DESC" if descending else "ASC"
        while True:
            condition, values = where(span)
            first = connection.execute(
                f"SELECT key, key_text FROM rows WHERE {condition} ORDER BY key {order}, id {order} LIMIT 1",
                (view, *values),
            ).fetchone()
            if first is None:
                return
            key, prefix = json.loads(first[1]), bytes(first[0])
            is_prefix = level is not None and isinstance(key, list) and len(key) >= level
            if level is not None:
                key, prefix = group_prefix(key, level)
            after = prefix + AFTER if is_prefix else prefix
            inside = self._inside(span, prefix, after)
            value = self._reduced(connection, view, inside)
            if value is not None:
                yield Group(key, value[0])
            if descending:
                span = span._replace(high=prefix, high_id=None, include_high=False)
            else:
                span = span._replace(low=after, low_id=None, include_low=False)

    @staticmethod
    def _inside(span: Span, low: bytes, high: bytes) -> Span:
        """The part of `span` that lies in the group."""
        lower = span if span.low >= low else Span(low, high)
        upper = span if span.high <= high else Span(low, high)
        return Span(lower.low, upper.high, lower.low_id, upper.high_id, upper.include_high, lower.include_low)

    # -- one group -----------------------------------------------------------------------------

    def _reduced(self, connection: sqlite3.Connection, view: int, span: Span) -> tuple[Any] | None:
        """The value of all rows of the span, in a tuple; None where there is no row."""
        condition, values = where(span)
        parameters = (view, *values)
        match self._source:
            case "_count":
                return _counted(connection, "count(*)", condition, parameters)
            case "_approx_count_distinct":
                # The exact number of keys, well within CouchDB's two per cent.
                return _counted(connection, "count(DISTINCT key)", condition, parameters)
            case "_first" | "_last":
                return self._at_the_end(connection, condition, parameters)
            case "_sum" | "_stats":
                quick = self._in_sql(connection, condition, parameters)
                if quick is not None:
                    return quick if quick[0] is not None else None
        if self._source.startswith("_"):
            return self._one_by_one(connection, condition, parameters)
        return self._in_javascript(connection, condition, parameters)

    def _one_by_one(
        self, connection: sqlite3.Connection, condition: str, parameters: tuple[Any, ...]
    ) -> tuple[Any] | None:
        texts = connection.execute(
            f"SELECT value FROM rows WHERE {condition} ORDER BY key, id, ordinal", parameters
        )
        found = [json.loads(text) for (text,) in texts]
        return (reduced(self._source, found),) if found else None

    def _at_the_end(
        self, connection: sqlite3.Connection, condition: str, parameters: tuple[Any, ...]
    ) -> tuple[Any] | None:
        """`_first` and `_last`: the value of a row at one end, whatever way the groups are told."""
        order = "ASC" if self._source == "_first" else "DESC"
        row = connection.execute(
            f"SELECT value FROM rows WHERE {condition} "
            f"ORDER BY key {order}, id {order}, ordinal {order} LIMIT 1",
            parameters,
        ).fetchone()
        return None if row is None else (json.loads(row[0]),)

    def _in_sql(
        self, connection: sqlite3.Connection, condition: str, parameters: tuple[Any, ...]
    ) -> tuple[Any] | None:
        """Sums of plain numbers; None where some value is not one, or where the sum leaves SQLite's
        integers.
        """
        try:
            count, numbers, total, least, most, squares = connection.execute(
                "SELECT count(*), count(number), sum(number), min(number), max(number), "
                "total(number * 1.0 * number) "
                f"FROM rows WHERE {condition}",
                parameters,
            ).fetchone()
        except sqlite3.OperationalError:
            return None
        if count == 0:
            return (None,)
        if numbers != count:
            return None
        if self._source == "_sum":
            return (total,)
        return ({"sum": total, "count": count, "min": least, "max": most, "sumsqr": _plain(squares)},)

    def _in_javascript(
        self, connection: sqlite3.Connection, condition: str, parameters: tuple[Any, ...]
    ) -> tuple[Any] | None:
        rows = connection.execute(
            f"SELECT key_text, id, value FROM rows WHERE {condition} ORDER BY key, id, ordinal", parameters
        )
        partial: list[Any] = []
        while chunk := rows.fetchmany(CHUNK):
            keys = "[" + ",".join(f"[{key},{dumps(doc_id)}]" for key, doc_id, _ in chunk) + "]"
            partial.append(
                self._call(keys, "[" + ",".join(value for _, _, value in chunk) + "]", rereduce=False)
            )
        if not partial:
            return None
        while len(partial) > 1:
            partial = [
                self._call("null", dumps(partial[at : at + CHUNK]), rereduce=True)
                for at in range(0, len(partial), CHUNK)
            ]
        return (partial[0],)

    def _call(self, keys: str, values: str, *, rereduce: bool) -> Any:
        try:
            told = self._thread.call(
                self._design.program, "reduce", self._source, keys, values, "true" if rereduce else "false"
            )
        except ScriptFailure as failure:
            raise ReplicaErrorWithName(failure.error, failure.reason) from None
        value = told["value"]
        size = len(dumps(value))
        # CouchDB's rule against a "reduce" that only collects its input.
        if self._limits_output and size > 4906 and size * 2 > len(values):
            raise ReduceOverflow(
                f"Reduce output must shrink more rapidly: input size: {len(values)} output size: {size}"
            )
        return value


class ReplicaErrorWithName(ReplicaError):
    """What a reduce function threw."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


def _counted(
    connection: sqlite3.Connection, what: str, condition: str, parameters: tuple[Any, ...]
) -> tuple[Any] | None:
    count = connection.execute(f"SELECT {what} FROM rows WHERE {condition}", parameters).fetchone()[0]
    return (count,) if count else None

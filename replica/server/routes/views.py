"""`_view`: queries over map/reduce indexes, and several of them in one request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest, NotFound
from replica.server.designs import Design
from replica.server.node import Node, database, node
from replica.server.sequences import wire_seq
from replica.server.served import ServedDatabase
from replica.server.view_parameters import ViewParameters, read_parameters
from replica.server.views.query import offset, read_rows, row_text, rows_can_match, total_rows
from replica.server.views.reduce import Reducer
from replica.server.wire import QueryParseError, body_object, dumps, stream

routes = Blueprint("views", __name__)
Json = dict[str, Any]
# Rows put together before they are sent.
ROWS_AT_ONCE = 500


@routes.route("/<seg:db>/_design/<seg:design>/_view/<seg:view>", methods=["GET", "POST"])
def query(db: str, design: str, view: str) -> Response:
    found = database(db)
    body = body_object(default={}) if request.method == "POST" else {}
    asked = read_parameters(request.args.to_dict(), body)
    return stream(Query(node(), found, found.design(design), view, asked).answer())


@routes.post("/<seg:db>/_design/<seg:design>/_view/<seg:view>/queries")
def queries(db: str, design: str, view: str) -> Response:
    found = database(db)
    asked = body_object().get("queries")
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise BadRequest("`queries` member must be an array.")
    each = [
        Query(node(), found, found.design(design), view, read_parameters(request.args.to_dict(), one))
        for one in asked
    ]

    def all_answers() -> Iterator[bytes]:
        yield b'{"results":['
        for number, one in enumerate(each):
            if number:
                yield b","
            yield from one.answer()
        yield b"]}\n"

    return stream(all_answers())


class Query:
    """One query of one view. Making it checks it and brings the index up to date; `answer` reads."""

    def __init__(
        self, here: Node, found: ServedDatabase, design: Design, view: str, asked: ViewParameters
    ) -> None:
        views = design.views
        if view not in views:
            raise NotFound("missing_named_view")
        self._found, self._asked = found, asked
        self._view = list(views).index(view)
        source = views[view].get("reduce")
        self._reduces = isinstance(source, str) and asked.reduce is not False
        self._check(has_reduce=isinstance(source, str))
        self._index = here.indexes.index(found, design)
        self._reducer = Reducer(
            design,
            source or "",
            here.indexes.thread_for(found),
            limits_output=here.configuration.flag("query_server_config", "reduce_limit"),
        )
        if asked.update == "true":
            here.indexes.refresh(found, self._index)
        elif asked.update == "lazy":
            here.indexes.refresh_later(found.name)

    def _check(self, *, has_reduce: bool) -> None:
        asked = self._asked
        if asked.reduce is True and not has_reduce:
            raise QueryParseError("Reduce is invalid for map-only views.")
        if not rows_can_match(asked):
            way = "false" if asked.descending else "true"
            raise QueryParseError(
                "No rows can match your key range, reverse your start_key and end_key "
                f"or set descending={way}"
            )
        if not self._reduces:
            if asked.level != 0:
                raise QueryParseError("Invalid use of grouping on a map view.")
            return
        if asked.include_docs:
            raise QueryParseError("`include_docs` is invalid for reduce")
        if asked.conflicts:
            raise QueryParseError("`conflicts` is invalid for reduce views.")
        if asked.keys is not None and asked.level is not None:
            raise QueryParseError("Multi-key fetches for reduce views must use `group=true`")

    def answer(self) -> Iterator[bytes]:
        """Groups are computed at once, so that a reduce that fails is an error and not half an answer."""
        return iter([self._reduced()]) if self._reduces else self._mapped()

    def _reduced(self) -> bytes:
        with self._index.reading() as connection:
            groups = self._reducer.groups(connection, self._view, self._asked)
            rows = [f'{{"key":{dumps(group.key)},"value":{dumps(group.value)}}}' for group in groups]
        return ('{"rows":[\n' + ",\n".join(rows) + "\n]}\n").encode("utf-8", "surrogatepass")

    def _mapped(self) -> Iterator[bytes]:
        asked = self._asked
        with self._index.reading() as connection:
            total = total_rows(connection, self._view)
            before = min(offset(connection, self._view, asked), total) if asked.keys is None else None
            seq = self._index.state().seq
            yield (
                f'{{"total_rows":{total},"offset":{dumps(before)},' + self._update_seq(seq) + '"rows":[\n'
            ).encode()
            separator, texts = "", []
            for row in read_rows(connection, self._view, asked):
                texts.append(row_text(row, self._document(row.id, row.value) if asked.include_docs else None))
                if len(texts) == ROWS_AT_ONCE:
                    yield (separator + ",\n".join(texts)).encode("utf-8", "surrogatepass")
                    separator, texts = ",\n", []
            if texts:
                yield (separator + ",\n".join(texts)).encode("utf-8", "surrogatepass")
            yield b"\n]}\n"

    def _update_seq(self, seq: int) -> str:
        return f'"update_seq":"{wire_seq(seq, self._found.store)}",' if self._asked.update_seq else ""

    def _document(self, doc_id: str, value: str) -> str:
        """The emitting document, or the one that the value names (`{_id: …}`, a linked document)."""
        rev = None
        if '"_id"' in value or '"_rev"' in value:
            linked = json.loads(value)
            if isinstance(linked, dict):
                doc_id = linked["_id"] if isinstance(linked.get("_id"), str) else doc_id
                rev = linked.get("_rev") if isinstance(linked.get("_rev"), str) else None
        try:
            document = self._found.store.get(
                doc_id, rev=rev, conflicts=self._asked.conflicts, attachments=self._asked.attachments
            )
        except NotFound:
            return "null"
        return dumps(document)

"""`_all_docs`, `_design_docs`, `_local_docs`:

the documents of a database by id, in the byte order of their ids.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest
from replica.server.node import database
from replica.server.routes.bulk import refuse_listing
from replica.server.sequences import wire_seq
from replica.server.served import ServedDatabase
from replica.server.view_parameters import ViewParameters, read_parameters
from replica.server.wire import answer, body_object

routes = Blueprint("all_docs", __name__)
Json = dict[str, Any]
BEFORE_DESIGNS, AFTER_DESIGNS = "_design/", "_design0"


@routes.route("/<seg:db>/_all_docs", methods=["GET", "POST"])
def all_docs(db: str) -> Response:
    found = _listed(db)
    return answer(_rows(found, _parameters(), None))


@routes.route("/<seg:db>/_design_docs", methods=["GET", "POST"])
def design_docs(db: str) -> Response:
    found = _listed(db)
    return answer(_rows(found, _parameters(), BEFORE_DESIGNS))


@routes.post("/<seg:db>/_all_docs/queries")
@routes.post("/<seg:db>/_design_docs/queries")
def queries(db: str) -> Response:
    found = _listed(db)
    prefix = BEFORE_DESIGNS if "/_design_docs/" in request.path else None
    asked = body_object().get("queries")
    if not isinstance(asked, list) or not all(isinstance(query, dict) for query in asked):
        raise BadRequest("`queries` member must be an array.")
    return answer({"results": [_rows(found, read_parameters({}, query), prefix) for query in asked]})


@routes.route("/<seg:db>/_local_docs", methods=["GET", "POST"])
def local_docs(db: str) -> Response:
    found = _listed(db)
    asked = _parameters()
    documents = found.store.local_docs()
    if asked.descending:
        documents.reverse()
    rows = [
        {"id": document["_id"], "key": document["_id"], "value": {"rev": document["_rev"]}}
        | ({"doc": document} if asked.include_docs else {})
        for document in documents
        if asked.keys is None or document["_id"] in asked.keys
    ]
    stop = None if asked.limit is None else asked.skip + asked.limit
    return answer({"total_rows": None, "offset": None, "rows": rows[asked.skip : stop]})


def _listed(db: str) -> ServedDatabase:
    found = database(db)
    refuse_listing(found)
    return found


def _parameters() -> ViewParameters:
    body = body_object(default={}) if request.method == "POST" else {}
    return read_parameters(request.args.to_dict(), body)


def _text(value: Any, *, is_start: bool) -> str | None:
    """A bound as an id:

    ids are strings, so what sorts before every string is no bound at a start, and none passes an end.
    """
    if value is None or isinstance(value, str):
        return value
    sorts_before = isinstance(value, bool | int | float)
    if sorts_before:
        return None if is_start else ""
    return "\U0010ffff" * 4 if is_start else None


def _rows(found: ServedDatabase, asked: ViewParameters, prefix: str | None) -> Json:
    start, end = (
        _text(asked.start_key, is_start=not asked.descending),
        _text(asked.end_key, is_start=asked.descending),
    )
    if prefix is not None:
        low, high = (end, start) if asked.descending else (start, end)
        low = max(low or BEFORE_DESIGNS, BEFORE_DESIGNS)
        high = min(high or AFTER_DESIGNS, AFTER_DESIGNS)
        start, end = (high, low) if asked.descending else (low, high)
    if asked.has_key:
        start = end = _text(asked.key, is_start=True)
    listing = found.store.all_docs(
        include_docs=asked.include_docs,
        keys=asked.keys,
        start_key=start,
        end_key=end,
        inclusive_end=asked.inclusive_end,
        descending=asked.descending,
        limit=asked.limit,
        skip=asked.skip,
        conflicts=asked.conflicts,
    )
    rows = [row for row in listing["rows"] if prefix is None or row.get("id", prefix).startswith(prefix)]
    if asked.attachments and asked.include_docs:
        for row in rows:
            if row.get("doc") and row["doc"].get("_attachments"):
                row["doc"] = found.store.get(row["id"], rev=row["doc"]["_rev"], attachments=True)
    total = listing["total_rows"]
    answer_: Json = {
        "total_rows": total,
        "offset": None if asked.keys is not None else listing["offset"],
        "rows": rows,
    }
    if asked.update_seq:
        answer_["update_seq"] = wire_seq(found.store.update_seq, found.store)
    return answer_

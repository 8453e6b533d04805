"""`_all_docs`, `_design_docs`, `_local_docs`: the documents of a database by id, in the byte order of their
ids.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest
from replica.server.feed import document_text
from replica.server.node import database
from replica.server.routes.bulk import refuse_listing
from replica.server.sequences import wire_seq
from replica.server.served import ServedDatabase
from replica.server.view_parameters import ViewParameters, id_range, read_parameters
from replica.server.wire import answer, body_object, dumps, stream
from replica.storage import documents

routes = Blueprint("all_docs", __name__)
Json = dict[str, Any]
MOST_COUNTED = 10_000
BEFORE_DESIGNS, AFTER_DESIGNS = "_design/", "_design0"


@routes.route("/<seg:db>/_all_docs", methods=["GET", "POST"])
def all_docs(db: str) -> Response:
    found = _listed(db)
    return stream([_rows(found, _parameters(), None).encode("utf-8", "surrogatepass") + b"\n"])


@routes.route("/<seg:db>/_design_docs", methods=["GET", "POST"])
def design_docs(db: str) -> Response:
    found = _listed(db)
    return stream([_rows(found, _parameters(), BEFORE_DESIGNS).encode("utf-8", "surrogatepass") + b"\n"])


@routes.post("/<seg:db>/_all_docs/queries")
@routes.post("/<seg:db>/_design_docs/queries")
def queries(db: str) -> Response:
    found = _listed(db)
    prefix = BEFORE_DESIGNS if "/_design_docs/" in request.path else None
    asked = body_object().get("queries")
    if not isinstance(asked, list) or not all(isinstance(query, dict) for query in asked):
        raise BadRequest("`queries` member must be an array.")
    results = ",".join(_rows(found, read_parameters({}, query), prefix) for query in asked)
    return stream([f'{{"results":[{results}]}}\n'.encode("utf-8", "surrogatepass")])


@routes.route("/<seg:db>/_local_docs", methods=["GET", "POST"])
def local_docs(db: str) -> Response:
    found = _listed(db)
    asked = _parameters()
    stored = found.store.local_docs()
    if asked.descending:
        stored.reverse()
    rows = [
        {"id": document["_id"], "key": document["_id"], "value": {"rev": document["_rev"]}}
        | ({"doc": document} if asked.include_docs else {})
        for document in stored
        if asked.keys is None or document["_id"] in asked.keys
    ]
    stop = None if asked.limit is None else asked.skip + asked.limit
    return answer({"total_rows": None, "offset": None, "rows": rows[asked.skip : stop]})


def _listed(db: str) -> ServedDatabase:
    refuse_listing(db)
    return database(db)


def _parameters() -> ViewParameters:
    body = body_object(default={}) if request.method == "POST" else {}
    return read_parameters(request.args.to_dict(), body)


def _bounds(asked: ViewParameters, prefix: str | None) -> tuple[str | None, str | None]:
    start, end = id_range(asked)
    if prefix is None:
        return start, end
    low, high = (end, start) if asked.descending else (start, end)
    low, high = max(low or BEFORE_DESIGNS, BEFORE_DESIGNS), min(high or AFTER_DESIGNS, AFTER_DESIGNS)
    return (high, low) if asked.descending else (low, high)


def _rows(found: ServedDatabase, asked: ViewParameters, prefix: str | None) -> str:
    """The answer as text: a body that nothing is added to is never parsed."""
    start, end = _bounds(asked, prefix)
    total = found.store.info().doc_count
    if asked.keys is None and not asked.conflicts and not asked.attachments:
        rows = _rows_as_they_lie(found, asked, start, end)
    else:
        rows = [dumps(row) for row in _rows_by_parts(found, asked, start, end, prefix)]
    head = f'{{"total_rows":{total},"offset":{dumps(_offset(found, asked, start, total))},'
    if asked.update_seq:
        head += f'"update_seq":"{wire_seq(found.store.update_seq, found.store)}",'
    return head + '"rows":[\n' + ",\n".join(rows) + "\n]}"


def _offset(found: ServedDatabase, asked: ViewParameters, start: str | None, total: int) -> int | None:
    """How many rows stand before the first one told; None where nobody can say without reading too much."""
    if asked.keys is not None:
        return None
    before: int | None = 0
    if start is not None:
        with found.reading() as connection:
            before = documents.count_living_before(
                connection, start, descending=asked.descending, most=MOST_COUNTED
            )
    return None if before is None else min(before + asked.skip, total)


def _rows_as_they_lie(
    found: ServedDatabase, asked: ViewParameters, start: str | None, end: str | None
) -> list[str]:
    texts: list[str] = []
    with found.reading() as connection:
        for doc_id, rev, _, body in documents.living_by_id(
            connection,
            with_body=asked.include_docs,
            start=start,
            end=end,
            inclusive_end=asked.inclusive_end,
            descending=asked.descending,
            limit=asked.limit,
            skip=asked.skip,
        ):
            name = dumps(doc_id)
            row = f'{{"id":{name},"key":{name},"value":{{"rev":"{rev}"}}'
            texts.append(row + ("}" if body is None else f',"doc":{document_text(name, rev, False, body)}}}'))
    return texts


def _rows_by_parts(
    found: ServedDatabase, asked: ViewParameters, start: str | None, end: str | None, prefix: str | None
) -> list[Json]:
    rows: list[Json] = found.store.all_docs(
        include_docs=asked.include_docs,
        keys=asked.keys,
        start_key=start,
        end_key=end,
        inclusive_end=asked.inclusive_end,
        descending=asked.descending,
        limit=asked.limit,
        skip=asked.skip,
        conflicts=asked.conflicts,
    )["rows"]
    if asked.attachments:
        for row in rows:
            if row.get("doc") and row["doc"].get("_attachments"):
                row["doc"] = found.store.get(row["id"], rev=row["doc"]["_rev"], attachments=True)
    return [row for row in rows if prefix is None or row.get("id", prefix).startswith(prefix)]

"""What hangs on a design document: `_info`, `_update`, `_show`, `_list`, `_rewrite`."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, request

from replica.attachments import header_text
from replica.errors import BadRequest, NotFound
from replica.server.account_rules import readable
from replica.server.designs import Design
from replica.server.node import database, node, user
from replica.server.requests import request_object
from replica.server.sequences import wire_seq
from replica.server.served import ServedDatabase
from replica.server.view_parameters import read_parameters
from replica.server.views.query import offset, read_rows, total_rows
from replica.server.views.reduce import Reducer
from replica.server.wire import answer, body_bytes, dumps, loads

routes = Blueprint("design", __name__)
Json = dict[str, Any]
ANY = ["GET", "POST", "PUT", "DELETE"]


@routes.get("/<seg:db>/_design/<seg:design>/_info")
def info(db: str, design: str) -> Response:
    found = database(db)
    stored = found.design(design)
    index = node().indexes.index(found, stored)
    state = index.state()
    return answer(
        {
            "name": design,
            "view_index": {
                "updates_pending": {
                    "minimum": 0,
                    "preferred": 0,
                    "total": max(found.store.update_seq - state.seq, 0),
                },
                "waiting_commit": False,
                "waiting_clients": 0,
                "updater_running": index.updating.locked(),
                "update_seq": wire_seq(state.seq, found.store),
                "sizes": index.sizes(),
                "signature": stored.signature,
                "purge_seq": state.purge_seq,
                "language": stored.language,
                "compact_running": False,
                "collator_versions": ["replica"],
            },
        }
    )


@routes.route("/<seg:db>/_design/<seg:design>/_update/<seg:function>", methods=ANY)
@routes.route("/<seg:db>/_design/<seg:design>/_update/<seg:function>/<tail:doc_id>", methods=ANY)
def update(db: str, design: str, function: str, doc_id: str | None = None) -> Response:
    found = database(db)
    stored = found.design(design)
    document = _document(found, doc_id)
    result, told = found.scripts.call(
        stored.program, "update", dumps(function), dumps(document), dumps(_request(found, doc_id))
    )
    headers: dict[str, str] = {}
    status = 200
    if isinstance(result, dict):
        if not isinstance(result.get("_id"), str):
            raise BadRequest("Document id must be a string")
        headers["X-Couch-Update-NewRev"] = found.put(result, user())
        headers["X-Couch-Id"] = result["_id"]
        status = 201
    return _rendered(told, status, headers)


@routes.route("/<seg:db>/_design/<seg:design>/_show/<seg:function>", methods=["GET", "POST"])
@routes.route("/<seg:db>/_design/<seg:design>/_show/<seg:function>/<tail:doc_id>", methods=["GET", "POST"])
def show(db: str, design: str, function: str, doc_id: str | None = None) -> Response:
    found = database(db)
    stored = found.design(design)
    told = found.scripts.call(
        stored.program,
        "show",
        dumps(function),
        dumps(_document(found, doc_id)),
        dumps(_request(found, doc_id)),
    )
    return _rendered(told, 200, {})


@routes.route("/<seg:db>/_design/<seg:design>/_list/<seg:function>/<seg:view>", methods=["GET", "POST"])
@routes.route(
    "/<seg:db>/_design/<seg:design>/_list/<seg:function>/<seg:other>/<seg:view>", methods=["GET", "POST"]
)
def render_list(db: str, design: str, function: str, view: str, other: str | None = None) -> Response:
    found = database(db)
    stored = found.design(design)
    head, rows = _view_rows(found, found.design(other) if other else stored, view)
    told = found.scripts.call(
        stored.program, "list", dumps(function), dumps(head), dumps(rows), dumps(_request(found, None))
    )
    return _rendered(told, 200, {})


@routes.route("/<seg:db>/_design/<seg:design>/_rewrite", methods=ANY)
@routes.route("/<seg:db>/_design/<seg:design>/_rewrite/<tail:path>", methods=ANY)
def rewrite(db: str, design: str, path: str = "") -> Response:
    database(db).design(design)
    raise NotFound(f"Rewriting is not supported: {path}")


def _document(found: ServedDatabase, doc_id: str | None) -> Json | None:
    if doc_id is None:
        return None
    try:
        return readable(found.name, found.store.get(doc_id), user(), node().configuration)
    except NotFound:
        return None


def _request(found: ServedDatabase, doc_id: str | None) -> Json:
    body = body_bytes().decode("utf-8", "replace") if request.method in ("POST", "PUT") else None
    return request_object(found, user(), body or None, doc_id) | {"uuid": node().uuids.take()}


def _view_rows(found: ServedDatabase, design: Design, view: str) -> tuple[Json, list[Json]]:
    views = design.views
    if view not in views:
        raise NotFound("missing_named_view")
    asked = read_parameters({name: text for name, text in request.args.items() if name != "format"}, {})
    index = node().indexes.index(found, design)
    node().indexes.refresh(found, index)
    number, source = list(views).index(view), views[view].get("reduce")
    with index.reading() as connection:
        if isinstance(source, str) and asked.reduce is not False:
            reducer = Reducer(design, source, node().indexes.thread_for(found), limits_output=False)
            return {}, [
                {"key": key, "value": value} for key, value in reducer.groups(connection, number, asked)
            ]
        head = {"total_rows": total_rows(connection, number), "offset": offset(connection, number, asked)}
        rows = [
            {"id": row.id, "key": loads(row.key_text), "value": loads(row.value)}
            for row in read_rows(connection, number, asked)
        ]
    if asked.include_docs:
        for row in rows:
            row["doc"] = _document(found, row["id"])
    return head, rows


def _rendered(told: Json, status: int, headers: dict[str, str]) -> Response:
    if "json" in told:
        body, kind = dumps(told["json"]).encode(), "application/json"
    elif "base64" in told:
        body, kind = base64.b64decode(told["base64"]), "application/octet-stream"
    else:
        body, kind = str(told.get("body", "")).encode("utf-8", "replace"), "text/html; charset=utf-8"
    code = told.get("code")
    response = Response(
        body, code if isinstance(code, int) and 100 <= code < 600 else status, content_type=kind
    )
    given = told.get("headers")
    for name, value in (given if isinstance(given, dict) else {}).items():
        if not any(mark in f"{name}{value}" for mark in "\r\n"):
            response.headers[str(name)] = header_text(str(value))
    response.headers.update(headers)
    response.headers.setdefault("Vary", "Accept")
    return response

"""Mango: `_find`, `_explain`, `_index`."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response

from replica.errors import BadRequest
from replica.server.node import administered, database
from replica.server.routes.bulk import refuse_listing
from replica.server.wire import answer, body_object, require_json_content_type

routes = Blueprint("find", __name__)
Json = dict[str, Any]


def _query(body: Json) -> tuple[Json, Json]:
    selector = body.get("selector")
    if selector is None:
        raise BadRequest("Missing required key: selector")
    if not isinstance(selector, dict):
        raise BadRequest("Selector must be a JSON object")
    options: Json = {}
    for name, kinds in (("fields", list), ("sort", list), ("limit", int), ("skip", int), ("bookmark", str)):
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise BadRequest(f"Invalid value for {name}")
        options[name] = value
    if body.get("use_index") is not None:
        options["index"] = body["use_index"]
    return selector, options


@routes.post("/<seg:db>/_find")
def find(db: str) -> Response:
    refuse_listing(db)
    found = database(db)
    require_json_content_type()
    body = body_object()
    selector, options = _query(body)
    began = time.perf_counter()
    result = found.store.find(selector, **options)
    told: Json = {"docs": result["docs"], "bookmark": result.get("bookmark", "nil")}
    if result.get("warning"):
        told["warning"] = result["warning"]
    if body.get("execution_stats") is True:
        told["execution_stats"] = {
            **result["execution_stats"],
            "execution_time_ms": round((time.perf_counter() - began) * 1000, 3),
        }
    return answer(told)


@routes.post("/<seg:db>/_explain")
def explain(db: str) -> Response:
    refuse_listing(db)
    found = database(db)
    require_json_content_type()
    selector, options = _query(body_object())
    return answer({"dbname": db, **found.store.explain(selector, **options)})


@routes.get("/<seg:db>/_index")
def indexes(db: str) -> Response:
    return answer(database(db).store.list_indexes())


@routes.post("/<seg:db>/_index")
def create_index(db: str) -> Response:
    found = administered(db)
    require_json_content_type()
    body = body_object()
    index = body.get("index")
    if not isinstance(index, dict) or not isinstance(index.get("fields"), list):
        raise BadRequest("Missing required key: index")
    if body.get("type", "json") != "json":
        raise BadRequest("Only indexes of type json are supported.")
    created = found.store.create_index(
        index["fields"],
        name=body.get("name"),
        design=body.get("ddoc"),
        partial_filter_selector=index.get("partial_filter_selector"),
    )
    return answer(created)


@routes.delete("/<seg:db>/_index/<seg:design>/json/<seg:name>")
@routes.delete("/<seg:db>/_index/_design/<seg:design>/json/<seg:name>")
def delete_index(db: str, design: str, name: str) -> Response:
    found = administered(db)
    design = design.removeprefix("_design/")
    found.store.delete_index(design, name)
    return answer({"ok": True})

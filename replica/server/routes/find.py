"""Mango: `_find`, `_explain`, `_index`."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response

from replica.errors import BadRequest, NotFound, ReplicaError
from replica.server.explaining import explained
from replica.server.mango import InvalidIndex, definition_of
from replica.server.mango_options import MangoError, read_bulk_delete, read_find, read_index, read_sort
from replica.server.node import administered, database, user
from replica.server.routes.bulk import refuse_listing
from replica.server.served import ServedDatabase
from replica.server.wire import answer, body_object, positive, require_json_content_type

routes = Blueprint("find", __name__)
Json = dict[str, Any]


class IndexServiceUnavailable(ReplicaError):
    status, error = 503, "required index service unavailable"


def _searched(db: str) -> tuple[ServedDatabase, Json, Json]:
    """The database with its indexes built, the selector, and every option of the query."""
    refuse_listing(db)
    found = database(db)
    require_json_content_type()
    selector, options = read_find(body_object())
    if options["partition"]:
        raise BadRequest("`partition` parameter is not supported in this database.")
    if options["update"] and not options["stale"]:
        found.mango.bring_in_step()
    return found, selector, options


def _for_the_store(options: Json) -> Json:
    names = ("bookmark", "limit", "skip", "sort", "fields", "conflicts", "allow_fallback")
    return {**{name: options[name] for name in names}, "index": options["use_index"]}


@routes.post("/<seg:db>/_find")
def find(db: str) -> Response:
    found, selector, options = _searched(db)
    began = time.perf_counter()
    result = found.store.find(selector, **_for_the_store(options))
    told: Json = {"docs": result["docs"], "bookmark": result["bookmark"]}
    if result.get("warning"):
        told["warning"] = result["warning"]
    if options["execution_stats"]:
        counted = result["execution_stats"]
        told["execution_stats"] = {
            "total_keys_examined": counted["total_docs_examined"],
            "total_docs_examined": counted["total_docs_examined"],
            "total_quorum_docs_examined": 0,
            "results_returned": counted["results_returned"],
            "execution_time_ms": round((time.perf_counter() - began) * 1000, 3),
        }
    return answer(told)


@routes.post("/<seg:db>/_explain")
def explain(db: str) -> Response:
    found, selector, options = _searched(db)
    plan = found.store.explain(selector, **_for_the_store(options))
    return answer(explained(db, selector, options, plan, found.mango.listed()))


@routes.get("/<seg:db>/_index")
def indexes(db: str) -> Response:
    listed = database(db).mango.listed()
    limit, skip = positive("limit", len(listed)) or 0, positive("skip", 0) or 0
    if limit < 1:
        raise BadRequest("Index parameter ranges: limit > 1, skip > 0")
    return answer({"total_rows": len(listed), "indexes": listed[skip : skip + limit]})


@routes.post("/<seg:db>/_index")
def create_index(db: str) -> Response:
    found = administered(db)
    require_json_content_type()
    index, options = read_index(body_object())
    if options["type"] in ("text", "nouveau"):
        raise IndexServiceUnavailable(options["type"])
    if options["type"] != "json":
        raise InvalidIndex(f"Invalid type for index: {options['type']}")
    if not isinstance(index, dict):
        raise InvalidIndex("JSON indexes must be an object.")
    for name in index:
        if name not in ("fields", "partial_filter_selector"):
            raise MangoError("invalid_key", f"Invalid key {name} for this request.")
    if "fields" not in index:
        raise MangoError("missing_required_key", "Missing required key: fields")
    definition = definition_of(read_sort(index["fields"]), index.get("partial_filter_selector"))
    return answer(found.mango.add(definition, user(), ddoc=options["ddoc"], name=options["name"]))


@routes.post("/<seg:db>/_index/_bulk_delete")
def delete_indexes(db: str) -> Response:
    found = administered(db)
    require_json_content_type()
    success: list[Json] = []
    fail: list[Json] = []
    for ddoc in read_bulk_delete(body_object()):
        document_id = f"_design/{ddoc.removeprefix('_design/')}"
        try:
            found.mango.remove(ddoc, user())
            success.append({"id": document_id, "ok": True})
        except NotFound:
            fail.append({"id": document_id, "error": "not_found"})
    return answer({"success": success, "fail": fail})


@routes.delete("/<seg:db>/_index/<seg:design>/json/<seg:name>")
@routes.delete("/<seg:db>/_index/_design/<seg:design>/json/<seg:name>")
def delete_index(db: str, design: str, name: str) -> Response:
    administered(db).mango.remove(design, user(), name=name)
    return answer({"ok": True})

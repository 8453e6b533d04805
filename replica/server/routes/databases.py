"""`/{db}`: create, describe, delete; and `POST /{db}`, which stores a document under a new id."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from replica.errors import BadRequest, NotFound
from replica.server.admission import admit
from replica.server.authorization import ADMIN_ONLY, OPEN, require_server_admin
from replica.server.catalogue import Options
from replica.server.node import database, node, user
from replica.server.sequences import wire_seq
from replica.server.served import ServedDatabase
from replica.server.wire import answer, body_bytes, loads, location, require_json_content_type, said

routes = Blueprint("databases", __name__)


def describe(found: ServedDatabase) -> dict[str, Any]:
    """CouchDB's database information object."""
    info = found.store.statistics()
    options = found.options
    return {
        "instance_start_time": found.store.instance_start_time,
        "db_name": found.name,
        "purge_seq": str(info["purge_seq"]),
        "update_seq": wire_seq(info["update_seq"], found.store),
        "sizes": info["sizes"],
        "props": {"partitioned": True} if options.partitioned else {},
        "doc_del_count": info["doc_del_count"],
        "doc_count": info["doc_count"],
        "disk_format_version": 8,
        "compact_running": found.compacting,
        "cluster": {"q": options.shards, "n": options.replicas, "w": 1, "r": 1},
    }


@routes.get("/<seg:db>")
def info(db: str) -> Response:
    return answer(describe(database(db)))


@routes.put("/<seg:db>")
def create(db: str) -> Response:
    require_server_admin(user())
    if request.args.get("partitioned", "false") not in ("true", "false"):
        raise BadRequest("Invalid `partitioned` parameter")
    options = Options(shards=_count("q", 2), replicas=_count("n", 1), partitioned=said("partitioned"))
    admin_only = node().configuration.get("couchdb", "default_security") == "admin_only"
    node().registry.create(db, options, ADMIN_ONLY if admin_only else OPEN)
    return answer({"ok": True}, 201, {"Location": location()})


def _count(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise BadRequest(f"The `{name}` value should be a positive integer.")
    return int(text)


@routes.delete("/<seg:db>")
def delete(db: str) -> Response:
    require_server_admin(user())
    if "rev" in request.args:
        raise BadRequest(
            "You tried to DELETE a database with a ?=rev parameter. "
            "Did you mean to DELETE a document instead?"
        )
    if not node().registry.exists(db):
        raise NotFound("Database does not exist.")
    node().registry.delete(db)
    return answer({"ok": True})


@routes.post("/<seg:db>")
def add_document(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    data = body_bytes()
    document = loads(data)
    if not isinstance(document, dict):
        raise BadRequest("Document must be a JSON object")
    document.setdefault("_id", node().uuids.take())
    admit(document, len(data), node().configuration)
    rev = found.put(document, user())
    told = {"ok": True, "id": document["_id"]}
    if request.args.get("batch") == "ok":
        return answer(told, 202)
    return answer({**told, "rev": rev}, 201, {"Location": location(db, document["_id"])})

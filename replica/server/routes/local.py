"""`/{db}/_local/{key}`: documents that never leave this database."""

from __future__ import annotations

from flask import Blueprint, Response

from replica.errors import Conflict, NotFound
from replica.server.node import database
from replica.server.routes.documents import given_revision
from replica.server.wire import answer, body_object

routes = Blueprint("local", __name__)


@routes.get("/<seg:db>/_local/<tail:key>")
def read(db: str, key: str) -> Response:
    document = database(db).store.get_local(key)
    if document is None:
        raise NotFound("missing")
    return answer(document)


@routes.put("/<seg:db>/_local/<tail:key>")
def write(db: str, key: str) -> Response:
    found = database(db)
    document = body_object("Document must be a JSON object")
    rev = given_revision(document)
    if rev is not None:
        document["_rev"] = rev
    written = found.store.put_local(key, document)
    return answer({"ok": True, "id": f"_local/{key}", "rev": written}, 201)


@routes.delete("/<seg:db>/_local/<tail:key>")
def delete(db: str, key: str) -> Response:
    found = database(db)
    if found.store.get_local(key) is None:
        raise NotFound("missing")
    rev = given_revision()
    if rev is None:
        raise Conflict
    found.store.delete_local(key, rev)
    return answer({"ok": True, "id": f"_local/{key}", "rev": "0-0"})

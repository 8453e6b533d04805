"""`/{db}/_local/{key}`: documents that never leave this database."""

from __future__ import annotations

from flask import Blueprint, Response

from replica.errors import BadRequest, Conflict, NotFound
from replica.server.node import database
from replica.server.routes.documents import given_revision, quoted
from replica.server.wire import answer, body_object, has_already, location, not_modified

routes = Blueprint("local", __name__)
ANY = ["GET", "POST", "PUT", "DELETE"]


@routes.get("/<seg:db>/_local/<seg:key>")
def read(db: str, key: str) -> Response:
    document = database(db).store.get_local(key)
    if document is None:
        raise NotFound("missing")
    etag = quoted(document["_rev"])
    return not_modified(etag) if has_already(etag) else answer(document, headers={"ETag": etag})


@routes.put("/<seg:db>/_local/<seg:key>")
def write(db: str, key: str) -> Response:
    found = database(db)
    document = body_object("Document must be a JSON object")
    rev = given_revision(document)
    if rev is not None:
        document["_rev"] = rev
    written = found.store.put_local(key, document)
    headers = {"ETag": quoted(written), "Location": location()}
    return answer({"ok": True, "id": f"_local/{key}", "rev": written}, 201, headers)


@routes.delete("/<seg:db>/_local/<seg:key>")
def delete(db: str, key: str) -> Response:
    found = database(db)
    if found.store.get_local(key) is None:
        raise NotFound("missing")
    rev = given_revision()
    if rev is None:
        raise Conflict
    found.store.delete_local(key, rev)
    return answer({"ok": True, "id": f"_local/{key}", "rev": "0-0"}, headers={"ETag": quoted("0-0")})


@routes.route("/<seg:db>/_local", methods=ANY)
def nameless(db: str) -> Response:
    database(db)
    raise BadRequest("Invalid _local document id.")


@routes.route("/<seg:db>/_local/<seg:key>/<tail:attachment>", methods=ANY)
def attached(db: str, key: str, attachment: str) -> Response:
    database(db)
    raise BadRequest(f"_local documents do not accept attachments. ({key}/{attachment})")

"""`/{db}/{docid}` and `/{db}/_design/{name}`: read, write, delete and copy one document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, request

from replica.errors import BadRequest, Conflict, Forbidden
from replica.server.account_rules import readable
from replica.server.admission import admit
from replica.server.node import database, node, user
from replica.server.routes.related import Mixed, receive_related, send_mixed, send_related
from replica.server.served import ServedDatabase
from replica.server.wire import (
    accepts,
    answer,
    body_bytes,
    has_already,
    json_argument,
    loads,
    location,
    not_modified,
    said,
)

routes = Blueprint("documents", __name__)
UNKNOWN_SIZE = 1 << 62
REVISION = re.compile(r"[0-9]+-[0-9a-zA-Z]+")
# As in CouchDB a document with one of these has no ETag.
ADDED = ("_conflicts", "_deleted_conflicts", "_revs_info", "_local_seq")

Json = dict[str, Any]


def quoted(rev: str) -> str:
    return f'"{rev}"'


def given_revision(body: Json | None = None) -> str | None:
    """The revision that the request names, in the query, the If-Match header or the body; they must agree."""
    query, etag = request.args.get("rev"), request.headers.get("If-Match")
    header = etag.strip().removeprefix("W/").strip('"') if etag else None
    inside = body.get("_rev") if body else None
    if query is not None and header is not None and query != header:
        raise BadRequest("Document rev and etag have different values")
    if inside is not None and query is not None and query != inside:
        raise BadRequest("Document rev from request body and query string have different values")
    if inside is not None and header is not None and header != inside:
        raise BadRequest("Document rev and etag have different values")
    rev = query or header or inside
    if rev is not None and not (isinstance(rev, str) and REVISION.fullmatch(rev)):
        raise BadRequest("Invalid rev format")
    return rev


def _routed(action: Callable[[str, str], Response], *methods: str) -> Callable[[str, str], Response]:
    """Serve `action(db, id)` for ordinary and for design documents."""

    def of_design(db: str, name: str) -> Response:
        return action(db, f"_design/{name}")

    routes.add_url_rule("/<seg:db>/<doc:doc_id>", action.__name__, action, methods=methods)
    routes.add_url_rule(
        "/<seg:db>/_design/<seg:name>", f"{action.__name__}_of_design", of_design, methods=methods
    )
    return action


def read(db: str, doc_id: str) -> Response:
    found = database(db)
    if "open_revs" in request.args:
        return _open_revisions(found, doc_id)
    options: dict[str, Any] = {
        name: True
        for name in ("conflicts", "deleted_conflicts", "revs", "revs_info", "local_seq", "attachments")
        if said(name)
    }
    if said("meta"):
        options |= {"conflicts": True, "deleted_conflicts": True, "revs_info": True}
    since = json_argument("atts_since")
    if since is not None:
        options |= {"attachments": True, "atts_since": _revisions(since)}
    rev = given_revision() if "rev" in request.args else None
    related = options.get("attachments", False) and accepts("multipart/related")
    if related:
        options.pop("attachments")
    document = found.store.get(doc_id, rev=rev, latest=said("latest"), **options)
    document = readable(found.name, document, user(), node().configuration)
    etag = None if any(name in document for name in ADDED) else quoted(document["_rev"])
    if etag is not None and has_already(etag):
        return not_modified(etag)
    if related and "_attachments" in document:
        return send_related(found, document, options.get("atts_since", ()), etag)
    return answer(document, headers={"ETag": etag} if etag else None)


_routed(read, "GET")


def _revisions(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(
        isinstance(rev, str) and REVISION.fullmatch(rev) for rev in value
    ):
        raise BadRequest("Invalid rev format")
    return value


def _open_revisions(found: ServedDatabase, doc_id: str) -> Response:
    asked = request.args["open_revs"]
    revs = None if asked == "all" else _revisions(json_argument("open_revs"))
    since = json_argument("atts_since")
    as_json = not accepts("multipart/mixed")
    opened = found.store.open_revisions(
        doc_id,
        revs,
        latest=said("latest"),
        with_history=said("revs"),
        attachments=as_json and (said("attachments") or since is not None),
        atts_since=() if since is None else _revisions(since),
    )
    if found.name == "_users":
        opened = [
            {"ok": readable("_users", entry["ok"], user(), node().configuration)} if "ok" in entry else entry
            for entry in opened
        ]
    if as_json:
        return answer(opened)
    known = tuple(since or ())
    return send_mixed(
        found,
        [
            Mixed(document=entry["ok"], atts_since=known) if "ok" in entry else Mixed(failure=entry)
            for entry in opened
        ],
    )


def write(db: str, doc_id: str) -> Response:
    found = database(db)
    if request.mimetype == "multipart/related":
        document = {**receive_related(found), "_id": doc_id}
        # How much of the body was the document is not known: it is measured.
        admit(document, UNKNOWN_SIZE, node().configuration)
    else:
        data = body_bytes()
        parsed = loads(data)
        if not isinstance(parsed, dict):
            raise BadRequest("Document must be a JSON object")
        document = {**parsed, "_id": doc_id}
        admit(document, len(data), node().configuration)
    if request.args.get("new_edits") == "false":
        return _store_replicated(found, document)
    rev = given_revision(document)
    if rev is not None:
        document["_rev"] = rev
    return _stored(document, found.put(document, user()))


_routed(write, "PUT")


def _store_replicated(found: ServedDatabase, document: Json) -> Response:
    if "_rev" not in document and "_revisions" not in document:
        raise BadRequest("When `new_edits: false`, the document needs `_rev` or `_revisions` specified")
    failures = found.write([document], user(), new_edits=False)
    if failures:
        failure = Forbidden(failures[0]["reason"])
        failure.error = failures[0]["error"]
        failure.status = 401 if failure.error == "unauthorized" else 403
        raise failure
    revisions = document.get("_revisions", {})
    rev = document.get("_rev") or f"{revisions['start']}-{revisions['ids'][0]}"
    return _stored(document, rev)


def _stored(document: Json, rev: str) -> Response:
    """A tombstone is told with 200, everything else with 201."""
    told = {"ok": True, "id": document["_id"]}
    if request.args.get("batch") == "ok":
        return answer(told, 202)
    headers = {"ETag": quoted(rev), "Location": location()}
    return answer({**told, "rev": rev}, 200 if document.get("_deleted") is True else 201, headers)


def delete(db: str, doc_id: str) -> Response:
    found = database(db)
    found.store.get(doc_id)
    rev = given_revision()
    if rev is None:
        raise Conflict
    written = found.put({"_id": doc_id, "_rev": rev, "_deleted": True}, user())
    return answer({"ok": True, "id": doc_id, "rev": written}, 200, {"ETag": quoted(written)})


_routed(delete, "DELETE")


def copy(db: str, doc_id: str) -> Response:
    found = database(db)
    target, target_rev = _destination()
    document = found.store.get(doc_id, rev=given_revision(), attachments=True)
    document = readable(found.name, document, user(), node().configuration)
    document.pop("_rev")
    document["_id"] = target
    if target_rev is not None:
        document["_rev"] = target_rev
    rev = found.put(document, user())
    headers = {"ETag": quoted(rev), "Location": location(db, target)}
    return answer({"ok": True, "id": target, "rev": rev}, 201, headers)


_routed(copy, "COPY")


def _destination() -> tuple[str, str | None]:
    header = request.headers.get("Destination")
    if not header:
        raise BadRequest("Destination header is mandatory for COPY.")
    if "://" in header:
        raise BadRequest("Destination URL must be relative.")
    path, _, query = header.partition("?")
    rev = query.removeprefix("rev=") if query.startswith("rev=") else None
    if rev is not None and not REVISION.fullmatch(rev):
        raise BadRequest("Invalid rev format")
    return unquote(path), rev

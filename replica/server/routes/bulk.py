"""Many documents in one request: `_bulk_docs`, `_bulk_get`, `_revs_diff`, `_missing_revs`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from replica.errors import BadRequest, ReplicaError
from replica.server.account_rules import USERS, readable
from replica.server.admission import admit
from replica.server.authorization import require_server_admin
from replica.server.node import database, node, user
from replica.server.routes.related import Mixed, send_mixed
from replica.server.served import ServedDatabase
from replica.server.wire import (
    accepts,
    answer,
    body_bytes,
    body_object,
    loads,
    require_json_content_type,
    said,
)

routes = Blueprint("bulk", __name__)
Json = dict[str, Any]
REPLICATOR = "_replicator"
REVISION = re.compile(r"[0-9]+-[0-9a-zA-Z]+")


@routes.post("/<seg:db>/_bulk_docs")
def bulk_docs(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    data = body_bytes()
    body = loads(data)
    if not isinstance(body, dict):
        raise BadRequest("Request body must be a JSON object")
    documents = body.get("docs")
    if documents is None:
        raise BadRequest("POST body must include `docs` parameter.")
    if not isinstance(documents, list):
        raise BadRequest("`docs` parameter must be an array.")
    new_edits = body.get("new_edits", True)
    if not isinstance(new_edits, bool):
        raise BadRequest("`new_edits` parameter must be a boolean.")
    uuids = node().uuids
    for document in documents:
        if not isinstance(document, dict):
            raise BadRequest("Document must be a JSON object")
        if new_edits:
            document.setdefault("_id", uuids.take())
        admit(document, len(data), node().configuration)
    written = found.write(documents, user(), new_edits=new_edits)
    return answer(written, 201)


@routes.post("/<seg:db>/_bulk_get")
def bulk_get(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    wanted = body_object().get("docs")
    if not isinstance(wanted, list):
        raise BadRequest("Missing JSON list of 'docs'.")
    for name in ("open_revs", "new_edits", "w", "rev", "atts_since"):
        if name in request.args:
            raise BadRequest(f'"{name}" query parameter is not acceptable')
    kinds = [kind for kind in ("multipart/mixed", "multipart/related") if accepts(kind)]
    as_multipart = bool(kinds) and not accepts("application/json")
    groups = [(entry, _asked(found, entry, as_multipart)) for entry in wanted]
    if as_multipart:
        parts = [_part(entry, told) for entry, documents in groups for told in documents]
        return send_mixed(found, parts, kinds[0])
    results = [{"id": _id_of(entry), "docs": documents} for entry, documents in groups]
    return answer({"results": results})


def _id_of(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, dict) else None


def _asked(found: ServedDatabase, entry: Any, as_multipart: bool) -> list[Json]:
    """`{ok}` or `{error}` for each revision of one entry; a bad entry is an error of its own."""
    doc_id, rev = _id_of(entry), entry.get("rev") if isinstance(entry, dict) else None
    if not isinstance(doc_id, str):
        return [_error(None, rev, "bad_request", "document id missed")]
    if rev is not None and not (isinstance(rev, str) and REVISION.fullmatch(rev)):
        return [_error(doc_id, rev, "bad_request", "Invalid rev format")]
    wanted: Json = {"id": doc_id, "rev": rev} if rev else {"id": doc_id}
    since = entry.get("atts_since")
    if isinstance(since, list) and all(isinstance(old, str) and REVISION.fullmatch(old) for old in since):
        wanted["atts_since"] = since
    inline = not as_multipart and (said("attachments") or "atts_since" in wanted)
    answers = found.store.bulk_get([wanted], attachments=inline, revs=said("revs"), latest=said("latest"))
    if found.name == USERS:
        return [_own_account(answer) for answer in answers]
    return answers


def _own_account(entry: Json) -> Json:
    if "ok" not in entry:
        return entry
    document = entry["ok"]
    try:
        return {"ok": readable(USERS, document, user(), node().configuration)}
    except ReplicaError as hidden:
        return _error(document["_id"], document["_rev"], hidden.error, hidden.reason)


def _error(doc_id: Any, rev: Any, error: str, reason: str) -> Json:
    return {"error": {"id": doc_id, "rev": rev, "error": error, "reason": reason}}


def _part(entry: Json, told: Json) -> Mixed:
    if "ok" not in told:
        return Mixed(failure=told["error"])
    document = told["ok"]
    since = entry.get("atts_since")
    headers = {"X-Doc-Id": quote(document["_id"], safe=" /:@"), "X-Rev-Id": document["_rev"]}
    return Mixed(document=document, atts_since=since if isinstance(since, list) else (), headers=headers)


def _revisions() -> dict[str, list[str]]:
    asked = body_object()
    for revs in asked.values():
        if not isinstance(revs, list) or not all(
            isinstance(rev, str) and REVISION.fullmatch(rev) for rev in revs
        ):
            raise BadRequest("Invalid rev format")
    return asked


@routes.post("/<seg:db>/_revs_diff")
def revs_diff(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    return answer(found.store.revs_diff(_revisions()))


@routes.post("/<seg:db>/_missing_revs")
def missing_revs(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    missing = {doc_id: entry["missing"] for doc_id, entry in found.store.revs_diff(_revisions()).items()}
    return answer({"missing_revs": missing})


@routes.post("/<seg:db>/_ensure_full_commit")
def ensure_full_commit(db: str) -> Response:
    found = database(db)
    require_json_content_type()
    found.store.ensure_full_commit()
    return answer({"ok": True, "instance_start_time": found.store.instance_start_time}, 201)


def refuse_listing(name: str) -> None:
    """Only administrators list accounts and replications, in any of the ways to list."""
    if name in (USERS, REPLICATOR):
        require_server_admin(user())

"""Housekeeping of one database: `_compact`, `_view_cleanup`, `_purge`, `_revs_limit`, `_shards`."""

from __future__ import annotations

import logging
import threading

from flask import Blueprint, Response

from replica.errors import BadRequest, Unauthorized
from replica.server.authorization import is_database_admin, require_server_admin
from replica.server.node import NAME, Node, administered, database, node, user
from replica.server.served import ServedDatabase
from replica.server.wire import answer, body_json, body_object, require_json_content_type

routes = Blueprint("maintenance", __name__)
log = logging.getLogger("replica.server")
MOST_PURGED_IDS = 100
MOST_PURGED_REVISIONS = 1000


def _housekept(db: str) -> ServedDatabase:
    """CouchDB answers 401 here, also to those whom it knows."""
    found = database(db)
    if not is_database_admin(user(), found.security):
        raise Unauthorized("You are not a server or db admin.")
    return found


@routes.post("/<seg:db>/_compact")
@routes.post("/<seg:db>/_compact/<seg:design>")
def compact(db: str, design: str | None = None) -> Response:
    found = _housekept(db)
    require_json_content_type()
    if design is not None:
        found.design(design)
        return answer({"ok": True}, 202)
    if not found.compacting:
        found.compacting = True
        threading.Thread(target=_compact, args=(node(), db), name=f"compact {db}", daemon=True).start()
    return answer({"ok": True}, 202)


def _compact(here: Node, db: str) -> None:
    with here.registry.lease(db) as found:
        try:
            forgotten = found.store.compact()
            log.info("compacted %s: %s bodies forgotten", db, forgotten)
        finally:
            found.compacting = False


@routes.post("/<seg:db>/_view_cleanup")
def view_cleanup(db: str) -> Response:
    found = _housekept(db)
    require_json_content_type()
    node().indexes.clean_up(found)
    return answer({"ok": True}, 202)


@routes.post("/<seg:db>/_purge")
def purge(db: str) -> Response:
    require_server_admin(user())
    found = database(db)
    require_json_content_type()
    asked = body_object()
    if len(asked) > MOST_PURGED_IDS:
        raise BadRequest("Exceeded maximum number of documents.")
    for revs in asked.values():
        if not isinstance(revs, list) or not all(isinstance(rev, str) for rev in revs):
            raise BadRequest("Document revisions must be a list of strings.")
    if sum(len(revs) for revs in asked.values()) > MOST_PURGED_REVISIONS:
        raise BadRequest("Exceeded maximum number of revisions.")
    purged = found.store.purge(asked)
    found.changed(designs=any(doc_id.startswith("_design/") for doc_id in asked))
    return answer({"purge_seq": None, "purged": {doc_id: purged.get(doc_id, []) for doc_id in asked}}, 201)


@routes.get("/<seg:db>/_purged_infos_limit")
def purged_infos_limit(db: str) -> Response:
    return answer(database(db).store.get_setting("purged_infos_limit") or 1000)


@routes.put("/<seg:db>/_purged_infos_limit")
def set_purged_infos_limit(db: str) -> Response:
    found = administered(db)
    limit = body_json()
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise BadRequest("`purge_infos_limit` must be positive integer")
    found.store.put_setting("purged_infos_limit", limit)
    return answer({"ok": True})


@routes.get("/<seg:db>/_revs_limit")
def revs_limit(db: str) -> Response:
    return answer(database(db).store.revs_limit)


@routes.put("/<seg:db>/_revs_limit")
def set_revs_limit(db: str) -> Response:
    found = administered(db)
    limit = body_json()
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise BadRequest("`revs_limit` must be a positive integer")
    found.store.revs_limit = limit
    return answer({"ok": True})


@routes.get("/<seg:db>/_shards")
def shards(db: str) -> Response:
    database(db)
    return answer({"shards": {"00000000-ffffffff": [NAME]}})


@routes.post("/<seg:db>/_sync_shards")
def sync_shards(db: str) -> Response:
    administered(db)
    return answer({"ok": True}, 202)

"""The server itself: `/`, `/_up`, `/_uuids`, `/_all_dbs`, `/_dbs_info`, `/_active_tasks`, `/_membership`."""

from __future__ import annotations

import secrets
import time

from flask import Blueprint, Response, request

from replica.errors import BadRequest, Forbidden, NotFound
from replica.server.authorization import require_server_admin
from replica.server.node import NAME, VERSION, node, user
from replica.server.routes.databases import describe
from replica.server.view_parameters import id_range, read_parameters
from replica.server.wire import answer, body_object, positive

routes = Blueprint("server", __name__)
MOST_NAMES = 100


@routes.get("/")
def welcome() -> Response:
    return answer(
        {
            "couchdb": "Welcome",
            "version": VERSION,
            "git_sha": "replica.server",
            "uuid": node().configuration.get("couchdb", "uuid"),
            "features": ["access-ready", "partitioned", "pluggable-storage-engines", "scheduler", "quickjs"],
            "vendor": {"name": node().configuration.get("vendor", "name")},
        }
    )


@routes.get("/_up")
def up() -> Response:
    if node().configuration.get("couchdb", "maintenance_mode") == "true":
        return answer({"status": "maintenance_mode"}, 404)
    return answer({"status": "ok", "seeds": {}})


@routes.get("/favicon.ico")
def icon() -> Response:
    raise NotFound("missing")


@routes.get("/_uuids")
def uuids() -> Response:
    count = positive("count", 1) or 0
    if count > node().configuration.number("uuids", "max_count", 1000):
        raise BadRequest("count parameter too large")
    random = node().configuration.get("uuids", "algorithm") == "random"
    taken = [secrets.token_hex(16) if random else node().uuids.take() for _ in range(count)]
    return answer(
        {"uuids": taken},
        headers={
            "Cache-Control": "must-revalidate, no-cache",
            "Pragma": "no-cache",
            "ETag": f'"{secrets.token_hex(16)}"',
        },
    )


@routes.get("/_all_dbs")
def all_databases() -> Response:
    if node().configuration.flag("chttpd", "admin_only_all_dbs"):
        require_server_admin(user())
    return answer(_page(node().registry.names()))


def _page(names: list[str]) -> list[str]:
    """The range parameters of `_all_docs`, over names."""
    asked = read_parameters(request.args.to_dict(), {})
    start, end = id_range(asked)
    low, high = (end, start) if asked.descending else (start, end)
    chosen = [
        name
        for name in names
        if (low is None or name >= low)
        and (high is None or name <= high)
        and (asked.inclusive_end or name != end)
    ]
    if asked.descending:
        chosen.reverse()
    return chosen[asked.skip :] if asked.limit is None else chosen[asked.skip : asked.skip + asked.limit]


@routes.route("/_dbs_info", methods=["GET", "POST"])
def databases_info() -> Response:
    require_server_admin(user())
    if request.method == "GET":
        names = _page(node().registry.names())
    else:
        keys = body_object().get("keys")
        if not isinstance(keys, list):
            raise BadRequest("`keys` member must exist.")
        names = keys
        if len(names) > MOST_NAMES:
            raise BadRequest("too_many_keys")
    return answer([_info_entry(str(name)) for name in names])


def _info_entry(name: str) -> dict[str, object]:
    try:
        with node().registry.lease(name) as found:
            return {"key": name, "info": describe(found)}
    except NotFound:
        return {"key": name, "error": "not_found"}


@routes.get("/_active_tasks")
def active_tasks() -> Response:
    require_server_admin(user())
    here = node()
    return answer([*here.indexes.tasks(), *here.replicator.tasks()])


@routes.get("/_membership")
def membership() -> Response:
    require_server_admin(user())
    return answer({"all_nodes": [NAME], "cluster_nodes": [NAME]})


@routes.get("/_utils")
@routes.get("/_utils/<tail:path>")
def fauxton(path: str = "") -> Response:
    raise Forbidden(f"There is no Fauxton here: {path or 'use curl, or a CouchDB'}")


@routes.get("/_node/<seg:name>/_stats")
@routes.get("/_node/<seg:name>/_system")
def statistics(name: str) -> Response:
    require_server_admin(user())
    if name not in ("_local", NAME):
        raise NotFound("no such node: " + name)
    return answer({"uptime": int(time.time() - node().started_at), "databases": len(node().registry.names())})

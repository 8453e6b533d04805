"""`/_replicate` and `/_scheduler`: replications that this server runs itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from replica.errors import BadRequest, NotFound, ReplicaError
from replica.server.authorization import require_server_admin
from replica.server.node import NAME, node, user
from replica.server.replicating.endpoints import without_secrets
from replica.server.replicating.job import Job, instant, read_order
from replica.server.replicating.replicator import DATABASE, statistics
from replica.server.wire import answer, body_object, positive, require_json_content_type

routes = Blueprint("replication", __name__)
Json = dict[str, Any]


class DatabaseNotFound(ReplicaError):
    status, error = 404, "db_not_found"


@routes.post("/_replicate")
def replicate() -> Response:
    # CouchDB lets any user replicate; here it takes an administrator, because the server opens the URLs.
    require_server_admin(user())
    require_json_content_type()
    body = body_object()
    if body.get("cancel") is True:
        job_id = body.get("replication_id") or body.get("id") or read_order(body, user()).id
        if not isinstance(job_id, str):
            raise BadRequest("`replication_id` must be a string.")
        job = node().replicator.cancel(job_id)
        return answer({"ok": True, "_local_id": job.id})
    order = read_order(body, user())
    if order.continuous:
        job = node().replicator.begin(order)
        return answer({"ok": True, "_local_id": job.id}, 202)
    try:
        return answer(_report(node().replicator.run(order)))
    except NotFound as failure:
        raise DatabaseNotFound(f"could not open {without_secrets(order.source)}: {failure.reason}") from None


def _report(job: Job) -> Json:
    result, told = job.finished(), statistics(job)
    if result.docs_read == 0 and result.doc_write_failures == 0:
        return {
            "ok": True,
            "no_changes": True,
            "session_id": job.session_id,
            "source_last_seq": result.last_seq,
            "replication_id_version": 4,
            "history": [],
        }
    return {
        "ok": True,
        "session_id": job.session_id,
        "source_last_seq": result.last_seq,
        "replication_id_version": 4,
        "history": [
            {
                "session_id": job.session_id,
                "start_time": instant(job.started_at),
                "end_time": instant(job.updated_at),
                "start_last_seq": job.start_seq,
                "end_last_seq": result.last_seq,
                "recorded_seq": result.last_seq,
                "missing_checked": told["revisions_checked"],
                "missing_found": told["missing_revisions_found"],
                "docs_read": result.docs_read,
                "docs_written": result.docs_written,
                "doc_write_failures": result.doc_write_failures,
            }
        ],
    }


@routes.get("/_scheduler/jobs")
def jobs() -> Response:
    require_server_admin(user())
    return answer(_page("jobs", [_job(job) for job in node().replicator.jobs()]))


@routes.get("/_scheduler/jobs/<seg:job_id>")
def job(job_id: str) -> Response:
    require_server_admin(user())
    for running in node().replicator.jobs():
        if running.id == job_id:
            return answer(_job(running))
    raise NotFound("missing")


@routes.get("/_scheduler/docs")
@routes.get("/_scheduler/docs/<seg:db>")
def documents(db: str = DATABASE) -> Response:
    require_server_admin(user())
    return answer(_page("docs", _documents(db)))


@routes.get("/_scheduler/docs/<seg:db>/<seg:doc_id>")
def document(db: str, doc_id: str) -> Response:
    require_server_admin(user())
    for entry in _documents(db):
        if entry["doc_id"] == doc_id:
            return answer(entry)
    raise NotFound("missing")


def _page(name: str, entries: list[Json]) -> Json:
    skip, limit = positive("skip", 0) or 0, positive("limit", 25)
    return {"total_rows": len(entries), "offset": skip, name: entries[skip : skip + (limit or 0)]}


def _job(running: Job) -> Json:
    return {
        "database": running.document[0] if running.document else None,
        "doc_id": running.document[1] if running.document else None,
        "id": running.id,
        "pid": f"<{running.id[:8]}>",
        "node": NAME,
        "source": without_secrets(running.order.source),
        "target": without_secrets(running.order.target),
        "user": running.order.user.name,
        "info": statistics(running),
        "history": list(running.history),
        "start_time": instant(running.started_at),
    }


def _documents(db: str) -> list[Json]:
    """Every document of `_replicator` with its state: those at work, and those that ended."""
    if db != DATABASE:
        raise NotFound("There are replications in _replicator alone.")
    working = {job.document[1]: job for job in node().replicator.jobs() if job.document is not None}
    with node().registry.lease(db) as found:
        rows = found.store.all_docs(include_docs=True)["rows"]
    entries = []
    for row in rows:
        if row["id"].startswith("_design/"):
            continue
        stored = row["doc"]
        running = working.get(row["id"])
        ended = stored.get("_replication_state")
        reason = stored.get("_replication_state_reason")
        if running is not None and ended is None:
            info: Json | None = statistics(running)
            if running.failure is not None and running.state == "crashing":
                info = {"error": running.failure.reason}
        else:
            info = {"error": reason} if reason else stored.get("_replication_stats")
        entries.append(
            {
                "database": db,
                "doc_id": row["id"],
                "id": running.id if running is not None else stored.get("_replication_id"),
                "node": NAME,
                "source": without_secrets(stored["source"]),
                "target": without_secrets(stored["target"]),
                "state": ended or (running.state if running is not None else "initializing"),
                "info": info,
                "error_count": running.error_count if running is not None else 0,
                "last_updated": instant(running.updated_at)
                if running is not None
                else stored.get("_replication_state_time"),
                "start_time": instant(running.started_at) if running is not None else None,
                "source_proxy": None,
                "target_proxy": None,
            }
        )
    return entries

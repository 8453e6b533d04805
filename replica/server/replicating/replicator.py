"""All replications of this server: started, told, cancelled, and taken up again after a restart.

A document of `_replicator` is a standing order: it is carried out when the server starts and whenever the
document changes, until it says `completed` or `failed`. `_replicate` gives passing ones.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from replica.errors import BadRequest, Conflict, Forbidden, NotFound, ReplicaError
from replica.server.authentication import User
from replica.server.node import NAME
from replica.server.registry import Registry
from replica.server.replicating.endpoints import without_secrets
from replica.server.replicating.job import Job, Order, read_order

Json = dict[str, Any]
log = logging.getLogger("replica.server")
DATABASE = "_replicator"
TERMINAL = ("completed", "failed")
SETTLING_SECONDS = 0.2


class ReplicatorRules:
    """What a document of `_replicator` must be. Its owner is whoever wrote it first."""

    def prepare(self, document: Json, user: User) -> Json:
        if document.get("_deleted") is True or str(document.get("_id", "")).startswith("_design/"):
            return document
        if user.is_server_admin:
            return {"owner": user.name, **document}
        if document.get("owner", user.name) != user.name or "user_ctx" in document:
            raise Forbidden("Can't update replication documents of other users.")
        return {**document, "owner": user.name, "roles": list(user.roles)}

    def check(self, new: Json, old: Json | None, user: User) -> None:
        if new["_id"].startswith("_design/"):
            return
        if old is not None and not user.is_server_admin and old.get("owner") != user.name:
            raise Forbidden("Can't update replication documents of other users.")
        if new.get("_deleted") is True:
            return
        try:
            read_order(new, _owner(new))
        except ReplicaError as failure:
            raise Forbidden(failure.reason) from None


class Replicator:
    """Start it with `start`; `close` cancels all jobs."""

    def __init__(self, registry: Registry, closing: threading.Event) -> None:
        self._registry = registry
        self._closing = closing
        self._jobs: dict[str, Job] = {}
        self._standing: dict[str, tuple[str, Job]] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="replicator", daemon=True)
        registry.listen(self._heard)

    def start(self) -> None:
        self._wake.set()
        self._thread.start()

    def close(self) -> None:
        self._wake.set()
        for job in self.jobs():
            job.cancel()

    # -- `_replicate` ----------------------------------------------------------------------------

    def begin(self, order: Order) -> Job:
        """Start a continuous replication, or return the one that is running already."""
        with self._lock:
            job = self._jobs.get(order.id)
            if job is not None:
                return job
            job = self._jobs[order.id] = Job(order, self._registry, document=None, ended=self._forget)
        job.start()
        return job

    def run(self, order: Order) -> Job:
        """Run a replication to its end. Raise what it failed of."""
        job = Job(order, self._registry, document=None, ended=self._forget)
        with self._lock:
            self._jobs[job.id] = job
        try:
            job.run_here()
        finally:
            self._forget(job)
        return job

    def cancel(self, job_id: str) -> Job:
        """Raise `NotFound` where nothing of that id is running."""
        with self._lock:
            job = self._jobs.pop(job_id, None)
        if job is None:
            raise NotFound("no such replication")
        job.cancel()
        return job

    def _forget(self, job: Job) -> None:
        with self._lock:
            if self._jobs.get(job.id) is job:
                del self._jobs[job.id]

    # -- documents of `_replicator` ----------------------------------------------------------------

    def _heard(self, kind: str, name: str) -> None:
        if name == DATABASE and kind != "created":
            self._wake.set()

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            if self._closing.wait(SETTLING_SECONDS):
                return
            self._wake.clear()
            try:
                self._compare(self._orders())
            except ReplicaError as failure:
                log.warning("_replicator: %s", failure.reason)
            except Exception:
                # One order that nobody foresaw does not end all the others.
                log.exception("_replicator")

    def _orders(self) -> dict[str, Json]:
        """The documents that ask for work, by id."""
        try:
            with self._registry.lease(DATABASE) as found:
                rows = found.store.all_docs(include_docs=True)["rows"]
        except NotFound:
            return {}
        return {
            row["id"]: row["doc"]
            for row in rows
            if not row["id"].startswith("_design/") and row["doc"].get("_replication_state") not in TERMINAL
        }

    def _compare(self, wanted: dict[str, Json]) -> None:
        """Start what is new or changed, cancel what is gone."""
        with self._lock:
            gone = [
                doc_id
                for doc_id, (rev, _) in self._standing.items()
                if doc_id not in wanted or wanted[doc_id]["_rev"] != rev
            ]
            cancelled = [self._standing.pop(doc_id)[1] for doc_id in gone]
            known = set(self._standing)
        for job in cancelled:
            job.cancel()
            self._forget(job)
        for doc_id, document in wanted.items():
            if doc_id not in known:
                self._take_up(doc_id, document)

    def _take_up(self, doc_id: str, document: Json) -> None:
        try:
            order = read_order(document, _owner(document))
        except ReplicaError as failure:
            self._write_state(doc_id, "failed", {"_replication_state_reason": failure.reason})
            return
        job = Job(order, self._registry, document=(DATABASE, doc_id), ended=self._document_ended)
        with self._lock:
            self._standing[doc_id] = (document["_rev"], job)
            self._jobs[job.id] = job
        job.start()

    def _document_ended(self, job: Job) -> None:
        self._forget(job)
        if job.document is None:
            return
        if job.state == "failed" and job.failure is not None:
            more: Json = {"_replication_state_reason": job.failure.reason}
        else:
            more = {"_replication_stats": statistics(job)}
        self._write_state(job.document[1], job.state, {"_replication_id": job.id, **more})

    def _write_state(self, doc_id: str, state: str, more: Json) -> None:
        try:
            with self._registry.lease(DATABASE) as found:
                document = found.store.get(doc_id)
                document.pop("_replication_state_reason", None)
                told = {"_replication_state": state, "_replication_state_time": instant_now()}
                found.store.put({**document, **told, **more})
                found.changed(designs=False)
        except (NotFound, Conflict):
            # Somebody deleted or changed the order meanwhile; the next comparison sees what they want.
            self._wake.set()

    # -- telling --------------------------------------------------------------------------------------

    def jobs(self) -> list[Job]:
        with self._lock:
            standing = [job for _, job in self._standing.values()]
            return list({id(job): job for job in [*self._jobs.values(), *standing]}.values())

    def tasks(self) -> list[Json]:
        return [_task(job) for job in self.jobs() if job.state == "running"]


def _owner(document: Json) -> User:
    """Who a standing order is carried out for."""
    given = document.get("user_ctx")
    if isinstance(given, dict):
        return _user(given.get("name"), given.get("roles", []))
    return _user(document.get("owner"), document.get("roles", ["_admin"]))


def _user(name: Any, roles: Any) -> User:
    """Raise `BadRequest` where that is nobody."""
    if not isinstance(name, str | None) or not isinstance(roles, list):
        raise BadRequest("`owner` and `user_ctx` must name a user and a list of roles.")
    return User(name=name, roles=tuple(role for role in roles if isinstance(role, str)))


def statistics(job: Job) -> Json:
    progress = job.result or job.progress
    read = progress.docs_read if progress else 0
    return {
        "revisions_checked": read,
        "missing_revisions_found": read,
        "docs_read": read,
        "docs_written": progress.docs_written if progress else 0,
        "changes_pending": job.progress.pending if job.progress else None,
        "doc_write_failures": progress.doc_write_failures if progress else 0,
        "checkpointed_source_seq": job.result.last_seq if job.result else 0,
    }


def _task(job: Job) -> Json:
    return {
        "type": "replication",
        "node": NAME,
        "pid": f"<{job.id[:8]}>",
        "replication_id": job.id,
        "database": job.document[0] if job.document else None,
        "doc_id": job.document[1] if job.document else None,
        "source": without_secrets(job.order.source),
        "target": without_secrets(job.order.target),
        "user": job.order.user.name,
        "continuous": job.order.continuous,
        "started_on": int(job.started_at.timestamp()),
        "updated_on": int(job.updated_at.timestamp()),
        **statistics(job),
    }


def instant_now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

"""One replication at work: a thread that runs it once, or again and again while it is continuous."""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from replica.errors import BadRequest, Forbidden, NotFound, ReplicaError, ServerFailure, Unauthorized
from replica.peer import Peer
from replica.replication.once import replicate
from replica.replication.outcome import Progress, ReplicationResult
from replica.server.authentication import User
from replica.server.javascript.sandbox import Program
from replica.server.registry import Registry
from replica.server.replicating.endpoints import (
    checked_endpoint,
    is_remote,
    open_endpoint,
    without_secrets,
)
from replica.server.wire import dumps

Json = dict[str, Any]
log = logging.getLogger("replica.server")
# A continuous replication that found nothing asks again at least this often.
WAIT_SECONDS = 20.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
HISTORY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be replicated, for whom."""

    source: str | Json
    target: str | Json
    user: User
    continuous: bool = False
    create_target: bool = False
    create_target_params: Json = field(default_factory=dict)
    doc_ids: tuple[str, ...] | None = None
    selector: Json | None = None
    filter: str | None = None
    query_params: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same order has the same id."""
        named = [
            without_secrets(self.source),
            without_secrets(self.target),
            self.user.name,
            self.continuous,
            self.doc_ids,
            self.selector,
            self.filter,
            self.query_params,
        ]
        digest = hashlib.md5(dumps(named).encode(), usedforsecurity=False).hexdigest()
        return digest + ("+continuous" if self.continuous else "")


def read_order(body: Json, user: User) -> Order:
    """Raise `BadRequest` where the request makes no sense."""
    doc_ids, selector, name = body.get("doc_ids"), body.get("selector"), body.get("filter")
    if doc_ids is not None and not (
        isinstance(doc_ids, list) and all(isinstance(one, str) for one in doc_ids)
    ):
        raise BadRequest("`doc_ids` must be a list of document ids.")
    if selector is not None and not isinstance(selector, dict):
        raise BadRequest("`selector` must be an object.")
    if name is not None and not (isinstance(name, str) and name.count("/") == 1):
        raise BadRequest("`filter` must be of the form `designname/filtername`.")
    if sum(one is not None for one in (doc_ids, selector, name)) > 1:
        raise BadRequest("`doc_ids`, `filter`, `selector` are mutually exclusive options")
    parameters, query = body.get("create_target_params") or {}, body.get("query_params") or {}
    if not isinstance(parameters, dict) or not isinstance(query, dict):
        raise BadRequest("`create_target_params` and `query_params` must be objects.")
    return Order(
        source=checked_endpoint(body.get("source"), "source"),
        target=checked_endpoint(body.get("target"), "target"),
        user=user,
        continuous=body.get("continuous") is True,
        create_target=body.get("create_target") is True,
        create_target_params=parameters,
        doc_ids=None if doc_ids is None else tuple(doc_ids),
        selector=selector,
        filter=name,
        query_params=query,
    )


class Job:
    """`ended(job)` is called from its thread, once, unless it was cancelled."""

    def __init__(
        self,
        order: Order,
        registry: Registry,
        *,
        document: tuple[str, str] | None,
        ended: Callable[[Job], None],
    ) -> None:
        self.order = order
        self.id = order.id
        self.document = document
        self.state = "initializing"
        self.started_at = datetime.now(UTC)
        self.updated_at = self.started_at
        self.session_id = uuid.uuid4().hex
        self.progress: Progress | None = None
        self.result: ReplicationResult | None = None
        self.start_seq: Any = 0
        self.failure: ReplicaError | None = None
        self.error_count = 0
        self.history: deque[Json] = deque(maxlen=HISTORY)
        self._registry = registry
        self._ended = ended
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"replication {self.id[:8]}", daemon=True)
        self._tell("added")

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()

    def run_here(self) -> ReplicationResult:
        """Run a one-shot replication in this thread. Raise what it failed of."""
        self._turn("running", "started")
        self.result = self._once()
        self._turn("completed", "completed")
        return self.result

    def finished(self) -> ReplicationResult:
        """What a run that ended came to."""
        if self.result is None:
            raise ServerFailure(f"replication {self.id} has not ended")
        return self.result

    # -- the thread ------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._cancelled.is_set():
            try:
                self._turn("running", "started")
                self._run()
                if not self._cancelled.is_set():
                    self._turn("completed", "completed")
                    self._ended(self)
                return
            except ReplicaError as failure:
                self.failure = failure
                self.error_count += 1
                hopeless = isinstance(failure, NotFound | Unauthorized | Forbidden | BadRequest)
                if hopeless and not self.order.continuous:
                    self._turn("failed", "crashed", failure.reason)
                    self._ended(self)
                    return
                self._turn("crashing", "crashed", failure.reason)
            except Exception:
                log.exception("replication %s broke", self.id)
                self.error_count += 1
                self._turn("crashing", "crashed", "internal error")
            pause = min(FIRST_PAUSE_SECONDS * 2 ** (self.error_count - 1), LONGEST_PAUSE_SECONDS)
            self._cancelled.wait(pause)

    def _run(self) -> None:
        """Once, or for as long as it is wanted."""
        self.result = self._once()
        while self.order.continuous and not self._cancelled.is_set():
            self.error_count = 0
            if self._something_new(self.result.last_seq):
                self.result = self._once()

    def _something_new(self, since: Any) -> bool:
        with self._source() as source:
            page = source.changes(
                since=since,
                limit=1,
                doc_ids=self.order.doc_ids,
                selector=self.order.selector,
                wait_seconds=WAIT_SECONDS,
            )
            return bool(page.results)

    def _once(self) -> ReplicationResult:
        order = self.order
        create = order.create_target_params if order.create_target else None
        with (
            self._source() as source,
            open_endpoint(order.target, self._registry, order.user, create=create) as target,
        ):
            return replicate(
                source,
                target,
                doc_ids=order.doc_ids,
                selector=order.selector,
                document_filter=self._filter(),
                filter_name=None if order.filter is None else dumps([order.filter, order.query_params]),
                progress=self._note,
                cancel=self._cancelled.is_set,
            )

    def _source(self) -> AbstractContextManager[Peer]:
        order = self.order
        return open_endpoint(
            order.source,
            self._registry,
            order.user,
            feed_filter=order.filter,
            query_params=order.query_params,
        )

    def _filter(self) -> Callable[[Json], bool] | None:
        """The design function of a source here; a remote one runs its own."""
        order = self.order
        if order.filter is None or is_remote(order.source) or not isinstance(order.source, str):
            return None
        design_name, _, name = order.filter.partition("/")
        with self._registry.lease(order.source) as served:
            program: Program = served.design(design_name).program
            scripts = served.scripts
        path, asked = dumps(["filters", name]), dumps({"query": order.query_params})
        return lambda document: bool(scripts.call(program, "filter", path, dumps([document]), asked)[0])

    def _note(self, progress: Progress) -> None:
        self.progress = progress
        self.updated_at = datetime.now(UTC)

    def _turn(self, state: str, event: str, reason: str | None = None) -> None:
        self.state = state
        self._tell(event, reason)

    def _tell(self, event: str, reason: str | None = None) -> None:
        self.updated_at = datetime.now(UTC)
        entry = {"timestamp": instant(self.updated_at), "type": event}
        self.history.appendleft(entry if reason is None else {**entry, "reason": reason})


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

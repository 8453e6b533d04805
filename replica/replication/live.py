"""A live session: one phone and its database at the centre, kept together step by step.

`step(now)` does all there is to do and returns: push by classes of priority, then pull, then push the classes
that can wait. It never sleeps
and starts no thread; it says when it wants to be called again. Whoever owns it calls it then, and earlier
when something was written or the network came back. Failures become a status and a later time, never an
exception, but for the store's own (`StorageError`), after which nothing may be trusted, and whatever a
function of the caller's raises (the one that renews a token).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from replica.database import Database
from replica.errors import (
    Forbidden,
    NotFound,
    ReplicaError,
    StorageError,
    TokenRefused,
    Unauthorized,
)
from replica.peer import Json, Peer, PeerInfo
from replica.replication.backoff import delay_seconds, is_passing
from replica.replication.journal import Journal
from replica.replication.offered import Offered
from replica.replication.options import Options
from replica.replication.outcome import Progress
from replica.replication.refusals import Refusal, list_refusals
from replica.replication.selection import EVERYTHING, Selection
from replica.replication.session import Replication
from replica.replication.world import World, real_world
from replica.tuning import BATCH_DOCUMENTS, IDLE_SECONDS, PUSH_DURING_PULL_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PushClass:
    """Documents that travel up together: a replication of its own, named in its id. Earlier classes go first.

    A document belongs to the first class that accepts it; what none accepts is not pushed. The name is the
    identity of the rule: a class that begins to accept other documents needs another one.
    `batch_size` is for documents that are large: whatever was written into an earlier class goes between two
    batches. What is `after_pull` waits until everything has come down too; such classes stand at the end.
    """

    name: str
    accepts: Callable[[Json], bool]
    batch_size: int | None = None
    after_pull: bool = False


class Link(StrEnum):
    """How the session stands."""

    NEVER_TRIED = "never_tried"
    UP_TO_DATE = "up_to_date"
    OFFLINE = "offline"
    SIGN_IN = "sign_in"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStatus:
    """What to show, and when to call `step` again.

    `pushed` and `pulled` count documents of this step. `unsent` counts local documents that the peer does
    not have, without the refused ones. `last_sync_at` is the last step that reached the end in both
    directions, whatever became of the classes that wait for the pull.
    """

    link: Link
    next_step_at: datetime
    last_sync_at: datetime | None
    first_sync_complete: bool
    pushed: int
    pulled: int
    unsent: int
    refused: tuple[Refusal, ...]
    error: ReplicaError | None


class LiveReplication:
    """The session of one local store with one peer. Call it from one thread at a time."""

    def __init__(
        self,
        local: Database,
        remote: Peer,
        *,
        push: Sequence[PushClass] | None = None,
        manifest: str | None = None,
        replaces: Callable[[str], bool] | None = None,
        attachments: bool = False,
        batch_size: int = BATCH_DOCUMENTS,
        progress: Callable[[Progress], None] | None = None,
        cancel: Callable[[], bool] | None = None,
        met: Callable[[PeerInfo], None] | None = None,
        offered: Callable[[str, int], None] | None = None,
        ahead: Executor | None = None,
        world: World | None = None,
    ) -> None:
        """`push` None pushes everything in one class. `attachments` True downloads their bytes with each
        pull. `ahead` has one thread, which reads the next batch while one is written; without it everything
        happens in the caller's.

        `met(info)` is told when the peer has answered and before anything is sent to it; `offered(name, seq)`
        when every document of a class up to a sequence of `local` has been taken or refused. Both are called
        inside `step`, and may write to `local`.
        """
        self._local = local
        self._remote = remote
        self._selections = _selections(push)
        self._waiting_classes = sum(one.after_pull for one in push or ())
        self._world = world or real_world()
        self._cancelled = cancel or (lambda: False)
        self._push_options = [
            Options(
                selection=selection,
                batch_documents=size or batch_size,
                progress=progress,
                cancelled=self._cancelled,
                ahead=ahead,
            )
            for selection, size in zip(self._selections, _batch_sizes(push), strict=True)
        ]
        self._pull_options = Options(
            attachments=attachments,
            batch_documents=batch_size,
            manifest=manifest,
            replaces=replaces,
            progress=progress,
            cancelled=self._cancelled,
            ahead=ahead,
        )
        self._tell_met = met or (lambda _info: None)
        self._tell_offered = offered or (lambda _name, _seq: None)
        self._offered = Offered(local, self._world)
        self._journal = Journal(local, self._selections)
        self._failures = 0
        self._last_sync_at: datetime | None = None
        self._status = Link.NEVER_TRIED
        self._pulled_through: Any = None

    def step(self, now: datetime, *, wait_seconds: float | None = None) -> LiveStatus:
        """Push, then pull, until there is no more. `now` is an aware instant.

        With `wait_seconds`, a step that found nothing waits that long for a first change at the peer.
        """
        self._pushed = self._pulled = 0
        error: ReplicaError | None = None
        again = IDLE_SECONDS
        try:
            peer = self._remote.info()
            self._offered.meet(peer)
            self._tell_met(peer)
            self._push_all(peer)
            self._pull(peer)
            if not self._cancelled():
                self._last_sync_at = now
            self._push_what_waited(peer)
            if wait_seconds and not (self._pushed or self._pulled or self._cancelled()):
                again = self._wait(wait_seconds)
        except Exception as failure:
            self._offered.forget()
            if not isinstance(failure, ReplicaError) or isinstance(failure, StorageError):
                raise
            error = failure
            self._failures += 1
            again = delay_seconds(self._failures, chance=self._world.chance(), error=failure)
            self._status = _link_of(failure)
        else:
            self._failures = 0
            self._status = Link.CANCELLED if self._cancelled() else Link.UP_TO_DATE
        return self._report(now + timedelta(seconds=again), error)

    def status(self, now: datetime) -> LiveStatus:
        """Return how things stand without touching the network."""
        self._pushed = self._pulled = 0
        return self._report(now, None)

    # -- up --------------------------------------------------------------------------------------------------

    def _push_all(self, peer: PeerInfo) -> None:
        """Push the classes that don't wait for the pull."""
        self._push_classes(peer, 0, len(self._push_options) - self._waiting_classes)

    def _push_what_waited(self, peer: PeerInfo) -> None:
        """Push the classes that wait for the pull, after what was written during it."""
        if self._waiting_classes and not self._cancelled():
            unsent = self._journal.count_unsent({one.id for one in list_refusals(self._local)})
            first = 0 if unsent else len(self._push_options) - self._waiting_classes
            self._push_classes(peer, first, len(self._push_options))

    def _push_classes(self, peer: PeerInfo, index: int, end: int) -> None:
        """Push class by class; what was written meanwhile into an earlier class goes before the next
        batch.
        """
        seen = self._local.update_seq
        while index < end and not self._cancelled():
            if index == 0:
                seen = self._local.update_seq
            overtaken = not self._push(index, peer, overtaken_after=seen if index else None)
            index = 0 if overtaken else index + 1

    def _push(self, index: int, peer: PeerInfo, *, overtaken_after: int | None) -> bool:
        """Push one class to its end; return False where a write after `overtaken_after` broke it off."""
        options = self._push_options[index]
        name = options.selection.filter_name or ""
        through = self._local.update_seq
        if self._offered.is_all(name, through):
            return True
        run = Replication(self._local, self._remote, options, self._world, target_info=peer)
        try:
            while run.step():
                if overtaken_after is not None and self._local.update_seq != overtaken_after:
                    return False
            self._journal.remember_push(index, run)
        finally:
            run.close()
            self._pushed += run.result.docs_written
        if not self._cancelled():
            self._offered.note(name, through)
            self._tell_offered(name, through)
        return True

    # -- down ------------------------------------------------------------------------------------------------

    def _pull(self, peer: PeerInfo) -> None:
        run = Replication(self._remote, self._local, self._pull_options, self._world, source_info=peer)
        pushed_at = self._world.monotonic()
        try:
            while run.step():
                if self._world.monotonic() - pushed_at > PUSH_DURING_PULL_SECONDS:
                    # A long first sync doesn't keep a receipt waiting that was written meanwhile.
                    if self._journal.count_unsent({one.id for one in list_refusals(self._local)}):
                        self._push_all(peer)
                    pushed_at = self._world.monotonic()
            if not self._cancelled():
                self._journal.remember_first_sync()
        finally:
            run.close()
            self._pulled += run.result.docs_written
        self._pulled_through = run.result.last_seq

    def _wait(self, wait_seconds: float) -> float:
        page = self._remote.changes(since=self._pulled_through, limit=1, wait_seconds=wait_seconds)
        return 0.0 if page.results or page.last_seq != self._pulled_through else IDLE_SECONDS

    # -- how it stands ---------------------------------------------------------------------------------------

    def _report(self, next_step_at: datetime, error: ReplicaError | None) -> LiveStatus:
        refused = tuple(list_refusals(self._local))
        return LiveStatus(
            link=self._status,
            next_step_at=next_step_at,
            last_sync_at=self._last_sync_at,
            first_sync_complete=self._journal.first_sync_complete(),
            pushed=self._pushed,
            pulled=self._pulled,
            unsent=self._journal.count_unsent({one.id for one in refused}),
            refused=refused,
            error=error,
        )


def _selections(classes: Sequence[PushClass] | None) -> list[Selection]:
    """Each class takes what it accepts and no earlier one did."""
    if classes is None:
        return [EVERYTHING]

    def first_accepting(index: int) -> Callable[[Json], bool]:
        def accepts(document: Json) -> bool:
            earlier = any(one.accepts(document) for one in classes[:index])
            return not earlier and classes[index].accepts(document)

        return accepts

    return [
        Selection(document_filter=first_accepting(index), filter_name=one.name)
        for index, one in enumerate(classes)
    ]


def _batch_sizes(classes: Sequence[PushClass] | None) -> list[int | None]:
    return [None] if classes is None else [one.batch_size for one in classes]


def _link_of(error: ReplicaError) -> Link:
    match error:
        case Unauthorized() | TokenRefused():
            return Link.SIGN_IN
        case Forbidden():
            return Link.FORBIDDEN
        case NotFound():
            return Link.MISSING
        case _ if is_passing(error):
            return Link.OFFLINE
        case _:
            return Link.FAILED

"""`replicate`: one run from here to there, driven to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from replica.errors import ReplicaError, Unreachable
from replica.peer import Json, Peer
from replica.remote.database import RemoteDatabase
from replica.replication.backoff import delay_seconds, is_passing
from replica.replication.options import Options
from replica.replication.outcome import Progress, ReplicationResult
from replica.replication.selection import Selection
from replica.replication.session import Replication
from replica.replication.world import World, real_world
from replica.tuning import ATTEMPTS, BATCH_DOCUMENTS, INACTIVITY_SECONDS


def replicate(
    source: Peer,
    target: Peer,
    *,
    doc_ids: Sequence[str] | None = None,
    selector: Json | None = None,
    document_filter: Callable[[Json], bool] | None = None,
    filter_name: str | None = None,
    batch_size: int = BATCH_DOCUMENTS,
    attachments: bool = True,
    replaces: Callable[[str], bool] | None = None,
    manifest: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    attempts: int = ATTEMPTS,
    world: World | None = None,
) -> ReplicationResult:
    """Copy to `target` every revision of `source` that it lacks (CouchDB replication protocol). Either may
    be remote.

    Goes on from where an earlier call with the same two databases and the same selection was cut. `doc_ids`,
    `selector` (run by the source) and `document_filter` (run here, and known by its `filter_name`) limit
    what is copied; a `filter_name` alone names what a remote source's `feed_filter` leaves out.
    `attachments` False leaves attachments of what comes into a `Database` at the source until they are
    opened. `replaces` and `manifest`: see `Options`. `cancel` is asked between batches; what was copied so
    far stays.

    A passing failure is tried again after a pause, `attempts` times in a row. Raise what remains:
    `Unreachable`, `TooManyRequests`, `ServerFailure`; and at once `NotFound`, `Unauthorized`, `Forbidden`,
    `StorageError`. Documents that the target refuses raise nothing: they are in the result, and in
    `list_refusals` until they are taken.
    """
    world = world or real_world()
    cancelled = cancel or (lambda: False)
    with ExitStack() as open_things:
        ahead = None
        if isinstance(source, RemoteDatabase) or isinstance(target, RemoteDatabase):
            ahead = open_things.enter_context(ThreadPoolExecutor(1, "replication-ahead"))
        options = Options(
            selection=Selection(
                doc_ids=tuple(doc_ids) if doc_ids is not None else None,
                selector=selector,
                document_filter=document_filter,
                filter_name=filter_name,
            ),
            attachments=attachments,
            batch_documents=batch_size,
            replaces=replaces,
            manifest=manifest,
            progress=progress,
            cancelled=cancelled,
            ahead=ahead,
        )
        run = Replication(source, target, options, world)
        open_things.callback(run.close)
        _drive(run, attempts=attempts, cancelled=cancelled, world=world)
        return run.result


def _drive(run: Replication, *, attempts: int, cancelled: Callable[[], bool], world: World) -> None:
    failures = 0
    moved = world.monotonic()
    more = True
    while more:
        try:
            more = run.step()
        except ReplicaError as error:
            failures += 1
            if not is_passing(error) or failures >= attempts:
                raise
            if world.monotonic() - moved > INACTIVITY_SECONDS:
                raise Unreachable(f"nothing moved in {INACTIVITY_SECONDS:.0f} s: {error.reason}") from error
            _pause(delay_seconds(failures, chance=world.chance(), error=error), cancelled, world)
        else:
            failures = 0
            moved = world.monotonic()


def _pause(seconds: float, cancelled: Callable[[], bool], world: World) -> None:
    """Sleep in short pieces, so that a cancelled run ends soon."""
    while seconds > 0 and not cancelled():
        world.sleep(min(seconds, 1.0))
        seconds -= 1.0

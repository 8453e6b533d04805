"""One run of one replication: from the agreed checkpoint to the end of the source's feed, batch by batch.

`Replication.step()` moves one batch and never sleeps, so whoever owns the run owns its thread, its pauses
and its retries. Between two steps nothing is held but, in a first sync, an open answer; during one, no
transaction is open while the network is waited for. `replicate` drives a run to its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, runtime_checkable

from replica.document import UnparsedDocument
from replica.errors import ReplicaError
from replica.peer import Json, Peer, PeerInfo
from replica.replication.batch import Batch, Reader
from replica.replication.checkpoint import Checkpointer, Statistics
from replica.replication.delivery import Delivery, Failure
from replica.replication.docket import Docket
from replica.replication.first_sync import FirstSync, FirstSyncRecord, Streaming
from replica.replication.identity import replication_id
from replica.replication.manifest import read_manifest
from replica.replication.options import Options
from replica.replication.origin import Marking, Origin, Passed
from replica.replication.outcome import Progress, ReplicationResult, State
from replica.replication.refusals import Refusal
from replica.replication.selection import EVERYTHING
from replica.replication.world import World
from replica.tuning import BATCH_DOCUMENTS_LEAST, FIRST_SYNC_BATCHES_PER_COMMIT, FIRST_SYNC_COMMIT_SECONDS


class Replication:
    """One run. Call `step` until it returns False, then `close`; after an error, step again or close."""

    def __init__(
        self,
        source: Peer,
        target: Peer,
        options: Options,
        world: World,
        *,
        source_info: PeerInfo | None = None,
        target_info: PeerInfo | None = None,
    ) -> None:
        """`source_info` and `target_info` save asking again what the caller has just asked."""
        self._infos = (source_info, target_info)
        self._source = source
        self._target = target
        self._options = options
        self._world = world
        self._limit = options.batch_documents
        self._manifest = options.manifest
        self.state = State.NEW
        self.mark: str | None = None
        """What a push leaves out: revisions under this mark came from the target."""
        self._statistics = Statistics()
        self._refused: list[Refusal] = []
        self._last_seq: Any = 0
        self._recorded_seq: Any = None
        self._delivered = False
        self._next: Future[Batch] | None = None
        self._stream: Iterator[Batch] | None = None
        self._first_sync: FirstSync | None = None
        self._bytes_before = self._bytes_moved()

    # -- driving ---------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Move one batch; return whether there is more. Raise what either side raises; stepping again goes
        on.
        """
        if self.is_over:
            return False
        if self._options.cancelled():
            self._note_first_sync(at_once=True)
            self.state = State.CANCELLED
            return False
        try:
            if self.state is State.NEW:
                self._begin()
            batch = self._take()
            self._write(batch)
        except ReplicaError:
            self._drop_what_was_ahead()
            self._note_first_sync(at_once=True)
            self._limit = max(min(BATCH_DOCUMENTS_LEAST, self._options.batch_documents), self._limit // 2)
            raise
        self._limit = min(self._options.batch_documents, self._limit * 2)
        self._report(batch.pending)
        return not self.is_over

    @property
    def is_over(self) -> bool:
        return self.state in (State.COMPLETE, State.CANCELLED)

    def close(self) -> None:
        """Let go of what is open. The run can be taken up again by another one."""
        self._drop_what_was_ahead()

    @property
    def result(self) -> ReplicationResult:
        counts = self._statistics
        return ReplicationResult(
            state=self.state,
            docs_read=counts.docs_read,
            docs_written=counts.docs_written,
            doc_write_failures=counts.doc_write_failures,
            last_seq=self._last_seq,
            refused=self._refused,
        )

    # -- the beginning ---------------------------------------------------------------------------------------

    def _begin(self) -> None:
        source = self._infos[0] or self._source.info()
        target = self._infos[1] or self._target.info()
        # What we know of the other side is kept in the store that knows where its revisions came from.
        pulls = isinstance(self._target, Marking) or not isinstance(self._source, Marking)
        ours = self._target if pulls else self._source
        selection = self._options.selection
        self._key = replication_id(
            source.uuid,
            target.uuid,
            doc_ids=selection.doc_ids,
            selector=selection.selector,
            filter_name=selection.filter_name,
        )
        now = self._world.now()
        self._checkpointer = Checkpointer(
            self._source, self._target, self._key, ours=ours, session_id=self._world.new_id(), started_at=now
        )
        self._checkpointer.read()
        self._docket = Docket(ours, self._target, self._key, self._world)
        self._record = FirstSyncRecord(ours, self._key, source)
        went_back = self._checkpointer.other_side_went_back or (pulls and self._record.is_ahead())
        self._mark(source, target, went_back=went_back)
        self._agreed = self._checkpointer.agree(self.mark)
        self._last_seq = self._recorded_seq = 0 if self._agreed is None else self._agreed
        if self._passed is not None:
            self._last_seq = self._passed.after(self._last_seq)
        self._send_again()
        self._choose_the_way(source, target, pulls=pulls)

    def _mark(self, source: PeerInfo, target: PeerInfo, *, went_back: bool) -> None:
        """Find which marks hold, for what is written here and for what is not sent back.

        Only a pull of everything marks: its checkpoint speaks for the marks, and one that is limited might
        never come again to notice that its source went back. For the same reason a pull passes nothing over
        because of marks in its source: it reads no checkpoint that speaks for them.
        """
        delivered: dict[str, Any] = {"replaces": self._options.replaces} if self._options.replaces else {}
        read: dict[str, Any] = {}
        self._passed: Passed | None = None
        self._pulled: Origin | None = None
        if isinstance(self._target, Marking):
            origin = Origin(self._target, source, self._world.new_id, went_back=went_back)
            delivered["attachments_later"] = not self._options.attachments
            if self._options.selection == EVERYTHING:
                self._pulled = origin
                delivered["origin"] = origin.mark()
        elif isinstance(self._source, Marking):
            origin = Origin(self._source, target, self._world.new_id, went_back=went_back)
            self.mark = origin.mark()
            read["exclude_origin"] = self.mark
            read["exclude_through"] = origin.confirmed_through()
            self._passed = Passed(self._source, self._key, self.mark)
        self._reader = Reader(
            self._source, self._target, self._options.selection, attachments=self._options.attachments, **read
        )
        self._delivery = Delivery(self._source, self._target, **delivered)

    def _send_again(self) -> None:
        """Send what was refused before and is worth another try."""
        due = self._docket.due()
        if due:
            documents, unreadable = self._reader.fetch([{"id": one.id, "rev": one.rev} for one in due])
            self._deliver(documents, unreadable)
            # What the source has no more (purged, or superseded) is nobody's refusal any longer.
            there = {document["_id"] for document in documents} | {failure.id for failure in unreadable}
            self._docket.settle({one.id for one in due} - there)

    def _choose_the_way(self, source: PeerInfo, target: PeerInfo, *, pulls: bool) -> None:
        self.state = State.CATCHING_UP
        if not pulls or self._agreed is not None:
            return
        if not isinstance(self._source, Streaming) or not isinstance(self._target, Marking):
            return
        known = self._record.read()
        if known is not None and known.complete:
            return
        if known is None and target.doc_count * 2 > source.doc_count:
            # Most of it is here already, by whatever way: asking what is missing costs less than the whole
            # stream.
            return
        self.state = State.FIRST_SYNC
        self._first_sync = FirstSync(
            self._source,
            self._target,
            self._reader,
            self._options.selection,
            full=self._options.attachments,
            counted=self._options.progress is not None,
            world=self._world,
        )
        self._last_seq = self._noted_seq = known.since if known is not None else 0
        self._noted_at = self._world.monotonic()
        self._bring_what_matters_first()

    def _bring_what_matters_first(self) -> None:
        manifest, self._manifest = self._manifest, None
        if manifest is not None:
            named = read_manifest(self._source, self._target, manifest)
            documents, unreadable, _found = self._reader.missing(named.known)
            self._deliver([*named.documents, *documents], unreadable)

    # -- one batch -------------------------------------------------------------------------------------------

    def _take(self) -> Batch:
        if self._next is not None:
            coming, self._next = self._next, None
            batch = coming.result()
        else:
            batch = self._read_after(self._last_seq)
        if not batch.is_last and self._options.ahead is not None:
            self._next = self._options.ahead.submit(self._read_after, batch.last_seq)
        return batch

    def _read_after(self, since: Any) -> Batch:
        if self._first_sync is None:
            return self._reader.read(since, self._limit)
        batch = next(self._stream, None) if self._stream is not None else None
        if batch is None:
            # Not yet open, or ended by the source with more to come: its end is in `is_last` alone.
            self._stream = self._first_sync.batches(since, self._limit * FIRST_SYNC_BATCHES_PER_COMMIT)
            batch = next(self._stream)
        return batch

    def _write(self, batch: Batch) -> None:
        self._statistics = self._statistics.plus(missing_checked=batch.checked, missing_found=batch.found)
        if batch.pending is not None and batch.pending > self._limit:
            self._bring_what_matters_first()
        self._deliver(batch.documents, batch.unreadable, batch.unparsed)
        self._last_seq = batch.last_seq
        if self.state is State.FIRST_SYNC and not batch.is_last:
            self._note_first_sync(at_once=False)
            return
        if self._passed is not None and batch.checked:
            # What the peer was asked about and had already is no less delivered: an answer of ours was lost.
            self._delivered = True
        if self._delivered:
            self._checkpoint()
        if batch.is_last:
            self._finish()

    def _deliver(
        self,
        documents: Sequence[Json],
        unreadable: Sequence[Failure],
        unparsed: Sequence[UnparsedDocument] = (),
    ) -> None:
        """Write, then record what was not taken: only then may a checkpoint pass it."""
        self._delivered = self._delivered or bool(documents or unparsed or unreadable)
        failures = [*unreadable, *self._delivery.send_unparsed(unparsed), *self._delivery.send(documents)]
        self._docket.record(failures)
        self._refused = self._docket.refused
        ids = {document["_id"] for document in documents} | {document.id for document in unparsed}
        self._docket.settle(ids, failures)
        read = len(documents) + len(unparsed)
        self._statistics = self._statistics.plus(
            docs_read=read,
            docs_written=read - len(failures) + len(unreadable),
            doc_write_failures=len(failures),
        )

    def _finish(self) -> None:
        if self._last_seq != self._recorded_seq:
            if self._passed is not None:
                self._passed.record(self._recorded_seq, self._last_seq)
            else:
                self._checkpoint()
        if self.state is State.FIRST_SYNC:
            self._record.write(self._last_seq, complete=True)
        self.state = State.COMPLETE

    def _note_first_sync(self, *, at_once: bool) -> None:
        """Keep how far the stream has come: on a fast link less often than documents are committed."""
        now = self._world.monotonic()
        if self.state is not State.FIRST_SYNC or self._noted_seq == self._last_seq:
            return
        if at_once or now - self._noted_at >= FIRST_SYNC_COMMIT_SECONDS:
            self._record.write(self._last_seq, complete=False)
            self._noted_at, self._noted_seq = now, self._last_seq

    def _checkpoint(self) -> None:
        self._target.ensure_full_commit()
        self._checkpointer.write(self._last_seq, self._statistics, now=self._world.now())
        self._recorded_seq = self._last_seq
        self._delivered = False
        if self._pulled is not None and isinstance(self._target, Marking):
            self._pulled.confirm(self._target.update_seq)

    # -- small things ----------------------------------------------------------------------------------------

    def _drop_what_was_ahead(self) -> None:
        if self._next is not None:
            self._next.cancel()
            if not self._next.cancelled():
                self._next.exception()
            self._next = None
        if self._first_sync is not None:
            self._first_sync.close()
        self._stream = None

    def _bytes_moved(self) -> int:
        return sum(side.bytes_moved for side in (self._source, self._target) if isinstance(side, Metered))

    def _report(self, pending: int | None) -> None:
        if self._options.progress is None:
            return
        counts = self._statistics
        self._options.progress(
            Progress(
                state=self.state,
                docs_read=counts.docs_read,
                docs_written=counts.docs_written,
                doc_write_failures=counts.doc_write_failures,
                bytes=self._bytes_moved() - self._bytes_before,
                pending=pending,
            )
        )


@runtime_checkable
class Metered(Protocol):
    """A side that knows what it has sent and received: `replica.RemoteDatabase`."""

    @property
    def bytes_moved(self) -> int: ...

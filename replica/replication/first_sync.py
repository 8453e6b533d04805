"""The first sync: everything a source has, in one stream, into a store that has none of it.

`_changes?include_docs=true&style=all_docs` already carries every winner, so neither `_revs_diff` nor
`_bulk_get` is asked: winners are stored as trees of one revision. (CouchDB keeps one branch when their
children come back to it.) Only documents with several leaves, and those that are here already, take the
ordinary way.

How far the stream has come is kept on our side after every commit, so a cut loses at most what was not yet
committed; the checkpoint proper is written when the stream has ended, and only then is the first sync
complete.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, runtime_checkable

from replica.document import UnparsedDocument
from replica.errors import Unreachable
from replica.peer import ChangesPage, Json, Peer, PeerInfo
from replica.remote.feed import ChangesStream
from replica.replication.batch import Batch, Reader
from replica.replication.manifest import Listing
from replica.replication.selection import Selection
from replica.replication.world import World
from replica.tuning import FIRST_SYNC_COMMIT_SECONDS, INACTIVITY_SECONDS


@runtime_checkable
class Streaming(Protocol):
    """A source that gives its whole feed with documents in one answer: `replica.RemoteDatabase`."""

    def stream_changes(
        self, *, since: Any = 0, doc_ids: Any = None, selector: Json | None = None
    ) -> AbstractContextManager[ChangesStream]: ...

    def changes(
        self, *, since: Any = 0, limit: int | None = None, selector: Json | None = None
    ) -> ChangesPage: ...


class FirstSyncState(NamedTuple):
    """How far a first sync has come, and whether it has ended."""

    since: Any
    complete: bool


class FirstSyncRecord:
    """What our side keeps of the first sync of one replication, for one incarnation of its source."""

    def __init__(self, store: Peer, replication: str, source: PeerInfo) -> None:
        self._store = store
        self._key = f"first-sync-{replication}"
        self._incarnation = source.incarnation
        self._update_seq = source.update_seq

    def read(self) -> FirstSyncState | None:
        """Return where it stands, None where it has not begun or the source is not what it was."""
        stored = self._stored()
        if stored is None or _is_beyond(stored["since"], self._update_seq):
            return None
        return FirstSyncState(stored["since"], stored["complete"])

    def is_ahead(self) -> bool:
        """Whether the source has gone back behind what we read of it."""
        stored = self._stored()
        return stored is not None and _is_beyond(stored["since"], self._update_seq)

    def _stored(self) -> Json | None:
        stored = self._store.get_local(self._key)
        return stored if stored is not None and stored["incarnation"] == self._incarnation else None

    def write(self, since: Any, *, complete: bool) -> None:
        stored = self._store.get_local(self._key)
        document: Json = {"incarnation": self._incarnation, "since": since, "complete": complete}
        if stored is not None:
            document["_rev"] = stored["_rev"]
        self._store.put_local(self._key, document)


def _is_beyond(since: Any, update_seq: Any) -> bool:
    """Whether a source has gone back behind `since`. Sequences are opaque, but all begin with a number
    that grows.
    """
    numbers = [str(one).partition("-")[0] for one in (since, update_seq)]
    return all(one.isdigit() for one in numbers) and int(numbers[0]) > int(numbers[1])


class FirstSync:
    """One stream from `since` to the end of the feed, cut into batches. Close it when it is left early."""

    def __init__(
        self,
        source: Streaming,
        target: Peer,
        reader: Reader,
        selection: Selection,
        *,
        full: bool,
        counted: bool,
        world: World,
    ) -> None:
        """`full` brings attachments too; `counted` asks first how much there is, for whoever watches."""
        self._source = source
        self._target = target
        self._reader = reader
        self._selection = selection
        self._full = full
        self._counted = counted
        self._world = world
        self._open = contextlib.ExitStack()
        self._pending: int | None = None

    def close(self) -> None:
        """Hang up. `batches` may be called again afterwards."""
        self._open.close()

    def batches(self, since: Any, limit: int) -> Iterator[Batch]:
        """Yield batches of up to `limit` documents; each is to be committed before the next is asked for.

        Raise `Unreachable` where the stream is cut or stands still.
        """
        empty = self._target.info().update_seq == 0
        self._pending = self._count(since)
        feed = self._open.enter_context(
            self._source.stream_changes(
                since=since, doc_ids=self._selection.doc_ids, selector=self._selection.selector
            )
        )
        # A filter of ours looks into documents, which then have to be parsed.
        arriving = feed.rows() if self._selection.document_filter is None else iter(feed)
        monotonic = self._world.monotonic
        rows: list[Json] = []
        unparsed: list[UnparsedDocument] = []
        left = limit
        began = moved = monotonic()
        for row in arriving:
            now = monotonic()
            if now - moved > INACTIVITY_SECONDS:
                raise Unreachable(f"the first sync got nothing in {INACTIVITY_SECONDS:.0f} s")
            if isinstance(row, UnparsedDocument):
                unparsed.append(row)
            else:
                rows.append(row)
            left -= 1
            if not left or now - began > FIRST_SYNC_COMMIT_SECONDS:
                yield self._batch(rows, unparsed, _seq_of(row), is_last=False, empty=empty)
                rows, unparsed, left = [], [], limit
                began = now = monotonic()
            moved = now
        yield self._batch(rows, unparsed, feed.last_seq, is_last=not feed.pending, empty=empty)
        self.close()

    def _count(self, since: Any) -> int | None:
        """How many rows there are to come; asked beforehand, because the stream tells only at its end."""
        if not self._counted or self._selection.doc_ids is not None:
            return None
        page = self._source.changes(since=since, limit=1, selector=self._selection.selector)
        return None if page.pending is None else page.pending + len(page.results)

    def _batch(
        self, rows: list[Json], unparsed: list[UnparsedDocument], last_seq: Any, *, is_last: bool, empty: bool
    ) -> Batch:
        if self._pending is not None:
            self._pending = 0 if is_last else max(self._pending - len(rows) - len(unparsed), 0)
        wanted = [row for row in rows if self._selection.accepts(row)]
        checked = len(wanted) + len(unparsed)
        ids = {row["id"] for row in wanted} | {one.id for one in unparsed}
        here = set() if empty else self._known(ids)
        documents: list[Json] = []
        asked = {one.id: [one.rev] for one in unparsed if one.id in here}
        if here:
            unparsed = [one for one in unparsed if one.id not in here]
        for row in wanted:
            document = row.get("doc")
            alone = len(row["changes"]) == 1 and row["id"] not in here
            if alone and document and not (self._full and "_attachments" in document):
                documents.append(document)
            else:
                asked[row["id"]] = [change["rev"] for change in row["changes"]]
        rest, unreadable, found = self._reader.missing(asked)
        return Batch(
            documents=documents + rest,
            unparsed=unparsed,
            unreadable=unreadable,
            checked=checked,
            found=len(documents) + len(unparsed) + found,
            last_seq=last_seq,
            pending=self._pending,
            is_last=is_last,
        )

    def _known(self, ids: set[str]) -> set[str]:
        if not ids:
            return set()
        if not isinstance(self._target, Listing):
            return ids
        rows = self._target.all_docs(keys=sorted(ids))["rows"]
        return {row["key"] for row in rows if "error" not in row}


def _seq_of(row: Json | UnparsedDocument) -> Any:
    return json.loads(row.seq) if isinstance(row, UnparsedDocument) else row["seq"]

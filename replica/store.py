"""`Store`: the file being open.

Who it is, what is set on it, the one way to write to it, and its housekeeping.

What can be done with documents is in `Database` and its parts, which build on this.
"""

from __future__ import annotations

import sqlite3
import time
import uuid as uuids
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from replica import maintenance
from replica.changes import ChangeSignal
from replica.errors import BadRequest
from replica.indexing import IndexCatalogue, IndexUpdates
from replica.peer import PeerInfo
from replica.storage import beside
from replica.storage import documents as rows
from replica.storage.connection import Connections, translated
from replica.storage.schema import migrate
from replica.transaction import Transaction
from replica.tuning import DEFAULT_REVS_LIMIT

Json = dict[str, Any]


class Store:
    """Open with `open`; close it, or use it as a context manager."""

    def __init__(self, connections: Connections, *, name: str, now: Callable[[], float]) -> None:
        self.name = name
        self._connections = connections
        self._now = now
        self._indexes = IndexCatalogue()
        self._signal = ChangeSignal(lambda: self.update_seq)
        with connections.reading() as connection:
            self.uuid = str(beside.setting(connection, "uuid"))
            self.instance_start_time = str(beside.setting(connection, "instance_start_time"))

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        uuid: str | None = None,
        now: Callable[[], float] | None = None,
        name: str | None = None,
    ) -> Self:
        """Open the file, creating or migrating it.

        `now` returns seconds since 1970; `name` defaults to the file's.

        `uuid` names a new database and is ignored for one that exists. Raise `FileTooNew` where a newer
        program wrote the file, `CorruptFile` where SQLite cannot read it, `StorageError` where it cannot be
        opened.
        """
        clock = now or time.time
        file = Path(path)
        connections = Connections(file)
        try:
            with connections.migrating() as connection:
                migrate(connection, file)
            with connections.writing() as connection:
                beside.add_setting(connection, "uuid", uuid or uuids.uuid4().hex)
                beside.add_setting(connection, "instance_start_time", str(int(clock() * 1_000_000)))
            return cls(connections, name=name or file.stem, now=clock)
        except sqlite3.Error as error:
            connections.close()
            raise translated(error, file) from error
        except BaseException:
            connections.close()
            raise

    def close(self) -> None:
        """Wake those who wait, wait for the running transaction, close the file. May be called twice."""
        self._signal.close()
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- who it is -----------------------------------------------------------------------------------

    def info(self) -> PeerInfo:
        """Return the database's identity and how far it has come (`GET /{db}`)."""
        with self._connections.reading() as connection:
            counts = rows.counts(connection)
        return PeerInfo(self.name, self.uuid, self.instance_start_time, counts.last_seq, counts.living)

    @property
    def update_seq(self) -> int:
        """The last sequence given."""
        with self._connections.reading() as connection:
            return rows.last_seq(connection)

    def statistics(self) -> Json:
        """Return `{doc_count, doc_del_count, update_seq, purge_seq, sizes: {file, active, external}}`.

        Sizes in bytes.
        """
        with self._connections.snapshot() as connection:
            counts = rows.counts(connection)
            sizes = maintenance.sizes(connection)
            purge_seq = beside.setting(connection, "purge_seq") or 0
        return {
            "doc_count": counts.living,
            "doc_del_count": counts.tombstones,
            "update_seq": counts.last_seq,
            "purge_seq": purge_seq,
            "sizes": sizes,
        }

    @property
    def revs_limit(self) -> int:
        """How many revisions of each branch are remembered (`_revs_limit`)."""
        return int(self.get_setting("revs_limit") or DEFAULT_REVS_LIMIT)

    @revs_limit.setter
    def revs_limit(self, limit: int) -> None:
        if type(limit) is not int or limit < 1:
            raise BadRequest("revs_limit must be an integer of at least 1")
        self.put_setting("revs_limit", limit)

    def get_setting(self, key: str) -> Any:
        """Return a value kept beside the documents and never replicated, None where unset."""
        with self._connections.reading() as connection:
            return beside.setting(connection, key)

    def put_setting(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`."""
        with self._connections.writing() as connection:
            beside.put_setting(connection, key, value)

    # -- writing ---------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that the block writes is durable when it ends, or none of it happened.

        Other writers wait meanwhile.
        """
        with self._connections.writing() as connection:
            handle = Transaction(connection, self._indexes, now=int(self._now()), new_id=new_id)
            yield handle
        self._signal.notify(handle.last_seq)

    def forget_origin(self, peer: str) -> None:
        """Void the marks of a peer that was recreated or restored: it will be offered all it once sent."""
        with self._connections.writing() as connection:
            beside.drop_origin(connection, peer)

    # -- maintenance -------------------------------------------------------------------------------------

    def compact(self) -> int:
        """Forget superseded bodies and unused attachments, in slices that other writers pass between.

        Return how many.
        """
        return maintenance.compact(self._connections, now=self._now)

    def purge(self, revisions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Remove leaves as if they had never been here, and return those removed: `{id: [rev]}`.

        This is CouchDB's `POST /{db}/_purge`.

        Leaves no tombstone and no change. A document that keeps other leaves changes once.
        """
        with self._connections.writing() as connection:
            updates = IndexUpdates(self._indexes.load(connection))
            purged = maintenance.purge(connection, updates, revisions)
            last = rows.last_seq(connection)
        self._signal.notify(last)
        return purged


def new_id() -> str:
    """Return an id for a document that came without one."""
    return uuids.uuid4().hex

"""What a replication needs of a database, and nothing more.

Two implementations satisfy this contract, `replica.Database` (SQLite) and `replica.RemoteDatabase` (HTTP),
and one test-suite holds both to it. Shapes are those of CouchDB's HTTP API, as plain JSON values: a
replicator moves documents, it does not interpret them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

Json = dict[str, Any]


class PeerInfo(NamedTuple):
    """Who a database is and how far it has come.

    `uuid` with `instance_start_time` identifies one incarnation: both change when the database is recreated
    or restored. `update_seq` is opaque: an integer locally, a string at a CouchDB cluster. Only equality
    means something.
    """

    name: str
    uuid: str
    instance_start_time: str
    update_seq: Any
    doc_count: int
    said_at: datetime | None = None
    """The peer's own time when it said so, to the second; None where it doesn't tell."""

    @property
    def incarnation(self) -> str:
        return f"{self.uuid} {self.instance_start_time}"

    @property
    def changes(self) -> int:
        """The number that an opaque sequence begins with, and that grows in one incarnation; 0 where there is
        none.
        """
        number = str(self.update_seq).partition("-")[0]
        return int(number) if number.isdigit() else 0


class ChangesPage(NamedTuple):
    """Rows `{seq, id, changes: [{rev}], deleted?, doc?}` in feed order.

    `pending` is None where the peer doesn't know.
    """

    results: list[Json]
    last_seq: Any
    pending: int | None


class Peer(Protocol):
    """One side of a replication (CouchDB replication protocol, "Replication Algorithm", whose steps are named
    below).

    A side across a network raises `Unreachable`, `TooManyRequests`, `ServerFailure`, `Unauthorized` and
    `TokenRefused` from every method.
    """

    def info(self) -> PeerInfo:
        """Return who this is and how far it has come (`GET /{db}`, "Verify Peers", "Get Peers Information").

        Raise `NotFound` where the database does not exist, `Unauthorized` and `Forbidden` where we may not
        know.
        """
        ...

    def changes(
        self,
        *,
        since: Any = 0,
        limit: int | None = None,
        style: str = "all_docs",
        include_docs: bool = False,
        doc_ids: Sequence[str] | None = None,
        selector: Json | None = None,
        wait_seconds: float | None = None,
    ) -> ChangesPage:
        """Return what changed after `since`, an opaque sequence of this peer or 0, at most `limit` rows (`GET
        /{db}/_changes`, "Listen to Changes Feed").

        With `wait_seconds`, an empty answer is held back that long for a first change.
        """
        ...

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        """Return `{id: {missing: [rev], possible_ancestors?: [rev]}}`, only for ids of which something is
        missing (`POST /{db}/_revs_diff`, "Calculate Revision Difference").
        """
        ...

    def bulk_get(self, wanted: Sequence[Json], *, attachments: bool = True) -> list[Json]:
        """Return for each `{id, rev, atts_since?}` one `{ok: document with _revisions}` or `{error: {id, rev,
        error, reason}}` (`POST /{db}/_bulk_get`, "Fetch Changed Documents").
        """
        ...

    def bulk_docs(self, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        """Write, and return `{ok, id, rev}` or `{id, error, reason}` each; with `new_edits=False` only the
        failures (`POST /{db}/_bulk_docs`, "Upload Batch of Changed Documents").

        Raise `BadRequest`, `TooLarge` or `ServerFailure` where the whole batch was refused and nothing
        written.
        """
        ...

    def get_local(self, key: str) -> Json | None:
        """Return the document `_local/<key>`, None where there is none: 404 is the only absence ("Retrieve
        Replication Logs from Source and Target").
        """
        ...

    def put_local(self, key: str, document: Json) -> str:
        """Write `_local/<key>` and return its new revision `0-n` ("Record Replication Checkpoint").

        Raise `Conflict` where `document['_rev']` is not the stored one.
        """
        ...

    def ensure_full_commit(self) -> None:
        """Return once everything acknowledged before is on disk (`POST /{db}/_ensure_full_commit`)."""
        ...

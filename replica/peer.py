"""What a replication needs of a database, and nothing more.

Two implementations satisfy this contract, `replica.Database` (SQLite) and `replica.RemoteDatabase` (HTTP),
and one test-suite holds both to it. Shapes are those of CouchDB's HTTP API, as plain JSON values: a
replicator moves documents, it does not interpret them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class ChangesPage(NamedTuple):
    """Rows `{seq, id, changes: [{rev}], deleted?, doc?}` in feed order.

    `pending` is None where the peer doesn't know.
    """

    results: list[Json]
    last_seq: Any
    pending: int | None


class Peer(Protocol):
    """One side of a replication (CouchDB replication protocol, "Replication Algorithm")."""

    def info(self) -> PeerInfo:
        """Raise `NotFound` where the database does not exist, `Unauthorized` and `Forbidden` where we may not
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
        """Changes after `since`.

        With `wait_seconds`, an empty answer is held back that long for a first change.
        """
        ...

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        """`{id: {missing: [rev], possible_ancestors?: [rev]}}`, only for ids of which something is
        missing.
        """
        ...

    def bulk_get(self, wanted: Sequence[Json], *, attachments: bool = True) -> list[Json]:
        """For each `{id, rev, atts_since?}` one `{ok: document with _revisions}` or `{error: {id, rev, error,
        reason}}`.
        """
        ...

    def bulk_docs(self, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        """`{ok, id, rev}` or `{id, error, reason}` each; with `new_edits=False` only the failures."""
        ...

    def get_local(self, key: str) -> Json | None:
        """The document `_local/<key>`, or None where there is none: 404 is the only absence."""
        ...

    def put_local(self, key: str, document: Json) -> str:
        """Write `_local/<key>`; `document['_rev']` must match the stored one. Returns the new rev (`0-n`)."""
        ...

    def ensure_full_commit(self) -> None:
        """Return once everything acknowledged before is on disk."""
        ...

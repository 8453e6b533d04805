"""`Database`: one document database in one SQLite file, with CouchDB's rules for revisions.

It satisfies `Peer`, so it replicates with CouchDB, with PouchDB and with itself. Writes are durable when they
return. Any thread may call any method; several processes may open the same file.
"""

from __future__ import annotations

import sqlite3
import time
import uuid as uuids
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, Unpack

from replica import indexing, maintenance, queries, reading
from replica.attachments import AttachmentStream, AttachmentWriter, StoredBody
from replica.changes import ChangeSignal, FeedOptions, parse_since, read_page
from replica.encoding import decode_other_leaves
from replica.errors import BadRequest, NotFound
from replica.indexing import IndexCatalogue, IndexUpdates
from replica.peer import ChangesPage, PeerInfo
from replica.queries import FindOptions
from replica.reading import Extras
from replica.selectors import compile_selector
from replica.storage import attachments as attachment_rows
from replica.storage import documents as rows
from replica.storage.connection import Connections, translated
from replica.storage.schema import migrate
from replica.storing import AttachmentStore
from replica.transaction import Transaction, local_document, parse_batch
from replica.tuning import DEFAULT_REVS_LIMIT
from replica.writing import Validate

Json = dict[str, Any]


class Database:
    """Open with `Database.open`; close it, or use it as a context manager."""

    def __init__(self, connections: Connections, *, name: str, now: Callable[[], float]) -> None:
        self.name = name
        self._connections = connections
        self._now = now
        self._indexes = IndexCatalogue()
        self._signal = ChangeSignal(lambda: self.update_seq)
        self._attachments = AttachmentStore(connections, now)
        with connections.reading() as connection:
            self.uuid = str(rows.setting(connection, "uuid"))
            self.instance_start_time = str(rows.setting(connection, "instance_start_time"))

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        uuid: str | None = None,
        now: Callable[[], float] | None = None,
        name: str | None = None,
    ) -> Self:
        """Open the file, creating or migrating it. `now` returns seconds since 1970; `name` defaults to the
        file's.

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
                rows.add_setting(connection, "uuid", uuid or uuids.uuid4().hex)
                rows.add_setting(connection, "instance_start_time", str(int(clock() * 1_000_000)))
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
        """Return `{doc_count, doc_del_count, update_seq, purge_seq, sizes: {file, active, external}}`; sizes
        in bytes.
        """
        with self._connections.snapshot() as connection:
            counts = rows.counts(connection)
            sizes = maintenance.sizes(connection)
            purge_seq = rows.setting(connection, "purge_seq") or 0
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
        """Return a value kept beside the documents and never replicated (such as `_security`), None where
        unset.
        """
        with self._connections.reading() as connection:
            return rows.setting(connection, key)

    def put_setting(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`."""
        with self._connections.writing() as connection:
            rows.put_setting(connection, key, value)

    # -- writing ---------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that the block writes is durable when it ends, or none of it happened. Other writers wait
        meanwhile.
        """
        with self._connections.writing() as connection:
            handle = Transaction(connection, self._indexes, now=int(self._now()), new_id=_new_id)
            yield handle
        self._signal.notify(handle.last_seq)

    def put(self, document: Json, *, validate: Validate | None = None) -> str:
        """Write one document and return its revision. Raise `Conflict` where `_rev` is not a leaf (`PUT
        /{db}/{docid}`).

        Without `_rev` it must be absent or deleted; a deleted one continues its branch.
        """
        with self.transaction() as t:
            return t.put(document, validate=validate)

    def delete(self, document_id: str, rev: str, *, validate: Validate | None = None) -> str:
        """Write a tombstone over `rev`. Raise `NotFound` or `Conflict`."""
        with self.transaction() as t:
            return t.delete(document_id, rev, validate=validate)

    def bulk_docs(
        self,
        documents: Sequence[Json],
        *,
        new_edits: bool = True,
        validate: Validate | None = None,
        replaces: Callable[[str], bool] | None = None,
        origin: str | None = None,
        attachments_later: bool = False,
    ) -> list[Json]:
        """Write a batch in one transaction (`POST /{db}/_bulk_docs`).

        Return `{ok, id, rev}` or `{id, error, reason}` each; with `new_edits=False` only the failures, with
        their `rev`. Raise `BadRequest` for the whole batch, writing nothing, where one document is
        ill-formed.

        `validate(new, old)` refuses one document by raising `Forbidden` or `Unauthorized`. `replaces(id)`:
        see `WriteOptions`. `origin` names the peer the batch came from, so that `changes(exclude_origin=…)`
        can skip it. `attachments_later` accepts stubs of attachments whose bytes will be fetched when they
        are opened.
        """
        parsed = parse_batch(documents, new_edits=new_edits, new_id=_new_id)
        with self.transaction() as t:
            return t.write(
                parsed,
                new_edits=new_edits,
                validate=validate,
                replaces=replaces,
                origin=origin,
                attachments_later=attachments_later,
            )

    def ensure_full_commit(self) -> None:
        """Return at once: every write was on disk when it returned."""

    def forget_origin(self, peer: str) -> None:
        """Void the marks of a peer that was recreated or restored: what it once sent will be offered to it
        again.
        """
        with self._connections.writing() as connection:
            rows.drop_origin(connection, peer)

    # -- reading ---------------------------------------------------------------------------------------

    def get(
        self,
        document_id: str,
        *,
        rev: str | None = None,
        latest: bool = False,
        conflicts: bool = False,
        deleted_conflicts: bool = False,
        revs: bool = False,
        revs_info: bool = False,
        local_seq: bool = False,
        attachments: bool = False,
        atts_since: Sequence[str] = (),
    ) -> Json:
        """Return the winner, or `rev`, as `GET /{db}/{docid}` does. Raise `NotFound` ("missing" or
        "deleted").

        `attachments` puts their bytes into the document as base64, except those known since one of
        `atts_since`.
        """
        if rev is None and not (
            conflicts or deleted_conflicts or revs or revs_info or local_seq or attachments
        ):
            with self._connections.reading() as connection:
                return reading.get(connection, document_id, rev=None, latest=False, extras=reading.PLAIN)
        extras = Extras(
            conflicts, deleted_conflicts, revs, revs_info, local_seq, attachments, tuple(atts_since)
        )
        with self._connections.snapshot() as connection:
            return reading.get(connection, document_id, rev=rev, latest=latest, extras=extras)

    def open_revisions(
        self,
        document_id: str,
        revs: Sequence[str] | None = None,
        *,
        latest: bool = False,
        with_history: bool = False,
        attachments: bool = False,
        atts_since: Sequence[str] = (),
    ) -> list[Json]:
        """Return `{ok: document}` or `{missing: rev}` for each of `revs`, for all leaves by default
        (`open_revs`).
        """
        extras = Extras(revs=with_history, attachments=attachments, atts_since=tuple(atts_since))
        with self._connections.snapshot() as connection:
            return reading.open_revisions(connection, document_id, revs, latest=latest, extras=extras)

    def all_docs(
        self,
        *,
        include_docs: bool = False,
        keys: Sequence[str] | None = None,
        start_key: str | None = None,
        end_key: str | None = None,
        inclusive_end: bool = True,
        descending: bool = False,
        limit: int | None = None,
        skip: int = 0,
        conflicts: bool = False,
    ) -> Json:
        """Return `{total_rows, offset, rows}` of living documents in the byte order of their ids
        (`_all_docs`).

        With `keys`, one row for each in that order: a deleted one says so, an unknown one is `{key, error}`.
        """
        with self._connections.snapshot() as connection:
            total = rows.counts(connection).living
            if keys is not None:
                asked = list(reversed(keys)) if descending else list(keys)
                chosen = asked[skip:] if limit is None else asked[skip : skip + limit]
                found = reading.all_docs_by_key(
                    connection, chosen, include_docs=include_docs, conflicts=conflicts
                )
                return {"total_rows": total, "offset": 0, "rows": found}
            living = rows.living_by_id(
                connection,
                with_body=include_docs,
                start=start_key,
                end=end_key,
                inclusive_end=inclusive_end,
                descending=descending,
                limit=limit,
                skip=skip,
            )
            found = [reading.all_docs_row(*row, conflicts=conflicts) for row in living]
        return {"total_rows": total, "offset": skip, "rows": found}

    def bulk_get(
        self, wanted: Sequence[Json], *, attachments: bool = True, revs: bool = True, latest: bool = False
    ) -> list[Json]:
        """Return `{ok: document}` or `{error}` for each `{id, rev?, atts_since?}` (`POST
        /{db}/_bulk_get`).
        """
        with self._connections.snapshot() as connection:
            return reading.bulk_get(connection, wanted, attachments=attachments, revs=revs, latest=latest)

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        """Return `{id: {missing, possible_ancestors?}}`, only for ids of which something is missing
        (`_revs_diff`).
        """
        with self._connections.snapshot() as connection:
            return reading.revs_diff(connection, revisions)

    def conflicts(self) -> list[Json]:
        """Return `{id, rev, conflicts: [rev]}` for every living document with more than one living leaf."""
        with self._connections.reading() as connection:
            conflicted = rows.in_conflict(connection)
        found: list[Json] = []
        for document_id, rev, others in conflicted:
            living = [other for other, deleted in decode_other_leaves(others) if not deleted]
            if living:
                found.append({"id": document_id, "rev": rev, "conflicts": living})
        return found

    # -- changes ---------------------------------------------------------------------------------------

    def changes(
        self,
        *,
        since: Any = 0,
        limit: int | None = None,
        style: str = "all_docs",
        include_docs: bool = False,
        conflicts: bool = False,
        doc_ids: Collection[str] | None = None,
        selector: Json | None = None,
        matches: Callable[[Json], bool] | None = None,
        exclude_origin: str | None = None,
        descending: bool = False,
        wait_seconds: float | None = None,
    ) -> ChangesPage:
        """Return what changed after `since` (an integer, its text, or "now"), in the order of the feed
        (`_changes`).

        `matches(document)` and `selector` keep documents by their winner; `exclude_origin` skips those of
        which that peer has every leaf. With `wait_seconds` an empty answer is held back that long for a first
        change.
        """
        at = parse_since(since, lambda: self.update_seq)
        deadline = time.monotonic() + (wait_seconds or 0)
        while True:
            with self._connections.snapshot() as connection:
                origin = (
                    rows.origin_number(connection, exclude_origin) if exclude_origin is not None else None
                )
                options = FeedOptions(
                    style=style,
                    include_docs=include_docs,
                    conflicts=conflicts,
                    ids=doc_ids,
                    matches=matches if selector is None else compile_selector(selector),
                    except_origin=origin,
                    descending=descending,
                )
                page = read_page(connection, at, limit, options)
            left = deadline - time.monotonic()
            if page.results or left <= 0 or not self._signal.wait(page.last_seq, left):
                return page
            at = page.last_seq

    def wait_for_change(self, since: int, timeout: float) -> bool:
        """Return True as soon as there is a sequence after `since`, False after `timeout` seconds or at
        `close`.
        """
        return self._signal.wait(since, timeout)

    # -- local documents ---------------------------------------------------------------------------------

    def get_local(self, key: str) -> Json | None:
        """Return `_local/<key>`, None where there is none. Local documents are never replicated."""
        with self._connections.reading() as connection:
            return local_document(connection, key)

    def put_local(self, key: str, document: Json) -> str:
        """Write `_local/<key>` and return its revision `0-n`. Raise `Conflict` where `_rev` is not the stored
        one.
        """
        with self.transaction() as t:
            return t.put_local(key, document)

    def delete_local(self, key: str, rev: str | None = None) -> None:
        """Remove `_local/<key>`. Raise `NotFound`, or `Conflict` where `rev` is given and is not the stored
        one.
        """
        with self.transaction() as t:
            t.delete_local(key, rev)

    def local_docs(self) -> list[Json]:
        """Return every local document, by key."""
        with self._connections.reading() as connection:
            keys = [key for key, _, _ in rows.locals_by_key(connection)]
            return [found for key in keys if (found := local_document(connection, key)) is not None]

    # -- queries -----------------------------------------------------------------------------------------

    def find(self, selector: Json, **options: Unpack[FindOptions]) -> Json:
        """Return `{docs, bookmark, execution_stats, warning?}` for a Mango selector (`POST /{db}/_find`).

        Raise `BadRequest` for a selector that makes no sense, `NoUsableIndex` for a sort that no index gives.
        """
        query = queries.parse_query(selector, options)
        with self._connections.snapshot() as connection:
            return queries.run(connection, query, queries.make_plan(query, self._indexes.load(connection)))

    def explain(self, selector: Json, **options: Unpack[FindOptions]) -> Json:
        """Return which index `find` would use and which range of it (`POST /{db}/_explain`)."""
        query = queries.parse_query(selector, options)
        with self._connections.snapshot() as connection:
            return queries.explain(self.name, query, queries.make_plan(query, self._indexes.load(connection)))

    def create_index(
        self,
        fields: Sequence[Any],
        *,
        name: str | None = None,
        design: str | None = None,
        partial_filter_selector: Json | None = None,
    ) -> Json:
        """Declare and build an index. Return `{result: "created"|"exists", id, name}` (`POST /{db}/_index`).

        `fields` are dotted paths, or `{path: "asc"|"desc"}`. Others write while it is being built.
        """
        definition: Json = {"fields": fields if isinstance(fields, str) else list(fields)}
        if partial_filter_selector is not None:
            definition["partial_filter_selector"] = partial_filter_selector
        return indexing.create(self._connections, self._indexes, definition, name=name, design=design)

    def list_indexes(self) -> Json:
        """Return `{total_rows, indexes}`, the walk over ids first (`GET /{db}/_index`)."""
        with self._connections.reading() as connection:
            declared = [index.describe() for index in self._indexes.load(connection)]
        return {"total_rows": len(declared) + 1, "indexes": [queries.ALL_DOCS, *declared]}

    def delete_index(self, design: str, name: str) -> None:
        """Forget an index (`DELETE /{db}/_index/{ddoc}/json/{name}`). Raise `NotFound`."""
        indexing.drop(self._connections, self._indexes, design, name)

    # -- attachments -------------------------------------------------------------------------------------

    def open_attachment_writer(self) -> AttachmentWriter:
        """Return a writer whose `finish()` may stand as `body` in a document's `_attachments`."""
        return self._attachments.open_writer()

    def put_attachment(
        self,
        document_id: str,
        name: str,
        content: bytes | Iterable[bytes],
        content_type: str,
        rev: str | None = None,
        *,
        validate: Validate | None = None,
    ) -> str:
        """Add or replace one attachment and return the document's new revision (`PUT
        /{db}/{docid}/{attname}`).

        Without `rev` the document is new. Raise `Conflict` where `rev` is not a leaf.
        """
        stored = self._attachments.write([content] if isinstance(content, bytes) else content)
        entry = {"content_type": content_type, "body": stored}
        with self.transaction() as t:
            document: Json = t.get(document_id, rev=rev) if rev is not None else {"_id": document_id}
            document.setdefault("_attachments", {})[name] = entry
            return t.put(document, validate=validate)

    def delete_attachment(
        self, document_id: str, name: str, rev: str, *, validate: Validate | None = None
    ) -> str:
        """Remove one attachment and return the document's new revision. Raise `NotFound` or `Conflict`."""
        with self.transaction() as t:
            document = t.get(document_id, rev=rev)
            if name not in document.get("_attachments", {}):
                raise NotFound("Document is missing attachment")
            del document["_attachments"][name]
            return t.put(document, validate=validate)

    def get_attachment(self, document_id: str, name: str, rev: str | None = None) -> AttachmentStream:
        """Open one attachment of the winner, or of `rev`. Raise `NotFound`, also where its bytes are still at
        a peer.
        """
        document = self.get(document_id, rev=rev)
        entry = document.get("_attachments", {}).get(name)
        if entry is None:
            raise NotFound("Document is missing attachment")
        return self._attachments.stream(document_id, document["_rev"], name, entry["content_type"])

    def absent_attachments(self) -> list[Json]:
        """Return `{id, rev, name, digest}` of every attachment whose bytes are still at a peer."""
        with self._connections.reading() as connection:
            found = attachment_rows.absent(connection)
        return [{"id": i, "rev": rev, "name": name, "digest": digest} for i, rev, name, digest in found]

    def fill_attachment(self, digest: str, pieces: Iterable[bytes]) -> StoredBody:
        """Store bytes fetched from a peer for every revision that waits for `digest`.

        Raise `BadRequest` where they are not what the digest says.
        """
        stored = self._attachments.write(pieces, expected_digest=digest)
        self._attachments.fill(digest, stored)
        return stored

    # -- maintenance -------------------------------------------------------------------------------------

    def compact(self) -> int:
        """Forget superseded bodies and unused attachments, in slices that other writers pass between. Return
        how many.
        """
        return maintenance.compact(self._connections, now=self._now)

    def purge(self, revisions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Remove leaves as if they had never been here, and return those removed: `{id: [rev]}` (`POST
        /{db}/_purge`).

        Leaves no tombstone and no change. A document that keeps other leaves changes once.
        """
        with self._connections.writing() as connection:
            updates = IndexUpdates(self._indexes.load(connection))
            purged = maintenance.purge(connection, updates, revisions)
            last = rows.last_seq(connection)
        self._signal.notify(last)
        return purged


def _new_id() -> str:
    return uuids.uuid4().hex

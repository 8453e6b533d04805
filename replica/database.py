"""`Database`: one document database in one SQLite file, with CouchDB's rules for revisions.

It satisfies `Peer`, so it replicates with CouchDB, with PouchDB and with itself. Writes are durable when they
return. Any thread may call any method; several processes may open the same file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from replica import reading
from replica.changes import FeedOptions, parse_since, read_page
from replica.document import UnparsedDocument
from replica.encoding import decode_other_leaves
from replica.peer import ChangesPage
from replica.reading import Extras
from replica.selectors import compile_selector
from replica.storage import beside
from replica.storage import documents as rows
from replica.store import new_id
from replica.transaction import local_document, parse_batch
from replica.with_attachments import WithAttachments
from replica.with_queries import WithQueries
from replica.writing import Validate

Json = dict[str, Any]


class Database(WithAttachments, WithQueries):
    """Open with `Database.open`; close it, or use it as a context manager."""

    # -- writing ---------------------------------------------------------------------------------------

    def put(self, document: Json, *, validate: Validate | None = None) -> str:
        """Write one document and return its revision.

        Raise `Conflict` where `_rev` is not a leaf (`PUT /{db}/{docid}`).

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
        parsed = parse_batch(documents, new_edits=new_edits, new_id=new_id)
        with self.transaction() as t:
            return t.write(
                parsed,
                new_edits=new_edits,
                validate=validate,
                replaces=replaces,
                origin=origin,
                attachments_later=attachments_later,
            )

    def write_unparsed(
        self, documents: Sequence[UnparsedDocument], *, origin: str | None = None, **options: Any
    ) -> list[Json]:
        """Write what a changes feed brought, in one transaction: `bulk_docs(…, new_edits=False, …)`.

        What is new here goes into the file as the text it is, several times as fast. Raise `Unreachable`,
        writing nothing, where one document is not JSON.
        """
        if not documents:
            return []
        with self.transaction() as t:
            if t.insert_unparsed(documents, origin=origin):
                return []
            parsed = [document.parsed() for document in documents]
            return t.bulk_docs(parsed, new_edits=False, origin=origin, **options)

    def ensure_full_commit(self) -> None:
        """Return at once: every write was on disk when it returned."""

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
        """Return the winner, or `rev`, as `GET /{db}/{docid}` does.

        Raise `NotFound` ("missing" or "deleted").

        `attachments` puts their bytes into the document as base64, except those known since one of
        `atts_since`.
        """
        if rev is None and not (
            conflicts or deleted_conflicts or revs or revs_info or local_seq or attachments
        ):
            with self._connections.reading() as connection:
                return reading.winner(connection, document_id)
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
        """Return `{ok: document}` or `{missing: rev}` for each of `revs`, for all leaves by default.

        This is CouchDB's `open_revs`.
        """
        extras = Extras(revs=with_history, attachments=attachments, atts_since=tuple(atts_since))
        with self._connections.snapshot() as connection:
            return reading.open_revisions(connection, document_id, revs, latest=latest, extras=extras)

    def all_docs(
        self,
        *,
        include_docs: bool = False,
        keys: Sequence[Any] | None = None,
        start_key: str | None = None,
        end_key: str | None = None,
        inclusive_end: bool = True,
        descending: bool = False,
        limit: int | None = None,
        skip: int = 0,
        conflicts: bool = False,
    ) -> Json:
        """Return `{total_rows, offset, rows}` of living documents in the byte order of their ids.

        This is CouchDB's `_all_docs`.

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
            found = reading.all_docs_rows(living, include_docs=include_docs, conflicts=conflicts)
        return {"total_rows": total, "offset": skip, "rows": found}

    def bulk_get(
        self, wanted: Sequence[Json], *, attachments: bool = True, revs: bool = True, latest: bool = False
    ) -> list[Json]:
        """Return `{ok: document}` or `{error}` for each `{id, rev?, atts_since?}`.

        This is CouchDB's `POST /{db}/_bulk_get`.
        """
        with self._connections.snapshot() as connection:
            return reading.bulk_get(connection, wanted, attachments=attachments, revs=revs, latest=latest)

    def revs_diff(self, revisions: Mapping[str, Sequence[str]]) -> Json:
        """Return `{id: {missing, possible_ancestors?}}`, only for ids of which something is missing.

        This is CouchDB's `_revs_diff`.
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
        exclude_through: int | None = None,
        descending: bool = False,
        wait_seconds: float | None = None,
    ) -> ChangesPage:
        """Return what changed after `since` (an integer, its text, or "now"), in the order of the feed.

        This is CouchDB's `_changes`.

        `matches(document)` and `selector` keep documents by their winner; `exclude_origin` skips those of
        which that peer has every leaf, as far as `exclude_through`. With `wait_seconds` an empty answer is
        held back that long for a first change.
        """
        at = parse_since(since, lambda: self.update_seq)
        deadline = time.monotonic() + (wait_seconds or 0)
        while True:
            with self._connections.snapshot() as connection:
                origin = (
                    beside.origin_number(connection, exclude_origin) if exclude_origin is not None else None
                )
                options = FeedOptions(
                    style=style,
                    include_docs=include_docs,
                    conflicts=conflicts,
                    ids=doc_ids,
                    matches=matches if selector is None else compile_selector(selector),
                    except_origin=origin,
                    except_through=exclude_through,
                    descending=descending,
                )
                page = read_page(connection, at, limit, options)
            left = deadline - time.monotonic()
            if page.results or left <= 0 or not self._signal.wait(page.last_seq, left):
                return page
            at = page.last_seq

    def wait_for_change(self, since: int, timeout: float) -> bool:
        """Return True as soon as there is a sequence after `since`, False after `timeout` seconds."""
        return self._signal.wait(since, timeout)

    # -- local documents ---------------------------------------------------------------------------------

    def get_local(self, key: str) -> Json | None:
        """Return `_local/<key>`, None where there is none. Local documents are never replicated."""
        with self._connections.reading() as connection:
            return local_document(connection, key)

    def put_local(self, key: str, document: Json) -> str:
        """Write `_local/<key>` and return its revision `0-n`.

        Raise `Conflict` where `_rev` is not the stored one.
        """
        with self.transaction() as t:
            return t.put_local(key, document)

    def delete_local(self, key: str, rev: str | None = None) -> None:
        """Remove `_local/<key>`.

        Raise `NotFound`, or `Conflict` where `rev` is given and is not the stored one.
        """
        with self.transaction() as t:
            t.delete_local(key, rev)

    def local_docs(self) -> list[Json]:
        """Return every local document, by key."""
        with self._connections.reading() as connection:
            keys = [key for key, _, _ in beside.locals_by_key(connection)]
            return [found for key in keys if (found := local_document(connection, key)) is not None]

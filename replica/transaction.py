"""What may be done inside one transaction: all of it becomes durable together, or none of it happened.

    with db.transaction() as t:
        rev = t.put(receipt)
        t.put_local("counter:R0001", counter)

Reads through the handle see what the transaction has written; everybody else sees the last commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from replica import reading
from replica.document import LOCAL, Edit, UnparsedDocument, check_id, parse_edit, parse_local
from replica.errors import BadRequest, Conflict, NotFound
from replica.indexing import IndexCatalogue, IndexUpdates
from replica.reading import Extras
from replica.revision import RevisionId, compact_json
from replica.storage import beside
from replica.storage import documents as rows
from replica.storage.sequences import Sequences
from replica.writing import PER_DOCUMENT, Batch, Validate, WriteOptions, failure

Json = dict[str, Any]


class Transaction:
    """The handle that `Database.transaction` gives out; not to be used after its block."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        indexes: IndexCatalogue,
        *,
        now: int,
        new_id: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._indexes = indexes
        self._now = now
        self._new_id = new_id
        self.last_seq = 0
        """The last sequence given so far, 0 before the first."""

    def put(self, document: Json, *, validate: Validate | None = None) -> str:
        """Write one interactive edit and return its revision.

        Raise `Conflict` where `_rev` is not a leaf, `MissingStub` where a stub names no attachment of it.
        """
        edit = parse_edit(document, new_edits=True)
        if edit.id.startswith(LOCAL):
            return self.put_local(edit.id.removeprefix(LOCAL), document)
        state = beside.writer_state(self._connection)
        options = WriteOptions(revs_limit=state.revs_limit, now=self._now, validate=validate)
        batch = self._batch(state, [edit], options)
        revision = batch.apply(edit)
        self._flush(state, batch)
        return str(revision)

    def delete(self, document_id: str, rev: str, *, validate: Validate | None = None) -> str:
        """Write a tombstone over `rev` and return its revision. Raise `NotFound` or `Conflict`."""
        head = rows.head(self._connection, document_id)
        if head is None:
            raise NotFound("missing")
        return self.put({"_id": document_id, "_rev": rev, "_deleted": True}, validate=validate)

    def get(
        self, document_id: str, *, rev: str | None = None, conflicts: bool = False, revs: bool = False
    ) -> Json:
        """Return a document as this transaction sees it. Raise `NotFound`."""
        extras = Extras(conflicts=conflicts, revs=revs)
        return reading.get(self._connection, document_id, rev=rev, latest=False, extras=extras)

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
        """Write a batch; see `Database.bulk_docs`."""
        return self.write(
            self.parse(documents, new_edits=new_edits),
            new_edits=new_edits,
            validate=validate,
            replaces=replaces,
            origin=origin,
            attachments_later=attachments_later,
        )

    def insert_unparsed(self, documents: Sequence[UnparsedDocument], *, origin: str | None) -> bool:
        """Insert documents that are not here yet as trees of one revision, all of them or none.

        Return False where one is here already or is not JSON: then they go the way of `bulk_docs`.
        """
        state = beside.writer_state(self._connection)
        sequences = Sequences(state.last_seq)
        first = sequences.take_run([0] * len(documents))
        number = self._origin(origin)
        inserted = rows.insert_unparsed(self._connection, first, documents, number)
        if inserted:
            indexes = IndexUpdates(self._indexes.at_version(self._connection, state.indexes_version))
            if indexes.any:
                for one in documents:
                    indexes.add(one.id, one.rev, one.body)
            indexes.flush(self._connection)
            sequences.flush(self._connection)
            self.last_seq = sequences.last
        return inserted

    # -- local documents -----------------------------------------------------------------------------

    def get_local(self, key: str) -> Json | None:
        """Return `_local/<key>`, None where there is none."""
        return local_document(self._connection, key)

    def put_local(self, key: str, document: Json) -> str:
        """Write `_local/<key>` and return its revision `0-n`.

        Raise `Conflict` where `_rev` is not the stored one.
        """
        given, body = parse_local(key, document)
        if document.get("_deleted") is True:
            self.delete_local(key, document.get("_rev"))
            return "0-0"
        counter = self._expect_local(key, given)
        beside.put_local(self._connection, key, counter + 1, compact_json(body))
        return f"0-{counter + 1}"

    def delete_local(self, key: str, rev: str | None = None) -> None:
        """Remove `_local/<key>`.

        Raise `NotFound`, or `Conflict` where `rev` is given and is not the stored one.
        """
        stored = beside.local(self._connection, key)
        if stored is None:
            raise NotFound("missing")
        if rev is not None and rev != f"0-{stored[0]}":
            raise Conflict
        beside.drop_local(self._connection, key)

    def _expect_local(self, key: str, given: RevisionId | None) -> int:
        stored = beside.local(self._connection, key)
        counter = stored[0] if stored else 0
        if stored is None and given is not None and given.digest != "0":
            raise Conflict
        if stored is not None and (given is None or given.digest != str(counter)):
            raise Conflict
        return counter

    # -- batches ---------------------------------------------------------------------------------------

    def parse(self, documents: Sequence[Json], *, new_edits: bool) -> list[Edit | Json]:
        """Take every document apart; `_local` ones stay as they are.

        Raise for the whole batch where one is ill-formed.
        """
        return parse_batch(documents, new_edits=new_edits, new_id=self._new_id)

    def write(
        self,
        parsed: Sequence[Edit | Json],
        *,
        new_edits: bool,
        validate: Validate | None,
        replaces: Callable[[str], bool] | None,
        origin: str | None,
        attachments_later: bool,
    ) -> list[Json]:
        """Apply parsed edits in order and flush once; answer as `_bulk_docs` does."""
        state = beside.writer_state(self._connection)
        options = WriteOptions(
            revs_limit=state.revs_limit,
            now=self._now,
            validate=validate,
            replaces=replaces,
            origin=self._origin(origin),
            attachments_later=attachments_later,
        )
        batch = self._batch(state, [edit for edit in parsed if isinstance(edit, Edit)], options)
        answers = [self._apply(batch, edit, new_edits=new_edits) for edit in parsed]
        self._flush(state, batch)
        return [answer for answer in answers if answer is not None]

    def _apply(self, batch: Batch, edit: Edit | Json, *, new_edits: bool) -> Json | None:
        document_id = edit.id if isinstance(edit, Edit) else str(edit["_id"])
        try:
            if isinstance(edit, Edit):
                rev = batch.apply(edit)
            else:
                rev = self.put_local(document_id.removeprefix(LOCAL), edit)
        except PER_DOCUMENT as error:
            answer = failure(document_id, error)
            if not new_edits and isinstance(edit, Edit) and edit.branch is not None:
                answer["rev"] = str(edit.branch.leaf)
            return answer
        return {"ok": True, "id": document_id, "rev": rev} if new_edits else None

    def _batch(self, state: beside.WriterState, edits: Sequence[Edit], options: WriteOptions) -> Batch:
        indexes = self._indexes.at_version(self._connection, state.indexes_version)
        return Batch(self._connection, IndexUpdates(indexes), options, [edit.id for edit in edits])

    def _flush(self, state: beside.WriterState, batch: Batch) -> None:
        sequences = Sequences(state.last_seq)
        batch.flush(sequences)
        self.last_seq = sequences.last

    def _origin(self, peer: str | None) -> int | None:
        if peer is None:
            return None
        return beside.origin_number(self._connection, peer) or beside.add_origin(self._connection, peer)


def parse_batch(
    documents: Sequence[Json], *, new_edits: bool, new_id: Callable[[], str]
) -> list[Edit | Json]:
    """Take every document apart, before any lock is taken. Interactive ones without an id get one."""
    parsed: list[Edit | Json] = []
    for document in documents:
        if not isinstance(document, dict):
            raise BadRequest("Document must be a JSON object")
        if new_edits and "_id" not in document:
            parsed.append(parse_edit({"_id": new_id(), **document}, new_edits=True))
        elif str(document.get("_id", "")).startswith(LOCAL):
            check_id(document["_id"])
            parsed.append(document)
        else:
            parsed.append(parse_edit(document, new_edits=new_edits))
    return parsed


def local_document(connection: sqlite3.Connection, key: str) -> Json | None:
    """Return `_local/<key>` with its id and revision."""
    stored = beside.local(connection, key)
    if stored is None:
        return None
    return {"_id": f"{LOCAL}{key}", "_rev": f"0-{stored[0]}", **json.loads(stored[1])}

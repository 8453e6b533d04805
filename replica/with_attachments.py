"""Attachments, as methods of the database: streamed in and out, never wholly in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from replica import reading
from replica.attachments import AttachmentStream, AttachmentWriter, StoredBody
from replica.errors import NotFound
from replica.storage import attachments as attachment_rows
from replica.store import Store
from replica.storing import AttachmentStore
from replica.writing import Validate

Json = dict[str, Any]


class WithAttachments(Store):
    """Adding, reading and fetching attachments of documents."""

    @property
    def _attachments(self) -> AttachmentStore:
        return AttachmentStore(self._connections, self._now)

    def open_attachment_writer(self, *, encoding: str | None = None) -> AttachmentWriter:
        """Return a writer whose `finish()` may stand as `body` in a document's `_attachments`.

        With `encoding="gzip"` it is given compressed bytes, as CouchDB's replicator sends text, and stores
        them decompressed.
        """
        return self._attachments.open_writer(encoding)

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
        """Add or replace one attachment and return the document's new revision.

        This is CouchDB's `PUT /{db}/{docid}/{attname}`.

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
        """Open one attachment of the winner, or of `rev`.

        Raise `NotFound`, also where its bytes are still at a peer.
        """
        with self._connections.snapshot() as connection:
            document = reading.get(connection, document_id, rev=rev, latest=False, extras=reading.PLAIN)
        entry = document.get("_attachments", {}).get(name)
        if entry is None:
            raise NotFound("Document is missing attachment")
        return self._attachments.stream(document_id, document["_rev"], name, entry["content_type"])

    def newest_known(self, document_id: str, rev: str, known: Sequence[str]) -> int:
        """Return the newest generation of `rev`'s own history among `known` revisions, 0 for none of it.

        Attachments up to there need not be sent to whoever has those (CouchDB's `atts_since`).
        """
        with self._connections.snapshot() as connection:
            return reading.newest_known(connection, document_id, rev, known)

    def absent_attachments(self) -> list[Json]:
        """Return `{id, rev, name, digest}` of every attachment whose bytes are still at a peer."""
        with self._connections.reading() as connection:
            found = attachment_rows.absent(connection)
        return [{"id": i, "rev": rev, "name": name, "digest": digest} for i, rev, name, digest in found]

    def fill_attachment(self, digest: str, pieces: Iterable[bytes], *, verify: bool = True) -> StoredBody:
        """Store bytes fetched from a peer for every revision that waits for `digest`.

        Raise `BadRequest` where they are not what the digest says. Without `verify` whatever came is taken:
        for text that CouchDB keeps compressed its digest is that of the compressed bytes.
        """
        stored = self._attachments.write(pieces, expected_digest=digest if verify else None)
        self._attachments.fill(digest, stored)
        return stored

"""Attachment bodies going into and out of the file, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from replica.attachments import AttachmentStream, AttachmentWriter, StoredBody, decoder, header_text
from replica.errors import NotFound
from replica.reading import read_chunk
from replica.storage import attachments as attachment_rows
from replica.storage.connection import Connections
from replica.tuning import ATTACHMENT_CHUNKS_PER_COMMIT


class AttachmentStore:
    """The bodies of one file. `now` returns seconds since 1970."""

    def __init__(self, connections: Connections, now: Callable[[], float]) -> None:
        self._connections = connections
        self._now = now

    def open_writer(self, encoding: str | None = None) -> AttachmentWriter:
        """Return a writer; its `StoredBody` may stand as `body` in a document's `_attachments`."""
        decode = decoder(encoding)
        with self._connections.writing() as connection:
            number = attachment_rows.begin_body(connection, int(self._now()))
        written = 0

        def append(chunks: list[bytes]) -> None:
            nonlocal written
            with self._connections.writing() as connection:
                for position, piece in enumerate(chunks, start=written):
                    attachment_rows.append_chunk(connection, number, position, piece)
            written += len(chunks)

        def finish(sha256: str, digest: str, length: int) -> StoredBody:
            now = int(self._now())
            with self._connections.writing() as connection:
                known = attachment_rows.body_by_sha(connection, sha256)
                if known is None:
                    attachment_rows.finish_body(
                        connection, number, sha256=sha256, digest=digest, length=length, now=now
                    )
                else:
                    attachment_rows.touch_body(connection, known, now)
            if known is not None:
                discard()
            return StoredBody(number=number if known is None else known, digest=digest, length=length)

        def discard() -> None:
            remove_body(self._connections, number)

        return AttachmentWriter(
            append=append,
            finish=finish,
            discard=discard,
            chunks_per_append=ATTACHMENT_CHUNKS_PER_COMMIT,
            decode=decode,
        )

    def write(self, pieces: Iterable[bytes], *, expected_digest: str | None = None) -> StoredBody:
        """Store what `pieces` yields."""
        with self.open_writer() as writer:
            for piece in pieces:
                writer.write(piece)
            return writer.finish(expected_digest=expected_digest)

    def stream(self, document_id: str, rev: str, name: str, content_type: str) -> AttachmentStream:
        """Open one attachment of one revision. Raise `NotFound` where it is not there, or not here yet."""
        with self._connections.reading() as connection:
            use = attachment_rows.uses(connection, document_id, rev).get(name)
        if use is None:
            raise NotFound("Document is missing attachment")
        body, length = use.body, use.length
        if body is None or length is None:
            raise NotFound(f"{document_id}: the bytes of attachment {name} are not here yet")

        def chunk(position: int) -> bytes:
            with self._connections.reading() as connection:
                return read_chunk(connection, body, position)

        kind = header_text(content_type)
        return AttachmentStream(content_type=kind, digest=use.digest, length=length, read_chunk=chunk)

    def fill(self, digest: str, stored: StoredBody) -> int:
        """Give a body to every revision that waits for its digest; return how many did."""
        with self._connections.writing() as connection:
            return attachment_rows.fill(connection, digest, stored.number)


def remove_body(connections: Connections, number: int) -> None:
    """Remove a body that nothing names, a few chunks per transaction."""
    some_left = True
    while some_left:
        with connections.writing() as connection:
            some_left = attachment_rows.drop_chunks(connection, number, ATTACHMENT_CHUNKS_PER_COMMIT)
            if not some_left:
                attachment_rows.drop_body(connection, number)

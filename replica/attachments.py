"""Attachments: bytes beside a document, stored once by content however many revisions name them.

A body is known by its SHA-256 inside the file, because MD5, which is what CouchDB's wire calls `digest`, can
be made to collide. Bodies are rows of chunks: a reader and a writer hold one chunk in memory, never the
whole.

A document names its attachments in `_attachments`, and each entry says where the bytes are:

    {"content_type": …, "data": base64 text or bytes}      inline
    {"content_type": …, "body": StoredBody}                 written before through an `AttachmentWriter`
    {"stub": true, …}                                       unchanged since the parent revision
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from replica.errors import BadRequest, InvalidDocument
from replica.tuning import ATTACHMENT_CHUNK_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody:
    """A body already in the file, not yet named by a revision. `digest` is CouchDB's `md5-<base64>`."""

    number: int
    digest: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineBody:
    """A body that came inside its document."""

    content: bytes
    sha256: str
    digest: str

    @property
    def length(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAttachment:
    """One entry of `_attachments` as sent.

    `body` is None for a stub; `digest` and `length` are the sender's words.
    """

    content_type: str
    body: StoredBody | InlineBody | None
    revpos: int | None
    digest: str | None
    length: int


_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def header_text(text: str) -> str:
    """Return `text` as it may stand in a header: what ends a line there would begin another header."""
    return _CONTROL.sub(" ", text)


def md5_digest(md5: bytes) -> str:
    """Return CouchDB's text for an MD5: `md5-` and base64."""
    return "md5-" + base64.b64encode(md5).decode("ascii")


def inline_body(content: bytes) -> InlineBody:
    return InlineBody(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        digest=md5_digest(hashlib.md5(content, usedforsecurity=False).digest()),
    )


def parse_attachments(document_id: str, entries: Any) -> dict[str, IncomingAttachment]:
    """Read `_attachments`. Raise `InvalidDocument` or `BadRequest` naming the document and the attachment."""
    if not isinstance(entries, dict):
        raise InvalidDocument(f"{document_id}: _attachments must be an object")
    return {
        _check_name(document_id, name): _parse_entry(document_id, name, entries[name]) for name in entries
    }


def _check_name(document_id: str, name: str) -> str:
    if not name or name[0] == "_":
        raise BadRequest(f"{document_id}: Attachment name '{name}' starts with prohibited character '_'")
    return name


def _parse_entry(document_id: str, name: str, entry: Any) -> IncomingAttachment:
    if not isinstance(entry, dict):
        raise InvalidDocument(f"{document_id}: attachment {name} must be an object")
    body: StoredBody | InlineBody | None
    if isinstance(entry.get("body"), StoredBody):
        body = entry["body"]
    elif "data" in entry:
        content = _decode(document_id, name, entry["data"])
        body = inline_body(b"".join(decoder(entry.get("encoding"))(content)))
    elif entry.get("stub") is True:
        body = None
    else:
        raise InvalidDocument(f"{document_id}: attachment {name} has neither data nor stub")
    revpos = entry.get("revpos")
    digest = entry.get("digest")
    length = entry.get("length")
    return IncomingAttachment(
        content_type=str(entry.get("content_type") or "application/octet-stream"),
        body=body,
        revpos=revpos if isinstance(revpos, int) and revpos > 0 else None,
        digest=digest if isinstance(digest, str) else None,
        length=length if isinstance(length, int) and length >= 0 else 0,
    )


def _decode(document_id: str, name: str, data: Any) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadRequest(f"{document_id}: attachment {name} is not base64") from error


Decode = Callable[[bytes], Iterable[bytes]]
"""Takes the next piece as sent and yields what it means, never more than a chunk at a time."""


def decoder(encoding: str | None) -> Decode:
    """Return how to read what was sent as `encoding`: None for as it is, or gzip. Raise `BadRequest` for
    others.
    """
    if encoding in (None, "identity"):
        return lambda piece: (piece,)
    if encoding != "gzip":
        raise BadRequest(f"attachments can be gzip or not encoded, not {encoding!r}")
    gunzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def decode(piece: bytes) -> Iterator[bytes]:
        try:
            while piece:
                yield gunzip.decompress(piece, ATTACHMENT_CHUNK_BYTES)
                piece = gunzip.unconsumed_tail
        except zlib.error as error:
            raise BadRequest(f"attachment is not gzip: {error}") from error

    return decode


class AttachmentStream:
    """A body being read, one chunk at a time. Not shared between threads; holds no connection between reads.

    `length` is in bytes; `digest` is `md5-<base64>`, which serves as an ETag.
    """

    def __init__(
        self, *, content_type: str, digest: str, length: int, read_chunk: Callable[[int], bytes]
    ) -> None:
        self.content_type = content_type
        self.digest = digest
        self.length = length
        self._read_chunk = read_chunk
        self._offset = 0

    def seek(self, offset: int) -> None:
        """Continue at `offset` bytes from the start (for `Range`)."""
        self._offset = min(max(offset, 0), self.length)

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that is left for a negative `size`, nothing at the end."""
        wanted = self.length - self._offset if size < 0 else min(size, self.length - self._offset)
        pieces: list[bytes] = []
        while wanted > 0:
            number, skip = divmod(self._offset, ATTACHMENT_CHUNK_BYTES)
            piece = self._read_chunk(number)[skip : skip + wanted]
            pieces.append(piece)
            self._offset += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(ATTACHMENT_CHUNK_BYTES):
            yield piece


class AttachmentWriter:
    """A body being written, before the document that will name it.

    Chunks go to disk as they fill, in transactions of their own, so that no other writer waits for a slow
    sender. As a context manager it forgets what was written unless `finish` was reached.
    """

    def __init__(
        self,
        *,
        append: Callable[[list[bytes]], None],
        finish: Callable[[str, str, int], StoredBody],
        discard: Callable[[], None],
        chunks_per_append: int,
        decode: Decode,
    ) -> None:
        self._append, self._finish, self._discard, self._decode = append, finish, discard, decode
        self._full = ATTACHMENT_CHUNK_BYTES * chunks_per_append
        self._pending = bytearray()
        self._sent_md5 = hashlib.md5(usedforsecurity=False)
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        self._finished = False
        self.length = 0

    def write(self, sent: bytes) -> None:
        """Take the next bytes as they were sent."""
        self._sent_md5.update(sent)
        for piece in self._decode(sent):
            self._take(piece)

    def _take(self, piece: bytes) -> None:
        self._sha256.update(piece)
        self._md5.update(piece)
        self.length += len(piece)
        self._pending += piece
        while len(self._pending) >= self._full:
            self._flush(self._full)

    def finish(self, *, expected_digest: str | None = None) -> StoredBody:
        """Return the stored body.

        Raise `BadRequest` where `expected_digest` (`md5-…`) is not what was written.
        """
        digest = md5_digest(self._md5.digest())
        # Of what CouchDB keeps compressed, it tells the digest of the compressed bytes.
        possible = (None, digest, md5_digest(self._sent_md5.digest()))
        if expected_digest not in possible and str(expected_digest).startswith("md5-"):
            raise BadRequest(f"attachment digest is {digest}, not {expected_digest}")
        self._flush(len(self._pending))
        stored = self._finish(self._sha256.hexdigest(), digest, self.length)
        self._finished = True
        return stored

    def _flush(self, size: int) -> None:
        view = bytes(self._pending[:size])
        del self._pending[:size]
        chunks = [view[i : i + ATTACHMENT_CHUNK_BYTES] for i in range(0, len(view), ATTACHMENT_CHUNK_BYTES)]
        if chunks:
            self._append(chunks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._finished:
            self._finished = True
            self._discard()


def stub(*, content_type: str, revpos: int, digest: str, length: int) -> Mapping[str, Any]:
    """Return the entry that stands in the stored body and on the wire where bytes are not asked for."""
    return {"content_type": content_type, "revpos": revpos, "digest": digest, "length": length, "stub": True}

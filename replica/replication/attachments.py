"""Attachments on their way: small ones inside their documents, large ones as streams beside them.

Nobody here holds a large attachment in memory: it flows from one side's chunks to the other's, and a
download that is cut goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from replica.attachments import AttachmentStream, AttachmentWriter, StoredBody
from replica.errors import NotFound, Unreachable
from replica.peer import Json, Peer
from replica.tuning import ATTACHMENT_ATTEMPTS


@runtime_checkable
class Downloading(Protocol):
    """A source whose attachments are read from any byte on: `replica.RemoteDatabase`."""

    def open_attachment(
        self, id: str, name: str, *, rev: str | None = None, start: int = 0
    ) -> AbstractContextManager[Iterator[bytes]]: ...


@runtime_checkable
class Uploading(Protocol):
    """A target that takes one revision with its attachments streamed behind it: `replica.RemoteDatabase`."""

    def put_revision(self, document: Json, bodies: Mapping[str, Iterator[bytes]]) -> None: ...


@runtime_checkable
class Storing(Protocol):
    """A store of ours: `replica.Database`."""

    def get_attachment(self, document_id: str, name: str, rev: str | None = None) -> AttachmentStream: ...

    def open_attachment_writer(self) -> AttachmentWriter: ...

    def fill_attachment(self, digest: str, pieces: Iterator[bytes]) -> StoredBody: ...


def stub_bytes(document: Json) -> int:
    """Bytes of the attachments that a document names without carrying them."""
    return sum(int(entry.get("length", 0)) for entry in stubs(document).values())


def stubs(document: Json) -> dict[str, Json]:
    return {name: entry for name, entry in document.get("_attachments", {}).items() if entry.get("stub")}


def pieces(source: Peer, document: Json, name: str) -> Iterator[bytes]:
    """Yield one attachment of a revision, going on where a cut left off. Raise `NotFound`, `Unreachable`."""
    if isinstance(source, Downloading):
        yield from _resumed(source, document, name)
    elif isinstance(source, Storing):
        yield from source.get_attachment(document["_id"], name, document["_rev"])
    else:
        raise NotFound(f"{document['_id']}: attachment {name} cannot be streamed from here")


def _resumed(source: Downloading, document: Json, name: str) -> Iterator[bytes]:
    length = int(document["_attachments"][name]["length"])
    at = attempts = 0
    while at < length:
        before = at
        try:
            with source.open_attachment(document["_id"], name, rev=document["_rev"], start=at) as arriving:
                for piece in arriving:
                    at += len(piece)
                    yield piece
        except Unreachable:
            if attempts >= ATTACHMENT_ATTEMPTS:
                raise
        attempts = 0 if at > before else attempts + 1
        if attempts > ATTACHMENT_ATTEMPTS:
            raise Unreachable(f"{document['_id']}: attachment {name} is cut short at {at} of {length} bytes")


def with_stored_bodies(source: Peer, target: Storing, document: Json) -> Json:
    """Bring the attachments of `document` into the target's file, and return it naming what was stored."""
    entries = dict(document["_attachments"])
    for name, entry in stubs(document).items():
        with target.open_attachment_writer() as writer:
            for piece in pieces(source, document, name):
                writer.write(piece)
            body = writer.finish(expected_digest=entry.get("digest"))
        entries[name] = {"content_type": entry["content_type"], "revpos": entry.get("revpos"), "body": body}
    return {**document, "_attachments": entries}


def upload(source: Peer, target: Uploading, document: Json) -> None:
    """Send `document` with its attachments streamed behind it."""
    waiting = stubs(document)
    entries = {
        name: {"follows": True, **{key: value for key, value in entry.items() if key != "stub"}}
        for name, entry in waiting.items()
    }
    bodies = {name: pieces(source, document, name) for name in waiting}
    target.put_revision({**document, "_attachments": {**document["_attachments"], **entries}}, bodies)


def fetch_attachment(source: Peer, store: Storing, document: Json, name: str) -> StoredBody:
    """Fetch the bytes of an attachment that a first sync left at the peer, into every revision that waits
    for it.

    `document` is the stored one, with its stubs. Raise `NotFound` where the peer has it no more,
    `Unreachable`.
    """
    return store.fill_attachment(document["_attachments"][name]["digest"], pieces(source, document, name))

"""Finding the bytes of every attachment that a new revision names, and recording that it names them.

The bytes came with the document, were written before it, or are those of an ancestor, for which the document
says "stub". A replicated stub may also name bytes that any other document brought here, or, where the caller
agrees, bytes that will be fetched when somebody opens them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from replica.attachments import IncomingAttachment, InlineBody, StoredBody, stub
from replica.document import Edit
from replica.errors import MissingStub
from replica.storage import attachments as rows
from replica.tuning import ATTACHMENT_CHUNK_BYTES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One attachment of a revision about to be written: its bytes, or the number of a body that has them.

    `revpos` is None for what this revision adds; `body` and `inline` are both None while the bytes are still
    at a peer.
    """

    content_type: str
    digest: str
    length: int
    revpos: int | None
    inline: InlineBody | None = None
    body: int | None = None
    now: int = 0

    def stub(self, generation: int) -> Json:
        """Return the entry that stands in the stored document of this generation."""
        revpos = self.revpos or generation
        return dict(
            stub(content_type=self.content_type, revpos=revpos, digest=self.digest, length=self.length)
        )

    def store(self, connection: sqlite3.Connection) -> int | None:
        """Return the number of the body, written now where it came inline and is not here yet."""
        inline = self.inline
        if inline is None:
            return self.body
        known = rows.body_by_sha(connection, inline.sha256)
        if known is not None:
            return known
        number = rows.begin_body(connection, self.now)
        for position, start in enumerate(range(0, inline.length, ATTACHMENT_CHUNK_BYTES)):
            piece = inline.content[start : start + ATTACHMENT_CHUNK_BYTES]
            rows.append_chunk(connection, number, position, piece)
        rows.finish_body(
            connection, number, sha256=inline.sha256, digest=inline.digest, length=inline.length, now=self.now
        )
        return number


class Inheritance:
    """What the ancestors on disk have attached, nearest first; read when the first stub asks for it."""

    def __init__(self, connection: sqlite3.Connection, ancestors: Callable[[], Iterable[Json]]) -> None:
        self._connection = connection
        self._ancestors = ancestors
        self._found: dict[str, Attached] | None = None

    def get(self, name: str) -> Attached | None:
        if self._found is None:
            self._found = self._read()
        return self._found.get(name)

    def _read(self) -> dict[str, Attached]:
        found: dict[str, Attached] = {}
        for document in self._ancestors():
            uses = rows.uses(self._connection, document["_id"], document["_rev"])
            for name, entry in document.get("_attachments", {}).items():
                if name in uses and name not in found:
                    found[name] = Attached(
                        content_type=entry["content_type"],
                        digest=entry["digest"],
                        length=entry["length"],
                        revpos=entry["revpos"],
                        body=uses[name].body,
                    )
        return found


def attach(
    connection: sqlite3.Connection,
    edit: Edit,
    inheritance: Inheritance,
    *,
    now: int,
    attachments_later: bool,
) -> dict[str, Attached]:
    """Say where the bytes of each attachment are. Raise `MissingStub` where nobody here has them."""
    found: dict[str, Attached] = {}
    for name, incoming in edit.attachments.items():
        if incoming.body is not None:
            found[name] = _brought(connection, edit, name, incoming.body, now)
            continue
        known = inheritance.get(name)
        if known is not None and (edit.branch is None or _is_the_same(incoming, known)):
            found[name] = known
        else:
            found[name] = _found_elsewhere(connection, edit, name, attachments_later)
    return found


def _is_the_same(incoming: IncomingAttachment, known: Attached) -> bool:
    """Tell whether a replicated stub means what the ancestor has under its name.

    By bytes, or, as CouchDB decides it, by the generation that added it: of text that CouchDB keeps
    compressed it tells the digest of the compressed bytes, which nobody who got the text can know.
    """
    return incoming.digest in (None, known.digest) or incoming.revpos in (None, known.revpos)


def _brought(
    connection: sqlite3.Connection,
    edit: Edit,
    name: str,
    body: InlineBody | StoredBody,
    now: int,
) -> Attached:
    if isinstance(body, StoredBody) and not rows.body_exists(connection, body.number):
        raise MissingStub(f"{edit.id}: the bytes written for attachment {name} are gone")
    incoming = edit.attachments[name]
    return Attached(
        content_type=incoming.content_type,
        digest=body.digest,
        length=body.length,
        revpos=incoming.revpos if edit.branch is not None else None,
        inline=body if isinstance(body, InlineBody) else None,
        body=body.number if isinstance(body, StoredBody) else None,
        now=now,
    )


def _found_elsewhere(
    connection: sqlite3.Connection,
    edit: Edit,
    name: str,
    attachments_later: bool,
) -> Attached:
    incoming = edit.attachments[name]
    if edit.branch is not None and incoming.digest is not None:
        body = rows.body_by_digest(connection, incoming.digest, incoming.length)
        if body is not None or attachments_later:
            return Attached(
                content_type=incoming.content_type,
                digest=incoming.digest,
                length=incoming.length,
                revpos=incoming.revpos,
                body=body,
            )
    raise MissingStub(f"{edit.id}: id of attachment stub unknown: {name}")


def record_uses(
    connection: sqlite3.Connection, document_id: str, rev: str, attached: Mapping[str, Attached]
) -> None:
    """Store what came inline, and record that this revision names these bodies."""
    # Once replaced or purged, a revision may come again before compaction forgot it.
    rows.drop_uses(connection, document_id, rev)
    for name, one in attached.items():
        rows.use(connection, document_id, rev, name, digest=one.digest, body=one.store(connection))

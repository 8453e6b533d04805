"""Documents with their attachments in multipart bodies, in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from replica.errors import BadRequest
from replica.server.multipart import Part, PartReader, Source, boundary_of, mixed, new_boundary, related
from replica.server.served import ServedDatabase
from replica.server.wire import dumps, gunzipped, loads, stream

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """One part of a multipart/mixed answer: a document, or what is told in its place.

    `headers` are those of a part with attachments; the ones known since `atts_since` are left out.
    """

    document: Json | None = None
    failure: Json | None = None
    atts_since: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def receive_related(found: ServedDatabase) -> Json:
    """Read a multipart/related request: the document first, then the bodies of its `follows` attachments."""
    reader = PartReader(request.stream, boundary_of(request.headers.get("Content-Type", "")))
    parts = iter(reader)
    first = next(parts, None)
    if first is None:
        raise BadRequest("Multipart body without a document.")
    document = loads(first.read())
    if not isinstance(document, dict) or not isinstance(document.get("_attachments", {}), dict):
        raise BadRequest("Document must be a JSON object")
    entries = document.get("_attachments", {})
    waiting = [
        name for name, entry in entries.items() if isinstance(entry, dict) and entry.get("follows") is True
    ]
    for part in parts:
        name = part.filename if part.filename in waiting else next(iter(waiting), None)
        if name is None:
            break
        waiting.remove(name)
        entries[name] = _stored(found, entries[name], part)
    if waiting:
        raise BadRequest(f"Attachment {waiting[0]} follows, but the body ended before it.")
    return document


def _stored(found: ServedDatabase, entry: Json, part: Part) -> Json:
    # CouchDB compresses texts on disk and sends them so; its digest is then that of the compressed bytes.
    is_packed = entry.get("encoding") == "gzip"
    with found.store.open_attachment_writer() as writer:
        for piece in gunzipped(part.pieces()) if is_packed else part.pieces():
            writer.write(piece)
        body = writer.finish(expected_digest=None if is_packed else entry.get("digest"))
    kept = {name: value for name, value in entry.items() if name in ("revpos", "content_type")}
    kept.setdefault("content_type", part.headers.get("content-type", "application/octet-stream"))
    return {**kept, "body": body}


def following(found: ServedDatabase, document: Json, atts_since: Sequence[str]) -> dict[str, Source]:
    """Mark the attachments that will follow, and open them; those known since `atts_since` stay stubs."""
    entries = document.get("_attachments", {})
    known = found.store.newest_known(document["_id"], document["_rev"], atts_since) if entries else 0
    sources: dict[str, Source] = {}
    for name, entry in entries.items():
        if entry["revpos"] <= known:
            continue
        sources[name] = found.store.get_attachment(document["_id"], name, rev=document["_rev"])
        entry.pop("stub", None)
        entry["follows"] = True
    return sources


def send_related(
    found: ServedDatabase, document: Json, atts_since: Sequence[str], etag: str | None
) -> Response:
    boundary = new_boundary()
    sources = following(found, document, atts_since)
    return stream(related(document, sources, boundary), f'multipart/related; boundary="{boundary}"', etag)


def send_mixed(found: ServedDatabase, opened: Sequence[Mixed], kind: str = "multipart/mixed") -> Response:
    """Documents as multipart/mixed: each a part of its own, what is missing marked as an error.

    Their attachments always come along, whatever the request says of them: CouchDB's replicator counts on it.
    """
    outer = new_boundary()

    def parts() -> Iterator[tuple[dict[str, str], Iterator[bytes]]]:
        for entry in opened:
            if entry.document is None:
                headers = {"Content-Type": 'application/json; error="true"'}
                yield headers, iter([dumps(entry.failure).encode()])
                continue
            sources = following(found, entry.document, entry.atts_since)
            if sources:
                inner = new_boundary()
                headers = {**entry.headers, "Content-Type": f'multipart/related; boundary="{inner}"'}
                yield headers, related(entry.document, sources, inner)
            else:
                text = dumps(entry.document).encode("utf-8", "surrogatepass")
                yield {"Content-Type": "application/json"}, iter([text])

    return stream(mixed(parts(), outer), f'{kind}; boundary="{outer}"')

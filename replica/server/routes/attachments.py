"""`/{db}/{docid}/{attachment}`: one attachment by itself, with ETag and Range."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, request

from replica.attachments import AttachmentStream
from replica.errors import BadRequest, Conflict, NotFound, ReplicaError, TooLarge
from replica.server.account_rules import readable
from replica.server.node import database, node, user
from replica.server.routes.documents import given_revision, quoted
from replica.server.wire import PIECE, answer, body_pieces, location

routes = Blueprint("attachments", __name__)
Json = dict[str, Any]
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class RangeNotSatisfiable(ReplicaError):
    status, error = 416, "requested_range_not_satisfiable"


def _routed(action: Callable[[str, str, str], Response], method: str) -> None:
    def of_design(db: str, name: str, attachment: str) -> Response:
        return action(db, f"_design/{name}", attachment)

    routes.add_url_rule("/<seg:db>/<doc:doc_id>/<tail:attachment>", action.__name__, action, methods=[method])
    routes.add_url_rule(
        "/<seg:db>/_design/<seg:name>/<tail:attachment>",
        f"{action.__name__}_of_design",
        of_design,
        methods=[method],
    )


def read(db: str, doc_id: str, attachment: str) -> Response:
    found = database(db)
    rev = given_revision() if "rev" in request.args else None
    readable(db, found.store.get(doc_id, rev=rev), user(), node().configuration)
    opened = found.store.get_attachment(doc_id, attachment, rev=rev)
    digest = opened.digest.removeprefix("md5-")
    headers = {
        "ETag": quoted(digest),
        "Content-MD5": digest,
        "Accept-Ranges": "bytes",
        "Cache-Control": "must-revalidate",
    }
    if request.headers.get("If-None-Match") == quoted(digest):
        return Response(status=304, headers={"ETag": quoted(digest)})
    start, end, status = _range(opened.length)
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{opened.length}"
    headers["Content-Length"] = str(end - start)
    return Response(_pieces(opened, start, end), status, headers=headers, content_type=opened.content_type)


def _range(length: int) -> tuple[int, int, int]:
    """(first byte, byte after the last, status); several ranges or nonsense mean the whole, as in CouchDB."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if asked is None or not (asked[1] or asked[2]):
        return 0, length, 200
    if not asked[1]:
        start, end = max(length - int(asked[2]), 0), length
    else:
        start, end = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else length, length)
    if start >= end:
        raise RangeNotSatisfiable("Requested range not satisfiable")
    return start, end, 206


def _pieces(opened: AttachmentStream, start: int, end: int) -> Iterator[bytes]:
    opened.seek(start)
    left = end - start
    while left > 0 and (piece := opened.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


_routed(read, "GET")


def write(db: str, doc_id: str, attachment: str) -> Response:
    found = database(db)
    if attachment.startswith("_"):
        raise BadRequest("Attachment name can't start with underscore.")
    rev = given_revision()
    document: Json = found.store.get(doc_id, rev=rev) if rev is not None else {"_id": doc_id}
    with found.store.open_attachment_writer() as writer:
        for piece in _body():
            writer.write(piece)
        body = writer.finish(expected_digest=_expected_digest())
    entry: Json = {
        "content_type": request.headers.get("Content-Type") or "application/octet-stream",
        "body": body,
    }
    document["_attachments"] = {**document.get("_attachments", {}), attachment: entry}
    written = found.put(document, user())
    return answer(
        {"ok": True, "id": doc_id, "rev": written},
        201,
        {"ETag": quoted(written), "Location": location()},
    )


def _expected_digest() -> str | None:
    md5 = request.headers.get("Content-MD5")
    return f"md5-{md5}" if md5 else None


def _body() -> Iterator[bytes]:
    limit = node().configuration.number("couchdb", "max_attachment_size", 1 << 62)
    taken = 0
    for piece in body_pieces():
        taken += len(piece)
        if taken > limit:
            raise TooLarge("attachment")
        yield piece


_routed(write, "PUT")


def delete(db: str, doc_id: str, attachment: str) -> Response:
    found = database(db)
    rev = given_revision()
    if rev is None:
        raise Conflict
    document = found.store.get(doc_id, rev=rev)
    if attachment not in document.get("_attachments", {}):
        raise NotFound("Document is missing attachment")
    del document["_attachments"][attachment]
    written = found.put(document, user())
    return answer({"ok": True, "id": doc_id, "rev": written}, 200, {"ETag": quoted(written)})


_routed(delete, "DELETE")

"""`/{db}/{docid}/{attachment}`: one attachment by itself, with ETag and Range."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, request

from replica.attachments import AttachmentStream
from replica.errors import BadRequest, Conflict, NotFound, ReplicaError, TooLarge
from replica.server.account_rules import readable
from replica.server.multipart import mixed, new_boundary
from replica.server.node import database, node, user
from replica.server.routes.documents import given_revision, quoted
from replica.server.served import ServedDatabase
from replica.server.wire import PIECE, answer, body_pieces, has_already, location, not_modified

routes = Blueprint("attachments", __name__)
Json = dict[str, Any]
RANGE = re.compile(r"(?=[0-9-]*[0-9])([0-9]{0,18})-([0-9]{0,18})")
MOST_RANGES = 10


class RangeNotSatisfiable(ReplicaError):
    status, error = 416, "requested_range_not_satisfiable"


class MissingRevision(NotFound):
    """CouchDB's answer where an attachment is to be written to a revision that is not there."""

    status = 409


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
        # A stored page is shown without its scripts: it would run with the rights of whoever looks at it.
        "Content-Security-Policy": "sandbox",
    }
    if has_already(quoted(digest)):
        return not_modified(quoted(digest))
    ranges = _ranges(opened.length)
    if len(ranges) > 1:
        return _several(opened, ranges)
    start, end = ranges[0] if ranges else (0, opened.length)
    if ranges:
        headers["Content-Range"] = _content_range(start, end, opened.length)
    headers["Content-Length"] = str(end - start)
    return Response(
        _pieces(opened, start, end),
        206 if ranges else 200,
        headers=headers,
        content_type=opened.content_type,
    )


def _ranges(length: int) -> list[tuple[int, int]]:
    """(first byte, byte after the last) of each range asked for.

    None for nonsense, for ten ranges or more, and for all from the first byte on: as in CouchDB that means
    the whole.
    """
    unit, _, listed = request.headers.get("Range", "").replace(" ", "").partition("=")
    asked = [RANGE.fullmatch(one) for one in listed.split(",")]
    if unit != "bytes" or len(asked) >= MOST_RANGES or not all(asked):
        return []
    if any(one[1] and int(one[1]) == 0 and not one[2] for one in asked if one is not None):
        return []
    return [_bounds(one[1], one[2], length) for one in asked if one is not None]


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    if not first:
        start, end = max(length - int(last), 0), length
    else:
        start, end = int(first), min(int(last) + 1 if last else length, length)
    if start >= end:
        raise RangeNotSatisfiable("Requested range not satisfiable")
    return start, end


def _content_range(start: int, end: int, length: int) -> str:
    return f"bytes {start}-{end - 1}/{length}"


def _several(opened: AttachmentStream, ranges: list[tuple[int, int]]) -> Response:
    boundary = new_boundary()

    def parts() -> Iterator[tuple[dict[str, str], Iterator[bytes]]]:
        for start, end in ranges:
            headers = {
                "Content-Type": opened.content_type,
                "Content-Range": _content_range(start, end, opened.length),
            }
            yield headers, _pieces(opened, start, end)

    kind = f'multipart/byteranges; boundary="{boundary}"'
    return Response(mixed(parts(), boundary), 206, content_type=kind)


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
        raise BadRequest(f"Attachment name '{attachment}' starts with prohibited character '_'")
    rev = given_revision()
    document: Json = {"_id": doc_id} if rev is None else _at_revision(found, doc_id, rev)
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


def _at_revision(found: ServedDatabase, doc_id: str, rev: str) -> Json:
    try:
        return found.store.get(doc_id, rev=rev)
    except NotFound:
        raise MissingRevision("missing_rev") from None


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
    document = found.store.get(doc_id) if rev is None else _at_revision(found, doc_id, rev)
    if attachment not in document.get("_attachments", {}):
        raise NotFound("Document is missing attachment")
    if rev is None:
        raise Conflict
    del document["_attachments"][attachment]
    written = found.put(document, user())
    return answer({"ok": True, "id": doc_id, "rev": written}, 200, {"ETag": quoted(written)})


_routed(delete, "DELETE")

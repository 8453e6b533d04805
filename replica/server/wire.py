"""Reading requests and writing answers the way CouchDB does: JSON with a final newline, `{error, reason}` on
failure.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import quote

from flask import Response, current_app, request

from replica.errors import BadRequest, ReplicaError, TooLarge

Json = dict[str, Any]

# How deep JSON may nest before it is refused: well under the interpreter's recursion limit, far over any
# real document.
MAX_DEPTH = 400
PIECE = 256 * 1024
# Of a request, where the configuration names no number.
MOST_BODY = 256 << 20


class BadContentType(ReplicaError):
    status, error = 415, "bad_content_type"


class QueryParseError(BadRequest):
    error = "query_parse_error"


class RequestTooLarge(TooLarge):
    error = "too_large"


# One encoder for all: `json.dumps` with arguments makes a new one for every value.
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer with CouchDB's headers."""
    told = {"Content-Type": "application/json", "Cache-Control": "must-revalidate"}
    if headers:
        told.update(headers)
    return Response((dumps(value) + "\n").encode("utf-8", "surrogatepass"), status, told)


def stream(
    chunks: Iterable[bytes],
    content_type: str = "application/json",
    etag: str | None = None,
    *,
    cache: str = "must-revalidate",
) -> Response:
    response = Response(chunks, 200, content_type=content_type)
    response.headers["Cache-Control"] = cache
    if etag is not None:
        response.headers["ETag"] = etag
    return response


def location(*segments: str) -> str:
    """The address of what this request wrote: of the path `segments`, or as the client named it."""
    environ = request.environ
    if segments:
        path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    else:
        path = str(environ.get("REQUEST_URI", request.path)).partition("?")[0]
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', 'localhost')}{path}"


def accepts(kind: str) -> bool:
    """Whether the client takes this content type; without an Accept header it takes everything."""
    return "Accept" not in request.headers or request.accept_mimetypes[kind] > 0


def has_already(etag: str) -> bool:
    """Whether If-None-Match names this quoted ETag, weak or not, alone or among others."""
    given = request.headers.get("If-None-Match", "")
    return etag in (one.strip().removeprefix("W/") for one in given.split(","))


def not_modified(etag: str) -> Response:
    return Response(status=304, headers={"ETag": etag})


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return value


def loads(text: bytes | str) -> Any:
    """Strict JSON: UTF-8, no NaN, no infinite number, no lone surrogate, bounded depth, or `BadRequest`."""
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(decoded, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\ud" in decoded or "\\uD" in decoded:
            dumps(value).encode("utf-8")
    except (ValueError, RecursionError):
        raise BadRequest("invalid UTF-8 JSON") from None
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise BadRequest("invalid UTF-8 JSON")
    return value


def _depth(value: Any) -> int:
    level, current = 0, [value]
    while current and level <= MAX_DEPTH:
        level += 1
        current = [
            child
            for parent in current
            for child in (
                parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
            )
            if isinstance(child, dict | list)
        ]
    return level


def body_bytes() -> bytes:
    """The request body, gunzipped where `Content-Encoding` says so, never larger than
    `max_http_request_size`.
    """
    limit: int = current_app.extensions["couch"].configuration.number(
        "chttpd", "max_http_request_size", MOST_BODY
    )
    data = request.get_data(cache=False)
    if is_packed("a body"):
        data = _gunzip(data, limit)
    if len(data) > limit:
        raise RequestTooLarge("the request entity is too large")
    return data


def _gunzip(data: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, limit + 1)
    except zlib.error:
        raise BadRequest("Request body is not properly gzipped.") from None
    if len(plain) > limit:
        raise RequestTooLarge("the request entity is too large")
    if not unpacker.eof:
        raise BadRequest("Request body is not properly gzipped.")
    return plain


def body_pieces() -> Iterator[bytes]:
    """The request body as it comes, gunzipped where `Content-Encoding` says so: for attachments."""
    pieces = iter(lambda: request.stream.read(PIECE), b"")
    return gunzipped(pieces) if is_packed("an attachment") else pieces


def is_packed(what: str) -> bool:
    """Raise `BadContentType` for an encoding that CouchDB does not take either."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise BadContentType(f"{encoding} is not a supported content encoding of {what}.")
    return encoding == "gzip"


def gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpacked in pieces of bounded size, however well they were packed. Raise `BadRequest`."""
    unpacker = zlib.decompressobj(wbits=31)
    for piece in pieces:
        rest = piece
        while rest:
            try:
                yield unpacker.decompress(rest, PIECE)
            except zlib.error:
                raise BadRequest("Request body is not properly gzipped.") from None
            rest = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise BadRequest("Request body is not properly gzipped.")


def require_json_content_type() -> None:
    """CouchDB answers 415 to a POST whose body is not declared as JSON."""
    kind = request.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadContentType("Content-Type must be application/json")


def body_json(*, default: Any = None) -> Any:
    data = body_bytes()
    if not data and default is not None:
        return default
    return loads(data)


def body_object(reason: str = "Request body must be a JSON object", *, default: Json | None = None) -> Json:
    value = body_json(default=default)
    if not isinstance(value, dict):
        raise BadRequest(reason)
    return value


def flag(name: str, default: bool = False) -> bool:
    text = request.args.get(name)
    if text is None:
        return default
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise QueryParseError(f'Invalid boolean parameter: "{text}"')


def said(name: str) -> bool:
    """Whether the query says `name=true`: the parameters of documents ignore what they don't know."""
    return request.args.get(name) == "true"


def json_argument(name: str, default: Any = None) -> Any:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        return loads(text)
    except BadRequest:
        raise BadRequest("invalid UTF-8 JSON") from None


def positive(name: str, default: int | None = None) -> int | None:
    text = request.args.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise QueryParseError(f'Invalid value for integer parameter: "{text}"')
    return int(text)

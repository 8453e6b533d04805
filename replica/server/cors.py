"""Cross-origin requests, for PouchDB in a browser ([chttpd] enable_cors, section [cors])."""

from __future__ import annotations

from flask import Response, request

from replica.server.configuration import Configuration

METHODS = "GET, HEAD, POST, PUT, DELETE, COPY, OPTIONS"
HEADERS = (
    "accept, accept-language, authorization, cache-control, content-length, content-type, destination, "
    "expires, if-match, last-modified, origin, pragma, range, x-requested-with, x-couch-full-commit, "
    "x-couchdb-www-authenticate"
)
EXPOSED = (
    "accept-ranges, content-encoding, content-length, content-type, content-range, date, etag, expires, "
    "last-modified, server, vary, x-couch-request-id, x-couch-update-newrev, x-couchdb-body-time"
)
PREFLIGHT_SECONDS = "600"


def allowed_origin(configuration: Configuration) -> str | None:
    """The request's origin where this server lets it in, None otherwise."""
    origin = request.headers.get("Origin")
    if origin is None or not configuration.flag("chttpd", "enable_cors"):
        return None
    listed = [name.strip() for name in configuration.get("cors", "origins").split(",")]
    return origin if origin in listed or "*" in listed else None


def preflight(configuration: Configuration) -> Response | None:
    """The answer to a browser that asks before it sends; None where this request is not that question."""
    origin = allowed_origin(configuration)
    if request.method != "OPTIONS" or origin is None:
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = configuration.get("cors", "methods", METHODS)
    response.headers["Access-Control-Allow-Headers"] = configuration.get("cors", "headers", HEADERS)
    response.headers["Access-Control-Max-Age"] = configuration.get("cors", "max_age", PREFLIGHT_SECONDS)
    return response


def expose(response: Response, configuration: Configuration) -> None:
    """Tell the browser that its page may read this answer."""
    origin = allowed_origin(configuration)
    if origin is None:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers.add("Vary", "Origin")
    if configuration.flag("cors", "credentials"):
        response.headers["Access-Control-Allow-Credentials"] = "true"

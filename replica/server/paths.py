"""CouchDB's reading of a URL path: segments are split first and decoded afterwards.

`/db/a%2Fb` is the document `a/b`; `/db/a/b` is the attachment `b` of the document `a`. WSGI decodes the
whole path, which loses that difference, so this middleware starts again from the raw request line and hands
Flask a path whose segments keep their own slashes escaped; the converter `seg` undoes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.routing import BaseConverter

NOT_UTF8 = "/_not_utf8"
ESCAPED_DESIGN = re.compile(r"(/[^/?]+)/_design%2F", re.IGNORECASE)
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def segments(raw: str) -> list[str]:
    """Decoded, non-empty segments. Raises `UnicodeDecodeError` where one is not UTF-8."""
    path = urlsplit(raw).path if "://" in raw[:8] else raw.partition("?")[0]
    found = [unquote_to_bytes(part).decode("utf-8") for part in path.split("/") if part]
    if len(found) > 1 and found[1].startswith(("_design/", "_local/")):
        kind, _, rest = found[1].partition("/")
        found[1:2] = [kind, rest]
    return found


def redirected_design(raw: str, method: str) -> str | None:
    """Where CouchDB sends whoever reads a design document with its slash escaped; None for everybody else."""
    if method not in ("GET", "HEAD") or not ESCAPED_DESIGN.match(raw):
        return None
    return ESCAPED_DESIGN.sub(r"\1/_design/", raw, count=1)


def escape(segment: str) -> str:
    return segment.replace("%", "%25").replace("/", "%2F")


class Segment(BaseConverter):
    """One path segment, with whatever slashes it carries of its own."""

    regex = "[^/]+"
    part_isolating = True

    def to_python(self, value: str) -> str:
        return value.replace("%2F", "/").replace("%25", "%")


class DocumentSegment(Segment):
    """A segment that names a document: what begins with an underscore is one of CouchDB's own resources."""

    regex = "(?!_)[^/]+"


class Tail(Segment):
    """All remaining segments, joined: the name of an attachment may contain slashes, escaped or not."""

    regex = ".+"
    part_isolating = False


class RawPaths:
    """WSGI middleware; `REQUEST_URI` is the request line's target, as our gateway passes it."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raw = environ.get("REQUEST_URI") or environ["PATH_INFO"]
        try:
            path = "/" + "/".join(escape(segment) for segment in segments(raw))
        except UnicodeDecodeError:
            path = NOT_UTF8
        environ["PATH_INFO"] = path.encode("utf-8").decode("latin-1")
        return self._application(environ, start_response)

"""Revision ids: `<generation>-<digest>`, where the digest is computed from the edit, so that equal edits are
equal.

Two devices that make the same change to the same parent produce the same revision, and no conflict. CouchDB
promises as much for itself, but each implementation hashes in its own way: a digest is compared, never
recomputed, across peers.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from replica.errors import BadRequest


class RevisionId(NamedTuple):
    """Order is CouchDB's: the higher generation, then the higher digest."""

    generation: int
    digest: str

    def __str__(self) -> str:
        return f"{self.generation}-{self.digest}"


def parse_revision(text: object) -> RevisionId:
    """Read `3-9f…`. Raise `BadRequest` for anything that is not a revision id."""
    if isinstance(text, str):
        generation, dash, digest = text.partition("-")
        if dash and digest and generation.isascii() and generation.isdigit() and int(generation) > 0:
            return RevisionId(int(generation), digest)
    raise BadRequest(f"Invalid rev format: {text!r}")


_CANONICAL = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode
_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_ESCAPED = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


def canonical_json(value: Any) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, ASCII.

    Raise `BadRequest` for what JSON cannot carry (NaN, Infinity, a Python object).
    """
    try:
        return _CANONICAL(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest(f"not JSON: {error}") from error


def compact_json(value: Any) -> str:
    """Return the text that is stored: member order kept, no spaces, UTF-8 wherever UTF-8 can carry it.

    JSON may escape half a surrogate pair, which UTF-8 cannot hold; such a document is stored escaped.
    Raise `BadRequest` as `canonical_json` does.
    """
    try:
        text = _COMPACT(value)
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError:
        return _ESCAPED(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest(f"not JSON: {error}") from error
    return text


def new_revision(parent: RevisionId | None, *, deleted: bool, canonical_body: str) -> RevisionId:
    """Return the id of an edit of `parent`: MD5 over deletion, parent and canonical body (attachments by
    digest).

    MD5 as CouchDB uses it: it names revisions within one document and protects nothing.
    """
    text = f"{int(deleted)} {parent or ''} {canonical_body}"
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return RevisionId(parent.generation + 1 if parent else 1, digest)

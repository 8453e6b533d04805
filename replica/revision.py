"""Revision ids, `<generation>-<digest>`: the digest is computed from the edit, so that equal edits are equal.

Two devices that make the same change to the same parent produce the same revision, and no conflict. CouchDB
promises as much for itself, but each implementation hashes in its own way: a digest is compared, never
recomputed, across peers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from hashlib import md5
from typing import Any, NamedTuple

from replica.errors import BadRequest

# No document is ever edited so often that its generation needs more digits. What a digest may hold can stand
# in JSON and in a header as it is.
_REVISION = re.compile(r"(?=0*[1-9])([0-9]{1,18})-([!#-\[\]-~]+)")
_DIGESTS = re.compile(r"[!#-\[\]-~]*")


class RevisionId(NamedTuple):
    """Order is CouchDB's: the higher generation, then the higher digest."""

    generation: int
    digest: str

    def __str__(self) -> str:
        return f"{self.generation}-{self.digest}"


def parse_revision(text: object) -> RevisionId:
    """Read `3-9f…`. Raise `BadRequest` for anything that is not a revision id."""
    found = _REVISION.fullmatch(text) if isinstance(text, str) else None
    if found is not None:
        return RevisionId(int(found[1]), found[2])
    raise BadRequest(f"Invalid rev format: {text!r}")


def are_digests(texts: Sequence[str]) -> bool:
    """Tell whether each of `texts` may be the digest of a revision."""
    return all(texts) and _DIGESTS.fullmatch("".join(texts)) is not None


def _writer(*, ascii_only: bool, sort_keys: bool) -> Callable[[Any], str]:
    # Without its own check for cycles the encoder is a third faster; a cycle ends as a RecursionError
    # instead.
    encoder = json.JSONEncoder(
        ensure_ascii=ascii_only,
        check_circular=False,
        allow_nan=False,
        sort_keys=sort_keys,
        separators=(",", ":"),
    )
    return encoder.encode


_CANONICAL = _writer(ascii_only=False, sort_keys=True)
_CANONICAL_ASCII = _writer(ascii_only=True, sort_keys=True)
_AS_GIVEN = _writer(ascii_only=False, sort_keys=False)
_AS_GIVEN_ASCII = _writer(ascii_only=True, sort_keys=False)


def canonical_json(value: Any) -> str:
    """Return the one text of a JSON value: members sorted, no spaces, UTF-8 wherever UTF-8 can carry it.

    JSON may escape half a surrogate pair, which UTF-8 cannot hold; such a value is written escaped.
    Raise `BadRequest` for what JSON cannot carry (NaN, Infinity, a Python object).
    """
    return _written(value, _CANONICAL, _CANONICAL_ASCII)


def compact_json(value: Any) -> str:
    """Return the text of a JSON value with its members as they came. Otherwise as `canonical_json`."""
    return _written(value, _AS_GIVEN, _AS_GIVEN_ASCII)


def strict_json(text: str) -> Any:
    """Parse JSON. Raise `ValueError` for anything else, NaN and Infinity too: those are Python's alone."""
    return _STRICT(text)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_STRICT = json.JSONDecoder(parse_constant=_refuse).decode


def _written(value: Any, write: Callable[[Any], str], write_ascii: Callable[[Any], str]) -> str:
    try:
        text = write(value)
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError:
        return write_ascii(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest(f"not JSON: {error}") from error
    return text


def new_revision(parent: RevisionId | None, *, deleted: bool, canonical_body: str) -> RevisionId:
    """Return the id of an edit of `parent`, None for a first one.

    `canonical_body` names attachments by digest.
    """
    generation = parent.generation + 1 if parent else 1
    return RevisionId(generation, revision_digest(parent, deleted, canonical_body))


def revision_digest(parent: RevisionId | None, deleted: bool, canonical_body: str) -> str:
    """Return the MD5 over deletion, parent and body.

    MD5 as CouchDB uses it: it names revisions within one document and protects nothing.
    """
    text = f"{1 if deleted else 0} {parent or ''} {canonical_body}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()

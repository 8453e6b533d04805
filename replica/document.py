"""Documents as they arrive: what CouchDB calls special members is taken apart from the body once, at the
door.

Everything behind this module works on an `Edit`: an id, where the edit stands in the revision tree, a body
already written as JSON text, and attachments whose bytes are at hand. A document that is not well-formed
never gets further, and, as in CouchDB, spoils the whole request it came in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from replica.attachments import IncomingAttachment, parse_attachments
from replica.errors import BadRequest, InvalidDocument
from replica.revision import RevisionId, canonical_json, compact_json, parse_revision
from replica.revtree import Branch

Json = dict[str, Any]

_IGNORED = {"_conflicts", "_deleted_conflicts", "_local_seq", "_revs_info"}
"""Members that CouchDB adds when asked and drops when they come back."""

_KEPT = {
    "_replication_id",
    "_replication_state",
    "_replication_state_time",
    "_replication_state_reason",
    "_replication_stats",
}
"""Members that a replicator writes into documents of `_replicator`: part of the body."""

_HALF_A_SURROGATE_PAIR = re.compile("[\ud800-\udfff]")

LOCAL = "_local/"
DESIGN = "_design/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One revision to be written.

    `branch` is the leaf with its ancestry where the sender has named it (`new_edits=false`), else None, and
    `parent` is the revision edited, None for a first one. `canonical` is the body's text for the digest.
    """

    id: str
    parent: RevisionId | None
    branch: Branch | None
    deleted: bool
    body: Json
    text: str
    canonical: str
    attachments: Mapping[str, IncomingAttachment]


def check_id(document_id: object) -> str:
    """Return a document id that may be stored. Raise `BadRequest` as CouchDB does for its `illegal_docid`."""
    if not isinstance(document_id, str):
        raise BadRequest("Document id must be a string")
    if not document_id:
        raise BadRequest("Document id must not be empty")
    if document_id[0] == "_":
        kind, slash, name = document_id.partition("/")
        if not (slash and name and kind in {"_design", "_local"}):
            raise BadRequest("Only reserved document ids may start with underscore.")
    if not document_id.isascii() and _HALF_A_SURROGATE_PAIR.search(document_id):
        raise BadRequest("Document id must be valid UTF-8")
    return document_id


def parse_edit(document: Json, *, new_edits: bool) -> Edit:
    """Take a wire document apart. Raise `BadRequest` or `InvalidDocument` where it is not well-formed."""
    if not isinstance(document, dict):
        raise BadRequest("Document must be a JSON object")
    document_id = check_id(document.get("_id"))
    special = {name: document[name] for name in document if name[:1] == "_"}
    body = (
        {name: value for name, value in document.items() if name not in special}
        if special
        else dict(document)
    )
    _keep_special(special, body)
    deleted = special.get("_deleted", False)
    if not isinstance(deleted, bool):
        raise InvalidDocument(f"{document_id}: _deleted must be true or false")
    given = special.get("_rev")
    rev = parse_revision(given) if given is not None else None
    return Edit(
        id=document_id,
        parent=rev if new_edits else None,
        branch=None if new_edits else _branch(document_id, rev, special.get("_revisions"), deleted=deleted),
        deleted=deleted,
        body=body,
        text=compact_json(body),
        canonical=canonical_json(body) if new_edits else "",
        attachments=parse_attachments(document_id, special["_attachments"])
        if "_attachments" in special
        else {},
    )


def parse_local(key: str, document: Json) -> tuple[RevisionId | None, Json]:
    """Return the revision that a `_local` document replaces (generation 0-n is its counter) and its body."""
    if not isinstance(document, dict):
        raise BadRequest("Document must be a JSON object")
    if not key:
        raise BadRequest("Document id must not be empty")
    given = document.get("_rev")
    body = {
        name: value
        for name, value in document.items()
        if name not in {"_id", "_rev", "_deleted", "_revisions"}
    }
    if given is None:
        return None, body
    generation, dash, counter = str(given).partition("-")
    if generation != "0" or not dash or not counter.isdigit():
        raise BadRequest(f"Invalid rev format: {given!r}")
    return RevisionId(0, counter), body


def _keep_special(special: Json, body: Json) -> None:
    for name, value in special.items():
        if name in _KEPT:
            body[name] = value
        elif name not in _IGNORED and name not in {"_id", "_rev", "_revisions", "_deleted", "_attachments"}:
            raise InvalidDocument(f"Bad special document member: {name}")


def _branch(document_id: str, rev: RevisionId | None, revisions: Any, *, deleted: bool) -> Branch:
    """Read `_revisions {start, ids}`, or take `_rev` as a branch of one (CouchDB, `POST
    /{db}/_bulk_docs`).
    """
    if revisions is None:
        if rev is None:
            raise BadRequest(f"{document_id}: new_edits=false needs _rev or _revisions")
        return Branch(rev.generation, (rev.digest,), deleted)
    start = revisions.get("start") if isinstance(revisions, dict) else None
    ids = revisions.get("ids") if isinstance(revisions, dict) else None
    if not isinstance(start, int) or not isinstance(ids, list) or not 0 < len(ids) <= start:
        raise InvalidDocument(f"{document_id}: _revisions must be {{start, ids}}")
    if not all(isinstance(digest, str) and digest for digest in ids):
        raise InvalidDocument(f"{document_id}: _revisions.ids must be strings")
    if rev is not None and (start, ids[0]) != rev:
        raise InvalidDocument(f"{document_id}: _rev and _revisions disagree")
    return Branch(start, tuple(ids), deleted)

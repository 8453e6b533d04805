"""Documents as they arrive: CouchDB's special members are taken apart from the body once, at the door.

Everything behind this module works on an `Edit`: an id, where the edit stands in the revision tree, a body
already written as JSON text, and attachments whose bytes are at hand. A document that is not well-formed
never gets further, and, as in CouchDB, spoils the whole request it came in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from replica.attachments import IncomingAttachment, parse_attachments
from replica.errors import BadRequest, InvalidDocument, Unreachable
from replica.revision import (
    RevisionId,
    are_digests,
    canonical_json,
    compact_json,
    parse_revision,
    strict_json,
)
from replica.revtree import Branch

Json = dict[str, Any]

_TAKEN_APART = {
    "_id",
    "_rev",
    "_revisions",
    "_deleted",
    "_attachments",
    # What CouchDB adds when asked, and drops when it comes back.
    "_conflicts",
    "_deleted_conflicts",
    "_local_seq",
    "_revs_info",
}
"""Members that are not part of the body."""

_KEPT = {
    "_replication_id",
    "_replication_state",
    "_replication_state_time",
    "_replication_state_reason",
    "_replication_stats",
}
"""Members that a replicator writes into documents of `_replicator`: part of the body."""

_HALF_A_SURROGATE_PAIR = re.compile("[\ud800-\udfff]")

_NO_ATTACHMENTS: Mapping[str, IncomingAttachment] = MappingProxyType({})

LOCAL = "_local/"
DESIGN = "_design/"


class UnparsedDocument(NamedTuple):
    """A living revision that a changes feed brought, whose body nobody has parsed.

    A first sync stores what it receives and looks into none of it. Parsing a body into Python values and
    writing it as JSON again would be most of the work, and give the text that came: so the text goes into
    the file as it is, and SQLite's own parser, while it writes, proves that it is JSON.

    `members` is what stands between the braces of the body; none of them is special. `seq` is the JSON text
    of the row's sequence.
    """

    seq: str
    id: str
    rev: str
    members: str

    @property
    def body(self) -> str:
        """The JSON text of the body, as far as it is JSON."""
        return f"{{{self.members}}}"

    def parsed(self) -> Json:
        """Return it as an ordinary document.

        Raise `Unreachable` where it is not JSON: it was garbled on its way and is to be fetched again.
        """
        head = f'"_id":{compact_json(self.id)},"_rev":{compact_json(self.rev)}'
        # In its place in a row: whatever else came after the document is then outside it.
        row = f'{{"doc":{{{head}{"," if self.members else ""}{self.members}}}}}'
        try:
            document: Json = strict_json(row)["doc"]
        except (ValueError, RecursionError) as error:
            raise Unreachable(f"{self.id}: revision {self.rev} is not JSON as it came") from error
        return document


class Edit(NamedTuple):
    """One revision to be written; a tuple rather than a dataclass because a batch makes thousands.

    `branch` is the leaf with its ancestry where the sender has named it (`new_edits=false`), else None, and
    `parent` is the revision edited, None for a first one. `text` is what will be stored; for an edit that
    gets its revision here it is the canonical text, of which the revision's digest is taken.
    """

    id: str
    parent: RevisionId | None
    branch: Branch | None
    deleted: bool
    body: Json
    text: str
    attachments: Mapping[str, IncomingAttachment]


def check_id(document_id: object) -> str:
    """Return a document id that may be stored. Raise `BadRequest` as CouchDB does for its `illegal_docid`."""
    if not isinstance(document_id, str):
        raise BadRequest("Document id must be a string")
    if document_id.isascii() and document_id and document_id[0] != "_":
        return document_id
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
    body = document.copy()
    for name in [name for name in document if name[:1] == "_"]:
        if name in _TAKEN_APART:
            del body[name]
        elif name not in _KEPT:
            raise InvalidDocument(f"Bad special document member: {name}")
    deleted = document.get("_deleted", False)
    if deleted is not False and deleted is not True:
        raise InvalidDocument(f"{document_id}: _deleted must be true or false")
    given = document.get("_rev")
    rev = parse_revision(given) if given is not None else None
    attachments = document.get("_attachments")
    return Edit(
        document_id,
        rev if new_edits else None,
        None if new_edits else _branch(document_id, rev, document.get("_revisions"), deleted=deleted),
        deleted,
        body,
        canonical_json(body) if new_edits else compact_json(body),
        parse_attachments(document_id, attachments) if attachments is not None else _NO_ATTACHMENTS,
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


def _branch(document_id: str, rev: RevisionId | None, revisions: Any, *, deleted: bool) -> Branch:
    """Read `_revisions {start, ids}`, or take `_rev` as a branch of one.

    (CouchDB, `POST /{db}/_bulk_docs`)
    """
    if revisions is None:
        if rev is None:
            raise BadRequest(f"{document_id}: new_edits=false needs _rev or _revisions")
        return Branch(rev.generation, (rev.digest,), deleted)
    start = revisions.get("start") if isinstance(revisions, dict) else None
    ids = revisions.get("ids") if isinstance(revisions, dict) else None
    if not isinstance(start, int) or not isinstance(ids, list) or not 0 < len(ids) <= start:
        raise InvalidDocument(f"{document_id}: _revisions must be {{start, ids}}")
    if set(map(type, ids)) != {str} or not are_digests(ids):
        raise InvalidDocument(f"{document_id}: _revisions.ids must be digests")
    if rev is not None and (start, ids[0]) != rev:
        raise InvalidDocument(f"{document_id}: _rev and _revisions disagree")
    return Branch(start, tuple(ids), deleted)

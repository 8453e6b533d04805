"""Reading documents out of their rows, in the shapes of CouchDB's HTTP API. Nothing here writes.

Every function takes a connection that sees one commit, so that what it puts together belongs together.
"""

from __future__ import annotations

import base64
import gc
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from replica import revtree
from replica.encoding import (
    decode_other_leaves,
    decode_tree,
    document_from,
    documents_from,
    has_one_branch,
    wire_revisions,
)
from replica.errors import NotFound
from replica.revision import RevisionId, parse_revision
from replica.revtree import Branch, Tree
from replica.storage import attachments as attachment_rows
from replica.storage import documents as rows
from replica.tuning import ATTACHMENT_CHUNK_BYTES, DOCUMENTS_PARSED_AT_ONCE

Json = dict[str, Any]


class Extras(NamedTuple):
    """What a read adds to the body: the query parameters of `GET /{db}/{docid}`."""

    conflicts: bool = False
    deleted_conflicts: bool = False
    revs: bool = False
    revs_info: bool = False
    local_seq: bool = False
    attachments: bool = False
    atts_since: tuple[str, ...] = ()


PLAIN = Extras()


def winner(connection: sqlite3.Connection, document_id: str) -> Json:
    """Return the winner and nothing else of its row. Raise `NotFound` ("missing" or "deleted")."""
    row = rows.winner(connection, document_id)
    if row is None:
        raise NotFound("missing")
    rev, deleted, body = row
    if deleted:
        raise NotFound("deleted")
    return document_from(document_id, rev, False, body)


def get(
    connection: sqlite3.Connection, document_id: str, *, rev: str | None, latest: bool, extras: Extras
) -> Json:
    """Return one revision, the winner where `rev` is None. Raise `NotFound` ("missing" or "deleted")."""
    row = rows.document(connection, document_id)
    if row is None:
        raise NotFound("missing")
    if rev is None:
        if row.deleted:
            raise NotFound("deleted")
        document = document_from(row.id, row.rev, False, row.body)
        return _with_extras(connection, row, row.rev, document, extras)
    found = _revision(connection, row, parse_revision(rev), latest=latest, extras=extras)
    if found is None:
        raise NotFound("missing")
    return found


def open_revisions(
    connection: sqlite3.Connection,
    document_id: str,
    revs: Sequence[str] | None,
    *,
    latest: bool,
    extras: Extras,
) -> list[Json]:
    """Return `{ok: document}` or `{missing: rev}` for each of `revs`, for every leaf where `revs` is None.

    This is CouchDB's `open_revs`.
    """
    row = rows.document(connection, document_id)
    if row is None:
        if revs is None:
            raise NotFound("missing")
        return [{"missing": rev} for rev in revs]
    tree = tree_of(row)
    wanted = [branch.leaf for branch in tree] if revs is None else [parse_revision(rev) for rev in revs]
    answers: list[Json] = []
    for revision in dict.fromkeys(_latest(tree, wanted) if latest else wanted):
        found = _revision(connection, row, revision, latest=False, extras=extras)
        answers.append({"ok": found} if found is not None else {"missing": str(revision)})
    return answers


def _latest(tree: Tree, wanted: Sequence[RevisionId]) -> list[RevisionId]:
    newest: list[RevisionId] = []
    for revision in wanted:
        leaves = [branch.leaf for branch in revtree.leaves_from(tree, revision)]
        newest.extend(leaves or [revision])
    return newest


def tree_of(row: rows.DocumentRow | rows.HeadRow) -> Tree:
    return decode_tree(row.rev, bool(row.deleted), row.tree)


def _revision(
    connection: sqlite3.Connection,
    row: rows.DocumentRow,
    revision: RevisionId,
    *,
    latest: bool,
    extras: Extras,
) -> Json | None:
    tree = tree_of(row)
    if latest:
        revision = _latest(tree, [revision])[0]
    if not revtree.contains(tree, revision):
        return None
    rev = str(revision)
    held = (bool(row.deleted), row.body) if rev == row.rev else rows.revision(connection, row.id, rev)
    if held is None:
        return None
    document = document_from(row.id, rev, held[0], held[1])
    return document if extras is PLAIN else _with_extras(connection, row, rev, document, extras)


def _with_extras(
    connection: sqlite3.Connection, row: rows.DocumentRow, rev: str, document: Json, extras: Extras
) -> Json:
    tree = tree_of(row)
    branch = revtree.branch_to(tree, parse_revision(rev))
    if extras.revs and branch is not None:
        document["_revisions"] = wire_revisions(branch)
    if extras.revs_info and branch is not None:
        document["_revs_info"] = _revs_info(connection, row, branch)
    if extras.conflicts and (found := revtree.conflicts(tree)):
        document["_conflicts"] = [str(revision) for revision in found]
    if extras.deleted_conflicts and (gone := [str(leaf.leaf) for leaf in tree[1:] if leaf.deleted]):
        document["_deleted_conflicts"] = gone
    if extras.local_seq:
        document["_local_seq"] = row.seq
    if extras.attachments and "_attachments" in document:
        _inline(connection, document, branch, extras.atts_since)
    return document


def _revs_info(connection: sqlite3.Connection, row: rows.DocumentRow, branch: Branch) -> list[Json]:
    held = rows.revisions_held(connection, row.id) | {row.rev}
    info: list[Json] = []
    for revision in branch.revisions():
        rev = str(revision)
        status = "available" if rev in held else "missing"
        if rev == row.rev:
            status = "deleted" if row.deleted else status
        elif rev in held and (stored := rows.revision(connection, row.id, rev)) and stored[0]:
            status = "deleted"
        info.append({"rev": rev, "status": status})
    return info


def _inline(
    connection: sqlite3.Connection, document: Json, branch: Branch | None, atts_since: Sequence[str]
) -> None:
    """Put the bytes of attachments into `document`, but those the asker has from an older revision."""
    have = _newest_known(branch, atts_since)
    uses = attachment_rows.uses(connection, document["_id"], document["_rev"])
    for name, entry in document["_attachments"].items():
        use = uses.get(name)
        if entry["revpos"] <= have or use is None:
            continue
        if use.body is None or use.length is None:
            raise NotFound(f"{document['_id']}: the bytes of attachment {name} are not here yet")
        content = b"".join(read_chunk(connection, use.body, n) for n in range(chunk_count(use.length)))
        entry.pop("stub", None)
        entry.pop("length", None)
        entry["data"] = base64.b64encode(content).decode("ascii")


def newest_known(connection: sqlite3.Connection, document_id: str, rev: str, known: Sequence[str]) -> int:
    """Return the newest generation of `rev`'s own history among `known` revisions, 0 for none of it.

    Attachments up to there need not be sent to whoever has those (CouchDB's `atts_since`).
    """
    row = rows.head(connection, document_id)
    return 0 if row is None else _newest_known(revtree.branch_to(tree_of(row), parse_revision(rev)), known)


def _newest_known(branch: Branch | None, known: Sequence[str]) -> int:
    if branch is None:
        return 0
    mine = [revision.generation for revision in map(parse_revision, known) if branch.holds(revision)]
    return max(mine, default=0)


def chunk_count(length: int) -> int:
    return -(-length // ATTACHMENT_CHUNK_BYTES)


def read_chunk(connection: sqlite3.Connection, body: int, position: int) -> bytes:
    """Return one chunk. Raise `NotFound` where compaction took it away while it was being read."""
    content = attachment_rows.chunk(connection, body, position)
    if content is None:
        raise NotFound("attachment body was removed")
    return content


# -- many documents --------------------------------------------------------------------------------


def bulk_get(
    connection: sqlite3.Connection, wanted: Sequence[Json], *, attachments: bool, revs: bool, latest: bool
) -> list[Json]:
    """Return `{ok}` or `{error}` for each `{id, rev?, atts_since?}` (`POST /{db}/_bulk_get`)."""
    ids = {entry["id"] for entry in wanted}
    found = {row.id: row for row in rows.documents(connection, ids)}
    answers: list[Json] = []
    for entry in wanted:
        row = found.get(entry["id"])
        rev = entry.get("rev")
        if row is None:
            answers.append(_absent(entry["id"], rev))
        elif rev == row.rev and row.tree is None and not (attachments and '"_attachments"' in row.body):
            answers.append({"ok": _only_revision(row, revs=revs)})
        else:
            answers.extend(
                _get_each(connection, row, entry, attachments=attachments, revs=revs, latest=latest)
            )
    return answers


def _only_revision(row: rows.DocumentRow, *, revs: bool) -> Json:
    document = document_from(row.id, row.rev, bool(row.deleted), row.body)
    if revs:
        generation, _, digest = row.rev.partition("-")
        document["_revisions"] = {"start": int(generation), "ids": [digest]}
    return document


def _get_each(
    connection: sqlite3.Connection,
    row: rows.DocumentRow,
    entry: Mapping[str, Any],
    *,
    attachments: bool,
    revs: bool,
    latest: bool,
) -> list[Json]:
    extras = Extras(revs=revs, attachments=attachments, atts_since=tuple(entry.get("atts_since") or ()))
    tree = tree_of(row)
    rev = entry.get("rev")
    wanted = [branch.leaf for branch in tree] if rev is None else [parse_revision(rev)]
    answers: list[Json] = []
    for revision in _latest(tree, wanted) if latest else wanted:
        try:
            document = _revision(connection, row, revision, latest=False, extras=extras)
        except NotFound as error:
            answers.append(_failed(row.id, str(revision), error.reason))
            continue
        answers.append({"ok": document} if document is not None else _absent(row.id, str(revision)))
    return answers


def _absent(document_id: str, rev: str | None) -> Json:
    return _failed(document_id, rev or "undefined", "missing")


def _failed(document_id: str, rev: str, reason: str) -> Json:
    return {"error": {"id": document_id, "rev": rev, "error": "not_found", "reason": reason}}


def revs_diff(connection: sqlite3.Connection, revisions: Mapping[str, Sequence[str]]) -> Json:
    """Return `{id: {missing, possible_ancestors?}}` for ids of which something is missing.

    This is CouchDB's `POST /{db}/_revs_diff`. Unlike CouchDB's, it asks again for a revision whose beginning
    is missing where an older leaf may be part of it: with its history, the two are joined.
    """
    found = {row.id: row for row in rows.heads(connection, revisions.keys())}
    answer: Json = {}
    for document_id, asked in revisions.items():
        row = found.get(document_id)
        if row is None:
            if asked:
                answer[document_id] = {"missing": list(asked)}
            continue
        if len(asked) == 1 and asked[0] == row.rev and has_one_branch(row.tree):
            continue
        tree = tree_of(row)
        absent = [
            revision
            for revision in map(parse_revision, asked)
            if not revtree.contains(tree, revision) or revtree.has_lost_its_beginning(tree, revision)
        ]
        if absent:
            answer[document_id] = {"missing": [str(revision) for revision in absent]}
            if ancestors := revtree.possible_ancestors(tree, absent):
                answer[document_id]["possible_ancestors"] = [str(revision) for revision in ancestors]
    return answer


def all_docs_by_key(
    connection: sqlite3.Connection, keys: Sequence[Any], *, include_docs: bool, conflicts: bool
) -> list[Json]:
    """Return one row per key, in the order asked.

    A deleted document says so; an unknown one, and what is no id at all, is an error entry.
    """
    found = {row.id: row for row in rows.documents(connection, keys)}
    answer: list[Json] = []
    for key in keys:
        row = found.get(key) if isinstance(key, str) else None
        if row is None:
            answer.append({"key": key, "error": "not_found"})
            continue
        entry: Json = {"id": row.id, "key": row.id, "value": {"rev": row.rev}}
        if row.deleted:
            entry["value"]["deleted"] = True
        if include_docs:
            entry["doc"] = None if row.deleted else _found(row, conflicts=conflicts)
        answer.append(entry)
    return answer


def _found(row: rows.DocumentRow, *, conflicts: bool) -> Json:
    document = document_from(row.id, row.rev, False, row.body)
    if conflicts and (others := [str(revision) for revision in revtree.conflicts(tree_of(row))]):
        document["_conflicts"] = others
    return document


def all_docs_rows(
    living: Iterable[tuple[str, str, str | None, str | None]], *, include_docs: bool, conflicts: bool
) -> list[Json]:
    """Return the rows of `_all_docs` for (id, rev, other leaves, body) of living documents."""
    if not include_docs:
        return [{"id": id, "key": id, "value": {"rev": rev}} for id, rev, _, _ in living]
    found: list[Json] = []
    rest = iter(living)
    with _collector_resting():
        while some := list(islice(rest, DOCUMENTS_PARSED_AT_ONCE)):
            documents = documents_from([(id, rev, body or "{}") for id, rev, _, body in some])
            if conflicts:
                _add_conflicts(documents, [others for _, _, others, _ in some])
            found += [
                {"id": id, "key": id, "value": {"rev": rev}, "doc": document}
                for (id, rev, _, _), document in zip(some, documents, strict=True)
            ]
    return found


def _add_conflicts(documents: list[Json], other_leaves: Iterable[str | None]) -> None:
    for document, text in zip(documents, other_leaves, strict=True):
        if living := [rev for rev, deleted in decode_other_leaves(text) if not deleted]:
            document["_conflicts"] = living


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep Python's cycle collector from walking, again and again, through documents as they are being made.

    Parsed JSON has no cycles, and nothing made here is given up before the end: what the collector would find
    is nothing, and looking for it is a fifth of the time in which all documents are read.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()

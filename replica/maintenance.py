"""Housekeeping of one file: compaction, purge, sizes.

Compaction forgets what no leaf needs: bodies of superseded revisions, attachments that no revision names,
entries of dropped indexes, free pages. It works in slices of a few milliseconds and rests between them as
long as it worked, so that other writers, of this process or another, always find their turn.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from replica import revtree
from replica.encoding import encode_other_leaves, encode_tree
from replica.indexing import IndexUpdates
from replica.reading import tree_of
from replica.revision import RevisionId, parse_revision
from replica.revtree import Tree
from replica.storage import attachments as attachment_rows
from replica.storage import beside
from replica.storage import documents as rows
from replica.storage import indexes as index_rows
from replica.storage.connection import Connections
from replica.storage.sequences import Sequences
from replica.tuning import (
    ATTACHMENT_CHUNKS_PER_COMMIT,
    COMPACTION_REST_SECONDS,
    COMPACTION_SLICE_ROWS,
    COMPACTION_SLICE_SECONDS,
    COMPACTION_SLICES_PER_CHECKPOINT,
    INDEX_SLICE_ROWS,
    UNUSED_ATTACHMENT_SECONDS,
    VACUUM_SLICE_PAGES,
)

Json = dict[str, Any]
Slice = Callable[[sqlite3.Connection], bool]
"""Works for a few milliseconds inside a transaction; tells whether there is more to do."""


def compact(connections: Connections, *, now: Callable[[], float]) -> int:
    """Run every kind of compaction to its end. Return how many superseded bodies were forgotten."""
    revisions = _SupersededRevisions()
    before = int(now()) - UNUSED_ATTACHMENT_SECONDS
    for work in (revisions, _unused_attachments(before), _orphaned_entries):
        _in_slices(connections, partial(_one_slice, connections, work))
    _in_slices(connections, partial(connections.give_back_pages, VACUUM_SLICE_PAGES))
    return revisions.forgotten


def _one_slice(connections: Connections, work: Slice) -> bool:
    with connections.writing() as connection:
        return work(connection)


def _in_slices(connections: Connections, step: Callable[[], bool]) -> None:
    more = True
    slices = 0
    while more:
        started = time.monotonic()
        more = step()
        time.sleep(max(COMPACTION_REST_SECONDS, time.monotonic() - started))
        slices += 1
        if not more or slices % COMPACTION_SLICES_PER_CHECKPOINT == 0:
            # Here, where nobody waits for it, rather than in the commit of whoever happens to write next.
            connections.checkpoint()


class _SupersededRevisions:
    """Walks once through the bodies that no winner has, and removes those that no leaf has either."""

    def __init__(self) -> None:
        self.forgotten = 0
        self._at = ("", "")

    def __call__(self, connection: sqlite3.Connection) -> bool:
        end = time.monotonic() + COMPACTION_SLICE_SECONDS
        batch = rows.revisions_after(connection, *self._at, COMPACTION_SLICE_ROWS)
        for document_id, rev in batch:
            self._at = (document_id, rev)
            self._consider(connection, document_id, rev)
            if time.monotonic() > end:
                return True
        return len(batch) == COMPACTION_SLICE_ROWS

    def _consider(self, connection: sqlite3.Connection, document_id: str, rev: str) -> None:
        head = rows.head(connection, document_id)
        if head is not None and rev != head.rev:
            if revtree.find_leaf(tree_of(head), parse_revision(rev)) is not None:
                return
            attachment_rows.drop_uses(connection, document_id, rev)
        rows.drop_revision(connection, document_id, rev)
        self.forgotten += 1


def _unused_attachments(before: int) -> Slice:
    def work(connection: sqlite3.Connection) -> bool:
        number = attachment_rows.unused_body(connection, before)
        if number is None:
            return False
        # Nameless first: whoever writes the same bytes between two slices must not find half a body.
        attachment_rows.disown_body(connection, number)
        if not attachment_rows.drop_chunks(connection, number, ATTACHMENT_CHUNKS_PER_COMMIT):
            attachment_rows.drop_body(connection, number)
        return True

    return work


def _orphaned_entries(connection: sqlite3.Connection) -> bool:
    declared = {index.number for index in index_rows.every_index(connection)}
    orphan = next((n for n in index_rows.numbers_with_entries(connection) if n not in declared), None)
    return orphan is not None and index_rows.drop_entries(connection, orphan, INDEX_SLICE_ROWS)


# -- purge -------------------------------------------------------------------------------------------


def purge(
    connection: sqlite3.Connection, indexes: IndexUpdates, revisions: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Remove leaves as if they had never come.

    A document left without leaves is gone; another changes once.
    """
    sequences = Sequences(rows.last_seq(connection))
    purged: dict[str, list[str]] = {}
    for document_id, asked in revisions.items():
        head = rows.head(connection, document_id)
        tree, gone = revtree.prune(tree_of(head), map(parse_revision, asked)) if head else ((), [])
        purged[document_id] = [str(revision) for revision in gone]
        if head is not None and gone:
            _purge_document(connection, head, tree=tree, gone=gone, indexes=indexes, sequences=sequences)
    if any(purged.values()):
        beside.put_setting(connection, "purge_seq", int(beside.setting(connection, "purge_seq") or 0) + 1)
    indexes.flush(connection)
    sequences.flush(connection)
    return purged


def _purge_document(
    connection: sqlite3.Connection,
    head: rows.HeadRow,
    *,
    tree: Tree,
    gone: Sequence[RevisionId],
    indexes: IndexUpdates,
    sequences: Sequences,
) -> None:
    sequences.leave(head.seq, deleted=bool(head.deleted))
    winner = str(tree[0].leaf) if tree else None
    if winner != head.rev and indexes.any and not head.deleted:
        indexes.remove(head.id, head.rev, rows.winner_body(connection, head.seq))
    if winner is None:
        for rev in attachment_rows.revisions_with_attachments(connection, head.id):
            attachment_rows.drop_uses(connection, head.id, rev)
        rows.drop_document(connection, head.id, head.seq)
        return
    body = _promoted(connection, head, winner)
    for revision in gone:
        attachment_rows.drop_uses(connection, head.id, str(revision))
        rows.drop_revision(connection, head.id, str(revision))
    row = (
        sequences.take(deleted=tree[0].deleted),
        head.id,
        winner,
        int(tree[0].deleted),
        head.origin,
        encode_other_leaves(tree),
        encode_tree(tree),
        body,
    )
    rows.replace(connection, head.seq, row)
    if winner != head.rev and indexes.any and not tree[0].deleted:
        indexes.add(head.id, winner, body)


def _promoted(connection: sqlite3.Connection, head: rows.HeadRow, winner: str) -> str:
    """Return the body of the leaf that wins once the others are gone."""
    if winner == head.rev:
        return rows.winner_body(connection, head.seq)
    held = rows.revision(connection, head.id, winner)
    rows.drop_revision(connection, head.id, winner)
    return held[1] if held else "{}"


def sizes(connection: sqlite3.Connection) -> Json:
    """Return `{file, active, external}` in bytes: on disk, in use, and what the attachments alone hold."""
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    active = page * (pages - free)
    return {"file": page * pages, "active": active, "external": attachment_rows.total_length(connection)}

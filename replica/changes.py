"""The changes feed: what changed after a sequence, and waking those who wait for the next change.

A sequence is an integer here. A document has one row in the feed, at its last change, however often it
changed before (CouchDB, `/{db}/_changes`). Filters skip rows but not sequences: `last_seq` says how far was
looked, so that a checkpoint moves past what was skipped.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from replica.encoding import decode_other_leaves, document_from
from replica.errors import BadRequest
from replica.peer import ChangesPage
from replica.storage import documents as rows
from replica.tuning import CHANGES_SLICE, OTHER_PROCESS_POLL_SECONDS

Json = dict[str, Any]


class FeedOptions(NamedTuple):
    """`matches` decides by the winner's document.

    `except_origin` is the number of a peer whose revisions it has, up to the sequence `except_through`.
    """

    style: str = "all_docs"
    include_docs: bool = False
    conflicts: bool = False
    ids: Collection[str] | None = None
    matches: Callable[[Json], bool] | None = None
    except_origin: int | None = None
    except_through: int | None = None
    descending: bool = False


def parse_since(since: Any, last_seq: Callable[[], int]) -> int:
    """Read a sequence as `changes` gave it, or `"now"`. Raise `BadRequest` for anything else."""
    if since is None or since == "":
        return 0
    if since == "now":
        return last_seq()
    if isinstance(since, str) and since.isascii() and since.isdigit():
        return int(since)
    if isinstance(since, int) and not isinstance(since, bool) and since >= 0:
        return since
    raise BadRequest(f"Malformed sequence supplied in 'since' parameter: {since!r}")


def read_page(
    connection: sqlite3.Connection, since: int, limit: int | None, options: FeedOptions
) -> ChangesPage:
    """Return the changes after `since`, at most `limit` of them; the connection holds one snapshot."""
    end = rows.last_seq(connection)
    if options.descending:
        most = None if options.matches is not None else limit
        page = _scan(connection, since, most, options)[:limit]
        return ChangesPage(page, page[-1]["seq"] if page else since, 0)
    results: list[Json] = []
    if options.matches is None:
        results = _scan(connection, since, limit, options)
        reached = limit is not None and len(results) == limit
    else:
        results, reached = _scan_matching(connection, since, limit, options)
    if not reached:
        return ChangesPage(results, max(end, since), 0)
    last = results[-1]["seq"] if results else since
    return ChangesPage(results, last, rows.count_after(connection, last))


def _scan_matching(
    connection: sqlite3.Connection, since: int, limit: int | None, options: FeedOptions
) -> tuple[list[Json], bool]:
    results: list[Json] = []
    at = since
    while slice_ := list(_rows(connection, at, CHANGES_SLICE, options)):
        for row in slice_:
            change = _change(row, options)
            if change is not None:
                results.append(change)
                if limit is not None and len(results) >= limit:
                    return results, True
        at = slice_[-1].seq
    return results, False


def _scan(connection: sqlite3.Connection, since: int, limit: int | None, options: FeedOptions) -> list[Json]:
    changes = (_change(row, options) for row in _rows(connection, since, limit, options))
    return [change for change in changes if change is not None]


def _rows(connection: sqlite3.Connection, since: int, limit: int | None, options: FeedOptions) -> Any:
    return rows.changes(
        connection,
        since=since,
        limit=limit,
        with_body=options.include_docs or options.matches is not None,
        except_origin=options.except_origin,
        except_through=options.except_through,
        ids=options.ids,
        descending=options.descending,
    )


def _change(row: rows.ChangeRow, options: FeedOptions) -> Json | None:
    document = None
    if row.body is not None:
        document = document_from(row.id, row.rev, bool(row.deleted), row.body)
        if options.matches is not None and not options.matches(document):
            return None
    change: Json = {"seq": row.seq, "id": row.id, "changes": [{"rev": row.rev}]}
    if row.other_leaves is not None:
        others = decode_other_leaves(row.other_leaves)
        if options.style == "all_docs":
            change["changes"] += [{"rev": rev} for rev, _ in others]
        living = [rev for rev, deleted in others if not deleted]
        if options.conflicts and document is not None and living:
            document["_conflicts"] = living
    if row.deleted:
        change["deleted"] = True
    if options.include_docs:
        change["doc"] = document
    return change


class ChangeSignal:
    """Wakes readers that wait for a commit: at once for this process, within a poll for another one."""

    def __init__(self, last_seq: Callable[[], int]) -> None:
        self._last_seq = last_seq
        self._condition = threading.Condition()
        self._seen = 0
        self._polled_at = 0.0
        self._closed = False

    def notify(self, seq: int) -> None:
        """Say that everything up to `seq` is committed."""
        with self._condition:
            self._seen = max(self._seen, seq)
            self._condition.notify_all()

    def wait(self, since: int, timeout: float) -> bool:
        """Return True as soon as there is a sequence after `since`, False after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            self._poll()
            with self._condition:
                if self._seen > since:
                    return True
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    return False
                self._condition.wait(min(left, OTHER_PROCESS_POLL_SECONDS))

    def _poll(self) -> None:
        """Ask the file, at most once per poll interval however many wait."""
        now = time.monotonic()
        with self._condition:
            if self._closed or (self._polled_at and now - self._polled_at < OTHER_PROCESS_POLL_SECONDS / 2):
                return
            self._polled_at = now
        seq = self._last_seq()
        with self._condition:
            if seq > self._seen:
                self._seen = seq
                self._condition.notify_all()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify_all()

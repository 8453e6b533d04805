"""Reading one batch: changes of the source, which of them the target lacks, and those documents.

Nothing is written here, so the next batch may be read while the last one is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from replica.document import UnparsedDocument
from replica.peer import Json, Peer
from replica.replication.attachments import stub_bytes, stubs
from replica.replication.delivery import Failure
from replica.replication.selection import Selection
from replica.tuning import ATTACHMENT_INLINE_BYTES


class Batch(NamedTuple):
    """What one page of changes came to. `is_last` when the source had no more at the time."""

    documents: list[Json]
    unparsed: list[UnparsedDocument]
    unreadable: list[Failure]
    checked: int
    found: int
    last_seq: Any
    pending: int | None
    is_last: bool


class Reader:
    """Reads batches of one replication. `options` go to every `changes` (which marks to leave out)."""

    def __init__(
        self, source: Peer, target: Peer, selection: Selection, *, attachments: bool, **options: Any
    ) -> None:
        self._source = source
        self._target = target
        self._selection = selection
        self._attachments = attachments
        self._options = options

    def read(self, since: Any, limit: int, *, wait_seconds: float | None = None) -> Batch:
        """Read the batch after `since` (CouchDB replication protocol, "Locate Changed Documents")."""
        page = self._source.changes(
            since=since,
            limit=limit,
            include_docs=self._selection.document_filter is not None,
            doc_ids=self._selection.doc_ids,
            selector=self._selection.selector,
            wait_seconds=wait_seconds,
            **self._options,
        )
        rows = [row for row in page.results if self._selection.accepts(row)]
        revisions: dict[str, list[str]] = {}
        for row in rows:
            revisions.setdefault(row["id"], []).extend(change["rev"] for change in row["changes"])
        documents, unreadable, found = self.missing(revisions)
        return Batch(
            documents=documents,
            unparsed=[],
            unreadable=unreadable,
            checked=sum(map(len, revisions.values())),
            found=found,
            last_seq=page.last_seq,
            pending=page.pending,
            is_last=page.pending == 0 if page.pending is not None else len(page.results) < limit,
        )

    def missing(self, revisions: dict[str, list[str]]) -> tuple[list[Json], list[Failure], int]:
        """Return the documents that the target lacks, those that could not be read, and how many were
        lacking.
        """
        if not revisions:
            return [], [], 0
        lacking = self._target.revs_diff(revisions)
        wanted: list[Json] = []
        for id, answer in lacking.items():
            ancestors = answer.get("possible_ancestors")
            since = {"atts_since": ancestors} if ancestors and self._attachments else {}
            wanted += [{"id": id, "rev": rev, **since} for rev in answer["missing"]]
        documents, unreadable = self.fetch(wanted)
        return documents, unreadable, len(wanted)

    def fetch(self, wanted: Sequence[Json]) -> tuple[list[Json], list[Failure]]:
        """Return revisions by id and rev, and those the source has but would not give.

        With attachments, documents that carry some are asked for again in groups of bounded size; what is
        too large for a group stays a stub here and is streamed when it is written.
        """
        documents, unreadable = self._get(wanted, attachments=False)
        if not self._attachments:
            return documents, unreadable
        since = {(one["id"], one["rev"]): one for one in wanted}
        whole = [document for document in documents if not stubs(document)]
        for group in _groups([document for document in documents if stubs(document)]):
            if stub_bytes(group[0]) > ATTACHMENT_INLINE_BYTES:
                whole += group
                continue
            asked = [{"id": one["_id"], "rev": one["_rev"]} for one in group]
            found, failed = self._get(
                [since.get((one["id"], one["rev"]), one) for one in asked], attachments=True
            )
            whole += found
            unreadable += failed
        return whole, unreadable

    def _get(self, wanted: Sequence[Json], *, attachments: bool) -> tuple[list[Json], list[Failure]]:
        if not wanted:
            return [], []
        documents: dict[tuple[str, str], Json] = {}
        unreadable: list[Failure] = []
        for answer in self._source.bulk_get(wanted, attachments=attachments):
            if "ok" in answer:
                # With `latest`, two superseded revisions may both be answered by the leaf that followed them.
                documents.setdefault((answer["ok"]["_id"], answer["ok"]["_rev"]), answer["ok"])
                continue
            error = answer["error"]
            # A revision that is gone was purged, or superseded since the page was read: the feed tells
            # what followed.
            if error["reason"] not in ("missing", "deleted"):
                unreadable.append(
                    Failure(error["id"], str(error["rev"]), error["error"], error["reason"], True)
                )
        return list(documents.values()), unreadable


def _groups(documents: Sequence[Json]) -> Iterator[list[Json]]:
    """Cut into groups whose attachments together stay within `ATTACHMENT_INLINE_BYTES`; one too large
    stands alone.
    """
    group: list[Json] = []
    size = 0
    for document in documents:
        length = stub_bytes(document)
        if group and size + length > ATTACHMENT_INLINE_BYTES:
            yield group
            group, size = [], 0
        group.append(document)
        size += length
    if group:
        yield group

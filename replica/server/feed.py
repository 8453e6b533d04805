"""The changes feed as text: rows go from SQLite to the socket without their bodies ever being parsed.

A `Selection` says which rows a client gets. Where it names a design function, rows are read with their
documents and judged a page at a time on a script thread; `_selector`, `_doc_ids` and plain feeds are
decided by the store.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from replica.encoding import decode_other_leaves
from replica.server.sequences import tag_of
from replica.server.served import ServedDatabase
from replica.server.wire import dumps
from replica.storage import documents as rows

Json = dict[str, Any]
# Rows read in one statement: a reader never holds the write-ahead log back for longer than this takes.
PAGE = 1000
_quote = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`judge` decides by documents, a page at a time: with `style` all_docs leaf by leaf."""

    style: str = "main_only"
    include_docs: bool = False
    conflicts: bool = False
    attachments: bool = False
    doc_ids: Collection[str] | None = None
    judge: Callable[[Sequence[Json]], Sequence[bool]] | None = None
    designs_only: bool = False

    @property
    def is_plain(self) -> bool:
        return self.judge is None and not self.attachments and not self.conflicts


class Row(NamedTuple):
    """`text` is the row without its `seq`, from the comma after it."""

    seq: int
    text: str


class Page(NamedTuple):
    """`reached` is how far was looked; `complete` whether that was the end of the feed."""

    rows: list[Row]
    reached: int
    complete: bool


class Living(NamedTuple):
    """A page of documents as JSON text. `changed` names all that changed, deleted ones too."""

    ids: list[str]
    texts: list[str]
    changed: list[str]
    reached: int
    complete: bool


def living_documents(served: ServedDatabase, since: int, limit: int, *, with_designs: bool) -> Living:
    """The winners after `since`, for an index: their text goes to JavaScript without being parsed here."""
    ids: list[str] = []
    texts: list[str] = []
    changed: list[str] = []
    reached = since
    with served.reading() as connection:
        end = rows.last_seq(connection)
        for seq, doc_id, rev, deleted, _, body in rows.changes(
            connection, since=since, limit=limit, with_body=True
        ):
            reached = seq
            changed.append(doc_id)
            if not deleted and body is not None and (with_designs or not doc_id.startswith("_design/")):
                ids.append(doc_id)
                texts.append(document_text(_quote(doc_id), rev, False, body))
    complete = len(changed) < limit
    return Living(ids, texts, changed, max(end, reached) if complete else reached, complete)


class Feed:
    """Reads one database's changes; holds nothing between two pages."""

    def __init__(self, served: ServedDatabase, selection: Selection) -> None:
        self._served = served
        self._selection = selection
        self.tag = tag_of(served.store)

    def pending(self, seq: int) -> int:
        with self._served.reading() as connection:
            return rows.count_after(connection, seq)

    def line(self, row: Row, *, with_seq: bool = True) -> str:
        seq = f'"{row.seq}-{self.tag}"' if with_seq else "null"
        return f'{{"seq":{seq}{row.text}'

    def pages(self, since: int, limit: int | None = None) -> Iterator[Page]:
        """Pages up to what is the end when it is reached."""
        left = limit
        while left is None or left > 0:
            page = self.page(since, left)
            since = page.reached
            if left is not None:
                left -= len(page.rows)
            yield page
            if page.complete:
                return

    def page(self, since: int, limit: int | None) -> Page:
        if self._selection.is_plain:
            return self._text_page(since, limit)
        return self._judged_page(since, limit)

    def backwards(self, since: int, limit: int | None) -> Page:
        """The newest changes first, in one page."""
        if self._selection.is_plain:
            with self._served.reading() as connection:
                found = self._plain(connection, since, limit, descending=True)
        else:
            page = self._changes(since, None, descending=True)
            found = [self._as_row(change) for change in self._judged(page.results)][:limit]
        return Page(found, found[-1].seq if found else since, complete=True)

    # -- rows as text ------------------------------------------------------------------------

    def _text_page(self, since: int, limit: int | None) -> Page:
        size = PAGE if limit is None else min(PAGE, limit)
        with self._served.reading() as connection:
            end = rows.last_seq(connection)
            found = self._plain(connection, since, size, descending=False)
        complete = len(found) < size
        reached = max(end, since) if complete else found[-1].seq
        return Page(found, reached, complete)

    def _plain(
        self, connection: sqlite3.Connection, since: int, limit: int | None, *, descending: bool
    ) -> list[Row]:
        chosen = self._selection
        statement = rows.changes(
            connection,
            since=since,
            limit=None if chosen.designs_only else limit,
            with_body=chosen.include_docs,
            ids=chosen.doc_ids,
            descending=descending,
        )
        all_leaves = chosen.style == "all_docs"
        found: list[Row] = []
        for seq, doc_id, rev, deleted, others, body in statement:
            if chosen.designs_only and not doc_id.startswith("_design/"):
                continue
            if len(found) == limit:
                break
            name = _quote(doc_id)
            leaves = f'{{"rev":"{rev}"}}'
            if others is not None and all_leaves:
                leaves += "".join(f',{{"rev":"{other}"}}' for other, _ in decode_other_leaves(others))
            text = f',"id":{name},"changes":[{leaves}]'
            if deleted:
                text += ',"deleted":true'
            if body is not None:
                text += f',"doc":{document_text(name, rev, bool(deleted), body)}'
            found.append(Row(seq, text + "}"))
        return found

    # -- rows judged by their documents --------------------------------------------------------

    def _changes(self, since: int, limit: int | None, *, descending: bool = False) -> Any:
        chosen = self._selection
        return self._served.store.changes(
            since=since,
            limit=limit,
            style=chosen.style,
            include_docs=chosen.include_docs or chosen.judge is not None,
            conflicts=chosen.conflicts,
            doc_ids=chosen.doc_ids,
            descending=descending,
        )

    def _judged_page(self, since: int, limit: int | None) -> Page:
        size = PAGE if limit is None or self._selection.judge is not None else min(PAGE, limit)
        page = self._changes(since, size)
        kept = self._judged(page.results)
        complete = len(page.results) < size
        found = [self._as_row(change) for change in kept[:limit]]
        if limit is not None and len(kept) > limit:
            return Page(found, found[-1].seq, complete=False)
        return Page(found, page.last_seq, complete)

    def _judged(self, changes: list[Json]) -> list[Json]:
        judge = self._selection.judge
        if judge is None or not changes:
            return changes
        leaves = [(change, leaf) for change in changes for leaf in self._leaves(change)]
        passed = judge([leaf for _, leaf in leaves])
        for change in changes:
            change["changes"] = []
        for (change, leaf), yes in zip(leaves, passed, strict=True):
            if yes:
                change["changes"].append({"rev": leaf["_rev"]})
        return [change for change in changes if change["changes"]]

    def _leaves(self, change: Json) -> list[Json]:
        """The documents that a filter sees of one change: the winner, or every leaf."""
        winner: Json = change["doc"]
        others = [entry["rev"] for entry in change["changes"] if entry["rev"] != winner["_rev"]]
        if not others:
            return [winner]
        opened = self._served.store.open_revisions(change["id"], others)
        return [winner, *(entry["ok"] for entry in opened if "ok" in entry)]

    def _as_row(self, change: Json) -> Row:
        seq = change.pop("seq")
        if not self._selection.include_docs:
            change.pop("doc", None)
        elif self._selection.attachments and change["doc"].get("_attachments"):
            change["doc"] = self._served.store.get(change["id"], rev=change["doc"]["_rev"], attachments=True)
        return Row(seq, "," + dumps(change)[1:])


def document_text(quoted_id: str, rev: str, deleted: bool, body: str) -> str:
    """A stored document as JSON text, from its stored body."""
    head = f'{{"_id":{quoted_id},"_rev":"{rev}"' + (',"_deleted":true' if deleted else "")
    return head + "}" if body == "{}" else f"{head},{body[1:]}"

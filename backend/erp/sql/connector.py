"""Any SQL database as the ERP of a company.

The statements of its mapping file, run in the right transactions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from backend.erp import readers
from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.port import Answer, Cursor, ErpMisconfigured, Held, Kind, Page, Unreadable
from backend.erp.records import UNSET, Instalment, Record
from backend.erp.rows import Row, UnreadableRow
from backend.erp.sql import answers, cursors
from backend.erp.sql.engine import open_engine, snapshot, writing
from backend.erp.sql.mapping import Posting, SqlMapping
from backend.erp.sql.outbox import find_entry, write_entry

SNAPSHOT_ROWS = 2000


class SqlConnector:
    """Satisfies `backend.erp.port.Connector`. Holds no connection between calls."""

    def __init__(self, mapping: SqlMapping) -> None:
        self._mapping = mapping
        self._engine = open_engine(mapping.url)

    def kinds(self) -> Sequence[Kind]:
        return [kind for kind in Kind if kind in self._mapping.queries]

    def start_of(self, kind: Kind, saved: Cursor | None) -> Cursor | None:  # noqa: ARG002 - every kind overlaps alike
        return cursors.before(saved, self._mapping.overlap, self._mapping.changed)

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        query = self._mapping.queries[kind]
        bounds = cursors.bound_values(after, self._mapping.changed) | {"limit": self._mapping.page_size}
        with self._answering(), snapshot(self._engine) as connection:
            found = [dict(row) for row in connection.execute(text(query.statement), bounds).mappings()]
            keys = [str(row["key"]) for row in found]
            reflects = _by_key(connection, query.reflects, keys)
            instalments = _by_key(connection, query.instalments, keys) if query.instalments else None
        return self._page(kind, found, reflects, instalments)

    def snapshot(self, kind: Kind) -> Iterator[Held] | None:
        statement = self._mapping.queries[kind].snapshot
        return self._held(statement) if statement else None

    def takes_write_offs(self) -> bool:
        return bool(self._mapping.receipts.write_off)

    def find(self, entry_id: str) -> Answer | None:
        posting = self._posting_of(entry_id)
        with self._answering(), snapshot(self._engine) as connection:
            return find_entry(connection, self._mapping, posting, entry_id)

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        return self._post(receipt)

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        return self._post(reversal)

    def close(self) -> None:
        self._engine.dispose()

    def _post(self, entry: OutgoingReceipt | OutgoingReversal) -> Answer:
        posting = self._posting_of(entry.key)
        try:
            with writing(self._engine) as connection:
                return write_entry(connection, self._mapping, posting, entry)
        except DBAPIError as error:
            refusal = answers.refusal_in(error)
            if refusal is None:
                raise answers.unavailable(error) from error
        # A broken unique key may be another job's posting of this very entry, committed while we waited for
        # it.
        return self.find(entry.key) or refusal

    def _posting_of(self, key: str) -> Posting:
        if key.startswith("receipt:"):
            return self._mapping.receipts
        if self._mapping.reversals is None:
            raise ErpMisconfigured("out.reversal is missing: a receipt was voided or its cheque bounced")
        return self._mapping.reversals

    def _held(self, statement: str) -> Iterator[Held]:
        with self._answering(), snapshot(self._engine) as connection:
            streamed = connection.execution_options(yield_per=SNAPSHOT_ROWS)
            for values in streamed.execute(text(statement)).mappings():
                try:
                    yield readers.held(self._row(dict(values)))
                except UnreadableRow:
                    yield Held(key=str(values["key"]), customer=str(values.get("customer") or ""), open=None)

    def _row(self, values: dict[str, Any]) -> Row:
        mapping = self._mapping
        return Row(values, money=mapping.money, currency=mapping.currency, timezone=mapping.timezone)

    def _page(
        self,
        kind: Kind,
        found: list[dict[str, Any]],
        reflects: dict[str, list[dict[str, Any]]],
        instalments: dict[str, list[dict[str, Any]]] | None,
    ) -> Page:
        # The last word about a key counts: it may have been deleted and made again within one page.
        records: dict[str, Record] = {}
        unreadable: dict[str, Unreadable] = {}
        deleted: dict[str, None] = {}
        for values in found:
            key = str(values["key"])
            for saying in (records, unreadable, deleted):
                saying.pop(key, None)
            try:
                row = self._row(values)
                if row.truth("deleted"):
                    deleted[key] = None
                elif kind is Kind.INVOICES:
                    entries = [str(each["receipt_id"]) for each in reflects.get(key, ())]
                    parts = self._instalments(instalments.get(key, [])) if instalments is not None else UNSET
                    records[key] = readers.invoice(row, entries, parts)
                else:
                    records[key] = readers.READERS[kind](row)
            except UnreadableRow as problem:
                unreadable[key] = Unreadable(key=key, reason=str(problem))
        return Page(
            records=list(records.values()),
            unreadable=list(unreadable.values()),
            deleted=list(deleted),
            cursor=cursors.cursor_at(found[-1]["changed"], str(found[-1]["key"])) if found else None,
            last=len(found) < self._mapping.page_size,
        )

    def _instalments(self, parts: list[dict[str, Any]]) -> tuple[Instalment, ...]:
        found = (readers.instalment(self._row(part)) for part in parts)
        return tuple(sorted(found, key=lambda part: part.number))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise answers.unavailable(error) from error


def _by_key(
    connection: Connection, statement: str | None, keys: list[str]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if statement and keys:
        query = text(statement).bindparams(bindparam("keys", expanding=True))
        for row in connection.execute(query, {"keys": keys}).mappings():
            found[str(row["key"])].append(dict(row))
    return found

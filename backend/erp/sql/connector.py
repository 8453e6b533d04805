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

from backend.erp.port import Cursor, Kind, Page, Posted, Rejected, Unreadable
from backend.erp.records import OutgoingReceipt, Record
from backend.erp.sql import answers, cursors, rows
from backend.erp.sql.engine import open_engine, posting, snapshot
from backend.erp.sql.mapping import SqlMapping
from backend.erp.sql.outbox import find_receipt, write_receipt


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
            reflects = _reflects(connection, query.reflects, keys) if query.reflects and keys else {}
        return self._page(kind, found, reflects)

    def find_receipt(self, receipt_id: str) -> Posted | Rejected | None:
        with self._answering(), snapshot(self._engine) as connection:
            return find_receipt(connection, self._mapping.outbox, receipt_id)

    def post_receipt(self, receipt: OutgoingReceipt) -> Posted | Rejected:
        outbox = self._mapping.outbox
        try:
            with posting(self._engine) as connection:
                known = find_receipt(connection, outbox, receipt.receipt_id)
                return known or write_receipt(connection, outbox, receipt, self._mapping.money)
        except DBAPIError as error:
            refusal = answers.refusal_in(error)
            if refusal is None:
                raise answers.unavailable(error) from error
        # A broken unique key may be another job's posting of this very receipt, committed while we waited
        # for it.
        return self.find_receipt(receipt.receipt_id) or refusal

    def close(self) -> None:
        self._engine.dispose()

    def _page(self, kind: Kind, found: list[dict[str, Any]], reflects: dict[str, list[str]]) -> Page:
        records: list[Record] = []
        unreadable: list[Unreadable] = []
        for values in found:
            key = str(values["key"])
            try:
                row = rows.Row(values, money=self._mapping.money, currency=self._mapping.currency)
                records.append(
                    rows.invoice(row, reflects.get(key, ()))
                    if kind is Kind.INVOICES
                    else rows.READERS[kind](row)
                )
            except rows.UnreadableRow as problem:
                unreadable.append(Unreadable(key=key, reason=str(problem)))
        return Page(
            records=records,
            unreadable=unreadable,
            cursor=cursors.cursor_at(found[-1]["changed"], str(found[-1]["key"])) if found else None,
            last=len(found) < self._mapping.page_size,
        )

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise answers.unavailable(error) from error


def _reflects(connection: Connection, statement: str, keys: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    query = text(statement).bindparams(bindparam("keys", expanding=True))
    for row in connection.execute(query, {"keys": keys}).mappings():
        found[str(row["key"])].append(str(row["receipt_id"]))
    return found

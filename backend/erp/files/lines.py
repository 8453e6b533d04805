"""What one row of a table becomes: a record, or the reason why there is none and where to look."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from backend.erp import readers
from backend.erp.files.mapping import DecimalMark, FilesMapping
from backend.erp.files.tables import TableRow
from backend.erp.files.templates import IN, INSTALMENTS, STATES, Form, Sheet
from backend.erp.port import Held, Kind
from backend.erp.records import UNSET, Instalment, Maybe, Record
from backend.erp.rows import MoneyForm, Row, UnreadableRow

_LOCAL_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_COMMA_DECIMAL = re.compile(r"-?\d+(,\d+)?")
_SEPARATORS = re.compile(r"[\s,;]+")

Parts = Mapping[str, Sequence[TableRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record of a file: its key, a digest of all it says, and the record or why there is none.

    Where not even the key can be read, `keyed` is False and `key` says where it stands.
    """

    key: str
    digest: bytes
    record: Record | None = None
    problem: str = ""
    held: Held | None = None
    keyed: bool = True


class LineReader:
    """Reads the rows of one file. `parts` are the instalments in it by invoice, None where it has none."""

    def __init__(self, kind: Kind, mapping: FilesMapping, parts: Parts | None = None) -> None:
        self._kind = kind
        self._sheet = IN[kind]
        self._mapping = mapping
        self._parts = parts

    def line(self, where: str, row: TableRow) -> Line:
        values = self._fields(self._sheet, row)
        words = [str(values.get(field) or "") for field in self._sheet.key]
        key = ":".join(words) if all(words) else where
        parts = self._parts.get(key, ()) if self._parts is not None else ()
        said = repr(sorted(values.items())) + repr([sorted(part.values.items()) for part in parts])
        try:
            record = self._record(self._row(values), parts)
        except UnreadableRow as problem:
            field = re.match(r"\w*", str(problem))
            column = self._sheet.column_of(field.group() if field else "")
            return unclear(key, f"{where}, column {column}: {problem}", said, keyed=key != where)
        held = Held(
            key=record.key,
            customer=str(values.get("customer") or values.get("code") or ""),
            open=getattr(record, "balance", 0),
            currency=getattr(record, "currency", self._mapping.currency),
        )
        return Line(key=record.key, digest=_digest(said), record=record, held=held)

    def _record(self, row: Row, parts: Sequence[TableRow]) -> Record:
        if self._kind is not Kind.INVOICES:
            return readers.READERS[self._kind](row)
        instalments: Sequence[Instalment] | Maybe = UNSET
        if self._parts is not None:
            found = (readers.instalment(self._row(self._fields(INSTALMENTS, part))) for part in parts)
            instalments = tuple(sorted(found, key=lambda part: part.number))
        entries = [word for word in _SEPARATORS.split(row.optional_text("reflects") or "") if word]
        return readers.invoice(row, entries, instalments)

    def _row(self, values: Mapping[str, Any]) -> Row:
        mapping = self._mapping
        return Row(values, money=MoneyForm.DECIMAL, currency=mapping.currency, timezone=mapping.timezone)

    def _fields(self, sheet: Sheet, row: TableRow) -> dict[str, Any]:
        """The row by the names of fields, written as everybody else writes them.

        An empty text is one; anything else that is empty is not there.
        """
        columns = {column.name: column for column in sheet.columns}
        fields = {}
        for name, value in row.values.items():
            column = columns[name]
            if value is not None or column.form is Form.TEXT:
                fields[column.field] = _plain(value, column.form, self._mapping.decimal)
        return fields


def unclear(key: str, problem: str, said: str, *, keyed: bool = True) -> Line:
    return Line(key=key, digest=_digest(problem + said), problem=problem, keyed=keyed)


def _digest(said: str) -> bytes:
    return sha256(said.encode()).digest()


def _plain(value: Any, form: Form, decimal: DecimalMark) -> Any:
    if not isinstance(value, str):
        return str(value) if form is Form.TEXT and isinstance(value, int | Decimal) else value
    if form in (Form.MONEY, Form.NUMBER) and decimal is DecimalMark.COMMA and _COMMA_DECIMAL.fullmatch(value):
        return value.replace(",", ".")
    if form is Form.DATE and (day := _LOCAL_DAY.fullmatch(value)):
        return f"{day.group(3)}-{int(day.group(2)):02d}-{int(day.group(1)):02d}"
    return STATES.get(value.lower(), value) if form is Form.STATE else value

"""Declared indexes, and keeping them in step with the documents in the transaction that writes them.

An index holds the living documents that have every indexed field and pass its partial filter, as CouchDB's
do; design documents are never in one. It is built in slices between which others write, and used for queries
only when complete.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from replica.collation import collation_key, raw_key
from replica.document import DESIGN
from replica.encoding import document_from
from replica.errors import BadRequest, NotFound
from replica.revision import canonical_json
from replica.selectors import compile_selector, lookup, parse_path
from replica.storage import indexes as rows
from replica.storage.connection import Connections
from replica.tuning import INDEX_SLICE_ROWS

Json = dict[str, Any]

_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One declared index. `design` is the id of its design document, `fields` are dotted paths in order."""

    number: int
    design: str
    name: str
    fields: tuple[str, ...]
    directions: tuple[str, ...]
    partial_filter: Json | None
    ready: bool
    paths: tuple[tuple[str, ...], ...]
    admits: Callable[[Json], bool] | None

    def key(self, document: Json) -> bytes | None:
        """Return the entry of a document, None where it has none."""
        if document["_id"].startswith(DESIGN) or (self.admits is not None and not self.admits(document)):
            return None
        values = [lookup(document, path, _ABSENT) for path in self.paths]
        if any(value is _ABSENT for value in values):
            return None
        return b"".join(field_key(field, value) for field, value in zip(self.fields, values, strict=True))

    def describe(self) -> Json:
        """Return it as `GET /{db}/_index` does."""
        fields = [{field: way} for field, way in zip(self.fields, self.directions, strict=True)]
        definition: Json = {"fields": fields}
        if self.partial_filter is not None:
            definition["partial_filter_selector"] = self.partial_filter
        return {"ddoc": self.design, "name": self.name, "type": "json", "def": definition}


def parse_index(number: int, design: str, name: str, definition: Json, *, ready: bool) -> Index:
    """Read a definition `{fields: [name | {name: "asc"|"desc"}], partial_filter_selector?}`.

    Raise `BadRequest`.
    """
    fields = definition.get("fields")
    if not isinstance(fields, list) or not fields:
        raise BadRequest("an index needs a list of fields")
    ordered = [field_order(field) for field in fields]
    partial = definition.get("partial_filter_selector")
    return Index(
        number=number,
        design=design,
        name=name,
        fields=tuple(field for field, _ in ordered),
        directions=tuple(way for _, way in ordered),
        partial_filter=partial,
        ready=ready,
        paths=tuple(parse_path(field) for field, _ in ordered),
        admits=compile_selector(partial) if partial is not None else None,
    )


def field_key(field: str, value: Any) -> bytes:
    """Return the part of an entry that one field makes: ids are ordered by their bytes, as everywhere."""
    return raw_key(value) if field == "_id" else collation_key(value)


def field_order(entry: Any) -> tuple[str, str]:
    """Read `"a"` or `{"a": "desc"}` of a sort or an index. Raise `BadRequest`."""
    if isinstance(entry, str) and entry:
        return entry, "asc"
    if isinstance(entry, dict) and len(entry) == 1:
        field, way = next(iter(entry.items()))
        if way in {"asc", "desc"}:
            return field, way
    raise BadRequest(f"not a field with a direction: {entry!r}")


class IndexCatalogue:
    """The indexes of one file, compiled once and read again only where somebody declared or dropped one."""

    def __init__(self) -> None:
        self._known: tuple[list[rows.IndexRow], tuple[Index, ...]] = ([], ())
        self._at_version: tuple[int, tuple[Index, ...]] = (-1, ())

    def at_version(self, connection: sqlite3.Connection, version: int) -> tuple[Index, ...]:
        """Return the indexes, read again only where their version has moved: for writers, who know it."""
        known, indexes = self._at_version
        if known != version:
            indexes = self.load(connection)
            self._at_version = (version, indexes)
        return indexes

    def load(self, connection: sqlite3.Connection) -> tuple[Index, ...]:
        stored = rows.every_index(connection)
        known, indexes = self._known
        if stored != known:
            indexes = tuple(
                parse_index(
                    row.number, row.design, row.name, json.loads(row.definition), ready=bool(row.ready)
                )
                for row in stored
            )
            self._known = (stored, indexes)
        return indexes


class IndexUpdates:
    """Collects the entries that a batch removes and adds, and writes them with it."""

    def __init__(self, indexes: Sequence[Index]) -> None:
        self._indexes = indexes
        self._removed: list[tuple[int, bytes, str]] = []
        self._added: list[tuple[int, bytes, str]] = []
        self.any = bool(indexes)

    def remove(self, document_id: str, rev: str, body: str) -> None:
        """Take out the entries of a document as it was."""
        self._removed.extend(self._entries(document_id, rev, body))

    def add(self, document_id: str, rev: str, body: str) -> None:
        """Put in the entries of a document as it is now."""
        self._added.extend(self._entries(document_id, rev, body))

    def _entries(self, document_id: str, rev: str, body: str) -> list[tuple[int, bytes, str]]:
        document = document_from(document_id, rev, False, body)
        keys = ((index.number, index.key(document)) for index in self._indexes)
        return [(number, key, document_id) for number, key in keys if key is not None]

    def flush(self, connection: sqlite3.Connection) -> None:
        if self._removed:
            rows.remove_entries(connection, self._removed)
        if self._added:
            rows.add_entries(connection, self._added)
        self._removed, self._added = [], []


def create(
    connections: Connections,
    catalogue: IndexCatalogue,
    definition: Json,
    *,
    name: str | None,
    design: str | None,
) -> Json:
    """Declare an index and build it.

    Return `{result: "created"|"exists", id, name}` (`POST /{db}/_index`).
    """
    digest = hashlib.sha1(canonical_json(definition).encode(), usedforsecurity=False).hexdigest()
    name = name or digest
    design = f"{DESIGN}{(design or digest).removeprefix(DESIGN)}"
    parse_index(0, design, name, definition, ready=False)
    with connections.writing() as connection:
        known = next((i for i in catalogue.load(connection) if (i.design, i.name) == (design, name)), None)
        wanted = parse_index(0, design, name, definition, ready=False).describe()
        if known is not None and known.describe() != wanted:
            rows.drop_index(connection, known.number)  # its entries go with the next compaction
            known = None
        number = (
            known.number if known else rows.add_index(connection, design, name, canonical_json(definition))
        )
    if known is None or not known.ready:
        _build(connections, catalogue, number)
    return {"result": "exists" if known and known.ready else "created", "id": design, "name": name}


def _build(connections: Connections, catalogue: IndexCatalogue, number: int) -> None:
    """Enter what is older than the index.

    Cut short, it is not ready, and the next declaration begins again.
    """
    last = ""
    while True:
        with connections.writing() as connection:
            index = next((index for index in catalogue.load(connection) if index.number == number), None)
            if index is None:
                return
            slice_ = rows.living_after(connection, last, INDEX_SLICE_ROWS)
            if not slice_:
                rows.set_ready(connection, number)
                return
            updates = IndexUpdates([index])
            for document_id, rev, body in slice_:
                updates.add(document_id, rev, body)
            updates.flush(connection)
            last = slice_[-1][0]


def drop(connections: Connections, catalogue: IndexCatalogue, design: str, name: str) -> None:
    """Forget an index (`DELETE /{db}/_index/{ddoc}/json/{name}`). Raise `NotFound`."""
    design = f"{DESIGN}{design.removeprefix(DESIGN)}"
    with connections.writing() as connection:
        known = next((i for i in catalogue.load(connection) if (i.design, i.name) == (design, name)), None)
        if known is None:
            raise NotFound(f"no index {name} in {design}")
        rows.drop_index(connection, known.number)
    some_left = True
    while some_left:
        with connections.writing() as connection:
            some_left = rows.drop_entries(connection, known.number, INDEX_SLICE_ROWS)

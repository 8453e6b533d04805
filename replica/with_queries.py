"""Mango queries and their indexes, as methods of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from replica import indexing, queries
from replica.queries import FindOptions
from replica.store import Store

Json = dict[str, Any]


class WithQueries(Store):
    """`find` and `explain` over the indexes that `create_index` declares."""

    def find(self, selector: Json, **options: Unpack[FindOptions]) -> Json:
        """Return `{docs, bookmark, execution_stats, warning?}` for a Mango selector (`POST /{db}/_find`).

        Raise `BadRequest` for a selector that makes no sense, `NoUsableIndex` for a sort that no index gives.
        """
        query = queries.parse_query(selector, options)
        with self._connections.snapshot() as connection:
            return queries.run(connection, query, queries.make_plan(query, self._indexes.load(connection)))

    def explain(self, selector: Json, **options: Unpack[FindOptions]) -> Json:
        """Return which index `find` would use and which range of it (`POST /{db}/_explain`)."""
        query = queries.parse_query(selector, options)
        with self._connections.snapshot() as connection:
            return queries.explain(self.name, query, queries.make_plan(query, self._indexes.load(connection)))

    def create_index(
        self,
        fields: Sequence[Any],
        *,
        name: str | None = None,
        design: str | None = None,
        partial_filter_selector: Json | None = None,
    ) -> Json:
        """Declare and build an index. Return `{result: "created"|"exists", id, name}` (`POST /{db}/_index`).

        `fields` are dotted paths, or `{path: "asc"|"desc"}`. Others write while it is being built.
        """
        definition: Json = {"fields": fields if isinstance(fields, str) else list(fields)}
        if partial_filter_selector is not None:
            definition["partial_filter_selector"] = partial_filter_selector
        return indexing.create(self._connections, self._indexes, definition, name=name, design=design)

    def list_indexes(self) -> Json:
        """Return `{total_rows, indexes}`, the walk over ids first (`GET /{db}/_index`)."""
        with self._connections.reading() as connection:
            declared = [index.describe() for index in self._indexes.load(connection)]
        return {"total_rows": len(declared) + 1, "indexes": [queries.ALL_DOCS, *declared]}

    def delete_index(self, design: str, name: str) -> None:
        """Forget an index (`DELETE /{db}/_index/{ddoc}/json/{name}`). Raise `NotFound`."""
        indexing.drop(self._connections, self._indexes, design, name)

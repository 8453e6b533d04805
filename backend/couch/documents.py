"""Reading and writing documents: one, many, through a view, through a selector, and `_local` ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

from backend.couch.errors import NotFound
from backend.couch.transport import Json, Transport

KEYS_PER_REQUEST = 1000  # about 1 MB of documents in one answer
DESIGN_PREFIX = "_design/"


class Documents(Transport):
    """Documents of any database of the server."""

    def get(self, db: str, doc_id: str, **options: Any) -> Json | None:
        """The document, or None where it is absent or deleted.

        `options` are CouchDB's: `rev`, `conflicts`, `revs` … Raise `NotFound` where there is no database.
        """
        operation, key = self.service.get_document, doc_id
        if doc_id.startswith(DESIGN_PREFIX):
            operation, key = self.service.get_design_document, doc_id.removeprefix(DESIGN_PREFIX)
        try:
            return cast(Json, self.call(f"{db}/{doc_id}", operation, db, key, idempotent=True, **options))
        except NotFound as absent:
            if absent.reason in {"missing", "deleted"}:
                return None
            raise

    def get_many(self, db: str, ids: Iterable[str]) -> dict[str, Json]:
        """The documents by id; those absent or deleted are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Json] = {}
        for start in range(0, len(wanted), KEYS_PER_REQUEST):
            rows = self.all_docs(db, keys=wanted[start : start + KEYS_PER_REQUEST], include_docs=True)
            found.update((row["id"], row["doc"]) for row in rows if row.get("doc"))
        return found

    def all_docs(self, db: str, **options: Any) -> list[Json]:
        """Rows of `_all_docs`: `keys`, `start_key`, `end_key`, `include_docs`, `descending`, `limit` …"""
        answer = self.call(f"{db}/_all_docs", self.service.post_all_docs, db, idempotent=True, **options)
        return cast(list[Json], answer["rows"])

    def put(self, db: str, document: Json) -> str:
        """Write one document and return its revision. Raise `Conflict` where `_rev` is not the stored one."""
        doc_id = str(document["_id"])
        if doc_id.startswith(DESIGN_PREFIX):
            answer = self._put_design(db, doc_id.removeprefix(DESIGN_PREFIX), document)
        else:
            answer = self.call(f"{db}/{doc_id}", self.service.put_document, db, doc_id, document)
        return str(answer["rev"])

    def _put_design(self, db: str, name: str, document: Json) -> Json:
        # ibmcloudant's model of a design document knows only some of its fields: ours goes as it is
        path = f"/{quote(db, safe='')}/_design/{quote(name, safe='')}"
        return cast(Json, self.request("PUT", path, body=document))

    def delete(self, db: str, doc_id: str, rev: str) -> str:
        """Leave a tombstone and return its revision. Raise `Conflict` where `rev` is not the stored one."""
        answer = self.call(f"{db}/{doc_id}", self.service.delete_document, db, doc_id, rev=rev)
        return str(answer["rev"])

    def bulk(self, db: str, documents: Sequence[Json], *, new_edits: bool = True) -> list[Json]:
        """One `{ok, id, rev}` or `{id, error, reason}` for each; with `new_edits=False` failures only.

        A batch that the server refuses as a whole (ill-formed id, too large) raises, and nothing was written.
        """
        if not documents:
            return []
        answer = self.call(
            f"{db}/_bulk_docs",
            self.service.post_bulk_docs,
            db,
            {"docs": list(documents), "new_edits": new_edits},
            idempotent=not new_edits,
        )
        return cast(list[Json], answer)

    def purge(self, db: str, leaves: Mapping[str, Sequence[str]]) -> None:
        """Remove these revisions as if they had never been there: no tombstone, nothing that replicates.

        At most a hundred ids in one request (CouchDB's `max_document_id_number`).
        """
        body = {doc_id: list(revs) for doc_id, revs in leaves.items()}
        self.request("POST", f"/{quote(db, safe='')}/_purge", body=body, idempotent=True)

    def view(self, db: str, ddoc: str, view: str, **options: Any) -> list[Json]:
        """Rows of a view: `key`, `keys`, `start_key`, `end_key`, `group_level`, `reduce`, `include_docs` …"""
        what = f"{db}/_design/{ddoc}/_view/{view}"
        answer = self.call(what, self.service.post_view, db, ddoc, view, idempotent=True, **options)
        return cast(list[Json], answer["rows"])

    def find(self, db: str, selector: Json, **options: Any) -> list[Json]:
        """Documents that match a Mango selector: `fields`, `sort`, `limit`, `skip`, `use_index` …"""
        answer = self.call(f"{db}/_find", self.service.post_find, db, selector, idempotent=True, **options)
        return cast(list[Json], answer["docs"])

    def get_local(self, db: str, key: str) -> Json | None:
        """The document `_local/<key>`, or None where there is none."""
        try:
            what = f"{db}/_local/{key}"
            return cast(Json, self.call(what, self.service.get_local_document, db, key, idempotent=True))
        except NotFound as absent:
            if absent.reason in {"missing", "deleted"}:
                return None
            raise

    def put_local(self, db: str, key: str, document: Json) -> str:
        """Write `_local/<key>` and return its revision. Raise `Conflict` where `_rev` is not the stored."""
        answer = self.call(f"{db}/_local/{key}", self.service.put_local_document, db, key, document)
        return str(answer["rev"])

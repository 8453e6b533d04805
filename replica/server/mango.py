"""Mango indexes as CouchDB keeps them: views of design documents of language `query`.

They are read, replicated and deleted like any other design document. The store keeps indexes of its own and
knows nothing of design documents: what the documents declare is brought into the store when a query asks for
it, as CouchDB builds an index with its first query.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from replica.document import DESIGN
from replica.errors import BadRequest, Conflict, NotFound, ReplicaError
from replica.indexing import field_order, parse_index
from replica.queries import ALL_DOCS
from replica.revision import canonical_json
from replica.server.authentication import User
from replica.server.designs import Design

if TYPE_CHECKING:
    from replica.server.served import ServedDatabase

Json = dict[str, Any]
LANGUAGE = "query"


class InvalidLanguage(BadRequest):
    error = "invalid_ddoc_lang"


class InvalidIndex(BadRequest):
    error = "invalid_index"


class IndexNotSaved(ReplicaError):
    error = "error_saving_ddoc"


def definition_of(fields: Any, partial_filter: Any) -> Json:
    """What an index is made of, checked. Raise `BadRequest`."""
    definition: Json = {"fields": fields}
    if partial_filter not in (None, {}):
        definition["partial_filter_selector"] = partial_filter
    parse_index(0, "", "", definition, ready=False)
    return definition


def view_of(definition: Json) -> Json:
    """The view that declares an index, in the shape of CouchDB's own."""
    ordered = dict(field_order(entry) for entry in definition["fields"])
    partial = definition.get("partial_filter_selector", {})
    return {
        "map": {"fields": ordered, "partial_filter_selector": partial},
        "reduce": "_count",
        "options": {"def": definition},
    }


def declared_in(design: Design) -> Iterator[tuple[str, Json]]:
    """Yield (name, definition) of a design document's indexes; what declares none is passed over."""
    views = design.document.get("views")
    if design.language != LANGUAGE or not isinstance(views, dict):
        return
    for name, view in views.items():
        declared = view.get("map") if isinstance(view, dict) else None
        if not isinstance(declared, dict) or not isinstance(declared.get("fields"), dict):
            continue
        fields = [{field: way} for field, way in declared["fields"].items()]
        try:
            yield name, definition_of(fields, declared.get("partial_filter_selector"))
        except BadRequest:
            continue


class MangoIndexes:
    """The indexes of one database."""

    def __init__(self, served: ServedDatabase) -> None:
        self._served = served
        self._lock = threading.Lock()
        self._in_step_with: dict[str, Design] | None = None

    def listed(self) -> list[Json]:
        """Every index as `GET /{db}/_index` tells it, the walk over ids first."""
        found = [
            parse_index(0, design.id, name, definition, ready=True).describe()
            for design in self._served.designs().values()
            for name, definition in declared_in(design)
        ]
        found.sort(key=lambda index: (index["ddoc"], index["name"]))
        return [ALL_DOCS, *({**index, "partitioned": False} for index in found)]

    def bring_in_step(self) -> None:
        """Build in the store what design documents declare, and drop what none declares any more."""
        if self._served.designs() is self._in_step_with:
            return
        with self._lock:
            designs, store = self._served.designs(), self._served.store
            wanted = {
                (design.id, name): definition
                for design in designs.values()
                for name, definition in declared_in(design)
            }
            for index in store.list_indexes()["indexes"][1:]:
                if (index["ddoc"], index["name"]) not in wanted:
                    store.delete_index(index["ddoc"], index["name"])
            for (ddoc, name), definition in wanted.items():
                store.create_index(
                    definition["fields"],
                    name=name,
                    design=ddoc,
                    partial_filter_selector=definition.get("partial_filter_selector"),
                )
            self._in_step_with = designs

    def add(self, definition: Json, user: User, *, ddoc: str | None, name: str | None) -> Json:
        """Declare an index and build it. Return `{result: "created"|"exists", id, name}`."""
        digest = hashlib.sha1(canonical_json(definition).encode(), usedforsecurity=False).hexdigest()
        name = name or digest
        document = self._design(f"{DESIGN}{(ddoc or digest).removeprefix(DESIGN)}")
        if document.setdefault("language", LANGUAGE) != LANGUAGE:
            raise InvalidLanguage(f"Existing design doc has an invalid language: {document['language']}")
        told = {"id": document["_id"], "name": name}
        views = document.get("views", {})
        view = view_of(definition)
        if views.get(name) == view and list(views[name]["map"]["fields"]) == list(view["map"]["fields"]):
            return {"result": "exists", **told}
        self._save({**document, "views": {**views, name: view}}, user)
        self.bring_in_step()
        return {"result": "created", **told}

    def remove(self, ddoc: str, user: User, *, name: str | None = None) -> None:
        """Forget one index, or every index of a design document, and the document with its last one.

        Raise `NotFound`.
        """
        document_id = f"{DESIGN}{ddoc.removeprefix(DESIGN)}"
        design = self._served.designs().get(document_id)
        known = dict(declared_in(design)) if design is not None else {}
        gone = set(known) if name is None else {name}
        if design is None or not known or not gone <= set(known):
            raise NotFound("missing")
        views = {key: view for key, view in design.document["views"].items() if key not in gone}
        if views:
            self._save({**design.document, "views": views}, user)
        else:
            self._save({"_id": document_id, "_rev": design.document["_rev"], "_deleted": True}, user)

    def _design(self, document_id: str) -> Json:
        design = self._served.designs().get(document_id)
        return dict(design.document) if design is not None else {"_id": document_id}

    def _save(self, document: Json, user: User) -> None:
        try:
            self._served.put(document, user)
        except Conflict:
            raise IndexNotSaved("Encountered a conflict while saving the design document.") from None

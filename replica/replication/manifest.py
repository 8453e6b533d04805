"""What matters first, downwards: documents that the centre lists for this phone travel before the long
stream.

The list decides only the order. The stream that follows has an id and a checkpoint of its own and brings
everything, so a list that is wrong, old or missing loses nothing.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from replica.peer import Json, Peer


@runtime_checkable
class Listing(Protocol):
    """A database that answers for many ids at once (`_all_docs?keys=`)."""

    def all_docs(self, *, include_docs: bool = False, keys: Any = None) -> Json: ...


def fetch_manifest(source: Peer, target: Peer, manifest: str) -> list[Json]:
    """Return the documents that `manifest` names under `ids`, itself included, of which the target has
    nothing yet.

    They are winners without their history, as in a first sync. Those with attachments are left to the stream.
    """
    if not isinstance(source, Listing) or not isinstance(target, Listing):
        return []
    listed = _documents(source, [manifest])
    ids = listed[0].get("ids") if listed else None
    if not isinstance(ids, list):
        return []
    asked = [manifest, *(id for id in ids if isinstance(id, str))]
    unknown = {row["key"] for row in target.all_docs(keys=asked)["rows"] if "error" in row}
    documents = _documents(source, [id for id in asked[1:] if id in unknown]) if unknown else []
    return [document for document in listed + documents if document["_id"] in unknown]


def _documents(source: Listing, ids: list[str]) -> list[Json]:
    rows = source.all_docs(keys=ids, include_docs=True)["rows"] if ids else []
    return [row["doc"] for row in rows if row.get("doc") and "_attachments" not in row["doc"]]

"""What matters first, downwards: documents that the centre lists for this phone travel before the long
stream.

The list decides only the order. The stream that follows has an id and a checkpoint of its own and brings
everything, so a list that is wrong, old or missing loses nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

from replica.peer import Json, Peer


@runtime_checkable
class Listing(Protocol):
    """A database that answers for many ids at once (`_all_docs?keys=`)."""

    def all_docs(self, *, include_docs: bool = False, keys: Any = None) -> Json: ...


class Manifest(NamedTuple):
    """`documents` the target has nothing of, as winners without their history; `known` ids and the source's
    revisions of them, to be asked for in the ordinary way.
    """

    documents: list[Json]
    known: dict[str, list[str]]


def read_manifest(source: Peer, target: Peer, manifest: str) -> Manifest:
    """Return what `manifest` names under `ids`, itself included. Without attachments: they keep for the
    stream.
    """
    if not isinstance(source, Listing) or not isinstance(target, Listing):
        return Manifest([], {})
    listed = _documents(source, [manifest])
    ids = listed[0].get("ids") if listed else None
    if not isinstance(ids, list):
        return Manifest([], {})
    asked = [manifest, *(id for id in ids if isinstance(id, str))]
    unknown = {row["key"] for row in target.all_docs(keys=asked)["rows"] if "error" in row}
    documents = [*listed, *_documents(source, [id for id in asked[1:] if id in unknown])]
    known = [id for id in asked if id not in unknown]
    rows = source.all_docs(keys=known)["rows"] if known else []
    return Manifest(
        documents=[document for document in documents if document["_id"] in unknown],
        known={row["id"]: [row["value"]["rev"]] for row in rows if "error" not in row},
    )


def _documents(source: Listing, ids: list[str]) -> list[Json]:
    rows = source.all_docs(keys=ids, include_docs=True)["rows"] if ids else []
    return [row["doc"] for row in rows if row.get("doc") and "_attachments" not in row["doc"]]

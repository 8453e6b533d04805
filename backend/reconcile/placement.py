"""The edits that make one collector's database say what the central one says, and no edit more.

They are ordinary edits on the collector database's own revisions: a copied revision could not come back once
a tombstone stood over it. Each carries `source_rev`, the central revision that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.couch.client import Json

SOURCE_REV = "source_rev"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should stand under an id: `document` of the central database, or nothing.

    An `optional` document is kept up to date where it stands, but not brought where it does not.
    """

    document: Json | None
    optional: bool = False


@dataclass(slots=True)
class Edits:
    """`writes` for `_bulk_docs`; `overtaken` ids stand there from a later revision than the wanted one."""

    writes: list[Json] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)


def generation(rev: str) -> int:
    """The number before the dash; 0 for anything that is no revision."""
    number = rev.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def plan_edits(wanted: Mapping[str, Wanted], rows: Iterable[Json]) -> Edits:
    """Compare with the rows of `_all_docs` (`keys`, `include_docs`) of the collector's database."""
    edits = Edits()
    found = {row["key"]: row for row in rows}
    for doc_id, want in wanted.items():
        row = found.get(doc_id, {})
        standing = row.get("doc")
        if want.document is None:
            if standing is not None:
                edits.writes.append({"_id": doc_id, "_rev": standing["_rev"], "_deleted": True})
        elif standing is None:
            if not want.optional:
                edits.writes.append(_copy(want.document) | _over(row))
        elif generation(str(standing.get(SOURCE_REV, ""))) > generation(want.document["_rev"]):
            edits.overtaken.append(doc_id)
        elif _content(standing) != _content(want.document):
            edits.writes.append(_copy(want.document) | {"_rev": standing["_rev"]})
    return edits


def _copy(document: Json) -> Json:
    return {"_id": document["_id"], **_content(document), SOURCE_REV: document["_rev"]}


def _over(row: Json) -> Json:
    """The tombstone that a returning document continues, where there is one."""
    value = row.get("value") or {}
    return {"_rev": value["rev"]} if value.get("deleted") else {}


def _content(document: Json) -> Json:
    return {
        name: value for name, value in document.items() if not name.startswith("_") and name != SOURCE_REV
    }

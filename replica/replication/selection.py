"""Which documents a replication is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from replica.peer import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """At most one of three: named documents, a Mango selector run by the source, or a function run here.

    A function's identity is `filter_name`, which becomes part of the replication id: a filter that begins
    to accept other documents needs another name, or it goes on from where the old one stopped. A name
    without a function stands for a filter that the source's feed passes through already.
    """

    doc_ids: tuple[str, ...] | None = None
    selector: Json | None = None
    document_filter: Callable[[Json], bool] | None = None
    filter_name: str | None = None

    def __post_init__(self) -> None:
        given = [one for one in (self.doc_ids, self.selector, self.document_filter) if one is not None]
        if len(given) > 1:
            raise ValueError(
                "a replication is limited by doc_ids, by a selector or by a filter, not by several"
            )
        if self.document_filter is not None and self.filter_name is None:
            raise ValueError("a document_filter needs a filter_name, which is its identity")

    def accepts(self, row: Json) -> bool:
        """Whether the document of a changes row (with `doc`) is wanted."""
        return self.document_filter is None or self.document_filter(row.get("doc") or {"_id": row["id"]})


EVERYTHING = Selection()

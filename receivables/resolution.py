"""Who wins where a document has several leaves: by type, alike on every replica, and nothing is dropped.

| documents | winner | the other leaves |
|---|---|---|
| facts | the leaf that the centre accepted first, else the winner that CouchDB shows | parked for a person |
| projections | the leaf made from the newest central revision | stale copies, superseded |
| the rest | CouchDB's winner | parked for a person |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from receivables.documents import FACT_TYPES, PROJECTION_TYPES, type_of


@dataclass(frozen=True, slots=True)
class Resolution:
    """The leaf to believe, and those that a person must look at."""

    winner: Mapping[str, Any]
    parked: tuple[Mapping[str, Any], ...]


def revision_order(rev: str) -> tuple[int, str]:
    """CouchDB's order of leaves: by generation, then by digest (both ascending; the last one wins)."""
    generation, _, digest = rev.partition("-")
    return (int(generation), digest)


def resolve(leaves: Sequence[Mapping[str, Any]], *, accepted_rev: str | None = None) -> Resolution:
    """Decide between the live leaves of one document; `accepted_rev` is the leaf that the centre holds.

    The order of `leaves` doesn't matter. Raise ValueError where there is none.
    """
    if not leaves:
        raise ValueError("a document without leaves has no winner")
    kind = type_of(leaves[0]["_id"])
    ordered = sorted(leaves, key=lambda leaf: revision_order(leaf["_rev"]), reverse=True)
    if kind in PROJECTION_TYPES:
        return Resolution(max(ordered, key=_freshness), ())
    winner = ordered[0]
    if kind in FACT_TYPES:
        winner = next((leaf for leaf in ordered if leaf["_rev"] == accepted_rev), winner)
    return Resolution(winner, tuple(leaf for leaf in ordered if leaf is not winner))


def _freshness(leaf: Mapping[str, Any]) -> tuple[int, str]:
    return revision_order(leaf.get("source_rev") or "0-")

"""How this phone lists customers: the filter and the order in use, and the filters kept by name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flet_app.collector.customer_filter import SORTS, BadCode, CustomerFilter
from flet_app.collector.store import Store

LISTING, SEGMENTS = "customers", "segments"
"""Preferences of the phone."""
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Listing:
    chosen: CustomerFilter
    sort: str


def listing(preferences: Mapping[str, Any]) -> Listing:
    """What was chosen last; a choice that this version does not understand is none."""
    kept = preferences.get(LISTING) or {}
    sort = str(kept.get("sort"))
    return Listing(_read(kept.get("filter")), sort if sort in SORTS else SORTS[0])


def segments(preferences: Mapping[str, Any]) -> dict[str, CustomerFilter]:
    """The filters that were kept, by name, in the order of the names."""
    kept = preferences.get(SEGMENTS) or {}
    return {name: _read(kept[name]) for name in sorted(kept, key=str.casefold)}


async def use(store: Store, wanted: Listing) -> None:
    values = {"filter": wanted.chosen.to_json(), "sort": wanted.sort}
    await asyncio.to_thread(store.choose, **{LISTING: values})


async def keep(store: Store, name: str, chosen: CustomerFilter | None) -> None:
    """Keep a filter by `name` in place of what had it; None forgets it."""
    others = {each: kept for each, kept in (store.chosen.get(SEGMENTS) or {}).items() if each != name}
    kept = others if chosen is None else {**others, name[:LONGEST_NAME]: chosen.to_json()}
    await asyncio.to_thread(store.choose, **{SEGMENTS: kept})


def _read(kept: Any) -> CustomerFilter:
    try:
        return CustomerFilter.from_json(kept or {})
    except (BadCode, AttributeError):
        return CustomerFilter()

"""The company's zones as the office keeps them."""

from __future__ import annotations

from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.services.assignments import require_collector
from backend.zones import ZONE_PREFIX, Zone, area_of, read_zones
from receivables.documents import SCHEMA, rfc3339

ATTEMPTS = 12


def list_zones(couch: Couch, company: str) -> list[Json]:
    """All zones, by code."""
    return [describe(document) for document in read_zones(couch, company)]


def save_zone(
    couch: Couch, company: str, code: str, *, name: str, collector: str | None, boundary: Json, by: str,
    now: datetime,
) -> Json:  # fmt: skip
    """Write a zone over what stands. Customers stay with whom they are until a plan moves them.

    Raise BadZone or UnknownCollector.
    """
    area_of(Zone(name=name, collector=collector, boundary=boundary))
    if collector is not None:
        require_collector(couch, company, collector)
    for _ in range(ATTEMPTS):
        standing = couch.get(company, ZONE_PREFIX + code)
        document = {
            "_id": ZONE_PREFIX + code,
            "schema": SCHEMA,
            "name": name,
            "collector": collector,
            "boundary": boundary,
            "changed_at": rfc3339(now),
            "by": by,
        }
        try:
            couch.put(company, document | ({"_rev": standing["_rev"]} if standing else {}))
        except Conflict:
            continue
        return describe(document)
    raise Conflict(f"{company}/{ZONE_PREFIX}{code}", "conflict", "another process keeps writing it")


def remove_zone(couch: Couch, company: str, code: str) -> bool:
    """Delete a zone; False where there is none. Its customers stay with whom they are."""
    standing = couch.get(company, ZONE_PREFIX + code)
    if standing is None:
        return False
    couch.delete(company, standing["_id"], standing["_rev"])
    return True


def describe(document: Json) -> Json:
    return {
        "code": document["_id"].partition(":")[2],
        **{name: document.get(name) for name in ("name", "collector", "boundary")},
    }

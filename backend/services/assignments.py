"""Which collector serves which customer: by hand, or by the zone in which the customer lies.

Writing the assignment is all that happens here; reconcile moves the documents from one phone to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from receivables.documents import SCHEMA, rfc3339


class UnknownCustomer(LookupError):
    """There is no customer of that code."""


class UnknownCollector(LookupError):
    """There is no collector of that code, or he or she is not active."""


class BadZone(ValueError):
    """A zone is not a GeoJSON Polygon or MultiPolygon without self-crossings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area and who serves it; `boundary` is GeoJSON (RFC 7946), longitude before latitude."""

    name: str
    collector: str
    boundary: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAssignment:
    """Who serves whom. `unlocated` customers have no coordinates, `outside` ones lie in no zone."""

    collectors: dict[str, str]
    unlocated: list[str]
    outside: list[str]


def assign(
    couch: Couch, company: str, *, customer: str, collector: str | None, by: str, now: datetime
) -> Json:
    """Give a customer to a collector, or to nobody; return the `assignment` document. Again changes nothing.

    Raise UnknownCustomer or UnknownCollector.
    """
    if couch.get(company, f"customer:{customer}") is None:
        raise UnknownCustomer(customer)
    if collector is not None:
        profile = couch.get(company, f"collector:{collector}")
        if profile is None or not profile.get("active", True):
            raise UnknownCollector(collector)
    while True:
        stored = couch.get(company, f"assignment:{customer}")
        if stored is not None and stored["collector"] == collector:
            return stored
        document = {
            "_id": f"assignment:{customer}",
            "schema": SCHEMA,
            "customer": customer,
            "collector": collector,
            "assigned_at": rfc3339(now),
            "by": by,
        }
        try:
            couch.put(company, document | ({"_rev": stored["_rev"]} if stored else {}))
        except Conflict:
            continue
        return document


def assign_many(
    couch: Couch, company: str, collectors: Mapping[str, str | None], *, by: str, now: datetime
) -> int:
    """Write many assignments at once and return how many changed; the customers and collectors are known to
    exist.
    """
    wanted = dict(collectors)
    changed = 0
    while wanted:
        stored = couch.get_many(company, [f"assignment:{customer}" for customer in wanted])
        documents = [
            {
                **({"_rev": old["_rev"]} if (old := stored.get(f"assignment:{customer}")) else {}),
                "_id": f"assignment:{customer}",
                "schema": SCHEMA,
                "customer": customer,
                "collector": collector,
                "assigned_at": rfc3339(now),
                "by": by,
            }
            for customer, collector in wanted.items()
            if stored.get(f"assignment:{customer}", {}).get("collector", "") != collector
        ]
        results = couch.bulk(company, documents)
        refused = {result["id"].partition(":")[2] for result in results if "error" in result}
        changed += len(documents) - len(refused)
        wanted = {customer: collectors[customer] for customer in refused}
    return changed


def assign_by_zone(customers: Iterable[Mapping[str, Any]], zones: Sequence[Zone]) -> ZoneAssignment:
    """Propose a collector for each customer document by its `location`.

    A point on a boundary counts as inside; where zones overlap the smallest wins, then the first named.
    Raise BadZone.
    """
    areas = [_area(zone) for zone in zones]
    tree = STRtree(areas)
    rank = sorted(range(len(zones)), key=lambda index: (areas[index].area, index))
    place_in_rank = {index: place for place, index in enumerate(rank)}
    collectors: dict[str, str] = {}
    unlocated: list[str] = []
    outside: list[str] = []
    for customer in customers:
        code, location = str(customer["code"]), customer.get("location")
        if not location:
            unlocated.append(code)
            continue
        within = tree.query(Point(location["lon"], location["lat"]), predicate="intersects")
        if len(within) == 0:
            outside.append(code)
            continue
        collectors[code] = zones[
            min((int(index) for index in within), key=place_in_rank.__getitem__)
        ].collector
    return ZoneAssignment(collectors=collectors, unlocated=unlocated, outside=outside)


def _area(zone: Zone) -> BaseGeometry:
    try:
        area = shape(zone.boundary)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadZone(f"zone {zone.name!r} is not GeoJSON") from error
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
        raise BadZone(f"zone {zone.name!r} is not an area without self-crossings")
    return area

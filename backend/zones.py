"""Areas and who serves them: `zone:<code>` documents, and which zone a point lies in.

A point on a boundary counts as inside; where zones overlap the smallest wins, then the first by code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from shapely import STRtree
from shapely.geometry import Point as Shape
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from backend.couch.client import Couch, Json
from receivables.geometry import Point, haversine_m

ZONE_PREFIX = "zone:"

METRES_PER_DEGREE = 111_195.0
"""Of a great circle on the mean sphere; good for how far something lies outside of a zone."""


class BadZone(ValueError):
    """A zone is not a GeoJSON Polygon or MultiPolygon without self-crossings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area and who serves it; `boundary` is GeoJSON (RFC 7946), longitude before latitude."""

    name: str
    collector: str | None
    boundary: Mapping[str, Any]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Zone:
        return cls(
            name=str(document["_id"]).partition(":")[2],
            collector=document.get("collector"),
            boundary=document["boundary"],
        )


class ZoneIndex:
    """The zones of a company, ready to be asked about points. Raise BadZone."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self.zones = list(zones)
        self._areas = [area_of(zone) for zone in self.zones]
        self._tree = STRtree(self._areas)
        order = sorted(range(len(self.zones)), key=lambda each: (self._areas[each].area, each))
        self._rank = {index: place for place, index in enumerate(order)}

    @classmethod
    def of_documents(cls, documents: Iterable[Mapping[str, Any]]) -> ZoneIndex:
        """Of `zone` documents; one that can't be an area serves nobody."""
        zones = []
        for document in documents:
            try:
                zone = Zone.from_json(document)
                area_of(zone)
            except (BadZone, KeyError, TypeError):
                continue
            zones.append(zone)
        return cls(zones)

    def at(self, point: Point) -> Zone | None:
        """The zone in which a point lies."""
        within = self._tree.query(Shape(point.lon, point.lat), predicate="intersects")
        if len(within) == 0:
            return None
        return self.zones[min((int(index) for index in within), key=self._rank.__getitem__)]

    def kilometres(self, point: Point) -> dict[str, float]:
        """How far a point lies from the middle of the nearest zone of each collector who has one."""
        found: dict[str, float] = {}
        for area, zone in zip(self._areas, self.zones, strict=True):
            if zone.collector is not None:
                middle = Point(area.centroid.y, area.centroid.x)
                kilometres = haversine_m(point, middle) / 1000
                found[zone.collector] = min(kilometres, found.get(zone.collector, kilometres))
        return found

    def distance_m(self, collector: str, point: Point) -> float | None:
        """About how many metres a point lies outside of a collector's zones: 0 inside, None where he or she
        has none.
        """
        own = [
            area for area, zone in zip(self._areas, self.zones, strict=True) if zone.collector == collector
        ]
        if not own:
            return None
        here = Shape(point.lon, point.lat)
        if any(area.intersects(here) for area in own):
            return 0.0
        # an eastern degree is the shorter one: what is north or south is told too near, never too far
        degrees = min(float(area.distance(here)) for area in own)
        return degrees * METRES_PER_DEGREE * cos(radians(point.lat))


def read_zones(couch: Couch, company: str) -> list[Json]:
    """The `zone` documents of a company, by code."""
    rows = couch.all_docs(company, start_key=ZONE_PREFIX, end_key=ZONE_PREFIX + "\ufff0", include_docs=True)
    return [row["doc"] for row in rows]


def area_of(zone: Zone) -> BaseGeometry:
    """The area of a zone; raise BadZone."""
    try:
        area = shape(zone.boundary)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadZone(f"zone {zone.name!r} is not GeoJSON") from error
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
        raise BadZone(f"zone {zone.name!r} is not an area without self-crossings")
    return area

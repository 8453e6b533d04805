"""Points and distances on the Earth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG R1), metres."""


class Point(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lon: float

    @classmethod
    def of(cls, place: Mapping[str, Any] | None) -> Point | None:
        """The point of a place or location document field; None where the phone had no position."""
        return cls(float(place["lat"]), float(place["lon"])) if place else None


def haversine_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half)))

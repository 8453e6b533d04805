"""The map as a plane of pixels: what fits on it, what lies under a finger, how long its scale is.

Pure Web Mercator arithmetic (EPSG:3857, tiles of 256 pixels), the same as the map control's, so that the app
knows what is drawn where without asking the client.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from receivables.geometry import Point, haversine_m

TILE = 256
EQUATOR_M = 2 * math.pi * 6_378_137.0
LOWEST_ZOOM, HIGHEST_ZOOM = 3.0, 17.0
NICE = (1, 2, 5)


class Pixel(NamedTuple):
    """From the north-west corner of the world, at one zoom."""

    x: float
    y: float


class Box(NamedTuple):
    """Width and height in dp."""

    width: float
    height: float


def pixel(point: Point, zoom: float) -> Pixel:
    size = TILE * 2**zoom
    sine = min(0.9999, max(-0.9999, math.sin(math.radians(point.lat))))
    return Pixel(
        (point.lon + 180) / 360 * size,
        (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size,
    )


def metres_per_pixel(lat: float, zoom: float) -> float:
    return EQUATOR_M * math.cos(math.radians(lat)) / (TILE * 2**zoom)


def view_of(points: Sequence[Point], box: Box, *, margin: float) -> tuple[Point, float]:
    """The centre and the zoom at which all `points` lie inside `box`, `margin` dp from its edges.

    Raise ValueError without any point.
    """
    if not points:
        raise ValueError("no points to look at")
    south, north = min(point.lat for point in points), max(point.lat for point in points)
    west, east = min(point.lon for point in points), max(point.lon for point in points)
    low, high = pixel(Point(south, west), 0), pixel(Point(north, east), 0)
    across = max((high.x - low.x) / max(1.0, box.width - 2 * margin), 1e-12)
    down = max((low.y - high.y) / max(1.0, box.height - 2 * margin), 1e-12)
    zoom = min(HIGHEST_ZOOM, max(LOWEST_ZOOM, -math.log2(max(across, down))))
    return Point((south + north) / 2, (west + east) / 2), zoom


def labels_that_fit(
    marks: Iterable[tuple[str, Point]], zoom: float, *, mark: Box, label: Box
) -> frozenset[str]:
    """The marks whose label, centred below, covers neither a mark nor a label of an earlier one.

    The order given is the order of importance.
    """
    places = [(key, pixel(point, zoom)) for key, point in marks]
    taken = [(place.x, place.y, mark) for _key, place in places]
    fitting = set()
    for index, (key, place) in enumerate(places):
        y = place.y + (mark.height + label.height) / 2
        others = (*taken[:index], *taken[index + 1 :])
        if not any(_overlap((place.x, y, label), other) for other in others):
            fitting.add(key)
            taken.append((place.x, y, label))
    return frozenset(fitting)


def nearest(
    tapped: Point, candidates: Iterable[tuple[str, Point]], zoom: float, *, reach: float
) -> str | None:
    """Whose point lies nearest to a tap, within `reach` dp."""
    finger = pixel(tapped, zoom)
    best, least = None, reach
    for key, point in candidates:
        place = pixel(point, zoom)
        away = math.hypot(place.x - finger.x, place.y - finger.y)
        if away <= least:
            best, least = key, away
    return best


def scale(lat: float, zoom: float, *, longest: float) -> tuple[int, float]:
    """A round number of metres and its length in dp, at most `longest`."""
    most = metres_per_pixel(lat, zoom) * longest
    power = 10 ** math.floor(math.log10(most))
    metres = max(step * power for step in NICE if step * power <= most)
    return max(1, round(metres)), metres / metres_per_pixel(lat, zoom)


def length_m(points: Sequence[Point]) -> float:
    """The great-circle length of a line through `points`."""
    return sum(haversine_m(a, b) for a, b in pairwise(points))


def _overlap(a: tuple[float, float, Box], b: tuple[float, float, Box]) -> bool:
    return abs(a[0] - b[0]) * 2 < a[2].width + b[2].width and abs(a[1] - b[1]) * 2 < a[2].height + b[2].height

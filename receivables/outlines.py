"""The outline of an area while a person changes it: between which two corners a new one belongs.

Corners are (latitude, longitude) in degrees, in order, the last joined to the first. Distances are those of a
flat map around the outline, which is exact enough for an area that a person walks or drives through.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians

Corner = tuple[float, float]

FEWEST_CORNERS = 3


def with_corner(corners: Sequence[Corner], corner: Corner) -> list[Corner]:
    """The outline with a new corner on the edge that is nearest to it; at the end while there is no edge."""
    if len(corners) < 2:
        return [*corners, corner]
    edges = range(len(corners))
    nearest = min(edges, key=lambda at: _distance(corner, corners[at], corners[(at + 1) % len(corners)]))
    return [*corners[: nearest + 1], corner, *corners[nearest + 1 :]]


def with_moved(corners: Sequence[Corner], at: int, corner: Corner) -> list[Corner]:
    """The outline with the corner `at` moved to where `corner` is."""
    return [corner if index == at else each for index, each in enumerate(corners)]


def without_corner(corners: Sequence[Corner], at: int) -> list[Corner]:
    """The outline without the corner `at`; as it is where it would be no area any more."""
    if len(corners) <= FEWEST_CORNERS:
        return list(corners)
    return [each for index, each in enumerate(corners) if index != at]


def _distance(point: Corner, one: Corner, other: Corner) -> float:
    """From a point to the nearest place of an edge, in degrees of latitude."""
    wide = cos(radians(point[0]))  # degrees of longitude are shorter away from the equator
    y, x = one[0] - point[0], (one[1] - point[1]) * wide
    dy, dx = other[0] - one[0], (other[1] - one[1]) * wide
    length = dy * dy + dx * dx
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(y * dy + x * dx) / length))
    return hypot(y + along * dy, x + along * dx)

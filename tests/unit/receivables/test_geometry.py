"""Points and distances."""

from __future__ import annotations

import pytest

from receivables.geometry import EARTH_RADIUS_M, Point, haversine_m

QUITO, GUAYAQUIL = Point(-0.180653, -78.467834), Point(-2.170998, -79.922359)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (QUITO, QUITO, 0),
        (Point(0, 0), Point(0, 1), 111_195),
        (Point(0, 179.5), Point(0, -179.5), 111_195),  # across the date line
        (Point(90, 0), Point(-90, 0), EARTH_RADIUS_M * 3.141592653589793),
        (
            Point(36.12, -86.67),
            Point(33.94, -118.40),
            2_886_448,
        ),  # Nashville to Los Angeles, the usual vector
        (QUITO, GUAYAQUIL, 274_000),
    ],
)
def test_great_circle_distance(a: Point, b: Point, metres: float) -> None:
    assert haversine_m(a, b) == pytest.approx(metres, rel=2e-3, abs=0.5)
    assert haversine_m(b, a) == pytest.approx(haversine_m(a, b))


def test_point_of_a_document_field() -> None:
    assert Point.of({"lat": 1, "lon": 2, "accuracy": 5}) == (1.0, 2.0)
    assert Point.of(None) is None

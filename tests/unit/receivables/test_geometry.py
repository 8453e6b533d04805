"""Distances and a simple order of stops."""

from __future__ import annotations

import pytest

from receivables.geometry import EARTH_RADIUS_M, Point, haversine_m, nearest_order

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


def test_stops_come_nearest_first_and_unlocated_ones_last() -> None:
    stops = [Point(0, 3), None, Point(0, 1), Point(0, 2), None]
    assert nearest_order(Point(0, 0), stops) == [2, 3, 0, 1, 4]


def test_without_a_start_the_first_located_stop_begins() -> None:
    assert nearest_order(None, [None, Point(0, 5), Point(0, 0), Point(0, 4)]) == [1, 3, 2, 0]


def test_equally_near_stops_keep_their_order() -> None:
    assert nearest_order(Point(0, 0), [Point(0, 1), Point(0, -1), Point(0, 1)]) == [0, 2, 1]
    assert nearest_order(Point(0, 0), []) == []


def test_point_of_a_document_field() -> None:
    assert Point.of({"lat": 1, "lon": 2, "accuracy": 5}) == (1.0, 2.0)
    assert Point.of(None) is None

"""The plane of the map: against the tile arithmetic that everybody publishes, and by hand."""

from __future__ import annotations

import pytest

from flet_app.collector.map_plane import (
    Box,
    labels_that_fit,
    length_m,
    metres_per_pixel,
    nearest,
    pixel,
    scale,
    view_of,
)
from receivables.geometry import Point, haversine_m

QUITO = Point(-0.18, -78.48)


def test_the_world_is_a_square_whose_middle_is_where_greenwich_meets_the_equator() -> None:
    assert pixel(Point(0, 0), 0) == pytest.approx((128, 128))
    assert pixel(Point(85.05112878, -180), 0) == pytest.approx((0, 0), abs=1e-6)


def test_a_place_lies_on_the_tile_that_the_published_formula_names() -> None:
    place = pixel(Point(51.5074, -0.1278), 10)  # London: tile 511/340 of zoom 10
    assert (int(place.x // 256), int(place.y // 256)) == (511, 340)


def test_a_pixel_at_the_equator_is_what_the_openstreetmap_wiki_says() -> None:
    assert metres_per_pixel(0, 0) == pytest.approx(156_543.03, abs=0.01)
    assert metres_per_pixel(60, 10) == pytest.approx(156_543.03 / 1024 / 2, rel=1e-4)


def test_everything_lies_inside_the_margins_and_reaches_one_of_them() -> None:
    points = [QUITO, Point(-0.25, -78.52), Point(-0.10, -78.45)]
    box = Box(360, 480)
    centre, zoom = view_of(points, box, margin=40)
    middle = pixel(centre, zoom)
    across = [abs(pixel(point, zoom).x - middle.x) for point in points]
    down = [abs(pixel(point, zoom).y - middle.y) for point in points]
    assert max(across) <= 140 + 1e-6
    assert max(down) <= 200 + 0.1
    assert max(across) == pytest.approx(140) or max(down) == pytest.approx(200, abs=0.1)


def test_one_point_is_seen_from_near_and_none_is_an_error() -> None:
    assert view_of([QUITO], Box(360, 480), margin=40) == (QUITO, 17.0)
    with pytest.raises(ValueError, match="no points"):
        view_of([], Box(360, 480), margin=40)


MARK, LABEL = Box(28, 28), Box(100, 18)


def test_a_label_gives_way_to_marks_and_to_earlier_labels() -> None:
    step = 360 / (256 * 2**15)  # degrees of longitude per pixel at zoom 15
    near = [
        ("A", QUITO),
        ("B", Point(QUITO.lat, QUITO.lon + 60 * step)),
        ("C", Point(QUITO.lat, QUITO.lon + 200 * step)),
    ]
    assert labels_that_fit(near, 15, mark=MARK, label=LABEL) == {"A", "C"}
    assert labels_that_fit(near, 16, mark=MARK, label=LABEL) == {"A", "B", "C"}
    assert labels_that_fit(reversed(near), 15, mark=MARK, label=LABEL) == {"B", "C"}
    below = [("A", QUITO), ("B", Point(QUITO.lat - 22 * step, QUITO.lon))]
    assert labels_that_fit(below, 15, mark=MARK, label=LABEL) == {"B"}, "A's words would cover B"


def test_a_finger_takes_the_nearest_within_its_reach() -> None:
    step = 360 / (256 * 2**15)
    there = [("A", QUITO), ("B", Point(QUITO.lat, QUITO.lon + 30 * step))]
    assert nearest(Point(QUITO.lat, QUITO.lon + 18 * step), there, 15, reach=24) == "B"
    assert nearest(Point(QUITO.lat, QUITO.lon + 12 * step), there, 15, reach=24) == "A"
    assert nearest(Point(QUITO.lat, QUITO.lon - 25 * step), there, 15, reach=24) is None


@pytest.mark.parametrize("zoom", [4, 9.3, 12, 15.5, 17])
def test_the_scale_is_a_round_number_of_the_length_that_it_shows(zoom: float) -> None:
    metres, dp = scale(QUITO.lat, zoom, longest=110)
    assert 110 / 2.6 < dp <= 110
    assert str(metres).rstrip("0") in {"1", "2", "5"}
    assert dp * metres_per_pixel(QUITO.lat, zoom) == pytest.approx(metres)


def test_a_line_is_as_long_as_its_parts() -> None:
    north, east = Point(-0.17, -78.48), Point(-0.17, -78.47)
    assert length_m([QUITO, north, east]) == haversine_m(QUITO, north) + haversine_m(north, east)
    assert length_m([QUITO]) == 0

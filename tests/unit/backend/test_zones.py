"""Customers by zone: who lies in which, who in none, who nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services.assignments import assign_by_zone
from backend.zones import BadZone, Zone


def square(name: str, collector: str, left: float, bottom: float, side: float) -> Zone:
    right, top = left + side, bottom + side
    ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    return Zone(name=name, collector=collector, boundary={"type": "Polygon", "coordinates": [ring]})


def at(lon: float, lat: float) -> dict[str, Any]:
    return {"code": "C1", "location": {"lat": lat, "lon": lon}}


CITY = square("city", "ana", -79.0, -1.0, 1.0)
MARKET = square("market", "bruno", -78.6, -0.4, 0.2)
HARBOUR = square("harbour", "carla", -90.0, -3.0, 1.0)


@pytest.mark.parametrize(
    ("lon", "lat", "collector"),
    [
        (-78.9, -0.9, "ana"),
        (-78.5, -0.3, "bruno"),  # in both: the smaller wins
        (-78.6, -0.3, "bruno"),  # on the market's own edge
        (-79.0, -0.5, "ana"),  # on the city's edge
        (-79.0, -1.0, "ana"),  # on its corner
        (-89.5, -2.5, "carla"),
    ],
)
def test_the_smallest_zone_around_or_touching_a_point_wins(lon: float, lat: float, collector: str) -> None:
    for zones in ([CITY, MARKET, HARBOUR], [MARKET, HARBOUR, CITY]):
        assert assign_by_zone([at(lon, lat)], zones).collectors == {"C1": collector}


def test_of_two_equal_zones_the_first_named_wins() -> None:
    twin = Zone(name="twin", collector="zoe", boundary=CITY.boundary)
    assert assign_by_zone([at(-78.9, -0.9)], [twin, CITY]).collectors == {"C1": "zoe"}


def test_a_hole_is_outside_and_its_edge_inside() -> None:
    ring, hole = CITY.boundary["coordinates"][0], MARKET.boundary["coordinates"][0]
    ring_road = Zone(name="ring", collector="ana", boundary={"type": "Polygon", "coordinates": [ring, hole]})
    assert assign_by_zone([at(-78.5, -0.3)], [ring_road]).outside == ["C1"]
    assert assign_by_zone([at(-78.6, -0.3)], [ring_road]).collectors == {"C1": "ana"}


def test_customers_nowhere_and_elsewhere_are_listed_apart() -> None:
    nowhere = [{"code": "N1", "location": None}, {"code": "N2"}]
    answer = assign_by_zone([*nowhere, {**at(0.0, 0.0), "code": "O1"}], [CITY])
    assert (answer.unlocated, answer.outside, answer.collectors) == (["N1", "N2"], ["O1"], {})


def test_without_zones_everybody_is_outside() -> None:
    assert assign_by_zone([at(-78.9, -0.9)], []).outside == ["C1"]


@pytest.mark.parametrize(
    "boundary",
    [
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": "anywhere"},
    ],
)
def test_what_is_no_area_is_refused_by_name(boundary: dict[str, Any]) -> None:
    with pytest.raises(BadZone, match="north"):
        assign_by_zone([at(0, 0)], [Zone(name="north", collector="ana", boundary=boundary)])

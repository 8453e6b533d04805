"""A new corner goes where the person meant it, and no outline loses what it had."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.outlines import Corner, with_corner, with_moved, without_corner

SQUARE: list[Corner] = [(0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0)]
degrees = st.floats(-60, 60, allow_nan=False)
outlines = st.lists(st.tuples(degrees, degrees), min_size=3, max_size=12)


@pytest.mark.parametrize(
    ("tap", "at"), [((-1.0, 5.0), 1), ((5.0, 11.0), 2), ((11.0, 5.0), 3), ((5.0, -1.0), 4)]
)
def test_a_corner_is_put_on_the_nearest_edge_the_last_joined_to_the_first(tap: Corner, at: int) -> None:
    assert with_corner(SQUARE, tap).index(tap) == at


def test_degrees_of_longitude_are_shorter_in_the_south() -> None:
    """At Punta Arenas one degree east is nearer than six tenths of a degree north."""
    outline: list[Corner] = [(-53.0, -70.0), (-53.0, -73.0), (-55.0, -73.0), (-55.0, -70.0)]
    assert with_corner(outline, (-53.6, -71.0)).index((-53.6, -71.0)) == 4


def test_the_first_corners_are_taken_as_they_come() -> None:
    assert with_corner([], (1.0, 2.0)) == [(1.0, 2.0)]
    assert with_corner([(1.0, 2.0)], (3.0, 4.0)) == [(1.0, 2.0), (3.0, 4.0)]


def test_an_area_keeps_three_corners() -> None:
    assert without_corner(SQUARE, 1) == [SQUARE[0], SQUARE[2], SQUARE[3]]
    assert without_corner(SQUARE[:3], 1) == SQUARE[:3]


@given(outlines, st.tuples(degrees, degrees))
def test_the_others_keep_their_order(corners: list[Corner], corner: Corner) -> None:
    grown = with_corner(corners, corner)
    assert len(grown) == len(corners) + 1
    assert any(grown[:at] + grown[at + 1 :] == corners and grown[at] == corner for at in range(len(grown)))


@given(outlines, st.data())
def test_moving_a_corner_moves_no_other(corners: list[Corner], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(corners) - 1))
    moved = with_moved(corners, at, (0.5, 0.5))
    assert moved[at] == (0.5, 0.5)
    assert [each for index, each in enumerate(moved) if index != at] == [
        each for index, each in enumerate(corners) if index != at
    ]

"""What is drawn on the map of the day, from the ground up: tiles, rings, customers, the route, its stops."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import flet as ft
import flet_map as fm

from flet_app.collector.customer_filter import metres
from flet_app.collector.figures import Stop
from flet_app.collector.map_plane import Box, labels_that_fit, scale
from flet_app.collector.overview import Overview
from flet_app.collector.state import Window
from flet_app.collector.views.stop_rows import MARK_HEIGHT, mark_of
from flet_app.components.status import Tone, tone_color
from receivables.geometry import Point

FINGER = 30.0
"""dp around a tap in which a customer counts as meant."""
MOST_NEARBY = 80
"""Customers beside the route that are drawn; more would hide it."""
ZOOM_STEP = 0.1
"""A change of this size is drawn anew: until then the scale is wrong by 7 % at most, and no name overlaps."""
LABEL = Box(112, 18)
MARK = Box(44, MARK_HEIGHT)
SCALE_DP = 96
RINGS = (1, 2, 3)
DOT = 5
BESIDE = 0.45
"""How strong the customers beside a route are: it stands out, not they."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that the layers show."""

    app: Window
    stops: Sequence[tuple[Stop, Point]]
    others: Sequence[tuple[Overview, Point]]
    here: Point | None
    zoom: float
    chosen: str

    @property
    def middle(self) -> Point:
        """Somewhere on the picture: a city is too small for its latitudes to differ on a scale."""
        return next(
            point for point in (self.here, *(point for _each, point in (*self.stops, *self.others))) if point
        )


def nearby(app: Window, on_route: AbstractSet[str], centre: Point | None) -> list[tuple[Overview, Point]]:
    """The customers with a position who are not on the route, the nearest ones."""
    lines = [
        (line, line.point)
        for line in app.store.overviews.all(on=app.phone.today())
        if line.point and line.code not in on_route
    ]
    return sorted(lines, key=lambda each: metres(each[0], centre))[:MOST_NEARBY]


def layers(drawn: Drawn) -> list[fm.MapLayer]:
    return [
        *tiles(drawn.app),
        fm.CircleLayer(circles=[*rings(drawn), *(dot(drawn, *each) for each in drawn.others)]),
        fm.PolylineLayer(polylines=lines(drawn)),
        fm.MarkerLayer(markers=[*stop_markers(drawn), *own_marker(drawn)]),
    ]


def at(point: Point) -> fm.MapLatitudeLongitude:
    return fm.MapLatitudeLongitude(point.lat, point.lon)


def tiles(app: Window) -> list[fm.MapLayer]:
    """The phone's own packs before a server's, which needs a network."""
    packs = app.phone.maps
    if packs.url:
        return [
            fm.TileLayer(
                url_template=packs.url,
                max_native_zoom=max(pack.highest_zoom for pack in packs.packs),
            )
        ]
    url = app.phone.settings.tiles_url
    return [fm.TileLayer(url_template=url)] if url else []


def rings(drawn: Drawn) -> list[fm.CircleMarker]:
    """Circles around the collector, as far apart as the scale is long."""
    if drawn.here is None:
        return []
    step, _dp = scale(drawn.here.lat, drawn.zoom, longest=SCALE_DP)
    return [
        fm.CircleMarker(
            coordinates=at(drawn.here),
            radius=step * times,
            use_radius_in_meter=True,
            color=ft.Colors.TRANSPARENT,
            border_color=ft.Colors.OUTLINE_VARIANT,
            border_stroke_width=1,
        )
        for times in RINGS
    ]


def dot(drawn: Drawn, line: Overview, point: Point) -> fm.CircleMarker:
    """A customer beside the route: filled where something is overdue, hollow where nothing is."""
    late = bool(line.overdue)
    color = tone_color(Tone.LATE if late else Tone.SETTLED, drawn.app.palette)
    chosen = line.code == drawn.chosen
    strength = BESIDE if drawn.stops and not chosen else 0.75
    return fm.CircleMarker(
        coordinates=at(point),
        radius=DOT * (2 if chosen else 1),
        color=ft.Colors.with_opacity(strength, color) if late else ft.Colors.TRANSPARENT,
        border_color=ft.Colors.with_opacity(strength, color),
        border_stroke_width=3 if chosen else 1.5,
    )


def lines(drawn: Drawn) -> list[fm.PolylineMarker]:
    """The way that was gone, faint and dotted; the way ahead, from the collector through what is left."""
    gone = [point for stop, point in drawn.stops if stop.state in {"done", "missed"}]
    ahead = [point for stop, point in drawn.stops if stop.state in {"open", "pending"}]
    start = drawn.here or (gone[-1] if gone else None)
    found = []
    if len(gone) > 1:
        found.append(
            fm.PolylineMarker(
                coordinates=[at(point) for point in gone],
                color=ft.Colors.OUTLINE,
                stroke_width=2,
                stroke_pattern=fm.DottedStrokePattern(),
            )
        )
    way = [start, *ahead] if start else ahead
    if ahead and len(way) > 1:
        found.append(
            fm.PolylineMarker(
                coordinates=[at(point) for point in way],
                color=ft.Colors.with_opacity(0.7, ft.Colors.PRIMARY),
                stroke_width=3,
            )
        )
    return found


def stop_markers(drawn: Drawn) -> list[fm.Marker]:
    """Later ones first, so that the next to be visited lies on top."""
    order = sorted(drawn.stops, key=lambda each: (each[0].state == "done", each[0].position))
    named = labels_that_fit(
        [(stop.customer, point) for stop, point in order], drawn.zoom - ZOOM_STEP, mark=MARK, label=LABEL
    )
    upcoming = next((stop.customer for stop, _point in order if stop.state == "pending"), "")
    return [
        fm.Marker(
            content=stop_sign(drawn, stop, strong=stop.customer == upcoming, named=stop.customer in named),
            coordinates=at(point),
            width=LABEL.width,
            height=MARK_HEIGHT + 2 * (LABEL.height + 4),
        )
        for stop, point in reversed(order)
    ]


def stop_sign(drawn: Drawn, stop: Stop, *, strong: bool, named: bool) -> ft.Control:
    """The mark in the middle of its marker, the name below it where there is room.

    A tap goes through to the map, which asks who is nearest: a finger is larger than a mark.
    """
    chosen = stop.customer == drawn.chosen
    mark = ft.Container(
        mark_of(drawn.app, stop.state, stop.position, strong=strong),
        border=ft.Border.all(3, ft.Colors.TERTIARY) if chosen else None,
        border_radius=16,
        shadow=ft.BoxShadow(blur_radius=3, color=ft.Colors.with_opacity(0.4, ft.Colors.SHADOW)),
    )
    parts: list[ft.Control] = [ft.Container(height=LABEL.height + (1 if chosen else 4)), mark]
    if named or chosen:
        parts.append(
            ft.Container(
                ft.Text(
                    stop.name, size=11, weight=ft.FontWeight.W_600, max_lines=1,
                    overflow=ft.TextOverflow.ELLIPSIS, color=ft.Colors.ON_SURFACE,
                ),
                bgcolor=ft.Colors.SURFACE,
                border_radius=4, padding=ft.Padding.symmetric(horizontal=3), height=LABEL.height,
            )
        )  # fmt: skip
    return ft.Column(
        parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.START,
    )  # fmt: skip


def own_marker(drawn: Drawn) -> list[fm.Marker]:
    if drawn.here is None:
        return []
    sign = ft.Container(
        ft.Icon(ft.Icons.PERSON_PIN_CIRCLE, size=34, color=tone_color(Tone.SAVED, drawn.app.palette)),
        alignment=ft.Alignment.CENTER,
    )
    return [fm.Marker(content=sign, coordinates=at(drawn.here), width=40, height=40)]

"""The map of the zones: their outlines, the customers, and the corners of the one that is being drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flet as ft
import flet_map as fm

from flet_app.components.handlers import calling
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.collectors_map import TILES, ZOOM, dot
from flet_app.supervisor.zoning import Zoning
from flet_app.theme import TOUCH_TARGET
from receivables.outlines import FEWEST_CORNERS

WORLD = fm.MapLatitudeLongitude(0, -70)
FAR = 3.0
DOT = 22  # dp of a corner that is seen; the finger has more


def zone_map(session: Session, zoning: Zoning) -> ft.Control:
    layers: list[fm.MapLayer] = [fm.TileLayer(url_template=TILES)] if TILES else []
    layers.append(fm.CircleLayer(circles=[dot(row) for row in session.state.customers]))
    drawn = [] if zoning.drawing else zoning.zones
    areas = [_area(ring, zone["name"]) for zone in drawn for ring in _rings(zone["boundary"])]
    if len(zoning.corners) >= FEWEST_CORNERS and zoning.drawing:
        areas.append(_area([(lon, lat) for lat, lon in zoning.corners], zoning.name))
    layers.append(fm.PolygonLayer(polygons=areas))
    if zoning.drawing:
        layers.append(fm.MarkerLayer(markers=[_corner(zoning, at) for at in range(len(zoning.corners))]))
    places = [row["location"] for row in session.state.customers]
    middle = (
        fm.MapLatitudeLongitude(
            sum(place["lat"] for place in places) / len(places),
            sum(place["lon"] for place in places) / len(places),
        )
        if places
        else WORLD
    )

    def tapped(event: fm.MapTapEvent) -> None:
        if zoning.drawing:
            zoning.tap(event.coordinates.latitude, event.coordinates.longitude)

    chart = fm.Map(
        layers=layers,
        initial_center=middle,
        initial_zoom=ZOOM if places else FAR,
        expand=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        on_tap=tapped,
    )
    # a reader's tap would land in the middle of the map, wherever the finger is
    return ft.Semantics(identifier="zones-map", exclude_semantics=True, content=chart)


def _rings(boundary: Json) -> Iterable[list[Any]]:
    """The outer rings of a Polygon or MultiPolygon, longitude before latitude."""
    parts = boundary["coordinates"]
    return [part[0] for part in (parts if boundary["type"] == "MultiPolygon" else [parts])]


def _area(ring: Iterable[Any], name: str) -> fm.PolygonMarker:
    return fm.PolygonMarker(
        coordinates=[fm.MapLatitudeLongitude(lat, lon) for lon, lat in ring],
        label=name,
        color=ft.Colors.with_opacity(0.15, ft.Colors.PRIMARY),
        border_color=ft.Colors.PRIMARY,
        border_stroke_width=2,
    )


def _corner(zoning: Zoning, at: int) -> fm.Marker:
    """A corner that a finger takes hold of; its number is that of the words below the map."""
    lat, lon = zoning.corners[at]
    chosen = at == zoning.selected
    mark = ft.Container(
        ft.Text(str(at + 1), size=11, color=ft.Colors.ON_PRIMARY),
        width=DOT,
        height=DOT,
        border_radius=DOT / 2,
        alignment=ft.Alignment.CENTER,
        bgcolor=ft.Colors.TERTIARY if chosen else ft.Colors.PRIMARY,
    )
    target = ft.Container(
        mark,
        width=TOUCH_TARGET,
        height=TOUCH_TARGET,
        alignment=ft.Alignment.CENTER,
        on_click=calling(zoning.select, at) if zoning.changing else None,
    )
    return fm.Marker(
        content=target,
        coordinates=fm.MapLatitudeLongitude(lat, lon),
        width=TOUCH_TARGET,
        height=TOUCH_TARGET,
    )

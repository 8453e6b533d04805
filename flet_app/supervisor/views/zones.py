"""The zones of the company on a map, and drawing one: each tap is a corner."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import flet as ft
import flet_map as fm

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import field, icon_action, primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.collectors_map import TILES, ZOOM, dot
from flet_app.supervisor.views.people import collector_choice, name_of
from flet_app.supervisor.zoning import FEWEST_CORNERS, Zoning
from flet_app.theme import Palette

MAP_HEIGHT = 420
WORLD = fm.MapLatitudeLongitude(0, -70)
FAR = 3.0


def zones_of(session: Session, zoning: Zoning, colors: Palette) -> list[ft.Control]:
    """The map with its zones, and below it the list, or the zone that is being drawn."""
    texts = session.texts
    rows: list[ft.Control] = []
    if zoning.failure:
        rows.append(notice(zoning.failure, colors, tone=Tone.LATE, identifier="zone-failure"))
    rows.append(ft.Container(_map(session, zoning), height=MAP_HEIGHT, border_radius=16))
    if zoning.drawing:
        return rows + _drawing(session, zoning)
    if not zoning.zones:
        rows.append(caption(texts.t("There are no zones yet.")))
    rows += [_zone(session, zoning, zone) for zone in zoning.zones]
    rows.append(
        ft.Row([secondary("zone-new", texts.t("Draw a zone"), calling(zoning.begin), icon=ft.Icons.ADD)])
    )
    return rows


def _drawing(session: Session, zoning: Zoning) -> list[ft.Control]:
    texts = session.texts
    missing = FEWEST_CORNERS - len(zoning.corners)
    told = (
        texts.n("Tap {count} more corner on the map.", "Tap {count} more corners on the map.", missing)
        if missing > 0
        else texts.n("{count} corner", "{count} corners", len(zoning.corners))
    )
    return [
        tag("zone-corners", ft.Text(told, size=14)),
        field(
            "zone-name",
            texts.t("Name of the zone"),
            value=zoning.name,
            on_change=partial(setattr, zoning, "name"),
        ),
        collector_choice(
            session, "zone-for", selected=zoning.collector, on_select=partial(setattr, zoning, "collector")
        ),
        ft.Row(
            [
                secondary("zone-stop", texts.t("Discard"), calling(zoning.stop), expand=1),
                secondary(
                    "zone-take-back",
                    texts.t("Last corner away"),
                    calling(zoning.take_back),
                    disabled=not zoning.corners,
                    expand=1,
                ),
                primary(
                    "zone-save",
                    texts.t("Save the zone"),
                    calling(run, zoning.save, session),
                    disabled=not zoning.is_complete,
                    expand=1,
                ),
            ],
            spacing=10,
        ),
    ]


def _zone(session: Session, zoning: Zoning, zone: Json) -> ft.Control:
    remove = icon_action(
        f"zone-remove-{zone['code']}", ft.Icons.DELETE_OUTLINE, session.texts.t("Remove the zone"),
        calling(run, partial(zoning.remove, code=zone["code"]), session), hint=True,
    )  # fmt: skip
    name = ft.Text(zone["name"], size=16, weight=ft.FontWeight.W_600, expand=True)
    row = ft.Row([name, caption(name_of(session, zone["collector"])), remove])
    return tag(f"zone-{zone['code']}", card(row, padding=12))


def _map(session: Session, zoning: Zoning) -> ft.Control:
    layers: list[fm.MapLayer] = [fm.TileLayer(url_template=TILES)] if TILES else []
    layers.append(fm.CircleLayer(circles=[dot(row) for row in session.state.customers]))
    drawn = [] if zoning.drawing else zoning.zones
    areas = [_area(ring, zone["name"]) for zone in drawn for ring in _rings(zone["boundary"])]
    if len(zoning.corners) >= FEWEST_CORNERS and zoning.drawing:
        areas.append(_area([(lon, lat) for lat, lon in zoning.corners], zoning.name))
    layers.append(fm.PolygonLayer(polygons=areas))
    if zoning.drawing:
        layers.append(fm.CircleLayer(circles=[_corner(lat, lon) for lat, lon in zoning.corners]))
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


def _corner(lat: float, lon: float) -> fm.CircleMarker:
    return fm.CircleMarker(coordinates=fm.MapLatitudeLongitude(lat, lon), radius=6, color=ft.Colors.PRIMARY)

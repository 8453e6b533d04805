"""Where the collectors are: their last position and its age, on a map that is useful without tiles too."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, cast

import flet as ft
import flet_map as fm

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.surfaces import empty, skeleton
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.shell import WIDE
from flet_app.supervisor.views.ways import Way, Ways, figures_of, layers_of
from flet_app.theme import EDGE, GAP, is_dark, palette
from receivables.access import Action

TILES = os.environ.get("RECAUDO_TILES_URL", "")
"""`https://…/{z}/{x}/{y}.png` of a tile server that the company may use; without it, positions only."""

ZOOM = 12.0
DOT_RADIUS = 4
LIST_WIDTH = 340


@ft.component
def CollectorsMap() -> ft.Control:
    session = use_session()
    state = session.state
    way, put = ft.use_state(cast(Any, None))  # a Way, once somebody asks for one
    ways = Ways(session, way, put)
    if state.loaded_at is None:
        return ft.Container(skeleton(4), padding=EDGE)
    placed = [row for row in state.collectors if row["last_position"]]
    cards = [_card(session, row, ways) for row in state.collectors]
    listed = ft.ListView(cards, spacing=8, padding=EDGE, width=LIST_WIDTH)
    if not placed:
        nothing = empty(ft.Icons.LOCATION_OFF, session.texts.t("No positions on this day yet."))
        return ft.Row([listed, ft.Container(nothing, expand=True)], expand=True)
    drawn = _map(placed, session, ways.shown)
    chart = ft.Semantics(identifier="collectors-map", exclude_semantics=True, expand=True, content=drawn)
    if state.width >= WIDE:
        return ft.Row(
            [listed, chart], expand=True, spacing=0, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )
    return ft.Column([chart, ft.Container(listed, height=220)], expand=True, spacing=0)


def _point(row: Json) -> fm.MapLatitudeLongitude:
    place = row["last_position"]
    return fm.MapLatitudeLongitude(place["lat"], place["lon"])


def _map(placed: list[Json], session: Session, way: Way | None) -> fm.Map:
    middle = fm.MapLatitudeLongitude(
        sum(row["last_position"]["lat"] for row in placed) / len(placed),
        sum(row["last_position"]["lon"] for row in placed) / len(placed),
    )
    layers: list[fm.MapLayer] = [fm.TileLayer(url_template=TILES)] if TILES else []
    layers.append(fm.CircleLayer(circles=[dot(row) for row in session.state.customers]))
    layers.append(
        fm.CircleLayer(
            circles=[
                fm.CircleMarker(
                    coordinates=_point(row),
                    radius=max(20.0, float(row["last_position"].get("accuracy") or 0)),
                    use_radius_in_meter=True,
                    color=ft.Colors.with_opacity(0.2, ft.Colors.PRIMARY),
                )
                for row in placed
            ]
        )
    )
    layers += layers_of(way, palette(dark=is_dark(ft.context.page)))
    layers.append(
        fm.MarkerLayer(
            markers=[
                fm.Marker(content=_pin(row, session), coordinates=_point(row), width=150, height=64)
                for row in placed
            ]
        )
    )
    return fm.Map(
        layers=layers,
        initial_center=middle,
        initial_zoom=ZOOM,
        expand=True,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
    )


def dot(customer: Json) -> fm.CircleMarker:
    """A customer: red where something is overdue. They draw the city even where no tiles do."""
    colors = palette(dark=is_dark(ft.context.page))
    place = customer["location"]
    return fm.CircleMarker(
        coordinates=fm.MapLatitudeLongitude(place["lat"], place["lon"]),
        radius=DOT_RADIUS,
        color=ft.Colors.with_opacity(0.55, colors.late if customer["overdue"] else colors.settled),
    )


def _pin(row: Json, session: Session) -> ft.Control:
    at = datetime.fromisoformat(row["last_position"]["at"])
    label = f"{row['name'].split()[0]} · {session.texts.moment(at, now=session.now())}"
    return ft.Column(
        [
            ft.Container(
                ft.Text(label, size=12, weight=ft.FontWeight.W_600, color=ft.Colors.ON_PRIMARY, no_wrap=True),
                bgcolor=ft.Colors.PRIMARY,
                border_radius=10,
                padding=ft.Padding.symmetric(horizontal=8, vertical=4),
            ),
            ft.Icon(ft.Icons.LOCATION_ON, size=28, color=ft.Colors.PRIMARY),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _card(session: Session, row: Json, ways: Ways) -> ft.Control:
    texts, way = session.texts, ways.of(row["collector"])
    may_follow = session.may(Action.FOLLOW)
    place = row["last_position"]
    if place:
        at = datetime.fromisoformat(place["at"])
        seen = texts.t("Seen {ago}", ago=texts.ago(session.now() - at))
    else:
        seen = texts.t("No position on this day")
    return tag(
        f"map-collector-{row['collector']}",
        ft.Container(
            ft.Row(
                [
                    ft.CircleAvatar(ft.Text(row["name"][:1])),
                    ft.Column(
                        [
                            ft.Text(row["name"], size=16, weight=ft.FontWeight.W_600),
                            caption(seen),
                            *([figures_of(way, session)] if way else []),
                        ],
                        spacing=2,
                        expand=True,
                        tight=True,
                    ),
                    ft.Text(
                        texts.money(row["collected"], session.state.currency),
                        size=15,
                        weight=ft.FontWeight.W_600,
                    ),
                ],
                spacing=GAP,
            ),
            bgcolor=ft.Colors.SECONDARY_CONTAINER if way else ft.Colors.SURFACE_CONTAINER_LOW,
            border_radius=16,
            padding=14,
            ink=may_follow,
            on_click=calling(ways.turn, row["collector"]) if may_follow else None,
        ),
    )

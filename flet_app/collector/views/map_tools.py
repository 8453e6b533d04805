"""The map control itself, kept between renders, and what stands on its glass: north, scale, buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft
import flet_map as fm

from flet_app.collector.map_plane import HIGHEST_ZOOM, LOWEST_ZOOM, scale
from flet_app.collector.state import Window
from flet_app.collector.views.customer_rows import distance_words
from flet_app.collector.views.map_layers import SCALE_DP, Drawn, at
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.geometry import Point

NEAR_ZOOM = 15.0
"""The least zoom at which one stop is looked at."""


class MapHandle:
    """Where the map was first looked at, and its verbs. The map moves by itself from then on."""

    def __init__(self) -> None:
        self._ref: ft.Ref[fm.Map] = ft.Ref()
        self.centre: Point | None = None
        self.zoom = 0.0

    def look_at(self, centre: Point, zoom: float) -> None:
        """Say where to begin; later calls do nothing."""
        if self.centre is None:
            self.centre, self.zoom = centre, zoom

    def control(
        self, layers: list[fm.MapLayer], *, on_tap: Callable[[Any], Any], on_position: Callable[[Any], Any]
    ) -> ft.Control:
        if self.centre is None:
            raise RuntimeError("look_at comes first")
        every = fm.InteractionFlag.ALL & ~fm.InteractionFlag.ROTATE  # north stays up
        # What is painted means nothing to a screen reader; the stops below the map say it in words.
        return ft.Semantics(
            identifier="day-map",
            exclude_semantics=True,
            expand=True,
            content=fm.Map(
                ref=self._ref,
                layers=layers,
                initial_center=at(self.centre),
                initial_zoom=self.zoom,
                min_zoom=LOWEST_ZOOM,
                max_zoom=HIGHEST_ZOOM + 1,
                interaction_configuration=fm.InteractionConfiguration(flags=every),
                bgcolor=ft.Colors.SURFACE_CONTAINER,
                on_tap=on_tap,
                on_position_change=on_position,
                expand=True,
            ),
        )

    async def closer(self, _event: Any) -> None:
        if self._ref.current:
            await self._ref.current.zoom_in()

    async def further(self, _event: Any) -> None:
        if self._ref.current:
            await self._ref.current.zoom_out()

    async def move_to(self, point: Point) -> None:
        if self._ref.current:
            await self._ref.current.center_on(at(point), zoom=NEAR_ZOOM)

    async def whole(self, _event: Any) -> None:
        if self._ref.current and self.centre:
            await self._ref.current.center_on(at(self.centre), zoom=self.zoom)


def furniture(app: Window, handle: MapHandle, drawn: Drawn) -> list[ft.Control]:
    """What lies over the map."""
    t = app.texts.t

    async def to_me(_event: Any) -> None:
        if drawn.here:
            await handle.move_to(drawn.here)

    buttons = [
        round_button("map-closer", ft.Icons.ADD, t("Closer"), handle.closer),
        round_button("map-further", ft.Icons.REMOVE, t("Further away"), handle.further),
        round_button("map-whole", ft.Icons.ZOOM_OUT_MAP, t("The whole route"), handle.whole),
    ]
    if drawn.here:
        buttons.append(round_button("map-here", ft.Icons.MY_LOCATION, t("Where I am"), to_me))
    return [
        ft.Container(north(), top=8, left=10),
        ft.Container(scale_bar(app, drawn), bottom=8, left=10),
        ft.Container(ft.Column(buttons, spacing=6, tight=True), right=8, bottom=8),
    ]


def map_link(app: Window) -> ft.Control:
    """From the day's list to its map."""
    return round_button(
        "open-map", ft.Icons.MAP_OUTLINED, app.texts.t("Map of the day"), lambda _event: app.open("mapa")
    )


def round_button(identifier: str, icon: ft.IconData, words: str, on_click: Any) -> ft.Control:
    return tag(
        identifier,
        ft.IconButton(
            ft.Icon(icon, semantics_label=words), on_click=on_click, width=TOUCH_TARGET, height=TOUCH_TARGET,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
        ),
    )  # fmt: skip


def north() -> ft.Control:
    return glass(
        ft.Column(
            [ft.Icon(ft.Icons.NORTH, size=18), ft.Text("N", size=12, weight=ft.FontWeight.W_700)],
            spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
    )  # fmt: skip


def scale_bar(app: Window, drawn: Drawn) -> ft.Control:
    """A bar of a round length; the rings around the collector are as far apart."""
    metres, dp = scale(drawn.middle.lat, drawn.zoom, longest=SCALE_DP)
    words = distance_words(app.texts, metres)
    if drawn.here:
        words = app.texts.t("{distance} between rings", distance=words)
    line = ft.Container(
        width=dp, height=6,
        border=ft.Border(
            left=ft.BorderSide(2, ft.Colors.ON_SURFACE), right=ft.BorderSide(2, ft.Colors.ON_SURFACE),
            bottom=ft.BorderSide(2, ft.Colors.ON_SURFACE),
        ),
    )  # fmt: skip
    rows: list[ft.Control] = [ft.Text(words, size=12, weight=ft.FontWeight.W_600), line]
    credit = " · ".join(pack.attribution for pack in app.phone.maps.packs if pack.attribution)
    if credit:
        rows.append(ft.Text(credit, size=10, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, width=200))
    return glass(ft.Column(rows, spacing=2, tight=True))


def glass(content: ft.Control) -> ft.Control:
    return ft.Container(
        content, bgcolor=ft.Colors.SURFACE, border_radius=8,
        padding=ft.Padding.symmetric(horizontal=6, vertical=4),
    )  # fmt: skip

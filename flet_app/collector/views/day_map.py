"""Mapa: the stops of a day numbered in their order, where the collector is, and who else is near.

It draws itself from what the phone knows: numbers, names, the line of the route, rings of a round distance
and a scale. Tiles lie beneath it where a pack or a server gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.figures import Stop
from flet_app.collector.map_plane import Box, length_m, nearest, view_of
from flet_app.collector.route_plan import phase_of
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.customer_rows import distance_words
from flet_app.collector.views.map_cards import chosen_card, legend, stop_strip
from flet_app.collector.views.map_layers import FINGER, ZOOM_STEP, Drawn, layers, nearby
from flet_app.collector.views.map_tools import MapHandle, furniture
from flet_app.collector.views.route import day_of
from flet_app.components.figures import caption
from flet_app.components.handlers import use_kept, use_maybe
from flet_app.components.surfaces import empty
from flet_app.theme import EDGE
from receivables.geometry import Point
from receivables.routing.model import ROAD_FACTOR

BESIDE = 250
"""dp of a screen's height that are not the map: the bar, the legend, the stops below."""
MARGIN = 60


@ft.component
def DayMap() -> ft.View:
    app = use_app()
    t = app.texts.t
    on = day_of(app, ft.use_route_params().get("on", ""))
    here, set_here = use_maybe(Point)
    looked, set_looked = ft.use_state(False)
    chosen, set_chosen = ft.use_state("")
    zoom, set_zoom = ft.use_state(0.0)
    handle = use_kept(MapHandle)
    route = ft.use_view_path()

    async def locate() -> None:
        set_here(Point.of(await app.position()))
        set_looked(True)

    ft.use_effect(locate, dependencies=[])
    phase = phase_of(app.phone.portfolio, on, now=app.phone.now(), zone=app.phone.zone)
    stops = figures.day(app.phone.portfolio, on=on, here=here, phase=phase).stops
    placed = [(stop, stop.point) for stop in stops if stop.point]
    others = nearby(app, {stop.customer for stop in stops}, here or (placed[0][1] if placed else None))
    box = Box(app.content_width, max(240.0, float(app.page.height or 800) - BESIDE))
    seen = (
        [point for _stop, point in placed] or [point for _line, point in others] or ([here] if here else [])
    )
    title = t("Map of the day")
    if not seen:
        words = t("No customer has a position yet. Record one from a customer's screen.")
        body: ft.Control = scroll([empty(ft.Icons.MAP_OUTLINED, words)])
        return screen(app, route=route, title=title, subtitle=app.texts.weekday(on), body=body)
    handle.look_at(*view_of(seen, box, margin=MARGIN))

    def on_position(event: Any) -> None:
        seen_at = float(event.camera.zoom)
        if abs(seen_at - (zoom or handle.zoom)) >= ZOOM_STEP:
            set_zoom(seen_at)

    def on_tap(event: Any) -> None:
        finger = Point(float(event.coordinates.latitude), float(event.coordinates.longitude))
        candidates = [(stop.customer, point) for stop, point in placed]
        candidates += [(line.code, point) for line, point in others]
        set_chosen(nearest(finger, candidates, zoom or handle.zoom, reach=FINGER) or "")

    async def choose(code: str) -> None:
        set_chosen(code)
        point = next((point for stop, point in placed if stop.customer == code), None)
        if point:
            await handle.move_to(point)

    drawn = Drawn(app, placed, others, here, zoom or handle.zoom, chosen)
    picture = ft.Stack(
        [
            handle.control(layers(drawn), on_tap=on_tap, on_position=on_position),
            *furniture(app, handle, drawn),
        ],
        expand=True,
    )
    below: list[ft.Control] = [legend(app, stops), facts(app, stops, here, looked=looked)]
    card = chosen_card(app, chosen, stops, here, on, close=lambda: set_chosen(""))
    below.append(card or stop_strip(app, stops, choose))
    body = ft.Column(
        [
            ft.Container(picture, expand=True, clip_behavior=ft.ClipBehavior.HARD_EDGE),
            ft.Container(
                ft.Column(below, spacing=6, tight=True),
                padding=ft.Padding.symmetric(horizontal=EDGE, vertical=8),
            ),
        ],
        spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
    return screen(app, route=route, title=title, subtitle=app.texts.weekday(on), body=body)


def facts(app: Window, stops: Sequence[Stop], here: Point | None, *, looked: bool) -> ft.Control:
    """How far it still is, who has no position, and whether the phone knows where it is."""
    t = app.texts.t
    ahead = [stop.point for stop in stops if stop.state in {"open", "pending"} and stop.point]
    parts = []
    if ahead:
        far = length_m([here, *ahead] if here else ahead) * ROAD_FACTOR
        parts.append(t("About {distance} of road ahead", distance=distance_words(app.texts, far)))
    without = sum(stop.point is None for stop in stops)
    if without:
        parts.append(app.texts.n("{count} stop without position", "{count} stops without position", without))
    if looked and here is None:
        parts.append(t("Your own position is not known"))
    return caption(" · ".join(parts) or t("Nothing left on the way"))

"""The map of the day without any tiles: stops, names, line, rings, scale, and what a tap shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft
import flet_map as fm

from flet_app.collector.phone import Phone
from tests.support.collector_walk import QUITO, begin_visit, walk, with_documents
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_tile_packs import make_pack, picture


def the_map(screen: Screen) -> fm.Map:
    return next(each for each in screen.walk() if isinstance(each, fm.Map))


def layer(screen: Screen, kind: type[Any]) -> Any:
    return next(each for each in the_map(screen).layers if isinstance(each, kind))


def words(control: Any) -> list[str]:
    """The texts inside a marker."""
    found = [str(control.value)] if isinstance(control, ft.Text) else []
    for inner in [getattr(control, "content", None), *(getattr(control, "controls", None) or [])]:
        if isinstance(inner, ft.Control):
            found += words(inner)
    return found


async def tap_map(screen: Screen, lat: float, lon: float) -> None:
    point = {"x": 1.0, "y": 1.0}
    event = {
        "coordinates": {"latitude": lat, "longitude": lon}, "kind": "touch",
        "local_position": point, "global_position": point,
    }  # fmt: skip
    await screen.fire(the_map(screen), "tap", event)


def test_every_stop_is_numbered_in_order_with_the_line_through_them(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/ruta")
        await screen.tap("route-map")
        route = [stop.customer for stop in phone.portfolio.route(phone.today())]
        signs = [words(marker.content) for marker in layer(screen, fm.MarkerLayer).markers]
        numbers = sorted(int(sign[0]) for sign in signs if sign)
        assert numbers == list(range(1, len(route) + 1))
        named = [sign[1] for sign in signs if len(sign) > 1]
        assert phone.portfolio.customer_name(route[0]) in named, "the next stop is always named"
        (line,) = layer(screen, fm.PolylineLayer).polylines
        assert len(line.coordinates) == len(route) + 1, "from where the collector is, through every stop"
        assert line.coordinates[0].latitude == QUITO["latitude"]
        assert not any(isinstance(each, fm.TileLayer) for each in the_map(screen).layers)
        rings = [circle for circle in layer(screen, fm.CircleLayer).circles if circle.use_radius_in_meter]
        step = rings[0].radius
        assert [ring.radius for ring in rings] == [step, 2 * step, 3 * step]
        assert screen.says(" entre anillos")
        assert screen.says("Por visitar")
        assert screen.says("de camino")

    walk(tmp_path, story)


def test_a_state_shows_in_shape_and_sign_not_only_in_colour(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/mapa")
        assert screen.says("Visita en curso")
        marks = {
            int(words(marker.content)[0]): marker.content
            for marker in layer(screen, fm.MarkerLayer).markers
            if words(marker.content)
        }
        open_mark, waiting = (marks[number].controls[1].content for number in (1, 2))
        assert [type(each) for each in open_mark.content.controls] == [ft.Icon, ft.Text]
        assert [type(each) for each in waiting.content.controls] == [ft.Text]
        assert open_mark.border_radius != waiting.border_radius

    walk(tmp_path, story)


def test_a_tap_on_a_stop_tells_of_it_and_opens_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mapa")
        assert not screen.has("map-card")
        place = phone.portfolio.customers["C0001"]["location"]
        await tap_map(screen, place["lat"], place["lon"])
        assert screen.has("map-card")
        assert screen.says("$ 1.620,08")
        assert screen.says(" km · Vencido")
        assert not screen.has("map-add"), "it is on the route already"
        await screen.tap("map-card-close")
        await tap_map(screen, place["lat"] + 3, place["lon"])
        assert not screen.has("map-card"), "nobody lives there"
        await screen.tap("map-stop-C0001")
        await screen.until(lambda: screen.has("map-card"), "the strip says the same")
        await screen.tap("map-open")
        await screen.until(lambda: screen.has("customer-balance"), "the customer is open")

    walk(tmp_path, story)


def test_a_customer_beside_the_route_is_a_dot_that_can_be_added(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mapa/2026-11-21")
        dots = [circle for circle in layer(screen, fm.CircleLayer).circles if not circle.use_radius_in_meter]
        assert len(dots) == 12
        assert screen.says("Los puntos son sus clientes.")
        place = phone.portfolio.customers["C0004"]["location"]
        await tap_map(screen, place["lat"], place["lon"])
        assert screen.says("No está en la ruta")
        await screen.tap("map-add")
        tomorrow = phone.today().replace(day=21)
        await screen.until(lambda: phone.portfolio.route(tomorrow), "it is on the route of the day")
        await screen.until(lambda: not screen.has("map-add"), "and cannot be added twice")

    walk(tmp_path, story)


def test_names_appear_as_there_is_room_for_them(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mapa")

        def named() -> int:
            return sum(len(words(each.content)) > 1 for each in layer(screen, fm.MarkerLayer).markers)

        async def zoom(level: float) -> None:
            place = {"latitude": -0.18, "longitude": -78.48}
            camera = {"center": place, "zoom": level, "min_zoom": 3, "max_zoom": 18, "rotation": 0}
            event = {"coordinates": place, "camera": camera, "has_gesture": True}
            await screen.fire(the_map(screen), "position_change", event)

        await zoom(9)
        few = named()
        await zoom(16)
        assert few < named() == 12

    walk(tmp_path, story)


def test_without_a_position_of_its_own_the_phone_still_shows_the_route(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mapa")
        await screen.until(lambda: screen.says("No se conoce su propia posición"), "it says so")
        assert not screen.has("map-here")
        assert len(layer(screen, fm.MarkerLayer).markers) == 12
        assert not any(circle.use_radius_in_meter for circle in layer(screen, fm.CircleLayer).circles)

    walk(tmp_path, story, answers={"get_current_position": None})


def test_a_stop_without_a_point_is_counted_and_stays_in_the_strip(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mapa")
        assert screen.says("1 parada sin ubicación")
        assert screen.has("map-stop-C0001")
        assert len([each for each in layer(screen, fm.MarkerLayer).markers if words(each.content)]) == 11

    walk(tmp_path, with_documents(story, {"_id": "customer:C0001", "location": None}))


def test_nobody_with_a_point_gives_a_sentence_instead_of_a_grey_field(tmp_path: Path) -> None:
    nowhere = [{"_id": f"customer:C{number:04d}", "location": None} for number in range(1, 13)]

    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mapa")
        await screen.until(lambda: not screen.says("Ningún cliente tiene"), "the own position is enough")

    walk(tmp_path, with_documents(story, *nowhere))

    async def lost(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mapa")
        assert screen.says("Ningún cliente tiene ubicación todavía.")

    walk(tmp_path, lost, answers={"get_current_position": None})


def test_a_pack_in_the_phones_folder_lies_beneath_the_route(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    make_pack(tmp_path / "maps" / "quito.mbtiles", picture("red"))

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mapa")
        tiles = the_map(screen).layers[0]
        assert isinstance(tiles, fm.TileLayer)
        assert tiles.url_template == phone.maps.url
        assert tiles.max_native_zoom == 12
        assert screen.says("© OpenStreetMap")

    walk(tmp_path, story)

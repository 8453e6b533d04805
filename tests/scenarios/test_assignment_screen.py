"""The supervisor's screen over the real API: a plan is shown, carried out, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import flet as ft
import flet_map as fm
import httpx
import pytest

from backend.config import Settings
from flet_app.supervisor.api import Api
from flet_app.supervisor.feed import refresh
from flet_app.supervisor.main import App
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import SupervisorState
from receivables.access import Role
from tests.support.builders import an_invoice
from tests.support.flet_harness import Screen
from tests.support.office import PASSWORD, Office, a_database_server, an_office


class InProcess(httpx.AsyncBaseTransport):
    """The API itself, without a socket."""

    def __init__(self, office: Office) -> None:
        self._inner = httpx.WSGITransport(app=office.client.application)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(
            request.method, request.url, headers=request.headers, content=await request.aread()
        )
        answer = await asyncio.to_thread(self._inner.handle_request, asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("screen")) as settings:
        yield settings


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    with an_office(settings) as office:
        office.collect("ana", "bruno")
        office.hire("sofia", Role.SUPERVISOR)
        for number in range(1, 5):
            customer = {
                "_id": f"customer:C{number}", "schema": 1, "code": f"C{number}", "name": f"Tienda {number}",
                "active": True, "currency": "USD", "location": None,
            }  # fmt: skip
            office.put(customer, an_invoice(f"F-{number}", 10_000, customer=f"C{number}"))
        yield office


def supervise(
    office: Office, story: Callable[[Screen], Coroutine[Any, Any, None]], *, width: int = 1280
) -> None:
    async def run() -> None:
        api = Api("http://api", language="es", now=office.clock, transport=InProcess(office))
        state = SupervisorState(width=width)
        session = Session(api=api, state=state, nudge=asyncio.Event(), now=office.clock)
        await session.sign_in(office.email("sofia"), PASSWORD)
        await refresh(state, api, office.clock())

        def main(page: ft.Page) -> None:
            page.render_views(App, session)

        try:
            async with Screen(main, route="/reparto", width=width, height=800, platform="linux") as screen:
                await story(screen)
        finally:
            await api.close()

    asyncio.run(run())


def served(office: Office) -> dict[str, str | None]:
    ids = [f"assignment:C{number}" for number in range(1, 5)]
    return {
        each["customer"]: each["collector"] for each in office.couch.get_many(office.company, ids).values()
    }


@pytest.mark.parametrize("width", [360, 1280])
def test_work_is_evened_out_as_shown_and_given_back(office: Office, width: int) -> None:
    async def story(screen: Screen) -> None:
        await screen.tap("plan-show")
        await screen.until(lambda: screen.has("plan-ana"), "the plan is shown")
        assert screen.says("4 clientes cambian de gestor")
        assert screen.says("Clientes: de 0 a 2")
        assert screen.says("Por cobrar: de $ 0,00 a $ 200,00")
        assert served(office) == {}
        await screen.tap("plan-apply")
        await screen.until(lambda: screen.has("outcome-assigned"), "it was carried out")
        assert screen.says("4 clientes cambiaron de gestor")
        assert sorted(str(each) for each in served(office).values()) == ["ana", "ana", "bruno", "bruno"]
        await screen.tap("plan-undo")
        await screen.until(lambda: screen.has("outcome-returned"), "it was taken back")
        assert set(served(office).values()) == {None}
        await screen.tap("plan-again")
        assert screen.has("plan-show")

    supervise(office, story, width=width)


def test_chosen_customers_go_to_the_chosen_collector(office: Office) -> None:
    async def story(screen: Screen) -> None:
        await screen.tap("mode-manual")
        await screen.type("customer-search", "tienda")
        await screen.until(lambda: screen.has("customer-C3"), "customers are found")
        await screen.tap("customer-C3")
        await screen.tap("target-bruno")
        assert screen.says("1 cliente elegido")
        await screen.tap("plan-show")
        await screen.until(lambda: screen.has("plan-bruno"), "the plan is shown")
        assert screen.says("de Nadie a Bruno")
        await screen.tap("plan-apply")
        await screen.until(lambda: screen.says("1 cliente cambió de gestor"), "it was carried out")
        assert served(office) == {"C3": "bruno"}

    supervise(office, story)


def test_a_zone_is_drawn_corner_by_corner_and_its_customers_go_to_who_serves_it(office: Office) -> None:
    inside = office.couch.get(office.company, "customer:C1")
    assert inside
    office.put(inside | {"location": {"lat": -0.15, "lon": -78.45}})

    async def story(screen: Screen) -> None:
        await screen.tap("mode-zone")
        await screen.tap("zone-new")
        await screen.type("zone-name", "Quito Norte")
        for lat, lon in ((-0.2, -78.5), (-0.2, -78.4), (-0.1, -78.4), (0.5, 0.5)):
            await corner(screen, lat, lon)
        await screen.tap("zone-take-back")
        await corner(screen, -0.1, -78.5)
        assert screen.says("4 esquinas")
        await screen.tap("zone-for-bruno")
        await screen.tap("zone-save")
        await screen.until(lambda: screen.has("zone-quitonorte"), "the zone is listed")
        await screen.tap("plan-show")
        await screen.until(lambda: screen.has("plan-bruno"), "the plan is shown")
        assert screen.says("3 clientes quedan como están: 3 sin ubicación")
        await screen.tap("plan-apply")
        await screen.until(lambda: screen.has("outcome-assigned"), "it was carried out")
        assert served(office) == {"C1": "bruno"}
        await screen.tap("plan-again")
        await screen.tap("zone-remove-quitonorte")
        await screen.until(lambda: not screen.has("zone-quitonorte"), "the zone is gone")

    supervise(office, story)


def test_a_zone_is_changed_corner_by_corner_under_its_own_code(office: Office) -> None:
    ring = [[-78.5, -0.2], [-78.4, -0.2], [-78.4, -0.1], [-78.5, -0.1], [-78.5, -0.2]]
    holed = [ring, [[-78.46, -0.16], [-78.44, -0.16], [-78.44, -0.14], [-78.46, -0.16]]]
    for code, rings in (("norte", [ring]), ("sur", holed)):
        boundary = {"type": "Polygon", "coordinates": rings}
        saved = office.as_("sofia").put(f"/zones/{code}", {"name": code.title(), "boundary": boundary})
        assert saved.status_code == 200, saved.text

    async def story(screen: Screen) -> None:
        await screen.tap("mode-zone")
        await screen.until(lambda: screen.has("zone-change-norte"), "the zones are listed")
        assert not screen.has("zone-change-sur"), "its hole would be lost"
        await screen.tap("zone-change-norte")
        assert screen.field("zone-name").value == "Norte"
        await take(screen, 1)
        assert screen.says("Toque adónde va la esquina 1.")
        await corner(screen, -0.25, -78.55)
        await corner(screen, -0.26, -78.45)
        await take(screen, 4)
        await screen.tap("zone-corner-remove")
        await corner(screen, 0.4, 0.4)
        await screen.tap("zone-take-back")
        await screen.type("zone-name", "Norte y centro")
        await screen.tap("zone-save")
        await screen.until(lambda: screen.says("Norte y centro"), "the zone is listed")
        zone = office.couch.get(office.company, "zone:norte")
        assert zone
        assert zone["boundary"]["coordinates"] == [
            [[-78.55, -0.25], [-78.45, -0.26], [-78.4, -0.2], [-78.5, -0.1], [-78.55, -0.25]]
        ]

    supervise(office, story)


async def take(screen: Screen, number: int) -> None:
    """Touch the corner of this number on the map."""
    markers = [each for each in screen.walk() if isinstance(each, fm.Marker)]
    await screen.fire(markers[number - 1].content, "click")


async def corner(screen: Screen, lat: float, lon: float) -> None:
    place = {"latitude": lat, "longitude": lon}
    tapped = {"kind": "tap", "lp": None, "gp": None, "coordinates": place}
    chart = screen.by_id("zones-map").content
    assert chart is not None
    await screen.fire(chart, "tap", tapped)


def test_a_refusal_is_told_in_the_words_of_the_server(office: Office) -> None:
    async def story(screen: Screen) -> None:
        await screen.tap("plan-show")
        await screen.until(lambda: screen.has("plan-apply"), "the plan is shown")
        for document in office.couch.all_docs(
            office.company, start_key="assignment_plan:", end_key="assignment_plan:\ufff0", include_docs=True
        ):
            office.couch.delete(office.company, document["id"], document["doc"]["_rev"])
        await screen.tap("plan-apply")
        await screen.until(lambda: screen.has("plan-failure"), "the refusal is shown")
        assert screen.says("No hay un plan")

    supervise(office, story)

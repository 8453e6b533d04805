"""The supervisor looks at the photos of a visit."""

from __future__ import annotations

from typing import Any

import flet as ft

from receivables.access import Role
from tests.support.desk import DeskOffice, a_desk, at_the_desk, problem
from tests.support.flet_harness import Screen
from tests.support.letters import picture

SHOT = {"id": "photo:ana:1", "subject": "visit", "source": "camera", "taken_at": "2026-11-20T15:00:00Z"}
FILE = {**SHOT, "id": "photo:ana:2", "source": "file"}
VISIT: dict[str, Any] = {
    "id": "visit:ana:1", "collector": "ana", "customer": "C0001", "customer_name": "Comercial El Rosal",
    "started_at": "2026-11-20T14:40:00Z", "finished_at": "2026-11-20T15:05:00Z", "outcome": "paid",
    "outcome_label": {"es": "Pagó", "en": "Paid"}, "comment": "", "next_visit_at": None, "open": False,
    "distance_m": 850, "away_reason": "Atiende en la bodega", "photos": [SHOT, FILE],
}  # fmt: skip
PICTURES = {f"GET /photos/{each['id']}": picture(each["id"]) for each in (SHOT, FILE)}


def desk(*visits: dict[str, Any]) -> Any:
    state = a_desk(Role.SUPERVISOR)
    state.visits = list(visits)
    return state


def images(screen: Screen) -> list[ft.Image]:
    return [each for each in screen.walk() if isinstance(each, ft.Image)]


def test_the_photos_come_when_they_are_asked_for() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        assert screen.says("A 850 m del cliente: Atiende en la bodega")
        assert not [path for _method, path, _ in office.asked if path.startswith("/photos/")]
        await screen.tap(f"visit-photos-{VISIT['id']}")
        await screen.until(lambda: len(images(screen)) == 2, "both photos are shown")
        assert [each.src for each in images(screen)] == list(PICTURES.values())
        assert screen.says("archivo adjunto")
        await screen.tap("photos-close")

    at_the_desk(story, route="/gestiones", answers=PICTURES, state=desk(VISIT))


def test_photos_that_do_not_come_are_told() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await screen.tap(f"visit-photos-{VISIT['id']}")
        await screen.until(
            lambda: any(
                isinstance(each, ft.SnackBar) and "No se pudieron leer las fotos" in str(each.content)
                for each in screen.walk()
            ),
            "it is said",
        )
        assert not images(screen)

    broken = {**PICTURES, f"GET /photos/{FILE['id']}": (404, problem("photo_unknown", "No hay"))}
    at_the_desk(story, route="/gestiones", answers=broken, state=desk(VISIT))


def test_a_visit_without_photos_offers_none() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        assert screen.says("Comercial El Rosal")
        assert not screen.has(f"visit-photos-{VISIT['id']}")

    at_the_desk(story, route="/gestiones", state=desk({**VISIT, "photos": []}))

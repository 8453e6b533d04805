"""The way of a collector on the supervisors' map: read when asked for, drawn, told in figures, and hidden."""

from __future__ import annotations

from typing import Any

import flet_map as fm
import pytest

from flet_app.supervisor.api import Api, ApiProblem
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import SupervisorState
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_supervisor_screens import a_day, look

DAY = "2026-11-20"
TRACK = {
    "collector": "ana", "on": DAY, "metres": 4230,
    "positions": [
        {"at": f"{DAY}T13:05:00Z", "lat": -0.18, "lon": -78.48, "accuracy": 8.0, "mock": False},
        {"at": f"{DAY}T15:20:00Z", "lat": -0.19, "lon": -78.49, "accuracy": 8.0, "mock": True},
    ],
    "stops": [{"lat": -0.18, "lon": -78.48, "since": f"{DAY}T13:05:00Z", "until": f"{DAY}T13:20:00Z"}],
}  # fmt: skip


def day_of(role: str) -> SupervisorState:
    state = a_day()
    state.roles = [role]
    return state


def lines(screen: Screen) -> list[fm.PolylineMarker]:
    return [each for each in screen.walk() if isinstance(each, fm.PolylineMarker)]


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    async def read(_api: Api, path: str, **params: Any) -> Any:
        asked.append((path, params["on"]))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Api, "read", read)
    return asked


@pytest.mark.parametrize("width", [360, 1280])
def test_a_way_is_drawn_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    asked = answering(monkeypatch, TRACK)

    async def story(screen: Screen, _session: Session) -> None:
        assert not lines(screen)
        assert asked == [], "each look is written down, so none is taken unasked"
        await screen.tap("map-collector-ana")
        await screen.until(lambda: lines(screen), "the way is drawn")
        assert asked == [("/collectors/ana/track", DAY)]
        assert len(lines(screen)[0].coordinates) == 2
        assert screen.says("4,2 km de 08:05 a 10:20 · 1 parada")
        await screen.tap("map-collector-ana")
        await screen.until(lambda: not lines(screen), "it is hidden again")
        assert len(asked) == 1

    look(day_of("supervisor"), story, route="/mapa", width=width)


def test_a_day_without_a_way_and_a_refusal_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(screen: Screen, session: Session) -> None:
        answering(monkeypatch, {**TRACK, "positions": [], "stops": [], "metres": 0})
        await screen.tap("map-collector-ana")
        await screen.until(lambda: screen.says("Ese día no se registró recorrido."), "it is told")
        answering(monkeypatch, ApiProblem("role_missing", "Su rol no lo permite.", status=403))
        await screen.tap("map-collector-bruno")
        await screen.until(lambda: screen.says("Su rol no lo permite."), "the refusal is told")
        session.choose_today()

    look(day_of("supervisor"), story, route="/mapa")


def test_another_day_hides_it_and_who_may_not_is_not_offered_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, TRACK)

    async def story(screen: Screen, session: Session) -> None:
        await screen.tap("map-collector-ana")
        await screen.until(lambda: lines(screen), "the way is drawn")
        session.move_day(-1)
        await screen.until(lambda: not lines(screen), "the way of another day is not shown")

    async def refused(screen: Screen, _session: Session) -> None:
        assert screen.by_id("map-collector-ana").content.on_click is None  # type: ignore[union-attr]

    look(day_of("supervisor"), story, route="/mapa")
    look(day_of("backoffice"), refused, route="/mapa")

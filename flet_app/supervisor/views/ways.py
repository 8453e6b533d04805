"""The way of one collector on the map: a line through the positions, a ring at each stop, and its figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any

import flet as ft
import flet_map as fm

from flet_app.components.figures import caption
from flet_app.supervisor.api import Api, ApiProblem
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.state import Json
from flet_app.theme import Palette

LINE_WIDTH = 4.0
STOP_RADIUS, MADE_UP_RADIUS = 9, 5


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """What is shown of `collector` on the day `on`: the API's answer, or why there is none."""

    collector: str
    on: str
    track: Json = dataclasses.field(default_factory=dict)
    problem: str = ""


class Ways:
    """The one way that is shown, read when somebody asks for it and not again by itself."""

    def __init__(self, session: Session, way: Way | None, put: Callable[[Way | None], Any]) -> None:
        self._session, self._way, self._put = session, way, put

    def of(self, collector: str) -> Way | None:
        """The way of this collector on the day that is looked at, where it is the one shown."""
        way = self._way
        is_it = way and (way.collector, way.on) == (collector, self._session.state.day)
        return way if is_it else None

    @property
    def shown(self) -> Way | None:
        return self.of(self._way.collector) if self._way else None

    def turn(self, collector: str) -> None:
        """Show the way of this collector, or hide it where it is shown."""
        if self.of(collector):
            self._put(None)
            return
        on = self._session.state.day

        async def read(api: Api) -> None:
            try:
                self._put(Way(collector, on, await api.read(f"/collectors/{collector}/track", on=on)))
            except ApiProblem as problem:
                self._put(Way(collector, on, problem=problem.detail))

        run(read, self._session)


def layers_of(way: Way | None, colors: Palette) -> list[fm.MapLayer]:
    """Nothing where no way is shown or it is empty; made up positions have the colour of lateness."""
    positions = way.track.get("positions") if way else None
    if not way or not positions:
        return []
    points = [fm.MapLatitudeLongitude(each["lat"], each["lon"]) for each in positions]
    rings = [
        fm.CircleMarker(
            coordinates=fm.MapLatitudeLongitude(stop["lat"], stop["lon"]), radius=STOP_RADIUS,
            color=ft.Colors.SURFACE, border_color=colors.saved, border_stroke_width=3,
        )
        for stop in way.track["stops"]
    ]  # fmt: skip
    rings += [
        fm.CircleMarker(coordinates=point, radius=MADE_UP_RADIUS, color=colors.late)
        for point, each in zip(points, positions, strict=True)
        if each["mock"]
    ]
    line = fm.PolylineMarker(coordinates=points, color=colors.saved, stroke_width=LINE_WIDTH)
    return [fm.PolylineLayer(polylines=[line]), fm.CircleLayer(circles=rings)]


def figures_of(way: Way, session: Session) -> ft.Control:
    """How long and from when to when, and how many stops; or why nothing is shown."""
    texts = session.texts
    if way.problem:
        return caption(way.problem)
    positions = way.track["positions"]
    if not positions:
        return caption(texts.t("No way was recorded on this day."))
    since, until = (texts.clock(datetime.fromisoformat(positions[end]["at"])) for end in (0, -1))
    length = texts.t(
        "{km} km from {since} to {until}",
        km=texts.number(round(way.track["metres"] / 1000, 1)), since=since, until=until,
    )  # fmt: skip
    stops = texts.n("{count} stop", "{count} stops", len(way.track["stops"]))
    return caption(f"{length} · {stops}")

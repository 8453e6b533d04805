"""A zone as a supervisor draws or changes it: corners tapped on the map, a name, and who serves it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api, ApiProblem
from receivables.outlines import FEWEST_CORNERS, Corner, with_corner, with_moved, without_corner

Json = dict[str, Any]

LONGEST_CODE = 30


def zone_code(name: str) -> str:
    """`Quito Norte` is `quitonorte`: a zone of the same name takes the place of the one before."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = re.sub("[^a-z0-9]", "", plain)
    return (code if code[:1].isalpha() and len(code) > 1 else f"zona{code}")[:LONGEST_CODE]


def can_be_changed(zone: Json) -> bool:
    """One ring without holes: of anything else a part would be lost here; the API takes it."""
    boundary = zone["boundary"]
    return boundary["type"] == "Polygon" and len(boundary["coordinates"]) == 1


@ft.observable
@dataclass
class Zoning:
    """`corners` are (latitude, longitude) in order; `failure` is to be read.

    `changing` is the code of the zone whose outline is being changed, empty for one that is drawn anew;
    `selected` is the corner that the next tap moves.
    """

    zones: list[Json] = field(default_factory=list)
    drawing: bool = False
    changing: str = ""
    corners: list[Corner] = field(default_factory=list)
    selected: int | None = None
    name: str = ""
    collector: str = ""
    failure: str = ""
    _before: list[list[Corner]] = field(default_factory=list)

    def begin(self) -> None:
        self._open("", [], "", "")

    def change(self, zone: Json) -> None:
        """Take up a zone that can be changed corner by corner."""
        ring = zone["boundary"]["coordinates"][0]
        corners = [(lat, lon) for lon, lat in ring[:-1]]
        self._open(zone["code"], corners, zone["name"], zone["collector"] or "")

    def _open(self, code: str, corners: list[Corner], name: str, collector: str) -> None:
        self.drawing, self.changing, self.corners, self.selected = True, code, corners, None
        self.name, self.collector, self.failure, self._before = name, collector, "", []

    def stop(self) -> None:
        self.drawing, self.failure = False, ""

    def tap(self, lat: float, lon: float) -> None:
        """Move the selected corner there; or put a new one there, on the nearest edge of a known outline."""
        if self.selected is not None:
            self._draw(with_moved(self.corners, self.selected, (lat, lon)))
        elif self.changing:
            self._draw(with_corner(self.corners, (lat, lon)))
        else:
            self._draw([*self.corners, (lat, lon)])

    def select(self, at: int) -> None:
        """Take hold of a corner, or let go of it."""
        self.selected = None if self.selected == at else at

    def remove_selected(self) -> None:
        if self.selected is not None:
            self._draw(without_corner(self.corners, self.selected))

    def take_back(self) -> None:
        """As it was before the last tap."""
        if self._before:
            self.corners, self.selected = self._before.pop(), None

    @property
    def is_touched(self) -> bool:
        """Is there anything to take back?"""
        return bool(self._before)

    def _draw(self, corners: list[Corner]) -> None:
        self._before.append(list(self.corners))
        self.corners, self.selected = corners, None

    @property
    def is_complete(self) -> bool:
        return len(self.corners) >= FEWEST_CORNERS and bool(self.name.strip())

    async def read(self, api: Api) -> None:
        try:
            self.zones = (await api.read("/zones"))["items"]
        except ApiProblem as problem:
            self.failure = problem.detail

    async def save(self, api: Api) -> None:
        """Write the zone; its customers change hands with the next plan by zone."""
        ring = [[lon, lat] for lat, lon in [*self.corners, self.corners[0]]]
        body = {
            "name": self.name.strip(),
            "collector": self.collector or None,
            "boundary": {"type": "Polygon", "coordinates": [ring]},
        }
        try:
            await api.write(f"/zones/{self.changing or zone_code(self.name)}", body, method="PUT")
        except ApiProblem as problem:
            self.failure = problem.detail
            return
        self.stop()
        await self.read(api)

    async def remove(self, api: Api, code: str) -> None:
        try:
            await api.write(f"/zones/{code}", method="DELETE")
        except ApiProblem as problem:
            self.failure = problem.detail
        await self.read(api)

"""A zone as a supervisor draws it: corners tapped on the map, a name, and who serves it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api, ApiProblem

Json = dict[str, Any]

FEWEST_CORNERS = 3
LONGEST_CODE = 30


def zone_code(name: str) -> str:
    """`Quito Norte` is `quitonorte`: a zone of the same name takes the place of the one before."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = re.sub("[^a-z0-9]", "", plain)
    return (code if code[:1].isalpha() and len(code) > 1 else f"zona{code}")[:LONGEST_CODE]


@ft.observable
@dataclass
class Zoning:
    """`corners` are (latitude, longitude) in the order in which they were tapped; `failure` is to be read."""

    zones: list[Json] = field(default_factory=list)
    drawing: bool = False
    corners: list[tuple[float, float]] = field(default_factory=list)
    name: str = ""
    collector: str = ""
    failure: str = ""

    def begin(self) -> None:
        self.drawing, self.corners, self.name, self.collector, self.failure = True, [], "", "", ""

    def stop(self) -> None:
        self.drawing, self.failure = False, ""

    def tap(self, lat: float, lon: float) -> None:
        self.corners = [*self.corners, (lat, lon)]

    def take_back(self) -> None:
        self.corners = self.corners[:-1]

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
            await api.write(f"/zones/{zone_code(self.name)}", body, method="PUT")
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

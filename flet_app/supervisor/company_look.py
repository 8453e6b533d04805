"""The company's look while somebody changes it: what stands, what is drafted, and what stood before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking
from flet_app.supervisor.state import SupervisorState
from paperwork.logo import Logo, logo_in
from receivables.brand import LONGEST_NAME, is_seed_color
from receivables.messages import sentence
from receivables.validation import Problem

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """A name, a colour `#RRGGBB` and a picture (PNG), or none."""

    name: str
    seed_color: str
    logo: bytes | None

    @classmethod
    def from_json(cls, answer: Json) -> Look:
        return cls(
            name=str(answer["name"]),
            seed_color=str(answer["seed_color"]),
            logo=logo_in({"picture": answer["logo"]}),
        )


@ft.observable
@dataclass
class CompanyLook(Asking):
    """`saved` is what stands at the office, None until it has answered; `before` what undoing brings back."""

    saved: Look | None = None
    before: Look | None = None
    name: str = ""
    seed_color: str = ""
    logo: bytes | None = None

    @property
    def draft(self) -> Look:
        return Look(self.name.strip(), self.seed_color.upper(), self.logo)

    @property
    def is_changed(self) -> bool:
        return self.saved is not None and self.draft != self.saved

    @property
    def name_is_possible(self) -> bool:
        return 0 < len(self.name.strip()) <= LONGEST_NAME

    @property
    def color_is_possible(self) -> bool:
        return is_seed_color(self.seed_color)

    async def read(self, api: Api) -> None:
        if answer := await self.ask(api.read("/brand")):
            self._stands(Look.from_json(answer))

    def take(self, read: Logo | Problem, *, locale: str) -> None:
        """Draft the logo that was read from a picked file, or say why it can't be one."""
        if isinstance(read, Problem):
            self.failure = sentence(read, locale=locale)
        else:
            self.failure, self.logo = "", read.picture

    def drop_logo(self) -> None:
        self.logo = None

    def discard(self) -> None:
        """Go back to what stands."""
        if self.saved is not None:
            self._stands(self.saved)
        self.failure = ""

    async def save(self, api: Api, *, state: SupervisorState) -> None:
        await self._change(api, self.draft, state)

    async def undo(self, api: Api, *, state: SupervisorState) -> None:
        """Bring back what stood before the last saving; undoing that again is one more change."""
        if self.before is not None:
            await self._change(api, self.before, state)

    async def _change(self, api: Api, wanted: Look, state: SupervisorState) -> None:
        stood = self.saved
        if stood is None:
            return
        if await self.ask(_sent(api, stood, wanted)) is None:
            return  # what was reached is told by the next look; the draft stays
        answer = await self.ask(api.read("/brand"))
        if answer is None:
            return
        self._stands(Look.from_json(answer))
        self.before = stood
        state.company_name, state.logo = self.name, self.logo

    def _stands(self, look: Look) -> None:
        self.saved = look
        self.name, self.seed_color, self.logo = look.name, look.seed_color, look.logo


async def _sent(api: Api, stood: Look, wanted: Look) -> Json:
    """Send what differs."""
    if (wanted.name, wanted.seed_color) != (stood.name, stood.seed_color):
        await api.write("/brand", {"name": wanted.name, "seed_color": wanted.seed_color}, method="PUT")
    if wanted.logo != stood.logo:
        if wanted.logo is None:
            await api.write("/brand/logo", method="DELETE")
        else:
            await api.send_bytes("/brand/logo", wanted.logo, method="PUT")
    return {"sent": True}


async def read_company_logo(api: Api) -> bytes | None:
    """The logo for the rail; None where there is none or the office does not tell."""
    look = CompanyLook()
    await look.read(api)
    return look.saved.logo if look.saved else None

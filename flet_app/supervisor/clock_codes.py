"""A code for a phone whose clock was put back: which phone, the number that it shows, the code for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]


@ft.observable
@dataclass
class ClockCodes(Asking):
    """`phone` is the one that is asked for, None while nobody asks; `given` the API's answer."""

    phone: Json | None = None
    number: str = ""
    given: Json | None = None

    def consider(self, phone: Json | None) -> None:
        """Ask for the number that `phone` shows; None puts everything away."""
        self.phone, self.number, self.given, self.failure, self.faults = phone, "", None, "", {}

    async def give(self, api: Api) -> None:
        """Have the office work the code out, which is recorded."""
        device = (self.phone or {})["device"]
        self.given = await self.ask(api.write(f"/devices/{device}/clock-codes", {"number": self.number}))

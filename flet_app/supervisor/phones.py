"""The phones of the company as an office sees them: who carries them, shutting one out, erasing one, letting
a new one in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]

HALF_AN_HOUR = 0
LIVES = (HALF_AN_HOUR, 1, 7)
"""For how many days a one-time code may be good."""


@ft.observable
@dataclass
class Phones(Asking):
    """`items` is None until the first answer.

    While somebody is `wishing` for a code, `collector` and `days` say which; `code` is the one that was just
    made, and can't be read again. `leaving` is the phone about which was asked whether to shut it out,
    `erasing` the one whether to erase it, for a `reason`.
    """

    items: list[Json] | None = None
    wishing: bool = False
    collector: str = ""
    days: int = HALF_AN_HOUR
    code: Json | None = None
    leaving: Json | None = None
    erasing: Json | None = None
    reason: str = ""

    async def read(self, api: Api) -> None:
        if answer := await self.ask(api.read("/devices")):
            self.items = sorted(answer["items"], key=_in_use_first)

    def wish(self, collector: str = "") -> None:
        """Somebody wants a code, perhaps for a collector who is known already."""
        self.wishing, self.collector, self.days, self.code, self.failure = (
            True,
            collector,
            HALF_AN_HOUR,
            None,
            "",
        )

    def put_away(self) -> None:
        """Nobody looks at the code any longer."""
        self.wishing, self.code, self.failure = False, None, ""

    async def issue(self, api: Api) -> None:
        """Make the code that is wished for."""
        body: Json = {"collector": self.collector}
        if self.days != HALF_AN_HOUR:
            body["days"] = self.days
        self.code = await self.ask(api.write("/enrolment-codes", body))

    def consider(self, phone: Json | None) -> None:
        """Ask whether to shut a phone out; None is the answer no."""
        self.leaving = phone

    async def revoke(self, api: Api) -> None:
        """Shut out the phone about which was asked."""
        device, self.leaving = (self.leaving or {})["device"], None
        if await self.ask(api.write(f"/devices/{device}/revoke", {})) is not None:
            await self.read(api)

    def consider_erasing(self, phone: Json | None) -> None:
        """Ask whether to erase a phone; None is the answer no."""
        self.erasing, self.reason, self.failure = phone, "", ""

    async def erase(self, api: Api) -> None:
        """Order the phone erased about which was asked."""
        if self.erasing is None or not self.reason.strip():
            return
        device, body = self.erasing["device"], {"reason": self.reason.strip()}
        self.erasing = None
        if await self.ask(api.write(f"/devices/{device}/wipe", body)) is not None:
            await self.read(api)

    async def keep(self, api: Api, device: str) -> None:
        """Take the order back, where the phone has not heard of it."""
        await self.ask(api.write(f"/devices/{device}/wipe/undo", {}))
        refused = self.failure
        await self.read(api)  # a refusal means that the phone has come further
        self.failure = self.failure or refused


def _in_use_first(phone: Json) -> tuple[bool, str, str]:
    return phone["revoked_at"] is not None, phone["collector"], phone["enrolled_at"]

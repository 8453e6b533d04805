"""Receipts by e-mail while somebody changes them: what stands, what is drafted, and what stood before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MailSwitch:
    """`from_on` is the first day whose receipts are mailed (ISO), empty for none; `reply_to` may be empty."""

    active: bool
    from_on: str
    reply_to: str

    @classmethod
    def from_json(cls, answer: Json) -> MailSwitch:
        return cls(bool(answer["active"]), str(answer["from_on"] or ""), str(answer["reply_to"] or ""))

    def to_json(self) -> Json:
        return {"active": self.active, "from_on": self.from_on or None, "reply_to": self.reply_to or None}


@ft.observable
@dataclass
class ReceiptMail(Asking):
    """`saved` is what stands at the office, None until it has answered; `before` what undoing brings back."""

    saved: MailSwitch | None = None
    before: MailSwitch | None = None
    active: bool = False
    from_on: str = ""
    reply_to: str = ""
    samples: tuple[Json, ...] = ()

    @property
    def draft(self) -> MailSwitch:
        return MailSwitch(self.active, self.from_on, self.reply_to.strip())

    @property
    def is_changed(self) -> bool:
        return self.saved is not None and self.draft != self.saved

    def switch(self, way: str, *, today: date) -> None:
        """`on` or `off`; who switches it on begins today, until they choose another day."""
        self.active = way == "on"
        if self.active and (not self.from_on or self.saved is None or not self.saved.active):
            self.from_on = today.isoformat()

    def days_offered(self, today: date) -> list[date]:
        """Today, tomorrow, the first of the next month, and the day that stands."""
        month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        found = {today, today + timedelta(days=1), month}
        return sorted(found | ({date.fromisoformat(self.from_on)} if self.from_on else set()))

    async def read(self, api: Api) -> None:
        if answer := await self.ask(api.read("/receipt-mail")):
            self._stands(answer)

    def discard(self) -> None:
        """Go back to what stands."""
        if self.saved is not None:
            self._show(self.saved)
        self.failure, self.faults = "", {}

    async def save(self, api: Api) -> None:
        await self._change(api, self.draft)

    async def undo(self, api: Api) -> None:
        """Bring back what stood before the last saving; undoing that again is one more change."""
        if self.before is not None:
            await self._change(api, self.before)

    async def _change(self, api: Api, wanted: MailSwitch) -> None:
        stood = self.saved
        if stood is None or self.busy:
            return
        answer = await self.ask(api.write("/receipt-mail", wanted.to_json(), method="PUT"))
        if answer:
            self._stands(answer)
            self.before = stood

    def _stands(self, answer: Json) -> None:
        self.saved = MailSwitch.from_json(answer)
        self.samples = tuple(answer["samples"])
        self._show(self.saved)

    def _show(self, switch: MailSwitch) -> None:
        self.active, self.from_on, self.reply_to = switch.active, switch.from_on, switch.reply_to

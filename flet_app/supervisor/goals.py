"""The goals of the collectors as an office sees them: a month of everybody, and one goal being set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flet as ft

from flet_app.components.inputs import Typed
from flet_app.i18n import Texts
from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking
from receivables.goals import AMOUNTS, TARGETS

Json = dict[str, Any]


@ft.observable
@dataclass
class Goals(Asking):
    """`items` is None until the first answer for `month`; `chosen` is the goal that is being set."""

    month: str = ""
    items: list[Json] | None = None
    chosen: Json | None = None
    typed: dict[str, Typed] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()

    async def read(self, api: Api) -> None:
        answer = await self.ask(api.read("/goals", month=self.month))
        if answer and answer["month"] == self.month:
            self.items = answer["items"]

    def look_at(self, month: str) -> None:
        self.month, self.items, self.failure = month, None, ""

    def choose(self, goal: Json | None, texts: Texts) -> None:
        """Begin to set a goal; None puts it away."""
        self.chosen, self.wrong, self.failure = goal, frozenset(), ""
        self.typed = {name: Typed(_written(goal, name, texts)) for name in TARGETS} if goal else {}

    async def save(self, api: Api, texts: Texts) -> None:
        """Write what was typed; what is no figure is named in `wrong`, and nothing is written."""
        goal = self.chosen
        if goal is None or self.busy:
            return
        values = {name: _read(typed.value, name, goal, texts) for name, typed in self.typed.items()}
        self.wrong = frozenset(
            name for name, value in values.items() if value is None and self.typed[name].value.strip()
        )
        if self.wrong:
            return
        if await self.ask(api.write(_path(goal), values, method="PUT")) is not None:
            self.chosen = None
            await self.read(api)

    async def give_back(self, api: Api) -> None:
        """Let the ERP's word count again."""
        goal = self.chosen
        if goal is None or self.busy:
            return
        if await self.ask(api.write(_path(goal), method="DELETE")) is not None:
            self.chosen = None
            await self.read(api)


def _path(goal: Json) -> str:
    return f"/goals/{goal['collector']}/{goal['month']}"


def _written(goal: Json, name: str, texts: Texts) -> str:
    value = goal.get(name)
    if value is None:
        return ""
    return texts.amount_text(value, goal["currency"]) if name in AMOUNTS else str(value)


def _read(text: str, name: str, goal: Json, texts: Texts) -> int | None:
    """Minor units or a count, above zero; None for an empty field and for what is neither."""
    text = text.strip()
    if name in AMOUNTS:
        value = texts.parse_amount(text, goal["currency"]) if text else None
    else:
        value = int(text) if text.isascii() and text.isdigit() else None
    return value if value else None

"""A plan of customers changing hands on a supervisor's screen: wished for, shown, carried out, taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]

FOUND = 50
"""Customers shown for a search; more words find fewer."""


@ft.observable
@dataclass
class Planning(Asking):
    """`plan` is what the server showed, `outcome` what came of it.

    `target` is who gets the chosen customers; the empty text is nobody.
    """

    mode: str = "balanced"
    query: str = ""
    found: list[Json] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    target: str | None = None
    plan: Json | None = None
    outcome: Json | None = None

    def choose_mode(self, mode: str) -> None:
        self.mode, self.plan, self.outcome, self.failure = mode, None, None, ""

    def toggle(self, customer: Json) -> None:
        """Choose a customer, or no longer."""
        chosen = dict(self.chosen)
        if chosen.pop(customer["code"], None) is None:
            chosen[customer["code"]] = customer["name"]
        self.chosen = chosen

    @property
    def is_complete(self) -> bool:
        """Does the wish say all that it must?"""
        return self.mode != "manual" or (bool(self.chosen) and self.target is not None)

    async def search(self, api: Api, query: str) -> None:
        """Find customers by name or code; a later search overtakes an earlier one."""
        self.query = query
        if not query.strip():
            self.found = []
            return
        page = await self.ask(api.read("/customers", q=query.strip(), limit=FOUND))
        if page and self.query == query:
            self.found = page["items"]

    async def show(self, api: Api) -> None:
        """Have the plan worked out; nobody changes hands yet."""
        wish: Json = {"mode": self.mode}
        if self.mode == "manual":
            wish |= {"customers": sorted(self.chosen), "collector": self.target or None}
        self.outcome = None
        self.plan = await self.ask(api.write("/assignment-plans", wish))

    async def carry_out(self, api: Api) -> None:
        if done := await self.ask(api.write(self._path("apply"), {})):
            self.outcome, self.chosen, self.found = done, {}, []

    async def take_back(self, api: Api) -> None:
        if done := await self.ask(api.write(self._path("undo"), {})):
            self.outcome = done

    def discard(self) -> None:
        self.plan, self.outcome, self.failure = None, None, ""

    def _path(self, verb: str) -> str:
        plan = (self.plan or {})["plan"]
        return f"/assignment-plans/{plan}/{verb}"

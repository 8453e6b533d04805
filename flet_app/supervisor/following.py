"""The hours in which collectors are followed, as the office changes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import Asking

Json = dict[str, Any]

LEAST_DAYS_KEPT = 70
"""Phones keep theirs for 62 days and would bring an earlier one back; see docs/tracking.md."""


@ft.observable
@dataclass
class FollowingHours(Asking):
    """`saved` is the API's answer, None until the first one; the rest is what stands on the screen."""

    saved: Json | None = None
    active: bool = False
    days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""
    kept_days: str = ""
    told: bool = False
    """Was it just saved?"""

    async def read(self, api: Api) -> None:
        answer = await self.ask(api.read("/tracking"))
        if answer:
            self._show(answer)

    async def save(self, api: Api) -> None:
        """Write what stands on the screen, where it can be meant."""
        if self.busy or self.flaws or not self.is_changed:
            return
        answer = await self.ask(api.write("/tracking", self._draft(), method="PUT"))
        if answer:
            self._show(answer)
            self.told = True

    def turn_day(self, day: int) -> None:
        """Take an ISO weekday in, or leave it out."""
        self.days = tuple(sorted({*self.days} ^ {day}))

    @property
    def is_changed(self) -> bool:
        saved = self.saved
        return saved is not None and any(saved[name] != value for name, value in self._draft().items())

    @property
    def flaws(self) -> frozenset[str]:
        """What can't be meant: `days`, `hours`, `kept_days`."""
        opens, closes = _clock(self.opens), _clock(self.closes)
        found = {
            "days": not self.days,
            "hours": opens is None or closes is None or opens >= closes,
            "kept_days": _whole(self.kept_days) < LEAST_DAYS_KEPT,
        }
        return frozenset(name for name, wrong in found.items() if wrong)

    def _draft(self) -> Json:
        return {
            "active": self.active,
            "days": list(self.days),
            "from": self.opens,
            "to": self.closes,
            "retention_days": _whole(self.kept_days),
        }

    def _show(self, answer: Json) -> None:
        self.saved, self.told = answer, False
        self.active, self.days = answer["active"], tuple(answer["days"])
        self.opens, self.closes = answer["from"], answer["to"]
        self.kept_days = str(answer["retention_days"])


def _whole(text: str) -> int:
    """A whole number; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _clock(text: str) -> time | None:
    """`08:00`; None for anything else."""
    try:
        return time.fromisoformat(text) if len(text) == len("08:00") else None
    except ValueError:
        return None

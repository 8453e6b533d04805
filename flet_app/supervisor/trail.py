"""Who did what, as it is searched: by person, action, subject and time, by pages or all as a file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import flet as ft

from flet_app.supervisor.api import Api
from flet_app.supervisor.asking import TYPING_SECONDS, Asking

Json = dict[str, Any]

PAGE = 60
SPANS = (1, 7, 30, 0)
"""Days back from today, today included; 0 is everything."""

FORMATS = ("xlsx", "csv", "jsonl")


@ft.observable
@dataclass
class Trail(Asking):
    """`items` is None until the first answer; the empty text leaves a filter out."""

    by: str = ""
    action: str = ""
    subject: str = ""
    span: int = SPANS[1]
    items: list[Json] | None = None
    next_cursor: str | None = None

    def filters(self, today: date) -> dict[str, Any]:
        """As the API takes them."""
        since = (today - timedelta(days=self.span - 1)).isoformat() if self.span else None
        return {
            "by": self.by.strip().lower(),
            "action": self.action,
            "subject": self.subject.strip(),
            "from": since,
        }

    async def search(self, api: Api, today: date) -> None:
        """Look for what the filters mean now, once they are typed."""
        asked = self.filters(today)
        await asyncio.sleep(TYPING_SECONDS)
        if asked == self.filters(today):
            self.items = None
            await self.read(api, today)

    async def read(self, api: Api, today: date) -> None:
        """The first page; a later search overtakes an earlier one."""
        asked = self.filters(today)
        page = await self.ask(api.read("/audit", **asked, limit=PAGE))
        if page is not None and asked == self.filters(today):
            self.items, self.next_cursor = page["items"], page["next_cursor"]

    async def more(self, api: Api, today: date) -> None:
        page = await self.ask(api.read("/audit", **self.filters(today), limit=PAGE, cursor=self.next_cursor))
        if page is not None:
            self.items, self.next_cursor = [*(self.items or []), *page["items"]], page["next_cursor"]

    async def export(self, api: Api, today: date, form: str) -> bytes | None:
        """All that is meant, as a file of one of FORMATS; None where it was refused."""
        return await self.ask(api.read_bytes("/audit/export", **self.filters(today), format=form))

"""A walk through the collector's screens: a seeded phone without a network, and what walks begin with."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.bootstrap import Settings, World
from flet_app.collector.phone import Phone
from flet_app.collector.window import open_window
from replica import NotFound
from tests.support.flet_harness import Screen
from tests.support.seed_phone import seed_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # a Friday, 10:30 in Quito
QUITO = {"latitude": -0.18, "longitude": -78.48, "accuracy": 12.0, "mocked": False}
GPS = {"get_current_position": QUITO}

Story = Callable[[Screen, Phone], Coroutine[Any, Any, None]]


class Followed(Screen):
    """A screen whose client goes where the app sends it."""

    async def settle(self, seconds: float = 0.05) -> None:
        await super().settle(seconds)
        for name, arguments in self.connection.calls:
            if name == "push_route":
                self.connection.calls.remove((name, arguments))
                await self.go(arguments["route"])
                return


NO_OFFICE = "http://127.0.0.1:9"


def walk(
    folder: Path,
    story: Story,
    *,
    now: datetime = NOW,
    api_url: str = NO_OFFICE,
    clock: Callable[[], datetime] | None = None,
    **options: Any,
) -> None:
    """Open a seeded phone in `folder` whose office can't be reached, and walk `story` on it at `now`.

    With a `clock` the story may let time pass.
    """

    async def run() -> None:
        if not (folder / "enrolment.json").exists() and options.pop("seeded", True):
            seed_phone(folder, now=now, customers=12)
        settings = Settings(api_url=api_url, data=folder, host="127.0.0.1", port=0, device_name="test")
        counter = iter(range(1, 10_000))
        world = World(
            now=clock or (lambda: now), random_bytes=lambda size: next(counter).to_bytes(size, "big")
        )
        phone = Phone(settings, world)
        await phone.start()

        def main(page: ft.Page) -> None:
            open_window(page, phone)

        try:
            async with Followed(main, answers={**GPS, **options.pop("answers", {})}, **options) as screen:
                await story(screen, phone)
        finally:
            await phone.stop()

    asyncio.run(run())


def with_documents(story: Story, *documents: dict[str, Any]) -> Story:
    """The same `story` on a phone that has these `documents` too, or instead of its own of that id."""

    async def told(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, *documents)
        await story(screen, phone)

    return told


async def arrive(screen: Screen, phone: Phone, *documents: dict[str, Any]) -> None:
    """What a synchronisation would have brought."""
    store = phone.store
    assert store is not None

    def put(transaction: Any) -> None:
        for document in documents:
            with contextlib.suppress(NotFound):
                document = {**store.database.get(document["_id"]), **document}
            transaction.put({"schema": 1, **document})

    await store.write(put)
    phone.announce()
    await screen.settle()


async def begin_visit(screen: Screen, code: str = "C0001") -> None:
    await screen.go(f"/cliente/{code}")
    await screen.tap("start-visit")
    await screen.until(lambda: screen.has("new-receipt"), "the visit is open")

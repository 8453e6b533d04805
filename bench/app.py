"""The collector's app with 10,000 documents on the phone: first screen, list, search, a receipt, memory.

The real app, database and rules in a process of their own, on this computer and without Flutter's drawing:
the test harness is the client, so a figure ends when the app has sent the screen, and includes a few
milliseconds of looking for it. The office can't be reached.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import flet as ft

from bench.figures import Figure
from flet_app.collector.bootstrap import Settings, World
from flet_app.collector.phone import Phone
from flet_app.collector.views.customer_rows import BLOCK_HEIGHT
from flet_app.collector.window import open_window
from tests.support.flet_harness import Screen
from tests.support.seed_phone import seed_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
CUSTOMERS = 2_000  # with their invoices and withholdings 10,000 documents
HERE = {"latitude": -0.18, "longitude": -78.48, "accuracy": 12.0, "mocked": False}
PATIENCE = 60.0
RECEIPT = ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm")


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as kept:
        seed_phone(Path(kept), now=NOW, customers=CUSTOMERS)
        command = [sys.executable, "-m", "bench.app", kept, str(time.monotonic())]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    seen = json.loads(run.stdout.splitlines()[-1])
    at = f"app, {seen['documents']:,.0f} documents: "
    first = seen["first_screen"]
    yield Figure(name=at + "start to first screen", value=first, unit="s", target="< 2", met=first < 2)
    yield Figure(name=at + "of which after the imports", value=seen["after_imports"], unit="s")
    yield Figure(name=at + "customer list, first page", value=seen["list"], unit="ms")
    yield Figure(name=at + "customer list, next page (median)", value=seen["page"], unit="ms")
    yield Figure(name=at + "search, a letter (median)", value=seen["search"], unit="ms")
    yield Figure(name=at + "customer to saved receipt, taps", value=seen["taps"], unit="taps")
    yield Figure(name=at + "customer to saved receipt", value=seen["receipt"], unit="ms")
    yield Figure(name=at + "peak memory of the process", value=seen["memory"], unit="MB")


class Hand(Screen):
    """A person who taps as soon as there is something to tap."""

    async def settle(self, seconds: float = 0.001) -> None:
        await super().settle(seconds)
        for name, arguments in self.connection.calls:
            if name == "push_route":
                self.connection.calls.remove((name, arguments))
                await self.go(arguments["route"])
                return

    def rows(self) -> int:
        return sum(
            isinstance(each, ft.Semantics) and str(each.identifier).startswith("customer-C")
            for each in self.walk()
        )

    async def scroll_to(self, pixels: float) -> None:
        """What the client tells while a finger drags the list."""
        listing = next(each for each in self.walk() if isinstance(each, ft.ListView))
        event = {
            "event_type": "update", "pixels": pixels, "min_scroll_extent": 0.0, "max_scroll_extent": 1e6,
            "viewport_dimension": 600.0,
        }  # fmt: skip
        await self.fire(listing, "scroll", event)

    def first_row(self) -> str:
        found = (
            str(each.identifier)
            for each in self.walk()
            if isinstance(each, ft.Semantics) and str(each.identifier).startswith("customer-C")
        )
        return next(found, "")

    async def shows(self, identifier: str) -> None:
        await self.until(lambda: self.has(identifier), identifier, seconds=PATIENCE)


async def _walk(folder: Path, started: float) -> dict[str, float]:
    """Use the app once; seconds for the start, milliseconds for the rest."""
    imported = time.monotonic()
    counter = iter(range(1, 1_000_000))
    world = World(now=lambda: NOW, random_bytes=lambda size: next(counter).to_bytes(size, "big"))
    phone = Phone(
        Settings(api_url="http://127.0.0.1:9", data=folder, host="127.0.0.1", port=0, device_name="bench"),
        world,
    )
    await phone.start()

    def main(page: ft.Page) -> None:
        open_window(page, phone)

    try:
        async with Hand(main, answers={"get_current_position": HERE}) as screen:
            await screen.shows("next-C0001")
            shown = time.monotonic()
            seen = {"first_screen": shown - started, "after_imports": shown - imported}
            seen |= await _list(screen)
            seen |= await _receipt(screen, phone)
            portfolio = phone.portfolio
            seen["documents"] = sum(
                map(len, (portfolio.customers, portfolio.invoices, portfolio.withholdings))
            )
    finally:
        await phone.stop()
    return seen | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


async def _list(screen: Hand) -> dict[str, float]:
    began = time.monotonic()
    await screen.go("/clientes")
    await screen.until(screen.first_row, "the first rows", seconds=PATIENCE)
    first = time.monotonic() - began
    pages, letters = [], []
    for page in range(2, 22):
        top, began = screen.first_row(), time.monotonic()
        await screen.scroll_to(page * BLOCK_HEIGHT)
        await screen.until(lambda top=top: screen.first_row() != top, "the next page", seconds=PATIENCE)
        pages.append(time.monotonic() - began)
    for length in range(1, len("penon 199") + 1):
        began = time.monotonic()
        await screen.type("customer-search", "penon 199"[:length])
        letters.append(time.monotonic() - began)
    await screen.until(lambda: 0 < screen.rows() < 60, "whom the words fit", seconds=PATIENCE)
    return {"list": 1000 * first, "page": 1000 * median(pages), "search": 1000 * median(letters)}


async def _receipt(screen: Hand, phone: Phone) -> dict[str, float]:
    """From a customer's screen with nothing begun, the visit's start included."""
    await screen.go("/cliente/C0001")
    await screen.shows("start-visit")
    began = time.monotonic()
    for button in ("start-visit", *RECEIPT):
        await screen.shows(button)
        await screen.tap(button)
    await screen.shows("voucher-number")
    took = time.monotonic() - began
    assert len(phone.portfolio.receipts) == 1
    return {"taps": 1 + len(RECEIPT), "receipt": 1000 * took}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_walk(Path(sys.argv[1]), float(sys.argv[2])))) + "\n")

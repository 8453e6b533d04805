"""The first synchronisation of a phone with 10,000 documents: how long the screen is frozen at most.

The real app, driver and database against the embedded server in a process of its own; a window looks at the
list of customers while it fills. A stall is how much later than asked the event loop came back to a task that
only sleeps: what a thumb would feel, the threads that share Python's lock and whatever else the machine does
included. Work is the loop's own part of it, in time of the processor, which a busy machine does not change.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import flet as ft

from bench.app import CUSTOMERS, NOW, PATIENCE, Hand
from bench.figures import Figure
from flet_app.collector import phone as phones
from flet_app.collector.bootstrap import Settings, World
from flet_app.collector.session import EnrolmentFile
from flet_app.collector.sync import SyncDriver
from flet_app.collector.window import open_window
from replica import RemoteDatabase
from tests.support.couch import embedded_server
from tests.support.seed_phone import enrolment, projections

STEP = 0.005
"""Seconds between two looks at the clock."""
FROZEN = 0.1
"""Seconds from which a person notices that a tap is late."""
BATCH = 500


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as kept, embedded_server(Path(kept) / "server") as server:
        address = f"{server}/first-sync"
        documents = projections(on=NOW.date(), customers=CUSTOMERS)
        with RemoteDatabase(address) as centre:
            centre.create(q="1")
            for start in range(0, len(documents), BATCH):
                centre.bulk_docs(documents[start : start + BATCH])
        command = [sys.executable, "-m", "bench.first_sync", str(Path(kept) / "phone"), address]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    seen = json.loads(run.stdout.splitlines()[-1])
    at = f"first sync of {len(documents):,} documents, list open: "
    yield Figure(name=at + "until everybody is listed", value=seen["seconds"], unit="s")
    yield Figure(name=at + "longest stall of the screen", value=seen["longest"], unit="ms")
    yield Figure(name=at + "of which own work", value=seen["work"], unit="ms")
    yield Figure(name=at + "own work of more than 100 ms", value=seen["frozen"], unit="times")


async def _walk(folder: Path, address: str) -> dict[str, float]:
    phones.SyncDriver = partial(SyncDriver, connect=lambda _keeper: RemoteDatabase(address))  # type: ignore[misc]
    EnrolmentFile(folder).write(enrolment(now=NOW))
    counter = iter(range(1, 1_000_000))
    world = World(now=lambda: NOW, random_bytes=lambda size: next(counter).to_bytes(size, "big"))
    settings = Settings(api_url="http://127.0.0.1:9", data=folder, host="", port=0, device_name="bench")
    phone = phones.Phone(settings, world)
    stalls: list[float] = []
    work: list[float] = []

    async def watch() -> None:
        while True:
            asked, spent = time.monotonic(), time.thread_time()
            await asyncio.sleep(STEP)
            stalls.append(time.monotonic() - asked - STEP)
            work.append(time.thread_time() - spent)

    def main(page: ft.Page) -> None:
        open_window(page, phone)

    began = time.monotonic()
    await phone.start()
    try:
        async with Hand(main) as screen:
            await screen.go("/clientes")
            watching = asyncio.create_task(watch())
            while len(phone.portfolio.customers) < CUSTOMERS or phone.status.last_success_at is None:
                await asyncio.sleep(0.2)
                assert time.monotonic() - began < PATIENCE, phone.status
            watching.cancel()
            seconds = time.monotonic() - began
    finally:
        await phone.stop()
    return {
        "seconds": seconds,
        "longest": 1000 * max(stalls),
        "work": 1000 * max(work),
        "frozen": sum(spent > FROZEN for spent in work),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_walk(Path(sys.argv[1]), sys.argv[2]))) + "\n")

"""What a company left in this phone's folder: the facts that may be nowhere else, and the files that go."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from flet_app.collector.api import Json
from flet_app.collector.session import Enrolment
from flet_app.collector.standing import to_hand_over
from flet_app.collector.store import Store
from receivables.identifiers import parse_collector_database
from receivables.wiping import goes_along

PORTION_BYTES = 1024 * 1024
"""Of facts in one letter: what a weak link carries before it breaks off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The facts of one database of the company that the office may lack, as ids with their revisions."""

    path: Path
    collector: str
    device: str
    """One that wrote them, by which the office knows whose they are."""
    facts: tuple[tuple[str, str], ...]


async def holdings(folder: Path, enrolment: Enrolment) -> list[Holding]:
    """What every database of the company holds, of whoever collected with this phone."""
    found = []
    for path in sorted(folder.glob(f"{enrolment.company}-c-*.sqlite")):
        named = parse_collector_database(path.stem)
        if named is None or named[0] != enrolment.company:
            continue
        own = path.stem == enrolment.database
        facts, device = await _facts_in(path, enrolment.devices if own else ())
        if facts:
            found.append(
                Holding(
                    path=path, collector=named[1], device=enrolment.device if own else device, facts=facts
                )
            )
    return found


async def _facts_in(path: Path, devices: tuple[str, ...]) -> tuple[tuple[tuple[str, str], ...], str]:
    store = await asyncio.to_thread(Store.open, path)
    try:
        await asyncio.to_thread(store.load_outbox, devices)
        await store.refresh()
        wanted = sorted(to_hand_over(store.portfolio, store.outbox))
        device = store.portfolio.facts[wanted[-1]][2] if wanted else ""
        rows = (await asyncio.to_thread(store.database.all_docs, keys=wanted))["rows"] if wanted else []
        return tuple((row["id"], row["value"]["rev"]) for row in rows if "value" in row), device
    finally:
        await asyncio.to_thread(store.close)


def portions(holding: Holding, handed: frozenset[str]) -> Generator[list[Json]]:
    """The facts that were not handed over yet, whole, a letter's worth at a time. Blocks on disk."""
    store = Store.open(holding.path)
    try:
        portion, size = list[Json](), 0
        for fact, _rev in holding.facts:
            if fact in handed:
                continue
            for answer in store.database.bulk_get([{"id": fact}]):
                if "ok" in answer:
                    portion.append(answer["ok"])
                    size += len(json.dumps(answer["ok"]))
            if size >= PORTION_BYTES:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion
    finally:
        store.close()


def erase(folder: Path, company: str, *, alone: bool, scratch: Iterable[Path] = ()) -> None:
    """Remove every file of the company; `alone` says that no other company is on this phone.

    What was shared or picked passed through the app's `scratch` folders, where nobody knows whose it is: all
    of it goes. May be repeated. Raise OSError for a file that can't be removed.
    """
    for path in sorted(folder.iterdir()):
        if path.is_file() and goes_along(path.name, company, alone=alone):
            path.unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY)  # the names are gone for good only when the folder is on disk
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    for place in scratch:
        for path in place.iterdir() if place.is_dir() else ():
            with contextlib.suppress(OSError):  # the system clears them too
                shutil.rmtree(path) if path.is_dir() else path.unlink()

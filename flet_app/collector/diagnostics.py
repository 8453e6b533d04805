"""What a person who helps from afar needs to know of a phone: versions, counts, ages and sizes.

No person and no secret is in it: no names, no codes of people or customers, no amounts, no addresses, no
words of the office or of a refusal, no tokens. The device's number is, so that the office finds it.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import flet

from flet_app.collector.actions.tracking import tracking_state
from flet_app.collector.phone import Phone
from flet_app.collector.store import Store
from flet_app.version import VERSION
from receivables.documents import rfc3339

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """A text file, UTF-8, one `name: value` a line."""

    name: str
    content: bytes


async def diagnose(phone: Phone, *, screen: Mapping[str, object]) -> Diagnostics:
    """Look at the phone as it is now; `screen` is what only the window knows."""
    now = phone.now()
    parts = [_versions(screen), _identity(phone), _sync(phone, now), _held(phone)]
    lines = [f"recaudo diagnostics: {rfc3339(now)}"]
    for part in parts:
        lines += ["", *(f"{name}: {value}" for name, value in part)]
    lines += ["", *await asyncio.to_thread(_room, phone.settings.data, phone.store)]
    return Diagnostics(f"recaudo-{now:%Y%m%d-%H%M%S}.txt", ("\n".join(lines) + "\n").encode())


def _versions(screen: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield "recaudo", VERSION
    yield "flet", flet.__version__
    yield "python", platform.python_version()
    yield "sqlite", sqlite3.sqlite_version
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield from screen.items()


def _identity(phone: Phone) -> Iterator[tuple[str, object]]:
    enrolment = phone.enrolment
    if enrolment is None:
        yield "enrolled", "no"
        return
    yield "company", enrolment.company
    yield "device", enrolment.device
    yield "devices before", len(enrolment.devices) - 1
    yield "shut out", _yes(enrolment.revoked)
    yield "can seal for the office", _yes(bool(enrolment.recovery_key))
    yield "zone", phone.zone.key
    yield "pin", _yes(phone.pin.is_set)
    yield "following", tracking_state(phone).value
    yield "clock", phone.clock.look().trust.value


def _sync(phone: Phone, now: datetime) -> Iterator[tuple[str, object]]:
    status, store = phone.status, phone.store
    yield "synchronisation", status.phase.value
    heard = status.last_success_at
    yield "office heard", f"{(now - heard).total_seconds():.0f} s ago" if heard else "not since the start"
    yield "unsent", _counts(status.unsent)
    if store:
        kinds = Counter(reason.partition(":")[0] for reason in store.outbox.refused.values())
        yield "refused", _counts(kinds)
        yield "held back", len(store.outbox.held)


def _held(phone: Phone) -> Iterator[tuple[str, object]]:
    portfolio = phone.portfolio
    for name in ("customers", "invoices", "withholdings", "credit_notes", "postings", "routes", "packs"):
        yield name, len(getattr(portfolio, name))
    yield "facts", _counts(Counter(kind for kind, _, _ in portfolio.facts.values()))
    if phone.store:
        yield "drafts", len(phone.store.drafts)


def _room(folder: Path, store: Store | None) -> list[str]:
    usage = shutil.disk_usage(folder)
    size = sum(path.stat().st_size for path in folder.glob("*.sqlite*"))
    lines = [
        f"free space: {usage.free // MEGABYTE} of {usage.total // MEGABYTE} MB",
        f"databases: {size / MEGABYTE:.1f} MB",
    ]
    if store:
        info = store.database.info()
        lines.append(f"documents: {info.doc_count}, sequence {info.update_seq}")
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {counts[kind]}" for kind in sorted(counts)) or "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"

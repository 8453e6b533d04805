"""What a phone remembers of itself beside its facts: how far they went, and when the office was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flet_app.collector.standing import Outbox, unsent
from flet_app.collector.store import Store
from receivables.documents import new_fact
from tests.support.seed_phone import ZONE, enrolment

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
WHO = enrolment(now=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "phone.sqlite"


def reopened(path: Path) -> Iterator[Store]:
    store = Store.open(path)
    store.load_outbox(WHO.devices)
    yield store
    store.close()


def test_a_photo_that_never_left_is_still_unsent_after_a_restart(path: Path) -> None:
    photo = new_fact(
        "photo", {"customer": "C0001", "of": None, "subject": "visit"}, company="andina", collector="ana",
        device=WHO.device, ulid="01KAKYX7M8N4P5Q6R7S8T9V0W1", now=NOW, zone=ZoneInfo(ZONE),
    )  # fmt: skip
    for store in reopened(path):
        asyncio.run(store.write(lambda transaction: transaction.put(photo)))
        store.keep_outbox(Outbox(receipts=9, others=9, photos=0, devices=frozenset(WHO.devices)))
    for store in reopened(path):
        asyncio.run(store.refresh())
        assert unsent(store.portfolio, store.outbox) == {"photo": 1}


def test_the_office_is_remembered_by_a_clock_that_was_put_right_too(path: Path) -> None:
    """A phone whose clock ran two hours ahead heard the office, and again once it was right."""
    for store in reopened(path):
        store.keep_contact(NOW + timedelta(hours=2))
        store.keep_contact(NOW)
    for store in reopened(path):
        assert store.last_contact == NOW

"""What is only on this phone, in a file that only the office opens: for when nothing else goes out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from flet_app.collector.phone import Phone
from flet_app.collector.sealing import seal
from flet_app.collector.session import DeviceKey, Enrolment
from flet_app.collector.standing import unsent_facts
from receivables.recovery import pack_recovery
from replica import Database

SECRET_BYTES = 32


class NothingToRecover(Exception):
    """Everything of this phone is with the office, or its enrolment is too old to seal for the office."""


@dataclass(frozen=True, slots=True)
class RecoveryFile:
    """A sealed file, and how many facts are in it."""

    name: str
    content: bytes
    facts: int


async def make_recovery(phone: Phone) -> RecoveryFile:
    """Gather, sign and seal what was not sent; nothing changes here. Raise NothingToRecover."""
    store, enrolment = phone.store, phone.enrolment
    if store is None or enrolment is None or not enrolment.recovery_key:
        raise NothingToRecover
    facts = sorted(unsent_facts(store.portfolio, store.outbox))
    if not facts:
        raise NothingToRecover
    now = phone.now()
    key, secret = phone.key, phone.world.random_bytes(SECRET_BYTES)

    def sealed() -> bytes:
        signed = _signed(store.database, facts, enrolment, key, now)
        return seal(signed, enrolment.recovery_key, secret=secret)

    content = await asyncio.to_thread(sealed)
    name = f"recaudo-{enrolment.collector}-{now:%Y%m%d-%H%M%S}.recuperacion"
    return RecoveryFile(name, content, len(facts))


def _signed(
    database: Database, facts: list[str], enrolment: Enrolment, key: DeviceKey, now: datetime
) -> bytes:
    answers = database.bulk_get([{"id": fact} for fact in facts])
    return pack_recovery(
        [answer["ok"] for answer in answers if "ok" in answer],
        company=enrolment.company,
        collector=enrolment.collector,
        device=enrolment.device,
        now=now,
        sign=key.sign,
    )

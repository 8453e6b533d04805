"""How far a fact has come, read from who holds it, never stored in it: on this phone, received, posted.

The peer's hold is known by marks: everything up to a sequence of this database was offered to it and taken,
but for what it refused or could not take, which is listed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from enum import StrEnum

from flet_app.collector.portfolio import Portfolio


class FactState(StrEnum):
    """What a collector is told of a fact."""

    ON_DEVICE = "on_device"
    SENDING = "sending"
    RECEIVED = "received"
    POSTED = "posted"
    REJECTED = "rejected"
    REFUSED = "refused"
    VOIDED = "voided"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A fact's state, with the ERP's number or the reason where there is one."""

    state: FactState
    detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The peer's database: which one, and how many changes it has seen."""

    instance: str
    changes: int

    def has_lost_since(self, before: Centre) -> bool:
        """Was it made anew, or put back to an earlier day, since it was `before`?"""
        return self.instance != before.instance or self.changes < before.changes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What left this phone: the sequences up to which the peer holds receipts, others and photos, but for two
    kinds.

    `refused` it would not take, for the reason that stands beside the id; `held` it could not take for a
    reason of its own, such as a time-out, and will be asked again shortly. `devices` are those that this
    phone has been; another device's facts aren't this one's to send. `centre` is the database that the
    marks speak of, with the number of changes that it had when it was last asked.
    """

    receipts: int = 0
    others: int = 0
    photos: int = 0
    refused: dict[str, str] = dataclasses.field(default_factory=dict)
    held: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    centre: Centre | None = None

    def is_unsent(self, fact_id: str, kind: str, sequence: int, device: str) -> bool:
        mark = {"receipt": self.receipts, "photo": self.photos}.get(kind, self.others)
        missing = sequence > mark or fact_id in self.refused or fact_id in self.held
        return missing and (not self.devices or device in self.devices)


def standing(portfolio: Portfolio, outbox: Outbox, fact_id: str, *, sending: bool = False) -> Standing:
    """Where a fact of this phone is now."""
    known = _known_to_the_centre(portfolio, fact_id)
    if known:
        return known
    if fact_id in outbox.refused:
        return Standing(state=FactState.REFUSED, detail=outbox.refused[fact_id])
    waits = outbox.is_unsent(fact_id, *portfolio.facts.get(fact_id, ("", 0, "")))
    return Standing(state=FactState.ON_DEVICE if waits and not sending else FactState.SENDING)


def _known_to_the_centre(portfolio: Portfolio, fact_id: str) -> Standing | None:
    posting, void = portfolio.postings.get(fact_id), portfolio.voids.get(fact_id)
    if posting and posting["state"] == "posted":
        return Standing(state=FactState.POSTED, detail=str(posting.get("erp_number") or ""))
    if posting and posting["state"] == "rejected":
        return Standing(state=FactState.REJECTED, detail=str(posting.get("reason") or ""))
    if void:
        return Standing(state=FactState.VOIDED, detail=str(void.get("reason") or ""))
    if posting or fact_id in portfolio.received:
        return Standing(state=FactState.RECEIVED)
    return None


def unsent(portfolio: Portfolio, outbox: Outbox, *, but: Collection[str] = frozenset()) -> dict[str, int]:
    """How many facts of each kind are only on this phone, without those in `but`; no kind counts zero."""
    counts: dict[str, int] = {}
    for fact in unsent_facts(portfolio, outbox):
        if fact not in but:
            kind = portfolio.facts[fact][0]
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def to_hand_over(portfolio: Portfolio, outbox: Outbox) -> list[str]:
    """Ids of the facts of this phone that the centre has not confirmed, sent or not.

    A phone that is about to forget everything does not trust its marks: what the peer took may have been lost
    since.
    """
    return [
        fact
        for fact, (_kind, _sequence, device) in portfolio.facts.items()
        if fact not in portfolio.received and (not outbox.devices or device in outbox.devices)
    ]


def unsent_facts(portfolio: Portfolio, outbox: Outbox) -> list[str]:
    """Ids of the facts that are only on this phone."""
    return [
        fact
        for fact, (kind, sequence, device) in portfolio.facts.items()
        if fact not in portfolio.received and outbox.is_unsent(fact, kind, sequence, device)
    ]

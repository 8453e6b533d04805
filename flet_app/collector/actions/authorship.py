"""Who writes, on what, under which rules: what every action asks before it plans."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.session import Enrolment
from flet_app.collector.store import Store, Transaction
from receivables.documents import Author, Json
from receivables.identifiers import following_ulid
from receivables.money import Money
from receivables.photos import MOST_PHOTOS, Subject, photo_facts
from receivables.policies import CollectionPolicy
from receivables.validation import Problem

Plan = Callable[[Portfolio, Author], Json | list[Problem]]


@dataclass(frozen=True, slots=True)
class Album:
    """The photos taken for one form: the name under which they wait, and what they show."""

    name: str
    subject: Subject
    most: int = MOST_PHOTOS


class NotSignedIn(RuntimeError):
    """An action was reached without an enrolment, or on a locked phone; no screen offers one."""


def authorship(phone: Phone) -> tuple[Store, Enrolment]:
    """What an action that writes needs; raise NotSignedIn, on a locked phone too."""
    if phone.locked:
        raise NotSignedIn
    return readership(phone)


@asynccontextmanager
async def pen(phone: Phone) -> AsyncIterator[tuple[Store, Enrolment]]:
    """What `authorship` gives, while nobody else writes; raise NotSignedIn also where the phone went over to
    another company while this waited for its turn: what was meant for the one is not written for the other.
    """
    store, enrolment = authorship(phone)
    async with phone.writing:
        if phone.store is not store:
            raise NotSignedIn
        yield store, enrolment


def readership(phone: Phone) -> tuple[Store, Enrolment]:
    """What a look ahead needs. A screen may still look while the office's lock is about to replace it."""
    if phone.store is None or phone.enrolment is None:
        raise NotSignedIn
    return phone.store, phone.enrolment


def author_of(phone: Phone, enrolment: Enrolment) -> Author:
    return Author(
        company=enrolment.company,
        collector=enrolment.collector,
        device=enrolment.device,
        ulid=phone.world.ulid(),
        now=phone.now(),
        zone=phone.zone,
    )


async def record(phone: Phone, plan: Plan, *, album: Album | None = None) -> Json | list[Problem]:
    """Write the one fact that `plan` makes of what the phone knows, or return why there can be none.

    The photos of `album` are written with it, all or none. It is on disk when this returns; windows that
    record at the same time do so one after the other.
    """
    async with pen(phone) as (store, enrolment):
        author = author_of(phone, enrolment)
        fact = plan(store.portfolio, author)
        if isinstance(fact, list):
            return fact
        taken = store.taken.of(album.name) if album else ()
        photos = photo_facts(fact, taken, album.subject, author) if album else []

        def write(transaction: Transaction) -> None:
            transaction.put(fact)
            if album:
                store.taken.record(transaction, album.name, photos)

        await store.write(write)
        if album:
            store.taken.forget(album.name)
    phone.announce()
    phone.nudge()
    return fact


async def record_all(phone: Phone, plans: Sequence[Plan]) -> list[Problem]:
    """Write one fact for each of `plans`, all or none, with ids in that order; return what forbids it.

    Each is made of what the phone knew before the first.
    """
    async with pen(phone) as (store, enrolment):
        facts: list[Json] = []
        author = author_of(phone, enrolment)
        for plan in plans:
            fact = plan(store.portfolio, author)
            if isinstance(fact, list):
                return fact
            facts.append(fact)
            author = replace(author, ulid=following_ulid(author.ulid))
        await store.write(lambda transaction: [transaction.put(fact) for fact in facts])
    phone.announce()
    phone.nudge()
    return []


def policy_of(portfolio: Portfolio) -> CollectionPolicy:
    """The company's policy; until it has arrived, one that forbids nothing: time never refuses money."""
    if portfolio.policy:
        pack = portfolio.packs.get(str(portfolio.company.get("country")))
        return portfolio.policy.under_the_law(pack)
    currency = portfolio.currency
    return CollectionPolicy(
        currency=currency,
        minimum_receipt=Money.zero(currency),
        cash_cap=None,
        cheque_max_days=30,
        oldest_first=False,
        on_account_allowed=True,
        comment_min_length=0,
    )

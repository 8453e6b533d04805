"""May this customer be contacted? The rules of contact over what the phone knows, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from flet_app.collector.portfolio import Json, Portfolio
from receivables.compliance import (
    Act,
    Channel,
    Contact,
    Debtor,
    DebtorType,
    Decision,
    Holidays,
    Pack,
    check,
    contacts_of,
    next_legal_instant,
)
from receivables.consents import merge_consents, said_by_channel


def decide(
    portfolio: Portfolio,
    customer: str,
    channel: Channel,
    at: datetime,
    *,
    zone: tzinfo,
    act: Act = Act.CONTACT,
) -> Decision:
    """What the rules say of contacting `customer` at `at`, after all that was done there before."""
    return check(
        act,
        channel,
        at,
        _debtor(portfolio, customer, zone),
        _pack(portfolio),
        history=_history(portfolio, customer),
        holidays=Holidays.from_documents(portfolio.holidays.values()),
    )


def next_instant(
    portfolio: Portfolio, customer: str, channel: Channel, after: datetime, *, zone: tzinfo
) -> datetime | None:
    """When it would be in order; None where time does not help."""
    return next_legal_instant(
        channel,
        after,
        _debtor(portfolio, customer, zone),
        _pack(portfolio),
        history=_history(portfolio, customer),
        holidays=Holidays.from_documents(portfolio.holidays.values()),
    )


def consents_of(portfolio: Portfolio, customer: str) -> Json:
    """What counts of each channel: what the centre told, and what was said on this phone since."""
    own = [fact for fact in portfolio.consents.values() if fact["customer"] == customer]
    return merge_consents(portfolio.told_consents.get(customer), customer, own)


def needs_visits_authorised(portfolio: Portfolio) -> bool:
    pack = _pack(portfolio)
    return pack is not None and pack.visits_need_authorisation


def _pack(portfolio: Portfolio) -> Pack | None:
    return portfolio.packs.get(str(portfolio.company.get("country")))


def _debtor(portfolio: Portfolio, customer: str, zone: tzinfo) -> Debtor:
    default = portfolio.policy.debtor_type if portfolio.policy else DebtorType.CONSUMER
    said = said_by_channel(consents_of(portfolio, customer))
    return Debtor.from_json(portfolio.customers.get(customer) or {}, default=default, zone=zone, said=said)


def _history(portfolio: Portfolio, customer: str) -> list[Contact]:
    direct = {item["code"] for item in portfolio.catalogues.get("outcomes", ()) if item.get("contact")}
    return contacts_of(_own(portfolio, customer), portfolio.activity.get(customer), direct)


def _own(portfolio: Portfolio, customer: str) -> Iterator[Json]:
    for records in (portfolio.visits, portfolio.attempts):
        yield from (record for record in records.values() if record["customer"] == customer)

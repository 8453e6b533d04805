"""Who writes, on what, under which rules: what every action asks before it plans."""

from __future__ import annotations

from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.session import Enrolment
from flet_app.collector.store import Store
from receivables.money import Money
from receivables.policies import CollectionPolicy


class NotSignedIn(RuntimeError):
    """An action was reached without an enrolment, or on a locked phone; no screen offers one."""


def authorship(phone: Phone) -> tuple[Store, Enrolment]:
    if phone.store is None or phone.enrolment is None or phone.locked:
        raise NotSignedIn
    return phone.store, phone.enrolment


def policy_of(portfolio: Portfolio) -> CollectionPolicy:
    """The company's policy; until it has arrived, one that forbids nothing: time never refuses money."""
    if portfolio.policy:
        return portfolio.policy
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

"""Dunning: which customers get a claim by mail today, about which invoices, for the how-manieth time.

`plan` is pure, so that a preview, a dry run and the nightly job say the same. One mail goes to one customer
for one currency and lists everything that is overdue beyond the tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from receivables.documents import BadDocument, Json, parse_date
from receivables.identifiers import dunning_key
from receivables.invoices import OpenItem, days_past_due
from receivables.money import Money, MoneyError, total

NOTE = "Reclamo por Falta de Pago"
"""The novelty that a sent notice leaves on the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningPolicy:
    """What `plan` needs of a `policy:dunning` document. `minimum_balance` is in the company's currency."""

    code: str
    active: bool
    tolerance_days: int
    resend_days: int
    deadline_days: int
    minimum_balance: Money

    @classmethod
    def from_json(cls, doc: Mapping[str, Any], *, currency: str) -> DunningPolicy:
        """Read the policy of a company whose currency is `currency`."""
        try:
            return cls(
                code=doc["code"],
                active=bool(doc["active"]),
                tolerance_days=int(doc["tolerance_days"]),
                resend_days=int(doc["resend_days"]),
                deadline_days=int(doc.get("deadline_days", 0)),
                minimum_balance=Money.from_json(doc.get("minimum_balance", 0), currency),
            )
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"policy {doc.get('_id')!r}: {error!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """What a `dunning_notice` says for the plan: who was claimed what, and on which local date."""

    policy: str
    customer: str
    currency: str
    sent_on: date
    invoices: frozenset[str]

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> SentNotice:
        try:
            return cls(
                policy=doc["policy"],
                customer=doc["customer"],
                currency=doc["currency"],
                sent_on=parse_date(doc["local_on"]),
                invoices=frozenset(line["number"] for line in doc["invoices"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadDocument(f"notice {doc.get('_id')!r}: {error!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One invoice that a notice claims."""

    number: str
    due_on: date
    balance: Money
    days_past_due: int

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "due_on": self.due_on.isoformat(),
            "balance": self.balance.minor,
            "days_past_due": self.days_past_due,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A claim to send. `key` is the same however often a day is planned; `level` counts claims, from 1."""

    key: str
    policy: str
    customer: str
    currency: str
    level: int
    invoices: tuple[NoticeLine, ...]
    total: Money
    deadline_on: date


def plan(
    open_items: Iterable[OpenItem],
    policy: DunningPolicy,
    history: Iterable[SentNotice],
    *,
    on: date,
    excluded: Collection[str] = frozenset(),
) -> list[Notice]:
    """The notices of the date `on`, one for each customer and currency that has something to be claimed.

    An invoice is claimed when it is more than `tolerance_days` overdue, more than `minimum_balance` is open,
    nobody disputes it and it isn't `excluded` (promised, informed as paid, in a plan). A mail goes out when
    one of them was never claimed, or was last claimed `resend_days` ago or more. Sent notices of the same day
    are not planned again.
    """
    if not policy.active:
        return []
    sent = [notice for notice in history if notice.policy == policy.code]
    groups: defaultdict[tuple[str, str], list[OpenItem]] = defaultdict(list)
    for item in open_items:
        if item.invoice not in excluded and _is_claimable(item, policy, on=on):
            groups[item.customer, item.open.currency].append(item)
    notices = (
        _notice(customer, currency, items, policy, _of(sent, customer, currency), on=on)
        for (customer, currency), items in sorted(groups.items())
    )
    return [notice for notice in notices if notice is not None]


def _is_claimable(item: OpenItem, policy: DunningPolicy, *, on: date) -> bool:
    same = item.open.currency == policy.minimum_balance.currency
    minimum = policy.minimum_balance.minor if same else 0
    overdue = days_past_due(item.due_on, on) > policy.tolerance_days
    return overdue and item.open.minor > max(0, minimum) and not item.disputed


def _of(sent: Iterable[SentNotice], customer: str, currency: str) -> list[SentNotice]:
    return [notice for notice in sent if (notice.customer, notice.currency) == (customer, currency)]


def _notice(
    customer: str,
    currency: str,
    items: Iterable[OpenItem],
    policy: DunningPolicy,
    sent: Collection[SentNotice],
    *,
    on: date,
) -> Notice | None:
    ordered = sorted(items, key=lambda item: item.age_key)
    claims = {
        item.invoice: [each.sent_on for each in sent if item.invoice in each.invoices] for item in ordered
    }
    resend = timedelta(days=policy.resend_days)
    if any(each.sent_on == on for each in sent):
        return None
    if not any(not dates or on >= max(dates) + resend for dates in claims.values()):
        return None
    foreign = currency != policy.minimum_balance.currency
    return Notice(
        key=dunning_key(policy.code, customer, on, currency if foreign else None),
        policy=policy.code,
        customer=customer,
        currency=currency,
        level=1 + max(len(dates) for dates in claims.values()),
        invoices=tuple(
            NoticeLine(
                number=item.invoice,
                due_on=item.due_on,
                balance=item.open,
                days_past_due=days_past_due(item.due_on, on),
            )
            for item in ordered
        ),
        total=total((item.open for item in ordered), currency),
        deadline_on=on + timedelta(days=policy.deadline_days),
    )

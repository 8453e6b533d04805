"""Invoices as the ERP knows them, and what is still open of them: ageing, stages, a customer's totals.

An invoice is read-only in the field. What remains to be paid right now is an `OpenItem`, which
`receivables.balances` makes from an invoice and the receipts that its balance does not contain yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from receivables.documents import BadDocument, parse_date
from receivables.identifiers import parse_id
from receivables.money import Money, MoneyError, round_half_up

AGEING_LIMITS = (30, 60, 90, 120, 180)
"""Last day past due of each bucket after `current`; one more bucket holds what is older."""

PREVENTIVE_DAYS = 5
"""How long before its due date an invoice becomes worth a reminder."""


class Stage(StrEnum):
    """How far collection of an invoice has come, by days past due."""

    NONE = "none"  # not due, and not near
    PREVENTIVE = "preventive"  # -5..0
    EARLY = "early"  # 1..30
    MEDIUM = "medium"  # 31..90
    PRE_LEGAL = "pre_legal"  # 91..180
    LEGAL = "legal"  # > 180


_STAGE_LIMITS = ((0, Stage.PREVENTIVE), (30, Stage.EARLY), (90, Stage.MEDIUM), (180, Stage.PRE_LEGAL))


Part = tuple[date, Money]
"""What is open with a due date of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An `invoice:<number>` document. `reflects` are the receipts that `balance` already contains.

    `instalments` are its parts by due date, where it has any; together they are `balance`.
    """

    number: str
    customer: str
    issued_on: date
    due_on: date
    total: Money
    balance: Money
    state: str
    reflects: frozenset[str]
    instalments: tuple[Part, ...] = ()

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Invoice:
        """Read an invoice document; raise BadDocument naming what is wrong with it."""
        try:
            currency = doc["currency"]
            return cls(
                number=doc.get("number") or parse_id(doc["_id"]).key,
                customer=doc["customer"],
                issued_on=parse_date(doc["issued_on"]),
                due_on=parse_date(doc["due_on"]),
                total=Money.from_json(doc["total"], currency),
                balance=Money.from_json(doc["balance"], currency),
                state=doc.get("state", "open"),
                reflects=frozenset(doc.get("reflects") or ()),
                instalments=read_instalments(doc.get("instalments"), currency),
            )
        except (KeyError, TypeError, ValueError, MoneyError) as error:
            raise BadDocument(f"invoice {doc.get('_id')!r}: {error!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """What may still be paid on one invoice. A disputed item is neither claimed nor counted as the oldest."""

    invoice: str
    customer: str
    issued_on: date
    due_on: date
    open: Money
    disputed: bool = False
    instalments: tuple[Part, ...] = ()

    @classmethod
    def of(cls, invoice: Invoice, *, balance: Money | None = None, disputed: bool = False) -> OpenItem:
        """The open item of `invoice` at `balance`, by default the ERP's."""
        return cls(
            invoice=invoice.number,
            customer=invoice.customer,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            open=invoice.balance if balance is None else balance,
            disputed=disputed,
            instalments=invoice.instalments,
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is open by due date, the earliest first: the instalments, or the invoice as one."""
        return open_parts(self.due_on, self.open, self.instalments)

    @property
    def first_due_on(self) -> date:
        """When the earliest part of what is open falls due."""
        return self.parts[0][0]

    @property
    def age_key(self) -> tuple[date, date, str]:
        """Oldest first: by due date, then issue date, then number."""
        return (self.due_on, self.issued_on, self.invoice)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTotals:
    """What a customer owes in one currency.

    Without a credit limit the credit fields are None; beyond it `credit_available` is negative.
    """

    balance: Money
    overdue: Money
    invoices: int
    oldest_days_past_due: int
    credit_limit: Money | None
    credit_available: Money | None
    credit_percent: int | None


def read_instalments(parts: Any, currency: str) -> tuple[Part, ...]:
    """The parts of an invoice document by due date; raise ValueError, TypeError, KeyError or MoneyError."""
    found = ((parse_date(part["due_on"]), Money.from_json(part["balance"], currency)) for part in parts or ())
    return tuple(sorted(found, key=lambda part: part[0]))


def open_parts(due_on: date, open_: Money, instalments: Sequence[Part]) -> tuple[Part, ...]:
    """`open_` by due date: what was paid since is taken off the earliest instalments.

    They add up to `open_`; what the instalments don't explain falls due with the invoice.
    """
    if not instalments:
        return ((due_on, open_),)
    left, parts = open_, list[Part]()
    for due, balance in reversed(instalments):
        part = min(left, balance)
        left -= part
        if part:
            parts.append((due, part))
    if left or not parts:
        parts.append((due_on, left))
    return tuple(sorted(parts, key=lambda part: part[0]))


def days_from_due(due_on: date, on: date) -> int:
    """Calendar days since `due_on`; negative before it."""
    return (on - due_on).days


def days_past_due(due_on: date, on: date) -> int:
    """Calendar days since `due_on`, never negative; the due date itself is 0."""
    return max(0, days_from_due(due_on, on))


def ageing_bucket(due_on: date, on: date, *, limits: Sequence[int] = AGEING_LIMITS) -> str:
    """The bucket's name: `current`, `1-30`, `31-60`, … `>180`."""
    days = days_past_due(due_on, on)
    if days == 0:
        return "current"
    lowest = 1
    for limit in limits:
        if days <= limit:
            return f"{lowest}-{limit}"
        lowest = limit + 1
    return f">{limits[-1]}"


def bucket_names(limits: Sequence[int] = AGEING_LIMITS) -> tuple[str, ...]:
    """All buckets in order, so that a table shows the empty ones too."""
    lows = (1, *(limit + 1 for limit in limits))
    return ("current", *(f"{low}-{high}" for low, high in zip(lows, limits, strict=False)), f">{limits[-1]}")


def ageing(
    items: Iterable[OpenItem], *, currency: str, on: date, limits: Sequence[int] = AGEING_LIMITS
) -> dict[str, Money]:
    """What is open in each bucket, in order, for the items of `currency`; together they are the balance.

    Instalments are as old as each of them is.
    """
    buckets = dict.fromkeys(bucket_names(limits), Money.zero(currency))
    for item in items:
        if item.open.currency == currency:
            for due_on, part in item.parts:
                buckets[ageing_bucket(due_on, on, limits=limits)] += part
    return buckets


def stage(due_on: date, on: date) -> Stage:
    """The stage of collection of an invoice due on `due_on`."""
    days = days_from_due(due_on, on)
    if days < -PREVENTIVE_DAYS:
        return Stage.NONE
    return next((name for limit, name in _STAGE_LIMITS if days <= limit), Stage.LEGAL)


def customer_totals(
    items: Iterable[OpenItem], *, currency: str, on: date, credit_limit: Money | None = None
) -> CustomerTotals:
    """Fold the open items of `currency`, and no others, into what the customer sheet shows."""
    own = [item for item in items if item.open.currency == currency and item.open.minor > 0]
    zero = Money.zero(currency)
    overdue = [(due_on, part) for item in own for due_on, part in item.parts if due_on < on]
    balance = sum((item.open for item in own), zero)
    return CustomerTotals(
        balance=balance,
        overdue=sum((part for _, part in overdue), zero),
        invoices=len(own),
        oldest_days_past_due=max((days_past_due(due_on, on) for due_on, _ in overdue), default=0),
        credit_limit=credit_limit,
        credit_available=None if credit_limit is None else credit_limit - balance,
        credit_percent=_percent(balance, credit_limit),
    )


def _percent(used: Money, limit: Money | None) -> int | None:
    if limit is None or limit.minor <= 0:
        return None
    return round_half_up(Decimal(used.minor) * 100 / Decimal(limit.minor))

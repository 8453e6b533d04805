"""The lines of a receipt: cash, cheque, transfer, card and withholding, each with what makes it traceable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from receivables.access_keys import is_access_key
from receivables.documents import BadDocument, Json, parse_date
from receivables.money import Money, total
from receivables.policies import ChequePhoto, CollectionPolicy
from receivables.validation import Problem, money_data, utf16_length

PaymentKey = tuple[str, ...]


class Method(StrEnum):
    CASH = "cash"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CARD = "card"
    WITHHOLDING = "withholding"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """What a method needs and what it counts as.

    `identity` are the fields that make two lines the same payment; no line of the receipt may repeat another.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    affects_cash: bool = False
    needs_clearing: bool = False
    counts_as_recovery: bool = True


VOUCHER = "voucher"
"""The withholding's own XML, packed: what lets the office judge it without asking anyone."""

MAX_VOUCHER = 32 * 1024
"""Characters of it."""

PHOTOS = "photos"
"""Of a cheque: `{id, sha256}` of each photo that was taken of it; the photos are facts of their own."""

MEANS: Mapping[Method, PaymentMeans] = {
    Method.CASH: PaymentMeans(affects_cash=True),
    Method.CHEQUE: PaymentMeans(
        required=("bank", "account", "number", "drawer", "cheque_on"),
        optional=(PHOTOS,),
        identity=("bank", "account", "number"),
        needs_clearing=True,
    ),
    Method.TRANSFER: PaymentMeans(
        required=("bank", "reference", "transferred_on"), identity=("bank", "reference"), needs_clearing=True
    ),
    Method.CARD: PaymentMeans(
        required=("brand", "last4", "authorisation"), identity=("brand", "last4", "authorisation")
    ),
    Method.WITHHOLDING: PaymentMeans(
        required=("number", "tax"),
        optional=("access_key", VOUCHER),
        identity=("number", "tax"),
        counts_as_recovery=False,
    ),
}


def is_uncertain(method: str) -> bool:
    """May this payment still turn out to be none: a cheque that bounces, a withholding that is refused?"""
    means = MEANS.get(method)  # type: ignore[call-overload]  # a method of the future is taken at its word
    return means is not None and (means.needs_clearing or not means.counts_as_recovery)


MAX_LINES = 100
"""More lines than anyone pays with; the database refuses a receipt beyond them."""

LONGEST_TEXT = 200
"""Characters of a field, counted as the database does: UTF-16 units."""

_DATES = frozenset({"cheque_on", "transferred_on"})


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One means of payment of a receipt; `details` are the method's own fields: all text, but for PHOTOS."""

    method: str
    amount: Money
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, doc: Mapping[str, Any], currency: str) -> PaymentLine:
        """Read a payment line; a method or field that this version doesn't know survives."""
        if not isinstance(doc.get("method"), str):
            raise BadDocument(f"payment line without a method: {doc!r}")
        details = {name: value for name, value in doc.items() if name not in {"method", "amount"}}
        return cls(doc["method"], Money.from_json(doc.get("amount"), currency), details)

    def to_json(self) -> Json:
        return {"method": str(self.method), "amount": self.amount.minor, **self.details}

    @property
    def key(self) -> PaymentKey | None:
        """What identifies this payment in the world, or None where nothing does (cash)."""
        method = _method(self)
        if method is None or not MEANS[method].identity:
            return None
        identity = MEANS[method].identity
        if method is Method.WITHHOLDING and self.details.get("access_key"):
            # Every taxpayer counts its vouchers from 1; the key alone names one of them.
            identity = ("access_key", "tax")
        values = (str(self.details.get(name, "")) for name in identity)
        # Spaces and capitals are how people write the same number differently.
        return (str(method), *("".join(value.split()).casefold() for value in values))


def payment_problems(
    payments: Sequence[PaymentLine],
    *,
    currency: str,
    policy: CollectionPolicy,
    on: date,
    known: Collection[PaymentKey] = frozenset(),
) -> list[Problem]:
    """Everything wrong with the lines of a receipt written on the company's date `on`.

    `known` are the keys of payments of earlier receipts that are still valid: the same cheque can't pay
    twice.
    """
    if not payments:
        return [Problem("no_payments", "payments")]
    if len(payments) > MAX_LINES:
        return [Problem("too_many_lines", "payments", {"max": MAX_LINES})]
    problems: list[Problem] = []
    seen: set[PaymentKey] = set()
    for position, line in enumerate(payments):
        where = f"payments.{position}"
        problems += _line_problems(line, where, currency=currency, policy=policy, on=on)
        key = line.key
        if key is not None and all(key):
            if key in seen:
                problems.append(Problem("payment_repeated", where, {"method": str(line.method)}))
            elif key in known:
                problems.append(Problem("payment_already_used", where, {"method": str(line.method)}))
            seen.add(key)
    return problems + _cash_cap_problems(payments, currency=currency, policy=policy)


def _line_problems(
    line: PaymentLine, where: str, *, currency: str, policy: CollectionPolicy, on: date
) -> Iterable[Problem]:
    method = _method(line)
    if method is None:
        return [Problem("method_unknown", f"{where}.method", {"method": line.method})]
    problems: list[Problem] = []
    if line.amount.currency != currency:
        data = {"currency": line.amount.currency, "expected": currency}
        problems.append(Problem("payment_in_other_currency", f"{where}.amount", data))
    if line.amount.minor <= 0:
        problems.append(Problem("amount_not_positive", f"{where}.amount", {"method": str(method)}))
    problems += [
        Problem("field_missing", f"{where}.{name}", {"method": str(method), "name": name})
        for name in MEANS[method].required
        if not str(line.details.get(name) or "").strip()
    ]
    return problems + _detail_problems(line, method, where, policy=policy, on=on)


def _detail_problems(
    line: PaymentLine, method: Method, where: str, *, policy: CollectionPolicy, on: date
) -> list[Problem]:
    problems = [
        Problem("text_too_long", f"{where}.{name}", {"name": name, "max_length": longest})
        for name, value in line.details.items()
        if name != PHOTOS
        for longest in (MAX_VOUCHER if name == VOUCHER else LONGEST_TEXT,)
        if utf16_length(str(value)) > longest
    ]
    for name in sorted(_DATES & {name for name, value in line.details.items() if value}):
        stated = _date(line.details[name])
        if stated is None:
            problems.append(Problem("date_unreadable", f"{where}.{name}", {"text": str(line.details[name])}))
        elif method is Method.CHEQUE and (stated - on).days > policy.cheque_max_days:
            data = {"days": (stated - on).days, "max_days": policy.cheque_max_days}
            problems.append(Problem("cheque_too_far", f"{where}.{name}", data))
        elif method is Method.TRANSFER and stated > on:
            problems.append(Problem("transfer_in_future", f"{where}.{name}", {"date": stated.isoformat()}))
    if (
        method is Method.CHEQUE
        and policy.cheque_photo is ChequePhoto.REQUIRED
        and not line.details.get(PHOTOS)
    ):
        problems.append(Problem("cheque_photo_missing", f"{where}.{PHOTOS}"))
    last4 = str(line.details.get("last4") or "")
    if method is Method.CARD and last4 and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        problems.append(Problem("last4_invalid", f"{where}.last4", {"text": last4}))
    access_key = str(line.details.get("access_key") or "")
    if method is Method.WITHHOLDING and access_key and not is_access_key(access_key):
        problems.append(Problem("access_key_invalid", f"{where}.access_key", {"text": access_key}))
    return problems


def _cash_cap_problems(
    payments: Iterable[PaymentLine], *, currency: str, policy: CollectionPolicy
) -> list[Problem]:
    if policy.cash_cap is None or policy.currency != currency:
        return []
    notes = [line.amount for line in payments if line.method == Method.CASH]
    cash = total((amount for amount in notes if amount.currency == currency), currency)
    if cash <= policy.cash_cap:
        return []
    return [Problem("cash_over_cap", "payments", money_data(cash=cash, cap=policy.cash_cap))]


def _method(line: PaymentLine) -> Method | None:
    try:
        return Method(line.method)
    except ValueError:
        return None


def _date(text: object) -> date | None:
    try:
        return parse_date(str(text))
    except ValueError:
        return None

"""Cash on the road: what a collector holds, what went to the bank, and the close that two people sign.

A session runs from one close to the next. A close names every receipt and deposit that it settles, so that no
clock can move money from one session into another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from receivables.documents import Author, BadDocument, Json, parse_date
from receivables.money import Money, minor_from_json
from receivables.payments import LONGEST_TEXT, Method
from receivables.validation import LONGEST_WORDS, Problem, money_data, text_problems

Docs = Iterable[Mapping[str, Any]]

WARN_PERCENT = 80
"""Of the limit of cash in transit; at the whole of it no further cash is taken."""


class CashState(StrEnum):
    FREE = "free"
    NEAR = "near"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChequeInHand:
    """A cheque that was received and neither deposited nor handed over."""

    receipt: str
    number: str
    bank: str
    cheque_on: date | None
    amount: Money

    @property
    def key(self) -> tuple[str, str]:
        return (self.receipt, self.number)

    def may_be_deposited(self, on: date) -> bool:
        """A bank takes no cheque before its date."""
        return self.cheque_on is None or self.cheque_on <= on

    def to_json(self) -> Json:
        return {"receipt": self.receipt, "number": self.number, "amount": self.amount.minor}


@dataclass(frozen=True, slots=True, kw_only=True)
class CashSession:
    """What was collected since the last close, what left, and what should be in the bag.

    `collected` contains receipts that were voided since; `voided` takes them off again.
    """

    currency: str
    previous: str | None
    opening: Money
    collected: Money
    voided: Money
    deposited: Money
    receipts: tuple[str, ...]
    deposits: tuple[str, ...]
    cheques: tuple[ChequeInHand, ...]

    @property
    def expected(self) -> Money:
        """Cash in hand: opening + collected − voided − deposited."""
        return self.opening + self.collected - self.voided - self.deposited

    @property
    def cheques_total(self) -> Money:
        return sum((each.amount for each in self.cheques), Money.zero(self.currency))

    @property
    def is_empty(self) -> bool:
        """Is there nothing to close?"""
        return not (self.receipts or self.deposits or self.cheques or self.opening)


def cash_session(receipts: Docs, voids: Docs, deposits: Docs, closes: Docs, *, currency: str) -> CashSession:
    """Fold a collector's facts into the running session, in any order of arrival."""
    shut = [each for each in closes if each["currency"] == currency]
    settled_receipts = {receipt for close in shut for receipt in close["receipts"]}
    settled_deposits = {deposit for close in shut for deposit in close["deposits"]}
    last = max(shut, key=lambda close: (close["created_at"], close["_id"]), default=None)
    voided = {void["receipt"] for void in voids}
    own = [each for each in receipts if each["currency"] == currency]
    banked = [each for each in deposits if each["currency"] == currency]
    running = [each for each in own if each["_id"] not in settled_receipts]
    leaving = [each for each in banked if each["_id"] not in settled_deposits]
    gone = {_cheque_key(line) for fact in (*shut, *banked) for line in fact["cheques"]}
    cheques = [
        cheque
        for receipt in own
        if receipt["_id"] not in voided
        for cheque in _cheques(receipt)
        if cheque.key not in gone
    ]
    kept = last["counted"] if last and last.get("receiver") is None else 0
    return CashSession(
        currency=currency,
        previous=last["_id"] if last else None,
        opening=Money.from_json(kept, currency),
        collected=Money(sum(map(cash_of, running)), currency),
        voided=Money(sum(cash_of(each) for each in running if each["_id"] in voided), currency),
        deposited=Money(sum(minor_from_json(each["cash"]) for each in leaving), currency),
        receipts=tuple(sorted(each["_id"] for each in running)),
        deposits=tuple(sorted(each["_id"] for each in leaving)),
        cheques=tuple(sorted(cheques, key=lambda each: (each.cheque_on or date.min, each.key))),
    )


def cash_of(receipt: Mapping[str, Any]) -> int:
    """Minor units of cash in a receipt."""
    return sum(
        minor_from_json(line["amount"]) for line in receipt["payments"] if line["method"] == Method.CASH
    )


def cash_state(in_hand: Money, limit: Money | None) -> CashState:
    """How near the collector is to the limit of cash in transit."""
    if limit is None or limit.currency != in_hand.currency:
        return CashState.FREE
    if in_hand >= limit:
        return CashState.FULL
    return CashState.NEAR if in_hand.minor * 100 >= limit.minor * WARN_PERCENT else CashState.FREE


def cash_limit_problems(in_hand: Money, cash: Money, limit: Money | None) -> list[Problem]:
    """Why `cash` more may not be taken; other means of payment always may."""
    if limit is None or limit.currency != in_hand.currency or cash.minor <= 0 or in_hand + cash <= limit:
        return []
    data = money_data(in_hand=in_hand, limit=limit, room=max(limit - in_hand, Money.zero(limit.currency)))
    return [Problem("cash_limit_reached", "payments", data)]


def plan_deposit(
    session: CashSession,
    *,
    cash: Money,
    cheques: Sequence[tuple[str, str]],
    bank: str,
    account: str,
    number: str,
    deposited_on: date,
    known: Docs,
    author: Author,
) -> Json | list[Problem]:
    """Return the deposit of `cash` and of the cheques with these keys, or all that is wrong.

    `known` are the deposits already recorded: a slip is used once.
    """
    in_hand = {each.key: each for each in session.cheques}
    chosen = [in_hand[key] for key in dict.fromkeys(cheques) if key in in_hand]
    total = sum((each.amount for each in chosen), cash)
    problems: list[Problem] = []
    if cash.minor < 0 or total.minor <= 0:
        problems.append(Problem("amount_not_positive", "cash"))
    if cash > max(session.expected, Money.zero(session.currency)):
        problems.append(
            Problem("deposit_exceeds_cash", "cash", money_data(cash=cash, in_hand=session.expected))
        )
    problems += [
        Problem("cheque_not_in_hand", "cheques", {"number": number})
        for receipt, number in cheques
        if (receipt, number) not in in_hand
    ]
    problems += [
        Problem("cheque_not_due", "cheques", {"number": each.number, "due_on": each.cheque_on.isoformat()})
        for each in chosen
        if each.cheque_on and not each.may_be_deposited(deposited_on)
    ]
    named = (("bank", bank), ("number", number))
    problems += [Problem("field_missing", name, {"name": name}) for name, text in named if not text.strip()]
    for name, text in (*named, ("account", account)):
        problems += text_problems(name, text, LONGEST_TEXT)
    if deposited_on > author.on:
        problems.append(Problem("date_in_future", "deposited_on", {"date": deposited_on.isoformat()}))
    if number.strip() and any(
        (each["bank"], each["number"]) == (bank.strip(), number.strip()) for each in known
    ):
        problems.append(Problem("slip_already_used", "number", {"number": number.strip()}))
    if problems:
        return problems
    return author.fact(
        "deposit",
        {
            "currency": session.currency,
            "total": total.minor,
            "cash": cash.minor,
            "cheques": [each.to_json() for each in chosen],
            "bank": bank.strip(),
            "account": account.strip() or None,
            "number": number.strip(),
            "deposited_on": deposited_on.isoformat(),
        },
    )


def plan_close(
    session: CashSession,
    *,
    counted: Money,
    denominations: Mapping[int, int],
    reason: str,
    signature: Mapping[str, Any] | None,
    receiver: Mapping[str, Any] | None,
    author: Author,
) -> Json | list[Problem]:
    """Return the close of the session, or all that is missing.

    `denominations` are pieces by their value in minor units; the collector and whoever takes the money sign.
    """
    problems: list[Problem] = []
    if session.is_empty:
        problems.append(Problem("nothing_to_close"))
    if any(count < 0 for count in denominations.values()) or counted.minor < 0:
        problems.append(Problem("amount_not_positive", "counted"))
    difference = counted - session.expected
    if difference and not reason.strip():
        problems.append(Problem("difference_unexplained", "reason", money_data(difference=difference)))
    problems += text_problems("reason", reason, LONGEST_WORDS)
    if not _is_signed(signature):
        problems.append(Problem("signature_not_drawn", "signature"))
    if not _is_signed(receiver):
        problems.append(Problem("receiver_missing", "receiver"))
    else:
        problems += _name_problems(str((receiver or {}).get("name") or ""))
    if problems:
        return problems
    return author.fact(
        "cash_close",
        {
            "currency": session.currency,
            "closes_on": author.on.isoformat(),
            "previous": session.previous,
            "opening": session.opening.minor,
            "collected": session.collected.minor,
            "voided": session.voided.minor,
            "deposited": session.deposited.minor,
            "expected": session.expected.minor,
            "counted": counted.minor,
            "difference": difference.minor,
            "denominations": [
                {"value": value, "count": count}
                for value, count in sorted(denominations.items(), reverse=True)
                if count
            ],
            "cheques": [each.to_json() for each in session.cheques],
            "receipts": list(session.receipts),
            "deposits": list(session.deposits),
            "reason": reason.strip(),
            "signature": dict(signature or {}),
            "receiver": dict(receiver or {}),
        },
    )


def counted_of(denominations: Mapping[int, int], currency: str) -> Money:
    """What the pieces add up to."""
    return Money(sum(value * count for value, count in denominations.items()), currency)


def _is_signed(signature: Mapping[str, Any] | None) -> bool:
    return bool(signature and signature.get("strokes"))


def _name_problems(name: str) -> list[Problem]:
    if not name.strip():
        return [Problem("field_missing", "receiver", {"name": "name"})]
    return [replace(each, field="receiver") for each in text_problems("name", name, LONGEST_TEXT)]


def _cheques(receipt: Mapping[str, Any]) -> Iterable[ChequeInHand]:
    for line in receipt["payments"]:
        if line["method"] != Method.CHEQUE:
            continue
        yield ChequeInHand(
            receipt=receipt["_id"],
            number=str(line.get("number") or ""),
            bank=str(line.get("bank") or ""),
            cheque_on=_date_or_none(line.get("cheque_on")),
            amount=Money.from_json(line["amount"], receipt["currency"]),
        )


def _cheque_key(line: Mapping[str, Any]) -> tuple[str, str]:
    return (str(line["receipt"]), str(line.get("number") or ""))


def _date_or_none(text: Any) -> date | None:
    try:
        return parse_date(text)
    except (BadDocument, TypeError, ValueError):
        return None

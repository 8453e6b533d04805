"""Bringing cash to the bank and closing the bag with whoever receives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flet_app.collector.actions.authorship import Album, record
from flet_app.collector.figures import cash_in_hand
from flet_app.collector.phone import Phone
from receivables.cash import plan_close, plan_deposit
from receivables.documents import Json
from receivables.money import Money
from receivables.photos import Subject
from receivables.validation import Problem

SLIPS = Album("deposit", Subject.SLIP)
"""The photos of the slip of the deposit that is being recorded."""


async def deposit(
    phone: Phone,
    *,
    cash: Money,
    cheques: Sequence[tuple[str, str]],
    bank: str,
    account: str,
    number: str,
    deposited_on: date,
) -> Json | list[Problem]:
    return await record(
        phone,
        lambda portfolio, author: plan_deposit(
            cash_in_hand(portfolio),
            cash=cash,
            cheques=cheques,
            bank=bank,
            account=account,
            number=number,
            deposited_on=deposited_on,
            known=portfolio.deposits.values(),
            author=author,
        ),
        album=SLIPS,
    )


async def close_cash(
    phone: Phone,
    *,
    counted: Money,
    denominations: Mapping[int, int],
    reason: str,
    signature: Mapping[str, Any] | None,
    receiver: Mapping[str, Any] | None,
) -> Json | list[Problem]:
    return await record(
        phone,
        lambda portfolio, author: plan_close(
            cash_in_hand(portfolio),
            counted=counted,
            denominations=denominations,
            reason=reason,
            signature=signature,
            receiver=receiver,
            author=author,
        ),
    )

"""What is wrong with what somebody wants to record: problems as values, in order, complete.

A rule never raises for bad input and never speaks a language: it returns every problem it finds, each with a
stable code. `receivables.messages` holds the sentence of every code, the same on phone and server.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from receivables.money import Money

LONGEST_WORDS = 4000
"""Of what a person writes freely, as the database takes it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One reason why something can't be recorded.

    `code` is a key of `messages.MESSAGES`. `field` is where to look, as a path into the draft
    (`payments.1.cheque_on`), or empty. `data` holds what the sentence needs, as JSON values; an amount is
    `<name>_minor`, beside `currency`.
    """

    code: str
    field: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def money_data(**amounts: Money) -> dict[str, Any]:
    """The `data` of amounts of one currency: `{"open_minor": 100, "currency": "USD"}`."""
    data: dict[str, Any] = {f"{name}_minor": amount.minor for name, amount in amounts.items()}
    data["currency"] = next(iter(amounts.values())).currency
    return data


def utf16_length(text: str) -> int:
    """Length as JavaScript counts it, so that the phone and the database agree on what is too long."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_problems(name: str, text: str, longest: int) -> list[Problem]:
    """The problem that `text` is longer than the database takes."""
    if utf16_length(text.strip()) <= longest:
        return []
    return [Problem("text_too_long", name, {"name": name, "max_length": longest})]

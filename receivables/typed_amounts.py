"""An amount as a person typed it in a form: read where it is clear, else why not and what to write."""

from __future__ import annotations

from receivables.money import MAX_MINOR, AmountOutOfRange, Money, MoneyError
from receivables.validation import Problem

MOST_TYPED = MAX_MINOR // 1_000
"""Largest amount in minor units that a form takes: a thousand of them still add up to an amount."""

SHOWN = 30
"""Characters of what was typed that the problem repeats."""


def read_amount(text: str, currency: str, field: str = "amount") -> Money | Problem:
    """What `text` says in `currency`, or why it says nothing.

    That is `amount_unclear` where it is no amount or could be read as two ("1.234" in dollars),
    `amount_too_large`, and `amount_not_positive` where there is no text.
    """
    typed = text.replace("$", "").strip()
    if not typed:
        return Problem("amount_not_positive", field)
    try:
        amount = Money.parse(typed, currency)
    except AmountOutOfRange:
        return Problem("amount_too_large", field)
    except MoneyError:
        return Problem("amount_unclear", field, {"text": typed[:SHOWN]})
    return amount if abs(amount.minor) <= MOST_TYPED else Problem("amount_too_large", field)


def amount_flaws(text: str, currency: str, field: str = "amount") -> list[Problem]:
    """The problem of what was typed; none where it is clear, or nothing at all."""
    read = read_amount(text, currency, field)
    return [read] if isinstance(read, Problem) and text.strip() else []

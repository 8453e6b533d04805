"""Amounts and dates as people read them, by locale, without the size of a locale library.

The separators are those of Unicode CLDR 46; a test compares them with Babel's.
"""

from __future__ import annotations

from datetime import date

from receivables.money import Money, exponent

_POINT_DECIMAL = frozenset({"DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US"})
"""Territories where Spanish writes 1,234.56; everywhere else it writes 1.234,56."""


def separators(locale: str) -> tuple[str, str]:
    """(decimal, grouping) of a locale like `es_EC` or `en`."""
    language, _, territory = locale.replace("-", "_").partition("_")
    pointed = language != "es" or territory in _POINT_DECIMAL
    return (".", ",") if pointed else (",", ".")


def amount_text(money: Money, locale: str) -> str:
    """`1.234,56` without the currency; a minus sign before negative amounts."""
    decimal, grouping = separators(locale)
    plain = f"{abs(money.to_decimal()):,.{exponent(money.currency)}f}"
    swapped = plain.translate(str.maketrans(",.", grouping + decimal))
    return f"-{swapped}" if money.minor < 0 else swapped


def money_text(money: Money, locale: str) -> str:
    """`USD 1.234,56`, with a space that doesn't break."""
    return f"{money.currency}\u00a0{amount_text(money, locale)}"


def date_text(day: date) -> str:
    """`21-11-2026`, the order and mark of the paper that customers know."""
    return day.strftime("%d-%m-%Y")

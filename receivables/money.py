"""Amounts of money as integers of minor units, because a float loses cents and a lost cent is a dispute.

`Money` adds and compares within one currency only; `round_half_up` is the one place that rounds; `split`
shares an amount without losing or inventing a cent. The bound is that of JSON numbers that every reader keeps
exact (RFC 8259 §6).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

MAX_MINOR = 2**53 - 1
"""Largest amount in minor units that JavaScript, CouchDB's views and Python all hold exactly."""

MOST_DIGITS = len(str(MAX_MINOR))

# ISO 4217 table A.1, minor unit; every currency not named here has two decimals.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

_CURRENCY = re.compile(r"[A-Z]{3}")
_PLAIN = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?")
_GROUPED = re.compile(r"([+-]?)(\d{1,3}(?:([.,\u00a0\u202f ’'])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?")


class MoneyError(ValueError):
    """An amount that can't be: base of the errors below."""


class CurrencyMismatch(MoneyError):
    """Two currencies met in one sum or comparison."""


class AmountOutOfRange(MoneyError):
    """More than 2^53 - 1 minor units, either side of zero."""


class NotAnAmount(MoneyError):
    """A text or JSON value that isn't an amount of this currency, or could be read as two different ones."""


def exponent(currency: str) -> int:
    """Decimals of `currency` by ISO 4217: 0 for CLP, 2 for USD, 3 for KWD.

    Raise NotAnAmount where `currency` is not three capital letters.
    """
    if not _CURRENCY.fullmatch(currency):
        raise NotAnAmount(f"{currency!r} is not an ISO 4217 currency code")
    return _EXPONENTS.get(currency, 2)


def round_half_up(value: Decimal) -> int:
    """Round to the nearest integer, halves away from zero: 52.5 → 53, −52.5 → −53."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def minor_from_json(value: object) -> int:
    """Return the integer that a JSON number stands for: 100, 100.0 and 1e2 are all 100, −0.0 is 0.

    Raise NotAnAmount for booleans, fractions, NaN, infinities and anything that is no number, and
    AmountOutOfRange beyond ±(2^53 − 1): a JavaScript peer would already have changed such a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAnAmount(f"{value!r} is not an amount")
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        raise NotAnAmount(f"{value!r} is not a whole number of minor units")
    if not -MAX_MINOR <= value <= MAX_MINOR:
        raise AmountOutOfRange(f"{value!r} is beyond 2^53 - 1 minor units")
    return int(value)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of `minor` units (cents, pesos, fils) of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise NotAnAmount(f"{self.minor!r} is not an integer of minor units")
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise AmountOutOfRange(f"{self.minor} is beyond 2^53 - 1 minor units")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def from_json(cls, value: object, currency: str) -> Money:
        """Read minor units from a JSON number; errors as `minor_from_json`."""
        return cls(minor_from_json(value), currency)

    @classmethod
    def from_decimal(cls, value: Decimal, currency: str) -> Money:
        """Take `value` major units, rounded half-up to the currency's minor unit."""
        if not value.is_finite():
            raise NotAnAmount(f"{value} is not an amount")
        return cls(round_half_up(value.scaleb(exponent(currency))), currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read what a person typed: "513.78", "513,78", "1.234,56", "1 234.56"; in CLP also "12.500".

        Raise NotAnAmount where the text could mean two amounts ("1.234" in USD) or has more decimals than the
        currency: nothing is guessed and nothing rounded away; AmountOutOfRange beyond ±(2^53 − 1).
        """
        sign, whole, decimals = _digits_of(text.strip(), exponent(currency))
        if len(whole) > MOST_DIGITS:  # Python refuses to read thousands of them
            raise AmountOutOfRange(f"{len(whole)} digits are beyond 2^53 - 1 minor units")
        minor = int(whole + decimals.ljust(exponent(currency), "0"))
        return cls.from_json(-minor if sign == "-" else minor, currency)

    def to_decimal(self) -> Decimal:
        """Return major units, with the currency's decimals: Decimal("513.78")."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} don't mix")
        return other.minor

    def split(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Share the amount in proportion to `weights`; the parts add up to it exactly.

        Leftover minor units go to the largest remainders, earlier weights first. Raise ValueError where no
        weight is positive or one is negative.
        """
        exact = [Decimal(weight) for weight in weights]
        whole = sum(exact)
        if not exact or whole <= 0 or min(exact) < 0:
            raise ValueError(f"cannot share an amount by the weights {list(weights)!r}")
        size, sign = abs(self.minor), -1 if self.minor < 0 else 1
        fractions = [Fraction(weight) * size / Fraction(whole) for weight in exact]
        parts = [math.floor(share) for share in fractions]
        by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - fractions[index])
        for index in by_remainder[: size - sum(parts)]:
            parts[index] += 1
        return [Money(sign * part, self.currency) for part in parts]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum `amounts`, all of `currency`; raise CurrencyMismatch otherwise."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def _digits_of(text: str, decimals: int) -> tuple[str, str, str]:
    plain = _PLAIN.fullmatch(text)
    if plain and len(plain[3] or "") <= decimals:
        return plain[1], plain[2], plain[3] or ""
    grouped = _GROUPED.fullmatch(text)
    if grouped and grouped[4] != grouped[3] and len(grouped[5] or "") <= decimals:
        sign, whole, mark, fraction = grouped[1], grouped[2], grouped[3], grouped[5] or ""
        # "1.234" of a currency with decimals is one thousand or one and a bit: only the writer knows.
        if fraction or decimals == 0 or mark not in ".,":
            return sign, whole.replace(mark, ""), fraction
    raise NotAnAmount(f"{text!r} is not an amount with at most {decimals} decimals")

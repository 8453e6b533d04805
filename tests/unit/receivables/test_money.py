"""Amounts: exact, of one currency, and read only where they can't be mistaken."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from receivables.money import (
    MAX_MINOR,
    AmountOutOfRange,
    CurrencyMismatch,
    Money,
    NotAnAmount,
    exponent,
    minor_from_json,
    round_half_up,
    total,
)


@pytest.mark.parametrize(
    ("currency", "decimals"), [("CLP", 0), ("PYG", 0), ("JPY", 0), ("USD", 2), ("KWD", 3), ("CLF", 4)]
)
def test_decimals_of_a_currency_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", ""])
def test_what_is_no_currency_code_is_refused(currency: str) -> None:
    with pytest.raises(NotAnAmount):
        Money(1, currency)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("52.5", 53), ("53.5", 54), ("52.4999", 52), ("-52.5", -53), ("-52.4", -52), ("0.5", 1)],
)
def test_rounding_goes_half_up_away_from_zero(exact: str, rounded: int) -> None:
    assert round_half_up(Decimal(exact)) == rounded


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("513.78", "USD", 51378),
        ("513,78", "USD", 51378),
        (" 513 ", "USD", 51300),
        ("513.7", "USD", 51370),
        ("1.234,56", "USD", 123456),
        ("1,234.56", "USD", 123456),
        ("1 234.56", "USD", 123456),
        ("1.234.567,89", "USD", 123456789),
        ("-0.01", "USD", -1),
        ("12.500", "CLP", 12500),
        ("1.250.000", "CLP", 1250000),
        ("12500", "CLP", 12500),
        ("1.234", "KWD", 1234),
        ("90071992547409.91", "USD", MAX_MINOR),
    ],
)
def test_amount_is_read_as_people_type_it(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.234", "USD"),  # a thousand and more, or one and a bit
        ("1,234", "USD"),
        ("1.234.56", "USD"),
        ("1.5", "CLP"),
        ("12.50", "CLP"),
        ("0.001", "USD"),
        ("1,23,456", "USD"),
        ("", "USD"),
        (".", "USD"),
        ("1e3", "USD"),
        ("$5", "USD"),
        ("12a", "USD"),
    ],
)
def test_amount_that_could_be_mistaken_is_refused(text: str, currency: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(text, currency)


@pytest.mark.parametrize(
    ("value", "minor"), [(100, 100), (100.0, 100), (1e2, 100), (-0.0, 0), (-5, -5), (MAX_MINOR, MAX_MINOR)]
)
def test_json_numbers_that_are_whole_are_amounts(value: object, minor: int) -> None:
    result = minor_from_json(value)
    assert result == minor
    assert type(result) is int


@pytest.mark.parametrize("value", [True, False, 0.1, math.nan, math.inf, "100", None, [1], Decimal(1)])
def test_other_json_values_are_no_amounts(value: object) -> None:
    with pytest.raises(NotAnAmount):
        minor_from_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), 2.0**53, 1e300])
def test_amount_that_javascript_would_change_is_refused(value: object) -> None:
    with pytest.raises(AmountOutOfRange):
        Money.from_json(value, "USD")


def test_largest_amount_plus_one_cent_is_refused() -> None:
    with pytest.raises(AmountOutOfRange):
        Money(MAX_MINOR, "USD") + Money(1, "USD")


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_meet(operation: str) -> None:
    with pytest.raises(CurrencyMismatch):
        getattr(Money(1, "USD"), operation)(Money(1, "EUR"))


def test_equal_minor_units_of_two_currencies_are_not_equal() -> None:
    assert Money(100, "USD") != Money(100, "CLP")


def test_sum_difference_and_sign() -> None:
    assert Money(3, "USD") + Money(4, "USD") - Money(9, "USD") == -Money(2, "USD")
    assert total([Money(1, "USD"), Money(2, "USD")], "USD") == Money(3, "USD")
    assert total([], "CLP") == Money.zero("CLP")


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100000, [1, 1, 1], [33334, 33333, 33333]),
        (1, [1, 1], [1, 0]),
        (0, [1, 2], [0, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (100, [0, 3, 1], [0, 75, 25]),
        (1000, [Decimal("0.15"), Decimal("0.85")], [150, 850]),
    ],
)
def test_split_shares_every_cent(minor: int, weights: list[int | Decimal], parts: list[int]) -> None:
    assert [part.minor for part in Money(minor, "USD").split(weights)] == parts


@pytest.mark.parametrize("weights", [[], [0], [-1, 2]])
def test_split_without_a_positive_weight_is_refused(weights: list[int | Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(1, "USD").split(weights)


def test_major_units_keep_the_decimals_of_the_currency() -> None:
    assert str(Money(51370, "USD").to_decimal()) == "513.70"
    assert str(Money(500, "CLP").to_decimal()) == "500"
    assert Money.from_decimal(Decimal("29.595"), "USD") == Money(2960, "USD")

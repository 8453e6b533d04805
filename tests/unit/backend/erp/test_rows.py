"""Rows become records without guessing: money exact, dates dates, and every doubt named by its column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from backend.erp import readers
from backend.erp.records import UNSET, Place
from backend.erp.rows import Row, UnreadableRow
from backend.erp.sql.mapping import MoneyForm


def row(money: MoneyForm = MoneyForm.DECIMAL, currency: str = "USD", **values: Any) -> Row:
    return Row(values, money=money, currency=currency)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (Decimal("513.78"), "USD", 51378),
        ("513.78", "USD", 51378),
        (513.78, "USD", 51378),
        (100, "USD", 10000),
        (12500, "CLP", 12500),
        (Decimal("-1.50"), "USD", -150),
        (0, "USD", 0),
    ],
)
def test_decimal_money_becomes_minor_units(value: Any, currency: str, minor: int) -> None:
    assert row(currency=currency, total=value).money("total") == minor


@pytest.mark.parametrize("value", [Decimal("1.005"), "1,50", None, "", "abc", float("nan")])
def test_money_that_would_lose_something_is_unreadable(value: Any) -> None:
    with pytest.raises(UnreadableRow, match="total"):
        row(total=value).money("total")


@pytest.mark.parametrize(("value", "minor"), [(51378, 51378), (51378.0, 51378)])
def test_minor_money_is_taken_as_it_is(value: Any, minor: int) -> None:
    assert row(MoneyForm.MINOR, total=value).money("total") == minor


@pytest.mark.parametrize("value", [513.78, "51378", True, None, 2**53])
def test_minor_money_that_is_no_exact_integer_is_unreadable(value: Any) -> None:
    with pytest.raises(UnreadableRow, match="total"):
        row(MoneyForm.MINOR, total=value).money("total")


@pytest.mark.parametrize(
    "value",
    [date(2026, 11, 21), datetime.fromisoformat("2026-11-21T23:59"), "2026-11-21", "2026-11-21 23:59"],
)
def test_dates_come_in_the_forms_that_drivers_give_them(value: Any) -> None:
    assert row(due_on=value).date("due_on") == date(2026, 11, 21)


@pytest.mark.parametrize("value", [None, "21/11/2026", "2026-02-30", 20261121])
def test_what_is_no_date_is_unreadable(value: Any) -> None:
    with pytest.raises(UnreadableRow, match="due_on"):
        row(due_on=value).date("due_on")


@pytest.mark.parametrize(
    "value",
    [
        datetime.fromisoformat("2026-11-21T20:00:00"),
        "2026-11-21 20:00:00",
        "2026-11-21T20:00:00Z",
        "2026-11-21T15:00:00-05:00",
    ],
)
def test_an_instant_is_aware_and_one_without_a_zone_is_utc(value: Any) -> None:
    instant = row(posted_at=value).instant("posted_at")
    assert instant.tzinfo is not None
    assert instant == datetime(2026, 11, 21, 20, tzinfo=UTC)


def test_columns_that_the_erp_does_not_have_are_left_to_others() -> None:
    record = readers.customer(row(code="C0001", name="Tienda", tax_id="1701009076001"))
    assert record.location is UNSET
    assert record.body() == {"code": "C0001", "name": "Tienda", "tax_id": "1701009076001", "currency": "USD"}


def test_columns_that_are_empty_are_the_erps_to_empty() -> None:
    record = readers.customer(
        row(code="C0001", name="Tienda", email=None, phones="", lat=None, lon=None, active="N")
    )
    assert (record.email, record.phones, record.location, record.active) == (None, (), None, False)


def test_phones_and_place_are_taken_apart() -> None:
    record = readers.customer(
        row(code="C0001", name="Tienda", phones="+593999, +59322 ", lat="-0.18", lon=-78.48)
    )
    assert record.phones == ("+593999", "+59322")
    assert record.location == Place(lat=-0.18, lon=-78.48)


def test_a_place_off_the_earth_is_unreadable() -> None:
    with pytest.raises(UnreadableRow, match="lat, lon"):
        readers.customer(row(code="C0001", name="Tienda", lat=-91, lon=0))


@pytest.mark.parametrize("missing", ["code", "name"])
def test_a_customer_without_code_or_name_is_unreadable(missing: str) -> None:
    values = {"code": "C0001", "name": "Tienda"} | {missing: " "}
    with pytest.raises(UnreadableRow, match=missing):
        readers.customer(row(**values))


def test_an_invoice_without_state_is_open_until_it_is_paid() -> None:
    values = {"number": "A", "customer": "C", "issued_on": "2026-10-01", "due_on": "2026-11-01", "total": 10}
    assert readers.invoice(row(**values, balance=1), (), UNSET).state == "open"
    assert readers.invoice(row(**values, balance=0), (), UNSET).state == "paid"
    with pytest.raises(UnreadableRow, match="state"):
        readers.invoice(row(**values, balance=1, state="vigente"), (), UNSET)


def test_a_rows_own_currency_wins() -> None:
    assert row(currency_="", total=1).currency == "USD"
    assert Row({"currency": "COP"}, money=MoneyForm.DECIMAL, currency="USD").currency == "COP"


@pytest.mark.parametrize("currency", ["usd", "US", "US$", "dólar"])
@pytest.mark.parametrize("money", MoneyForm)
def test_a_currency_that_is_no_iso_4217_code_is_unreadable(currency: str, money: MoneyForm) -> None:
    with pytest.raises(UnreadableRow, match="currency"):
        Row({"currency": currency}, money=money, currency="USD")

"""Turns a row of a SQL ERP into a record: money to minor units, dates to dates, truth in whatever form it
came.

A row that cannot be understood is reported with the name of its column; it never becomes a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.erp.port import Kind
from backend.erp.records import (
    UNSET,
    CreditNoteRecord,
    CustomerRecord,
    GoalRecord,
    InvoiceRecord,
    Maybe,
    Place,
    Record,
    WithholdingRecord,
)
from backend.erp.sql.mapping import MoneyForm
from receivables.money import Money, MoneyError, exponent, minor_from_json

_TRUE = {"1", "t", "true", "y", "yes", "s", "si", "sí"}
_FALSE = {"0", "f", "false", "n", "no", ""}


class UnreadableRow(ValueError):
    """A column of a row does not hold what its name promises."""


class Row:
    """The columns of one row, read by the names that the mapping's statement gave them."""

    def __init__(self, values: Mapping[str, Any], *, money: MoneyForm, currency: str) -> None:
        self._values = values
        self._money = money
        self.currency = self.optional_text("currency") or currency
        try:
            exponent(self.currency)
        except MoneyError as error:
            raise UnreadableRow(f"currency: {self.currency!r} is not an ISO 4217 code") from error

    def text(self, column: str) -> str:
        value = self.optional_text(column)
        if not value:
            raise UnreadableRow(f"{column} is empty")
        return value

    def optional_text(self, column: str) -> str | None:
        value = self._values.get(column)
        return None if value is None else str(value).strip()

    def maybe_text(self, column: str) -> str | Maybe:
        return (self.optional_text(column) or "") if column in self._values else UNSET

    def money(self, column: str) -> int:
        """Minor units.

        The ERP's decimals must fit the currency, for nothing may be rounded away on the border.
        """
        value = self._values.get(column)
        try:
            if self._money is MoneyForm.MINOR:
                return minor_from_json(value)
            exact = Decimal(str(value))
            amount = Money.from_decimal(exact, self.currency)
        except (MoneyError, InvalidOperation) as error:
            raise UnreadableRow(f"{column}: {value!r} is not an amount") from error
        if amount.to_decimal() != exact:
            raise UnreadableRow(f"{column}: {value} has more decimals than {self.currency}")
        return amount.minor

    def maybe_money(self, column: str) -> int | Maybe:
        return self.money(column) if self._values.get(column) is not None else UNSET

    def whole(self, column: str) -> int:
        value = self._values.get(column)
        try:
            return int(str(value))
        except ValueError as error:
            raise UnreadableRow(f"{column}: {value!r} is not a whole number") from error

    def date(self, column: str) -> date:
        value = self._values.get(column)
        match value:
            case datetime():
                return value.date()
            case date():
                return value
            case str():
                try:
                    return date.fromisoformat(value[:10])
                except ValueError:
                    pass
        raise UnreadableRow(f"{column}: {value!r} is not a date")

    def instant(self, column: str) -> datetime:
        """An aware instant; one without a zone is taken as UTC."""
        value = self._values.get(column)
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError as error:
            raise UnreadableRow(f"{column}: {value!r} is not an instant") from error
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)

    def maybe_truth(self, column: str) -> bool | Maybe:
        if column not in self._values:
            return UNSET
        text = str(self._values[column]).strip().lower()
        if text in _TRUE | _FALSE:
            return text in _TRUE
        raise UnreadableRow(f"{column}: {text!r} is neither yes nor no")

    def maybe_place(self) -> Place | Maybe | None:
        if not {"lat", "lon"} <= self._values.keys():
            return UNSET
        lat, lon = self._values["lat"], self._values["lon"]
        if lat is None or lon is None:
            return None
        place = Place(lat=float(lat), lon=float(lon))
        if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
            raise UnreadableRow(f"lat, lon: {lat}, {lon} is not a place on Earth")
        return place

    def maybe_phones(self) -> Sequence[str] | Maybe:
        if "phones" not in self._values:
            return UNSET
        return tuple(
            phone for part in (self.optional_text("phones") or "").split(",") if (phone := part.strip())
        )


def customer(row: Row) -> CustomerRecord:
    email = row.maybe_text("email")
    days = row.optional_text("payment_terms_days")
    return CustomerRecord(
        code=row.text("code"),
        name=row.text("name"),
        tax_id=row.optional_text("tax_id") or "",
        currency=row.currency,
        branch=row.maybe_text("branch"),
        phones=row.maybe_phones(),
        email=email or None if email is not UNSET else UNSET,
        address=row.maybe_text("address"),
        city=row.maybe_text("city"),
        location=row.maybe_place(),
        credit_limit=row.maybe_money("credit_limit"),
        payment_terms_days=row.whole("payment_terms_days") if days else UNSET,
        observations=row.maybe_text("observations"),
        active=row.maybe_truth("active"),
    )


def invoice(row: Row, reflects: Sequence[str]) -> InvoiceRecord:
    balance = row.money("balance")
    return InvoiceRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        issued_on=row.date("issued_on"),
        due_on=row.date("due_on"),
        total=row.money("total"),
        balance=balance,
        currency=row.currency,
        state=_one_of(
            row.optional_text("state") or ("open" if balance else "paid"), "open", "paid", "cancelled"
        ),
        reflects=tuple(sorted(reflects)),
    )


def withholding(row: Row) -> WithholdingRecord:
    return WithholdingRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        invoice=row.text("invoice"),
        issued_on=row.date("issued_on"),
        amount=row.money("amount"),
        currency=row.currency,
        state=_one_of(row.optional_text("state") or "registered", "registered", "pending", "rejected"),
    )


def credit_note(row: Row) -> CreditNoteRecord:
    return CreditNoteRecord(
        number=row.text("number"),
        customer=row.text("customer"),
        invoice=row.optional_text("invoice") or None,
        issued_on=row.date("issued_on"),
        total=row.money("total"),
        balance=row.money("balance"),
        currency=row.currency,
        state=row.optional_text("state") or "open",
    )


def goal(row: Row) -> GoalRecord:
    return GoalRecord(
        collector=row.text("collector"),
        month=row.text("month"),
        currency=row.currency,
        amount_month=row.money("amount_month"),
        amount_day=row.money("amount_day"),
        visits_day=row.whole("visits_day"),
    )


READERS: Mapping[Kind, Callable[[Row], Record]] = {
    Kind.CUSTOMERS: customer,
    Kind.WITHHOLDINGS: withholding,
    Kind.CREDIT_NOTES: credit_note,
    Kind.GOALS: goal,
}


def _one_of(value: str, *allowed: str) -> str:
    if value not in allowed:
        raise UnreadableRow(f"state: {value!r} is none of {', '.join(allowed)}")
    return value

"""A row of an ERP's table, read without guessing: money to minor units, dates to dates, truth in any form.

A row that cannot be understood is reported with the name of its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from backend.erp.records import UNSET, Maybe, Place
from receivables.money import Money, MoneyError, exponent, minor_from_json

_TRUE = {"1", "t", "true", "y", "yes", "s", "si", "sí"}
_FALSE = {"0", "f", "false", "n", "no", ""}


class MoneyForm(StrEnum):
    """How the ERP writes money: as decimal units, or as an integer of minor units."""

    DECIMAL = "decimal"
    MINOR = "minor"


class UnreadableRow(ValueError):
    """A column of a row does not hold what its name promises."""


class Row:
    """The columns of one row, read by the names of docs/erp-connectors.md."""

    def __init__(
        self, values: Mapping[str, Any], *, money: MoneyForm, currency: str, timezone: tzinfo = UTC
    ) -> None:
        self._values = values
        self._money = money
        self._timezone = timezone
        self.currency = self.optional_text("currency") or currency
        try:
            exponent(self.currency)
        except MoneyError as error:
            raise UnreadableRow(f"currency: {self.currency!r} is not an ISO 4217 code") from error

    def has(self, column: str) -> bool:
        """Is there such a column, with something in it?"""
        return self._values.get(column) is not None

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

    def maybe_whole(self, column: str) -> int | Maybe:
        return self.whole(column) if self._values.get(column) not in (None, "") else UNSET

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
        """An aware instant; one without a zone is by the clock of the ERP."""
        value = self._values.get(column)
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError as error:
            raise UnreadableRow(f"{column}: {value!r} is not an instant") from error
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=self._timezone)

    def truth(self, column: str) -> bool:
        """False where there is no such column."""
        return self.has(column) and self.maybe_truth(column) is True

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
        try:
            place = Place(lat=float(lat), lon=float(lon))
        except ValueError as error:
            raise UnreadableRow(f"lat, lon: {lat}, {lon} are no numbers") from error
        if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
            raise UnreadableRow(f"lat, lon: {lat}, {lon} is not a place on Earth")
        return place

    def place(self) -> Place | None:
        found = self.maybe_place()
        return None if found is UNSET else found

    def phones(self) -> Sequence[str]:
        parts = (self.optional_text("phones") or "").split(",")
        return tuple(phone for part in parts if (phone := part.strip()))

    def maybe_phones(self) -> Sequence[str] | Maybe:
        return self.phones() if "phones" in self._values else UNSET

    def one_of(self, column: str, default: str, *allowed: str) -> str:
        value = self.optional_text(column) or default
        if value not in allowed:
            raise UnreadableRow(f"{column}: {value!r} is none of {', '.join(allowed)}")
        return value

    def month(self, column: str) -> str:
        """`yyyy-mm`, from that or from any date of the month."""
        value = self._values.get(column)
        if isinstance(value, date):
            return f"{value:%Y-%m}"
        text = self.text(column)[:7]
        try:
            date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise UnreadableRow(f"{column}: {value!r} is not a month") from error
        return text

"""Reading what a request says, all of its faults at once, each with the name of its field."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import Request

from backend.errors import ApiProblem, FieldError
from backend.json_values import is_whole_text, read_json
from receivables.documents import parse_date
from receivables.identifiers import is_collector_code

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 500
LARGEST_BODY = 64 * 1024  # bytes; the API takes forms, documents travel by replication
ED25519_KEY_BYTES = 32
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Beyond them nobody works, and a day more or less would be outside of the calendar."""

D = TypeVar("D", date, None)


class Inputs:
    """Fields of a body or of a query; `check` raises for every fault that was met."""

    def __init__(self, values: Any) -> None:
        self._values = values
        self._errors: list[FieldError] = []

    @classmethod
    def of_query(cls, request: Request) -> Inputs:
        return cls(request.args)

    @classmethod
    def of_body(cls, request: Request) -> Inputs:
        """Read a JSON object; raise ApiProblem `body_unreadable`."""
        try:
            values = read_json(request.get_data(cache=False).decode("utf-8"))
        except ValueError as error:
            raise ApiProblem("body_unreadable") from error
        if not isinstance(values, dict):
            raise ApiProblem("body_unreadable")
        return cls(values)

    def check(self) -> None:
        """Raise ApiProblem `request_invalid` where anything was wrong."""
        if self._errors:
            raise ApiProblem("request_invalid", errors=self._errors)

    def fault(self, field: str, code: str, **data: Any) -> None:
        self._errors.append(FieldError(field, code, data))

    def text(self, field: str, *, longest: int, required: bool = True) -> str:
        """Text without blanks around it; empty where it is absent or at fault."""
        value = self._values.get(field)
        if value is None or value == "":
            if required:
                self.fault(field, "missing")
            return ""
        if not isinstance(value, str) or "\x00" in value or not is_whole_text(value):
            self.fault(field, "not_text")
            return ""
        if len(value) > longest:
            self.fault(field, "too_long", limit=longest)
            return ""
        stripped = value.strip()
        if required and not stripped:
            self.fault(field, "missing")
        return stripped

    def secret(self, field: str, *, longest: int) -> str:
        """As `text`, blanks kept: they may be part of a password."""
        value = self._values.get(field)
        if not isinstance(value, str) or not is_whole_text(value):
            self.fault(field, "missing" if value is None else "not_text")
            return ""
        if not value or len(value) > longest:
            self.fault(field, "too_long" if value else "missing", limit=longest)
            return ""
        return value

    def day(self, field: str, default: D) -> date | D:
        """A date as `yyyy-mm-dd`."""
        value = self._values.get(field)
        if not value:
            return default
        try:
            return _day(value)
        except (TypeError, ValueError):
            self.fault(field, "not_a_date")
            return default

    def month(self, field: str, default: str) -> str:
        """A month as `yyyy-mm`."""
        value = self._values.get(field)
        if not value:
            return default
        try:
            return f"{_day(f'{value}-01'):%Y-%m}"
        except (TypeError, ValueError):
            self.fault(field, "not_a_month")
            return default

    def whole(self, field: str, *, default: int, low: int, high: int) -> int:
        value = self._values.get(field)
        if value is None or value == "":
            return default
        digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        if not digits or not low <= int(value) <= high:
            self.fault(field, "not_a_number", low=low, high=high)
            return default
        return int(value)

    def limit(self) -> int:
        return self.whole("limit", default=DEFAULT_LIMIT, low=1, high=LARGEST_LIMIT)

    def choice(self, field: str, choices: Sequence[str], default: str | None = None) -> str | None:
        value = self._values.get(field)
        if value is None or value == "":
            return default
        if value not in choices:
            self.fault(field, "not_a_choice", choices=", ".join(choices))
            return default
        return str(value)

    def collector(self, field: str = "collector", *, required: bool = False) -> str | None:
        """A collector's code, or None where the field is absent or null."""
        value = self._values.get(field)
        if value is None or value == "":
            if required:
                self.fault(field, "missing")
            return None
        if not isinstance(value, str) or not is_collector_code(value):
            self.fault(field, "not_a_code")
            return None
        return value

    def days(self, field: str, *, most: int) -> timedelta | None:
        """A whole number of days from 1, or None where the field is absent or null."""
        value = self._values.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.fault(field, "not_a_number", low=1, high=most)
            return None
        return timedelta(days=value)

    def place(self, field: str, *, most: int) -> int:
        """A place in a list, counted from 1; 1 where it is absent or at fault."""
        value = self._values.get(field)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.fault(field, "missing" if value is None else "not_a_number", low=1, high=most)
            return 1
        return value

    def has(self, field: str) -> bool:
        return field in self._values

    def given(self, fields: Collection[str]) -> dict[str, Any]:
        """Those of `fields` that are there, as they are, for a rule that reads them itself."""
        return {field: self._values[field] for field in fields if field in self._values}

    def ed25519_key(self, field: str) -> str:
        """A public key: the base64 of its 32 bytes (RFC 8032)."""
        value = self.text(field, longest=100)
        if not value:
            return ""
        try:
            key = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != ED25519_KEY_BYTES:
            self.fault(field, "not_a_key")
        return value

    def codes(self, field: str, *, most: int) -> tuple[str, ...] | None:
        """A list of codes without repetition; None where it is absent."""
        values = self._values.get(field)
        if values is None:
            return None
        named = isinstance(values, list) and all(isinstance(each, str) and each for each in values)
        if not named or not is_whole_text(values):
            self.fault(field, "not_a_list")
            return None
        if len(values) > most:
            self.fault(field, "too_many", limit=most)
            return None
        return tuple(dict.fromkeys(values))

    def choices(self, field: str, choices: Sequence[str]) -> frozenset[str]:
        """One or more of the choices, as a list; empty where it is absent or at fault."""
        values = self._values.get(field)
        if not isinstance(values, list) or not values:
            self.fault(field, "missing" if values in (None, []) else "not_a_list")
            return frozenset()
        if any(not isinstance(each, str) or each not in choices for each in values):
            self.fault(field, "not_a_choice", choices=", ".join(choices))
            return frozenset()
        return frozenset(values)

    def record(self, field: str) -> dict[str, Any]:
        """A JSON object; empty where it is absent or at fault."""
        value = self._values.get(field)
        if not isinstance(value, dict) or not is_whole_text(value):
            self.fault(field, "missing" if value is None else "not_an_object")
            return {}
        return value

    def factor(self, field: str, *, default: float, high: float) -> float:
        """A JSON number from 0 to `high`."""
        value = self._values.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= high:
            self.fault(field, "not_a_number", low=0, high=high)
            return default
        return float(value)

    def count(self, field: str, *, low: int, high: int) -> int | None:
        """A whole JSON number; None where it is absent."""
        value = self._values.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(field, "not_a_number", low=low, high=high)
            return None
        return value


def _day(text: str) -> date:
    """Raise ValueError for what is no date, or one that nobody means."""
    day = parse_date(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{text} is beyond the calendar of the office")
    return day

"""Tryton's JSON: `Decimal`, dates and instants travel as objects that name their class.

Source: trytond 8.2, protocols/jsonrpc.py. Instants have no zone; they are the clock of Tryton's database.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def dumps(value: Any) -> str:
    return json.dumps(value, default=_encode, separators=(",", ":"))


def loads(text: bytes) -> Any:
    """Raise ValueError when `text` is not Tryton's JSON."""
    try:
        return json.loads(text, object_hook=_decode)
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"not Tryton's JSON: {error!r}") from error


def _encode(value: Any) -> Any:
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case datetime():
            clock = {name: getattr(value, name) for name in ("hour", "minute", "second", "microsecond")}
            return {"__class__": "datetime", **_day(value), **clock}
        case date():
            return {"__class__": "date", **_day(value)}
    raise TypeError(f"{value!r} does not travel to Tryton")


def _day(value: date) -> dict[str, int]:
    return {"year": value.year, "month": value.month, "day": value.day}


def _decode(value: dict[str, Any]) -> Any:
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return date(value["year"], value["month"], value["day"])
        case "datetime":
            names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return datetime(*(value[name] for name in names))  # noqa: DTZ001 - Tryton's clock has no zone
        case _:
            return value

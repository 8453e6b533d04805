"""Reads a table of a mapping file and collects every fault with the name of its key, so that an operator
sees them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Choice = TypeVar("Choice", bound=StrEnum)


class Table:
    """A TOML table and where it stands in the file.

    Getters return a usable value even when they note a fault.
    """

    def __init__(self, values: Mapping[str, Any], where: str = "", faults: list[str] | None = None) -> None:
        self._values = values
        self._where = where
        self.faults: list[str] = [] if faults is None else faults

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def fault(self, key: str, sentence: str) -> None:
        self.faults.append(f"{self._where}{key} {sentence}")

    def table(self, key: str) -> Table:
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.fault(key, "must be a table")
            value = {}
        return Table(value, f"{self._where}{key}.", self.faults)

    def text(self, key: str) -> str:
        value = self.optional_text(key)
        if value is None:
            self.fault(key, "is missing")
        return value or ""

    def optional_text(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return value
        self.fault(key, "must be a text")
        return None

    def statements(self, key: str) -> Sequence[str]:
        """One text or a list of them; none when the key is absent."""
        value = self._values.get(key, [])
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and all(isinstance(item, str) and item.strip() for item in found):
            return tuple(found)
        self.fault(key, "must be a text or a list of texts")
        return ()

    def number(self, key: str, default: int, *, least: int) -> int:
        value = self._values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.fault(key, f"must be a whole number of at least {least}")
        return default

    def truth(self, key: str) -> bool:
        """False when the key is absent."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            self.fault(key, "must be true or false")
        return value is True

    def zone(self, key: str) -> ZoneInfo:
        """UTC when the key is absent."""
        name = self.optional_text(key) if key in self else "UTC"
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            self.fault(key, f"{name!r} is not a time zone, such as America/Guayaquil")
            return ZoneInfo("UTC")

    def choice(self, key: str, default: Choice) -> Choice:
        value = self._values.get(key, default)
        kind = type(default)
        if value in list(kind):
            return kind(value)
        self.fault(key, f"must be one of {', '.join(kind)}")
        return default

    def texts(self, key: str) -> Mapping[str, str]:
        value = self._values.get(key, {})
        if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            return value
        self.fault(key, "must be a table of texts")
        return {}

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """A misspelt key is a setting that silently does nothing."""
        for key in self._values.keys() - set(known):
            self.fault(key, "is not a known setting")

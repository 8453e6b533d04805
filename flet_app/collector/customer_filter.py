"""Which customers a list shows and in which order: conditions that combine, kept by name, told as a code.

Conditions of different kinds must all hold; of one kind, one of those chosen. No condition lets everybody in.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flet_app.collector.overview import Overview
from receivables.geometry import Point, haversine_m
from receivables.invoices import bucket_names
from receivables.priority import Priority, PriorityClass

Json = dict[str, Any]

SOON = "soon"
AGES = (SOON, *bucket_names()[1:])
"""Of the oldest debt: falls due within days, then the buckets of what is overdue."""

PROMISES = ("due", "pending", "broken", "none")
VISITED = ("since-0", "since-7", "since-30", "not-7", "not-15", "not-30", "never")
"""Visited within so many days, or not."""

SETS: dict[str, tuple[str, ...]] = {
    "ages": AGES,
    "cities": (),  # any
    "promises": PROMISES,
    "visited": VISITED,
    "priorities": tuple(PriorityClass),
}

SORTS = ("name", "distance", "priority", "amount", "age")

CODE = "RCF1-"
"""How the code of a filter begins, with the version of what it holds."""
LONGEST_CODE = 2_000
LONGEST_CONTENT = 8_000


class BadCode(ValueError):
    """What was given is no filter of this app."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """Conditions on a customer. Amounts are minor units of the company's currency."""

    ages: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None
    cities: frozenset[str] = frozenset()
    promises: frozenset[str] = frozenset()
    visited: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    disputed: bool | None = None
    located: bool | None = None

    @property
    def count(self) -> int:
        """How many kinds of conditions there are."""
        amounts = self.least is not None or self.most is not None
        sets = (self.ages, self.cities, self.promises, self.visited, self.priorities)
        return amounts + sum(map(bool, sets)) + (self.disputed is not None) + (self.located is not None)

    def holds(self, line: Overview, *, on: date, priority: Priority | None = None) -> bool:
        return (
            (not self.ages or _age(line) in self.ages)
            and (self.least is None or line.overdue.minor >= self.least)
            and (self.most is None or line.overdue.minor <= self.most)
            and (not self.cities or line.city in self.cities)
            and (not self.promises or _promise(line, on) in self.promises)
            and (not self.visited or any(_visited(line, each, on) for each in self.visited))
            and (not self.priorities or (priority is not None and priority.label in self.priorities))
            and (self.disputed is None or line.disputed is self.disputed)
            and (self.located is None or (line.point is not None) is self.located)
        )

    def toggled(self, kind: str, value: str) -> CustomerFilter:
        """With `value` of the set `kind` put in, or taken out where it was in."""
        chosen: frozenset[str] = getattr(self, kind)
        return self.changed(**{kind: chosen ^ {value}})

    def changed(self, **values: Any) -> CustomerFilter:
        return dataclasses.replace(self, **values)

    def to_json(self) -> Json:
        """Only what is set, so that a filter of today means the same to a later version."""
        found: Json = {}
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if value or value is False or value == 0:
                found[each.name] = sorted(value) if isinstance(value, frozenset) else value
        return {name: value for name, value in found.items() if value != []}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CustomerFilter:
        """Read what `to_json` wrote; raise BadCode for anything else."""
        values: Json = {}
        for name, value in kept.items():
            if not _is_readable(name, value):
                raise BadCode(name)
            values[name] = frozenset(value) if isinstance(value, list) else value
        return cls(**values)


def to_code(chosen: CustomerFilter, name: str = "") -> str:
    """A filter and its name as one word that can be sent in a message."""
    content = json.dumps([name, chosen.to_json()], ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(content.encode(), 9)
    return CODE + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_code(text: str) -> tuple[str, CustomerFilter]:
    """The name and the filter of a code that stands somewhere in `text`; raise BadCode without one."""
    word = next((each for each in text.split() if each.startswith(CODE)), "")
    if not word or len(word) > LONGEST_CODE:
        raise BadCode("no code")
    encoded = word.removeprefix(CODE)
    try:
        packed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, LONGEST_CONTENT)
        name, kept = json.loads(content if unpacker.eof else b"")  # cut off, or longer than a filter is
        return str(name), CustomerFilter.from_json(kept)
    except (ValueError, TypeError, AttributeError, zlib.error) as error:
        raise BadCode("damaged code") from error


def ordered(
    lines: Iterable[Overview], by: str, *, here: Point | None, priorities: Mapping[str, Priority]
) -> list[Overview]:
    """By `SORTS`; equal ones and those without what is asked for by the order in which they came."""
    keys: dict[str, Callable[[Overview], float]] = {
        "distance": lambda line: metres(line, here) if here and line.point else float("inf"),
        "priority": lambda line: -priorities[line.code].score if line.code in priorities else 0,
        "amount": lambda line: -line.overdue.minor,
        "age": lambda line: -line.days_past_due,
    }
    return sorted(lines, key=keys[by]) if by in keys else list(lines)


def metres(line: Overview, here: Point | None) -> float:
    """From `here` to the customer; infinite where either is unknown."""
    return haversine_m(here, line.point) if here and line.point else float("inf")


def _is_readable(name: str, value: Any) -> bool:
    match value:
        case list():
            allowed = SETS.get(name, ())
            return name in SETS and all(
                isinstance(each, str) and each in (allowed or value) for each in value
            )
        case bool():
            return name in {"disputed", "located"}
        case int():
            return name in {"least", "most"} and value >= 0
    return False


def _age(line: Overview) -> str:
    if not line.overdue:
        return SOON if line.due_soon else ""
    return next((name for name in AGES[1:-1] if line.days_past_due <= int(name.partition("-")[2])), AGES[-1])


def _promise(line: Overview, on: date) -> str:
    if line.promise is None or line.promised_on is None:
        return "none"
    if line.promise == "broken":
        return "broken"
    return "due" if line.promised_on <= on else "pending"


def _visited(line: Overview, wanted: str, on: date) -> bool:
    how, _dash, days = wanted.partition("-")
    since = None if line.visited_on is None else (on - line.visited_on).days
    if how == "never":
        return since is None
    if how == "since":
        return since is not None and since <= int(days)
    return since is None or since > int(days)

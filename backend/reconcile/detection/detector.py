"""What a detector is, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.couch.client import Json
from backend.zones import ZoneIndex

ReadView = Callable[[str, Sequence[Any]], list[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known around the facts of a batch.

    `known` are the central documents that the detectors asked for, by id; absent ones are left out. `view`
    reads rows of a view of the central database by keys: a request, so only with all keys of the batch and
    only where there are any.
    """

    now: datetime
    known: Mapping[str, Json]
    view: ReadView
    zones: Callable[[], ZoneIndex]

    def get(self, doc_id: str) -> Json | None:
        return self.known.get(doc_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`key` makes the exception's id together with the detector's name: the same finding, the same key."""

    key: str
    fact: Json
    detail: str
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An earlier finding that what arrived has answered, and with what words it is closed."""

    key: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """`name` is the kind of its exceptions; `concerns` are the types of facts that it looks at.

    `reads` names the central documents that it needs for a fact: those of all detectors are read in one
    request. `detect` looks at the batch's facts together. It sees a fact at least once, perhaps more often,
    and always after the fact stands in the central database.
    """

    name: str
    concerns: frozenset[str]
    detect: Callable[[Sequence[Json], Scene], Iterable[Finding | Resolved]]
    reads: Callable[[Json], Iterable[str]] = lambda _fact: ()


def flat(fact_id: str) -> str:
    """A fact's id as the last part of an exception's: `receipt:R0001:00000004` is `R0001-00000004`, as
    elsewhere; other facts keep their type.
    """
    return fact_id.removeprefix("receipt:").replace(":", "-")

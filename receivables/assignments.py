"""Who serves whom: plans of customers changing hands, decided before anything is written.

A plan is made from what stands, so making it again after it was carried out moves nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

DOCUMENTS_MANY = 10_000
"""Documents on one phone from which on the office is warned."""

DOCUMENTS_TOO_MANY = 20_000
"""Documents on one phone beyond which no customer is added: a cheap phone would not open in two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What makes work: w = customers + amount × (its share of the mean customer's) + travel × kilometres.

    `stickiness` is how much of the mean customer's work the most loaded collector must be relieved of for a
    customer to change hands at all.
    """

    customers: float = 1.0
    amount: float = 1.0
    travel: float = 0.1
    stickiness: float = 0.5

    def __post_init__(self) -> None:
        if min(self.customers, self.amount, self.travel) < 0 or self.customers + self.amount <= 0:
            raise ValueError("weights are not negative, and customers or amounts count for something")
        if self.stickiness < 0:
            raise ValueError("stickiness is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A customer as work: who serves it now, who serves its zone, what it owes in minor units, how many
    documents it is, and how many kilometres from each collector's area it lies (0 where unknown).
    """

    customer: str
    collector: str | None = None
    zone_collector: str | None = None
    amount: int = 0
    documents: int = 0
    kilometres: Mapping[str, float] = field(default_factory=dict)
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A collector to whom customers may be given, and how many customers and documents he or she serves at
    most, in all (None: any number). Who has more already keeps them.
    """

    collector: str
    customers: int | None = None
    documents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Who serves each customer that was to be placed; `unplaced` nobody has room for."""

    collectors: dict[str, str]
    unplaced: tuple[str, ...]


def distribute(loads: Iterable[Load], rooms: Sequence[Room], weights: Weights) -> Distribution:
    """Place who has no collector with the zone's first, then even out the work without moving more than
    needed.

    The most loaded collector's work gets smaller with every customer that changes hands, so this ends; who
    has `fixed` stays. The same for the same input, whatever its order.
    """
    every = sorted(loads, key=lambda load: load.customer)
    board = _Board(every, rooms, weights)
    unplaced = [load.customer for load in board.homeless() if not board.settle(load)]
    while board.relieve():
        pass
    return Distribution(
        collectors={load.customer: code for load in every if (code := board.serving.get(load.customer))},
        unplaced=tuple(sorted(unplaced)),
    )


class _Board:
    """Who serves whom while it is being worked out."""

    def __init__(self, loads: Sequence[Load], rooms: Sequence[Room], weights: Weights) -> None:
        self._weights = weights
        self._rooms = {room.collector: room for room in sorted(rooms, key=lambda room: room.collector)}
        owed = fmean([max(0, load.amount) for load in loads] or [0])
        self._mean_amount = owed or 1.0
        self._loads = loads
        self.serving = {
            load.customer: load.collector
            for load in loads
            if load.collector in self._rooms or (load.fixed and load.collector)
        }
        self._held: dict[str, dict[str, Load]] = defaultdict(dict)
        self._work: dict[str, float] = dict.fromkeys(self._rooms, 0.0)
        self._taken: dict[str, list[int]] = {code: [0, 0] for code in self._rooms}
        for load in loads:
            if load.collector in self._rooms:
                self._held[load.collector][load.customer] = load
                self._work[load.collector] += self.work(load, load.collector)
                self._taken[load.collector][0] += 1
                self._taken[load.collector][1] += load.documents
        # the mean customer's work without travel, which would depend on who serves whom
        self._least_relief = weights.stickiness * (weights.customers + (weights.amount if owed else 0)) + 1e-9

    def work(self, load: Load, collector: str) -> float:
        weights = self._weights
        return (
            weights.customers
            + weights.amount * max(0, load.amount) / self._mean_amount
            + weights.travel * load.kilometres.get(collector, 0.0)
        )

    def homeless(self) -> list[Load]:
        """Who has nobody, the most work first, so that the small ones fill the gaps."""
        waiting = [load for load in self._loads if load.customer not in self.serving and not load.fixed]
        return sorted(waiting, key=lambda load: (-self.work(load, load.zone_collector or ""), load.customer))

    def settle(self, load: Load) -> bool:
        """Give a customer to its zone's collector, or to whoever has the least work after it."""
        open_to = [code for code in self._rooms if self._has_room(code, load)]
        if not open_to:
            return False
        if load.zone_collector in open_to:
            self._give(load, str(load.zone_collector))
        else:
            self._give(load, min(open_to, key=lambda code: (self._work[code] + self.work(load, code), code)))
        return True

    def relieve(self) -> bool:
        """Take one customer from whoever has the most work and can be helped; False where nobody can."""
        by_work = sorted(self._rooms, key=lambda code: (self._work[code], code))
        for source in reversed(by_work):
            for target in by_work:
                if self._work[target] + self._least_relief >= self._work[source]:
                    break
                best = self._best(source, target)
                if best is not None:
                    self._take(best, source)
                    self._give(best, target)
                    return True
        return False

    def _best(self, source: str, target: str) -> Load | None:
        """The customer whose leaving evens out the two most; who lives in the target's zone before others,
        who lives in the source's after them.
        """

        def heavier(load: Load) -> float:
            return max(
                self._work[source] - self.work(load, source), self._work[target] + self.work(load, target)
            )

        helpful = [
            load
            for load in self._held[source].values()
            if not load.fixed
            and heavier(load) < self._work[source] - self._least_relief
            and self._has_room(target, load)
        ]

        def order(load: Load) -> tuple[int, float, str]:
            at_home = 0 if load.zone_collector == target else 2 if load.zone_collector == source else 1
            return at_home, heavier(load), load.customer

        return min(helpful, key=order, default=None)

    def _has_room(self, code: str, load: Load) -> bool:
        room, (customers, documents) = self._rooms[code], self._taken[code]
        return (room.customers is None or customers < room.customers) and (
            room.documents is None or documents + load.documents <= room.documents
        )

    def _take(self, load: Load, code: str) -> None:
        del self._held[code][load.customer]
        self._work[code] -= self.work(load, code)
        self._taken[code][0] -= 1
        self._taken[code][1] -= load.documents

    def _give(self, load: Load, code: str) -> None:
        self._held[code][load.customer] = load
        self.serving[load.customer] = code
        self._work[code] += self.work(load, code)
        self._taken[code][0] += 1
        self._taken[code][1] += load.documents

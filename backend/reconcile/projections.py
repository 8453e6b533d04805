"""Down: what changed in the central database is written where it is held now, and removed where it no longer
is.

The state decides, not the event: for every customer that a batch of the feed touches, the assignment and the
list of holders are read as they are now. Nothing but what changed is looked at, in requests that do not
depend on how many collectors there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import assert_never

from backend.companies import collectors_of
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.killpoints import reach
from backend.reconcile.audience import Audience, Everyone, HolderOf, Named, audience_of
from backend.reconcile.bulk import write_all
from backend.reconcile.collector_database import CollectorDatabases, Placed
from backend.reconcile.holdings import (
    Holding,
    Move,
    assigned_collector,
    assignment_id,
    holding_id,
    plan_move,
)
from backend.reconcile.placement import Wanted
from backend.reconcile.portfolio import is_optional, read_portfolios
from backend.reconcile.sharding import Shard
from backend.reconcile.tuning import ATTEMPTS, CUSTOMERS_PER_MOVE
from receivables.identifiers import is_collector_code
from receivables.papers import former_customers

Doubts = Mapping[str, Collection[str]]
"""Collectors by customer who may hold an unknown part of it, whatever the list of holders says."""


class Down:
    """One batch of the central feed on its way to the phones."""

    def __init__(
        self,
        couch: Couch,
        company: str,
        *,
        databases: CollectorDatabases,
        placed: Placed,
        shard: Shard,
        on: date,
    ) -> None:
        self._couch = couch
        self._company = company
        self._databases = databases
        self._placed = placed
        self._shard = shard
        self._on = on
        self._everyone: list[str] | None = None

    def carry(self, rows: Sequence[Json]) -> None:
        """Bring the collectors' databases up to what these rows (with documents) say. Raise `CouchError`."""
        audiences = _audiences(rows)
        touched = {row["id"].partition(":")[2] for row in rows if row["id"].startswith("assignment:")}
        touched |= {audience.customer for _, audience in audiences if isinstance(audience, HolderOf)}
        touched |= {former for document, _ in audiences for former in former_customers(document)}
        holders = self._holders(touched)
        placed = self.move(holders)
        wanted: dict[str, dict[str, Wanted]] = defaultdict(dict)
        relied_on: dict[str, str] = {}
        for document, audience in audiences:
            for collector in self._collectors(audience, holders):
                if document["_id"] in placed.get(collector, ()):
                    continue
                wanted[collector][document["_id"]] = self._wanted(document)
                if isinstance(audience, HolderOf):
                    relied_on[audience.customer] = collector
            for collector in self._former_holders(document, audience, holders):
                wanted[collector].setdefault(document["_id"], Wanted(None))
        absent = {
            collector
            for collector in sorted(wanted)
            if not self._databases.place(collector, wanted[collector])
        }
        self._confirm(
            {customer: collector for customer, collector in relied_on.items() if collector not in absent}
        )

    def move(
        self, holders: Mapping[str, tuple[str | None, Holding]], doubts: Doubts | None = None
    ) -> dict[str, set[str]]:
        """Let each customer stand with its collector and nobody else; return the ids placed, by collector."""
        placed: dict[str, set[str]] = defaultdict(set)
        doubted = dict(doubts or {})
        pending = dict(holders)
        for _ in range(ATTEMPTS):
            moves = [move for each in pending.values() if (move := self._plan(*each, doubted))]
            lost: set[str] = set()
            for start in range(0, len(moves), CUSTOMERS_PER_MOVE):
                lost |= self._move(moves[start : start + CUSTOMERS_PER_MOVE], placed)
            if not lost:
                return placed
            for move in moves:
                if move.holding.customer in lost:
                    doubted[move.holding.customer] = {*doubted.get(move.holding.customer, ()), *move.during}
            pending = self._holders(lost)
        raise Conflict(
            f"{self._company}/{holding_id(min(pending))}", "conflict", "another process keeps writing it"
        )

    def bring_all(self, collector: str, customers: Sequence[str]) -> None:
        """Bring these customers, where still assigned, to a database of which nothing is known."""
        for start in range(0, len(customers), CUSTOMERS_PER_MOVE):
            chunk = customers[start : start + CUSTOMERS_PER_MOVE]
            self.move(self._holders(chunk), dict.fromkeys(chunk, (collector,)))

    def _plan(self, assigned: str | None, holding: Holding, doubted: Doubts) -> Move | None:
        return plan_move(holding, assigned, owns=self._shard.owns, doubted=doubted.get(holding.customer, ()))

    def _move(self, moves: Sequence[Move], placed: dict[str, set[str]]) -> set[str]:
        """Announce, bring, remove, settle. Return the customers whose list another process wrote."""
        revs, lost = self._announce(moves)
        moves = [move for move in moves if move.holding.customer not in lost]
        if not moves:
            return lost
        portfolios = read_portfolios(
            self._couch, self._company, [move.holding.customer for move in moves], self._on
        )
        elsewhere = self._holders(
            {customer for portfolio in portfolios.values() for customer in portfolio.moved_on.values()}
        )
        wanted: dict[str, dict[str, Wanted]] = defaultdict(dict)
        for move in moves:
            papers = portfolios[move.holding.customer].papers
            moved_on = portfolios[move.holding.customer].moved_on
            for collector in move.during:
                if self._shard.owns(collector):
                    wanted[collector] |= {
                        doc_id: Wanted(None)
                        for doc_id, customer in moved_on.items()
                        if elsewhere[customer][0] != collector
                    }
            if move.bring_to:
                wanted[move.bring_to] |= {
                    doc_id: Wanted(document) for doc_id, document in papers.items() if document
                }
            for former in move.take_from:
                wanted[former] |= {doc_id: Wanted(None) for doc_id in papers}
        absent = set()
        for collector in sorted(wanted):
            if self._databases.place(collector, wanted[collector]):
                placed[collector] |= set(wanted[collector])
            else:
                absent.add(collector)
        return lost | self._settle(moves, revs, absent)

    def _announce(self, moves: Sequence[Move]) -> tuple[dict[str, str | None], set[str]]:
        """Write the lists as during the move; return their revisions and who lost a race."""
        revs = {move.holding.customer: move.holding.rev for move in moves}
        announced = {holding_id(move.holding.customer): move for move in moves if move.announces}
        outcome = write_all(
            self._couch,
            self._company,
            [move.holding.to_json(move.during, move.holding.rev) for move in announced.values()],
        )
        if announced:
            reach("reconcile.move_announced")
        revs |= {announced[doc_id].holding.customer: rev for doc_id, rev in outcome.revs.items()}
        return revs, {announced[doc_id].holding.customer for doc_id in outcome.conflicts}

    def _settle(
        self, moves: Sequence[Move], revs: Mapping[str, str | None], absent: Collection[str]
    ) -> set[str]:
        """Write the lists as they are now. Who has no database yet stays incomplete until it is equipped."""
        customers = {holding_id(move.holding.customer): move.holding.customer for move in moves}
        settled = []
        for move in moves:
            after = {code: done and code not in absent for code, done in move.after.items()}
            if after != move.during:
                settled.append(move.holding.to_json(after, revs[move.holding.customer]))
        outcome = write_all(self._couch, self._company, settled)
        if settled:
            reach("reconcile.move_settled")
        self._placed.moved += len(outcome.revs)
        return {customers[doc_id] for doc_id in outcome.conflicts}

    def _holders(self, customers: Collection[str]) -> dict[str, tuple[str | None, Holding]]:
        """Per customer, who should hold it and who may hold it, read together."""
        keys = [
            key for customer in sorted(customers) for key in (assignment_id(customer), holding_id(customer))
        ]
        found = self._couch.get_many(self._company, keys)
        return {
            customer: (
                assigned_collector(found.get(assignment_id(customer))),
                Holding.read(customer, found.get(holding_id(customer))),
            )
            for customer in sorted(customers)
        }

    def _collectors(
        self, audience: Audience, holders: Mapping[str, tuple[str | None, Holding]]
    ) -> Sequence[str]:
        reached: Sequence[str]
        match audience:
            case Everyone():
                if self._everyone is None:
                    self._everyone = collectors_of(self._couch, self._company)
                reached = self._everyone
            case Named(collector):
                reached = (collector,)
            case HolderOf(customer):
                assigned = holders[customer][0]
                reached = (assigned,) if assigned else ()
            case _:
                assert_never(audience)
        return [code for code in reached if is_collector_code(code) and self._shard.owns(code)]

    def _former_holders(
        self,
        document: Json,
        audience: Audience,
        holders: Mapping[str, tuple[str | None, Holding]],
    ) -> set[str]:
        """Who may still hold a paper because it belonged to another customer before."""
        found: set[str] = set()
        for former in former_customers(document):
            assigned, holding = holders[former]
            found |= {*holding.complete, *([assigned] if assigned else [])}
        return {code for code in found if self._shard.owns(code)} - {*self._collectors(audience, holders)}

    def _wanted(self, document: Json) -> Wanted:
        if document.get("_deleted"):
            return Wanted(None)
        return Wanted(document, optional=is_optional(document, self._on))

    def _confirm(self, relied_on: Mapping[str, str]) -> None:
        """Where a customer left a collector while its documents were written there, take them away too."""
        if not relied_on:
            return
        now = self._holders(relied_on.keys())
        overtaken = {
            customer: (collector,)
            for customer, collector in relied_on.items()
            if now[customer][0] != collector or not now[customer][1].complete.get(collector)
        }
        self.move({customer: now[customer] for customer in overtaken}, overtaken)


def _audiences(rows: Sequence[Json]) -> list[tuple[Json, Audience]]:
    """The projections among the rows, each with whom it is for; a tombstone counts as its document."""
    found = []
    for row in rows:
        document = {"_id": row["id"], **(row.get("doc") or {})} | (
            {"_deleted": True} if row.get("deleted") else {}
        )
        if (audience := audience_of(document)) is not None:
            found.append((document, audience))
    return found

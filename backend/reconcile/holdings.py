"""In whose databases the documents of a customer may stand, so that they are found there when the customer
leaves.

`holding:<customer>` in the central database lists those collectors, each with whether everything stands
there. A collector is listed as incomplete *before* the first document is brought or removed, as complete
*after* the last was brought, and struck out *after* the last was removed. So whatever instant a crash
chooses, the list names everyone who may have something and everyone who may lack something, even where the
customer is given back before the restart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from backend.couch.client import Json
from receivables.documents import SCHEMA
from receivables.identifiers import is_collector_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What `holding:<customer>` says: per collector, whether everything has arrived."""

    customer: str
    rev: str | None
    complete: dict[str, bool]

    @classmethod
    def read(cls, customer: str, document: Json | None) -> Holding:
        collectors = (document or {}).get("collectors", {})
        return cls(customer=customer, rev=(document or {}).get("_rev"), complete=dict(collectors))

    def to_json(self, complete: dict[str, bool], rev: str | None) -> Json:
        document: Json = {"_id": holding_id(self.customer), "schema": SCHEMA, "collectors": complete}
        return document | ({"_rev": rev} if rev else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A customer that changes hands: where to bring it, whence to take it, the list during and after."""

    holding: Holding
    bring_to: str | None
    take_from: tuple[str, ...]
    during: dict[str, bool]
    after: dict[str, bool]

    @property
    def announces(self) -> bool:
        """Does the list have to be written before anything is brought or removed?"""
        return self.during != self.holding.complete


def holding_id(customer: str) -> str:
    return f"holding:{customer}"


def assignment_id(customer: str) -> str:
    return f"assignment:{customer}"


def assigned_collector(assignment: Json | None) -> str | None:
    """Who should hold the customer; None where nobody does or the code could not be a collector's."""
    collector = (assignment or {}).get("collector")
    return collector if isinstance(collector, str) and is_collector_code(collector) else None


def plan_move(
    holding: Holding,
    assigned: str | None,
    *,
    owns: Callable[[str], bool],
    doubted: Collection[str] = (),
) -> Move | None:
    """What is left to do so that `assigned`, and nobody else, holds the customer; None where that is so
    already.

    `doubted` collectors are treated as holding an unknown part, whatever the list says. Only collectors that
    this process `owns` are dealt with; the others' entries stay as they are.
    """
    known = holding.complete | dict.fromkeys(filter(owns, doubted), False)
    bring_to = assigned if assigned and owns(assigned) and not known.get(assigned, False) else None
    take_from = tuple(sorted(code for code in known if code != assigned and owns(code)))
    if bring_to is None and not take_from:
        return None
    during = known | dict.fromkeys(take_from, False) | ({bring_to: False} if bring_to else {})
    after = {code: done for code, done in during.items() if code not in take_from}
    if bring_to:
        after[bring_to] = True
    return Move(holding=holding, bring_to=bring_to, take_from=take_from, during=during, after=after)

"""The consents among facts, by the customer who said them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from backend.couch.client import Json
from backend.reconcile.sharding import Shard
from receivables.consents import merge_consents


def consents_by_customer(
    facts: Iterable[Json], shard: Shard
) -> tuple[dict[str, list[Json]], list[tuple[Json, str]]]:
    """Those that this shard owns, and those that say nothing, each with why."""
    said: dict[str, list[Json]] = defaultdict(list)
    spoiled: list[tuple[Json, str]] = []
    for fact in facts:
        customer = fact.get("customer")
        if (
            not fact["_id"].startswith("consent:")
            or not isinstance(customer, str)
            or not shard.owns(customer)
        ):
            continue
        try:
            customer.encode()  # half a surrogate pair could stand in no id
            merge_consents(None, customer, [fact])
        except (KeyError, TypeError, ValueError) as error:
            spoiled.append((fact, f"consents: {type(error).__name__}"))
        else:
            said[customer].append(fact)
    return dict(said), spoiled

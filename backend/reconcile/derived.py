"""What follows from facts once they are in the central database: *received* for the phone that wrote them,
*activity*, *reference* and *consents* of the customer for whoever holds it, and an exception where a phone
reports a refusal or a detector sees what a person should.

Fed by the central changes feed, so it does not matter which way a fact came in, and a crash repeats instead
of forgetting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.killpoints import reach
from backend.reconcile import parking
from backend.reconcile.activity import TOLD, activity_id, item_of, merge_activity
from backend.reconcile.bulk import write_all
from backend.reconcile.consents import consents_by_customer
from backend.reconcile.detection.run import concerned, detect, is_writable, wanted
from backend.reconcile.facts import fetch_leaves, park
from backend.reconcile.received import merge_received, received_id
from backend.reconcile.reference import merge_reference, reference_id, reference_parts
from backend.reconcile.sharding import Shard
from backend.reconcile.tuning import ATTEMPTS
from backend.zones import ZoneIndex
from receivables.consents import consents_id, merge_consents
from receivables.documents import FACT_TYPES
from receivables.identifiers import is_collector_code

Merge = Callable[[Json | None], Json]


def derive(
    couch: Couch,
    company: str,
    rows: Sequence[Json],
    *,
    shard: Shard,
    zones: Callable[[], ZoneIndex],
    now: datetime,
) -> int:
    """Write what follows from the facts among these rows of the feed; return how many documents changed.

    Everything that is looked at beside the facts is read in one request, but for the pictures of doors. Raise
    `CouchError`.
    """
    fact_rows = [row for row in rows if row["id"].partition(":")[0] in FACT_TYPES and not row.get("deleted")]
    if not fact_rows:
        return 0
    unsettled = _settle_leaves(couch, company, fact_rows, now)
    facts = [row["doc"] for row in fact_rows if row.get("doc")]
    refusals = [fact for fact in facts if fact["_id"].startswith("refusal:")]
    park(couch, company, [parking.refused(refusal, now=now) for refusal in refusals])
    merges = _received_merges(facts, shard)
    told = [fact for fact in facts if fact["_id"].partition(":")[0] in TOLD]
    # of what had two bodies the one that is left comes again
    looked_at = [
        fact for fact in concerned(facts) if shard.owns(fact["collector"]) and fact["_id"] not in unsettled
    ]
    asked = wanted(looked_at) | merges.keys() | {_voided_id(fact) for fact in told if _is_void(fact)}
    asked |= {activity_id(customer) for fact in told if (customer := _customer_of(fact, {}))}
    led = reference_parts(couch, company, [fact for fact in facts if _names_a_customer(fact)], shard)
    asked |= {reference_id(customer) for customer in led}
    said, unsaid = consents_by_customer(facts, shard)
    asked |= {consents_id(customer) for customer in said}
    asked = {doc_id for doc_id in asked if is_writable(doc_id)}
    known = couch.get_many(company, sorted(asked))
    items, spoiled = _activity_items(told, known, shard)
    merges |= {activity_id(customer): _merge_items(customer, each) for customer, each in items.items()}
    merges |= {reference_id(customer): _merge_parts(customer, each) for customer, each in led.items()}
    merges |= {consents_id(customer): _merge_said(customer, each) for customer, each in said.items()}
    spoiled += unsaid
    park(couch, company, [parking.poisoned(fact, why, collector=None, now=now) for fact, why in spoiled])
    detect(couch, company, looked_at, known, zones=zones, now=now)
    return _apply(couch, company, merges, {doc_id: known.get(doc_id) for doc_id in asked})


def _received_merges(facts: Sequence[Json], shard: Shard) -> dict[str, Merge]:
    by_collector: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        collector = fact.get("collector")
        if isinstance(collector, str) and is_collector_code(collector) and shard.owns(collector):
            by_collector[collector].append(fact["_id"])
    return {received_id(collector): _merge_ids(collector, ids) for collector, ids in by_collector.items()}


def _activity_items(
    told: Sequence[Json], known: Mapping[str, Json], shard: Shard
) -> tuple[dict[str, list[Json]], list[tuple[Json, str]]]:
    """Items by customer, and the facts of which none can be made, each with why."""
    items: dict[str, list[Json]] = defaultdict(list)
    spoiled: list[tuple[Json, str]] = []
    for fact in told:
        customer = _customer_of(fact, known)
        if not customer or not shard.owns(customer):
            continue
        try:
            customer.encode()  # half a surrogate pair could stand in no id
            item = item_of(fact)
        except (KeyError, TypeError, ValueError) as error:
            spoiled.append((fact, f"activity: {type(error).__name__}"))
        else:
            items[customer].append(item)
    return items, spoiled


def _names_a_customer(fact: Json) -> bool:
    customer = _customer_of(fact, {})
    return customer is not None and is_writable(customer)


def _is_void(fact: Json) -> bool:
    return str(fact["_id"]).startswith("receipt_void:")


def _voided_id(fact: Json) -> str:
    return str(fact.get("receipt"))


def _customer_of(fact: Json, known: Mapping[str, Json]) -> str | None:
    """A void names the receipt, and the receipt names the customer."""
    if _is_void(fact):
        fact = known.get(_voided_id(fact), {})
    customer = fact.get("customer")
    return customer if isinstance(customer, str) and customer else None


def _merge_ids(collector: str, ids: list[str]) -> Merge:
    return lambda current: merge_received(current, collector, ids)


def _merge_said(customer: str, facts: list[Json]) -> Merge:
    return lambda current: merge_consents(current, customer, facts)


def _merge_items(customer: str, items: list[Json]) -> Merge:
    return lambda current: merge_activity(current, customer, items)


def _merge_parts(customer: str, parts: list[Json]) -> Merge:
    return lambda current: merge_reference(current, customer, parts)


def _apply(couch: Couch, company: str, merges: Mapping[str, Merge], known: Mapping[str, Json | None]) -> int:
    """Merge into what stands and write; where another process wrote in between, again with what it wrote.

    `known` is what was read a moment ago, None where nothing stood.
    """
    changed, pending = 0, set(merges)
    current = dict(known)
    for _ in range(ATTEMPTS):
        if not pending:
            return changed
        unread = sorted(pending - current.keys())
        current |= dict.fromkeys(unread) | couch.get_many(company, unread) if unread else {}
        writes = []
        for doc_id in sorted(pending):
            standing = current[doc_id]
            rev = {"_rev": standing["_rev"]} if standing else {}
            merged = merges[doc_id](standing) | rev
            if merged != standing:
                writes.append(merged)
        outcome = write_all(couch, company, writes)
        if writes:
            reach("reconcile.derived")
        changed += len(outcome.revs)
        pending = outcome.conflicts
        current = {}
    if pending:
        raise Conflict(f"{company}/{min(pending)}", "conflict", "another process keeps writing it")
    return changed


def _settle_leaves(couch: Couch, company: str, fact_rows: Sequence[Json], now: datetime) -> set[str]:
    """Leave one body of a fact that two processes accepted at the same instant in two bodies: the smallest
    revision. Return the ids of facts of which one was removed: they come again.

    Reads nothing where every fact has one leaf, which is always but in that instant.
    """
    forked = [
        (row["id"], leaf["rev"]) for row in fact_rows if len(row["changes"]) > 1 for leaf in row["changes"]
    ]
    if not forked:
        return set()
    leaves: dict[str, list[Json]] = defaultdict(list)
    for body in fetch_leaves(couch, company, forked):
        if not body.get("_deleted"):
            leaves[body["_id"]].append(body)
    exceptions, removals = [], []
    for bodies in leaves.values():
        first, *further = sorted(bodies, key=lambda body: str(body["_rev"]))
        for body in further:
            exceptions.append(parking.second_leaf(first, body, collector=first.get("collector"), now=now))
            removals.append({"_id": body["_id"], "_rev": body["_rev"], "_deleted": True})
    park(couch, company, exceptions)
    if removals:
        write_all(couch, company, removals)
        reach("reconcile.leaf_removed")
    return {removal["_id"] for removal in removals}

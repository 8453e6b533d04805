"""`manifest:<collector>`: what a phone needs first, so that the day can begin before the rest has come.

It lists ids and decides nothing but the order: a list that is old or missing loses nothing. It is written
when a route is, for the routes from yesterday on (a company's day may be a day behind ours), customer by
customer in the order in which they are visited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.reconcile.activity import activity_id
from backend.reconcile.audience import POLICIES_FOR_EVERYONE
from backend.reconcile.bulk import write_all
from backend.reconcile.portfolio import is_optional
from backend.reconcile.sharding import Shard
from backend.reconcile.tuning import ATTEMPTS, MANIFEST_IDS
from receivables.consents import consents_id
from receivables.documents import SCHEMA
from receivables.identifiers import is_collector_code

ROUTE = "route:"


def manifest_id(collector: str) -> str:
    return f"manifest:{collector}"


def write_manifests(couch: Couch, company: str, rows: Iterable[Json], *, shard: Shard, on: date) -> int:
    """Bring up to date the manifests of collectors whose routes are among these rows of the feed; return how
    many changed.

    Where there is no route it reads nothing. Raise `CouchError`.
    """
    routed = {row["id"].split(":")[1] for row in rows if row["id"].startswith(ROUTE)}
    pending = {code for code in routed if is_collector_code(code) and shard.owns(code)}
    changed = 0
    for _ in range(ATTEMPTS):
        if not pending:
            return changed
        standing = couch.get_many(company, [manifest_id(code) for code in sorted(pending)])
        writes = []
        for code, ids in _ids(couch, company, sorted(pending), on).items():
            before = standing.get(manifest_id(code))
            if (before or {}).get("ids") != ids:
                document = {"_id": manifest_id(code), "schema": SCHEMA, "ids": ids}
                writes.append(document | ({"_rev": before["_rev"]} if before else {}))
        outcome = write_all(couch, company, writes)
        changed += len(outcome.revs)
        pending = {doc_id.partition(":")[2] for doc_id in outcome.conflicts}
    if pending:
        raise Conflict(
            f"{company}/{manifest_id(min(pending))}", "conflict", "another process keeps writing it"
        )
    return changed


def _ids(couch: Couch, company: str, collectors: Sequence[str], on: date) -> dict[str, list[str]]:
    """Per collector: the settings, the routes, then each customer with what was done there and its papers."""
    routes = {code: _routes(couch, company, code, on) for code in collectors}
    customers = {
        code: list(dict.fromkeys(stop["customer"] for route in each for stop in route.get("stops") or ()))
        for code, each in routes.items()
    }
    papers = _papers(couch, company, {customer for each in customers.values() for customer in each}, on)
    listed = {}
    for code in collectors:
        ids = [f"company:{company}", *POLICIES_FOR_EVERYONE, f"collector:{code}"]
        ids += [route["_id"] for route in routes[code]]
        for customer in customers[code]:
            ids += [f"customer:{customer}", activity_id(customer), consents_id(customer), *papers[customer]]
        listed[code] = ids[:MANIFEST_IDS]
    return listed


def _routes(couch: Couch, company: str, collector: str, on: date) -> list[Json]:
    prefix = f"{ROUTE}{collector}:"
    since = (on - timedelta(days=1)).isoformat()
    rows = couch.all_docs(company, start_key=prefix + since, end_key=prefix + "\ufff0", include_docs=True)
    return [row["doc"] for row in rows]


def _papers(couch: Couch, company: str, customers: Iterable[str], on: date) -> dict[str, list[str]]:
    papers: dict[str, list[str]] = defaultdict(list)
    keys = sorted(customers)
    for row in couch.view(company, DDOC, "portfolio", keys=keys) if keys else ():
        value = {"_id": row["id"], **(row["value"] or {})}
        if "now_of" not in value and not is_optional(value, on):
            papers[row["key"]].append(row["id"])
    return papers

"""What travels with a customer: the customer, its open and recent papers, and what was done there lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.reconcile.activity import activity_id
from backend.reconcile.audience import LISTS_FOR_EVERYONE, POLICIES_FOR_EVERYONE
from backend.reconcile.reference import reference_id
from backend.reconcile.tuning import RECENT
from receivables.brand import logo_id
from receivables.consents import consents_id

_DATED_BY = {
    "invoice": "issued_on",
    "credit_note": "issued_on",
    "withholding": "issued_on",
    "posting": "claimed_at",
    "reversal": "claimed_at",
}
_OPEN = frozenset({"open", "pending", "sending", "retry"})


def is_optional(document: Json, on: date) -> bool:
    """Is this a closed and old paper, which a phone keeps up to date but is not given?"""
    kind = str(document["_id"]).partition(":")[0]
    if kind not in _DATED_BY or document.get("state") in _OPEN:
        return False
    dated = document.get(_DATED_BY[kind])
    return isinstance(dated, str) and dated[:10] < (on - RECENT[kind]).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What collectors may hold of a customer: `papers` by id, each with the document that should be brought,
    or None. `moved_on` are papers that belong to another customer by now, with that customer.
    """

    papers: dict[str, Json | None]
    moved_on: dict[str, str]


def read_portfolios(couch: Couch, company: str, customers: Iterable[str], on: date) -> dict[str, Portfolio]:
    """Per customer every id that a collector may hold of it.

    Two requests, whatever the number of customers and of collectors.
    """
    wanted = sorted(customers)
    brought: dict[str, dict[str, bool]] = defaultdict(dict)
    moved_on: dict[str, dict[str, str]] = defaultdict(dict)
    for row in couch.view(company, DDOC, "portfolio", keys=wanted):
        value = {"_id": row["id"], **(row["value"] or {})}
        if "now_of" in value:
            moved_on[row["key"]][row["id"]] = str(value["now_of"])
        else:
            brought[row["key"]][row["id"]] = not is_optional(value, on)
    for customer in wanted:
        own = (
            f"customer:{customer}", activity_id(customer), reference_id(customer), consents_id(customer),
        )  # fmt: skip
        brought[customer] |= dict.fromkeys(own, True)
    documents = couch.get_many(
        company, [doc_id for each in brought.values() for doc_id, yes in each.items() if yes]
    )
    return {
        customer: Portfolio(
            papers={doc_id: documents.get(doc_id) for doc_id in sorted(brought[customer])},
            moved_on=moved_on[customer],
        )
        for customer in wanted
    }


def read_equipment(couch: Couch, company: str, collector: str, on: date) -> list[Json]:
    """What a new database gets beside its customers: what is for everyone and what names this collector."""
    equipment = couch.get_many(
        company,
        [
            f"company:{company}",
            logo_id(company),
            *POLICIES_FOR_EVERYONE,
            f"collector:{collector}",
            f"received:{collector}",
            f"manifest:{collector}",
        ],
    )
    since = (on - RECENT["posting"]).isoformat()
    rows = couch.view(
        company,
        DDOC,
        "postings_by_collector",
        start_key=[collector, since],
        end_key=[collector, {}],
        include_docs=True,
    )
    for begins in LISTS_FOR_EVERYONE:
        rows += _range(couch, company, begins)
    rows += _range(couch, company, f"route:{collector}:", (on - RECENT["route"]).isoformat())
    for kind in ("goal", "performance"):
        rows += _range(couch, company, f"{kind}:{collector}:", (on - RECENT[kind]).isoformat()[:7])
    return [*equipment.values(), *(row["doc"] for row in rows if row.get("doc"))]


def read_assigned(couch: Couch, company: str, collector: str) -> list[str]:
    """The customers assigned to a collector."""
    rows = couch.view(
        company, DDOC, "assignments_by_collector", start_key=[collector], end_key=[collector, {}]
    )
    return [row["id"].partition(":")[2] for row in rows]


def _range(couch: Couch, company: str, prefix: str, since: str = "") -> list[Json]:
    return couch.all_docs(company, start_key=prefix + since, end_key=prefix + "\ufff0", include_docs=True)

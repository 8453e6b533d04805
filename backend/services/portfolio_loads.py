"""How much each customer and each collector is, read for a plan of assignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.reconcile.portfolio import is_optional
from receivables.identifiers import collector_database
from receivables.money import minor_from_json

KEYS_PER_REQUEST = 1000
DOCUMENTS_OF_A_CUSTOMER = 2  # the customer and what was done there


def active_collectors(couch: Couch, company: str) -> list[str]:
    """Codes of those who may be given customers."""
    rows = couch.all_docs(company, start_key="collector:", end_key="collector:\ufff0", include_docs=True)
    return [row["id"].partition(":")[2] for row in rows if row["doc"].get("active", True)]


def customers_of(couch: Couch, company: str, collectors: Collection[str]) -> dict[str, str]:
    """The collector of each customer that these collectors serve."""
    found: dict[str, str] = {}
    for collector in sorted(collectors):
        rows = couch.view(
            company, DDOC, "assignments_by_collector", start_key=[collector], end_key=[collector, {}]
        )
        found |= {str(row["key"][1]): collector for row in rows}
    return found


def assignments_of(couch: Couch, company: str, customers: Iterable[str]) -> dict[str, Json]:
    """The `assignment` documents by customer; who was never assigned is left out."""
    found = couch.get_many(company, [f"assignment:{customer}" for customer in customers])
    return {doc_id.partition(":")[2]: document for doc_id, document in found.items()}


def open_amounts(couch: Couch, company: str, customers: Iterable[str], currency: str) -> Counter[str]:
    """What each customer owes, in minor units of `currency`; other currencies don't count."""
    owed: Counter[str] = Counter()
    for keys in _portions(sorted(customers)):
        for row in couch.view(company, DDOC, "open_invoices", keys=keys):
            if row["value"]["currency"] == currency:
                owed[row["key"]] += minor_from_json(row["value"]["balance"])
    return owed


def document_counts(couch: Couch, company: str, customers: Iterable[str], on: date) -> Counter[str]:
    """How many documents each customer brings to a phone."""
    counts: Counter[str] = Counter()
    for keys in _portions(sorted(customers)):
        counts.update(dict.fromkeys(keys, DOCUMENTS_OF_A_CUSTOMER))
        for row in couch.view(company, DDOC, "portfolio", keys=keys):
            value = row["value"] or {}
            if "now_of" not in value and not is_optional({"_id": row["id"], **value}, on):
                counts[row["key"]] += 1
    return counts


def documents_held(couch: Couch, company: str, collectors: Iterable[str]) -> dict[str, int]:
    """How many documents each collector's database has; 0 where there is none yet."""
    names = {code: collector_database(company, code) for code in collectors}
    infos = couch.dbs_info(list(names.values()))
    return {code: int((infos.get(name) or {}).get("doc_count", 0)) for code, name in names.items()}


def _portions(keys: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), KEYS_PER_REQUEST):
        yield list(keys[start : start + KEYS_PER_REQUEST])

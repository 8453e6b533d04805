"""What the phone knows, folded from its own database into lookups that a screen can read without waiting.

The fold takes documents in any order and any number of times: the latest revision of an id replaces the one before.
It holds no rule; figures come from `collector.figures`. Only the event loop touches it, so it needs no lock.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from receivables.documents import FACT_TYPES, BadDocument
from receivables.identifiers import BadIdentifier, parse_id
from receivables.invoices import Invoice
from receivables.policies import CollectionPolicy

Json = dict[str, Any]


class Portfolio:
    """A collector's documents by type, and the few indexes that the screens ask for."""

    def __init__(self) -> None:
        self.company: Json = {}
        self.collector: Json = {}
        self.customers: dict[str, Json] = {}
        self.invoices: dict[str, Json] = {}
        self.withholdings: dict[str, Json] = {}
        self.credit_notes: dict[str, Json] = {}
        self.receipts: dict[str, Json] = {}
        self.voids: dict[str, Json] = {}
        self.visit_starts: dict[str, Json] = {}
        self.visits: dict[str, Json] = {}
        self.postings: dict[str, Json] = {}
        self.activity: dict[str, Json] = {}
        self.routes: dict[str, Json] = {}
        self.goals: dict[str, Json] = {}
        self.catalogues: dict[str, list[Json]] = {}
        self.policy: CollectionPolicy | None = None
        self.received: frozenset[str] = frozenset()
        self.facts: dict[str, tuple[str, int, str]] = {}
        """Every fact here: id → (type, local sequence, device)."""
        self.invoices_of: dict[str, set[str]] = defaultdict(set)
        self.receipts_of: dict[str, set[str]] = defaultdict(set)
        self.search_keys: dict[str, str] = {}
        self._in_order: list[str] | None = None

    def apply(self, changes: Iterable[Json]) -> None:
        """Take rows of a changes feed that carry their documents."""
        for row in changes:
            document = row.get("doc") or {"_id": row["id"]}
            if row.get("deleted") or document.get("_deleted"):
                self._remove(row["id"])
            else:
                self._put(document, int(row["seq"]))

    def _put(self, document: Json, sequence: int) -> None:
        try:
            identity = parse_id(document["_id"])
        except BadIdentifier:
            return
        key = identity.key
        if identity.type in FACT_TYPES:
            self.facts[document["_id"]] = (identity.type, sequence, str(document.get("device") or ""))
        match identity.type:
            case "company":
                self.company = document
            case "collector":
                self.collector = document
            case "customer":
                self.customers[key] = document
                self.search_keys[key] = _search_key(document)
                self._in_order = None
            case "invoice":
                self._put_invoice(key, document)
            case "withholding":
                self.withholdings[key] = document
            case "credit_note":
                self.credit_notes[key] = document
            case "receipt":
                self.receipts[document["_id"]] = document
                self.receipts_of[document["customer"]].add(document["_id"])
            case "receipt_void":
                self.voids[document["receipt"]] = document
            case "visit_start":
                self.visit_starts[document["_id"]] = document
            case "visit":
                self.visits[document["start"]] = document
            case "posting":
                self.postings[document["receipt"]] = document
            case "activity":
                self.activity[key] = document
            case "route":
                self.routes[document["route_on"]] = document
            case "goal":
                self.goals[document["month"]] = document
            case "catalogue":
                self.catalogues[key] = list(document.get("items") or ())
            case "policy" if key == "collection":
                self.policy = CollectionPolicy.from_json(document)
            case "received":
                self.received = _received_ids(document)
            case _:  # a type invented after this version: kept in the database, not shown
                pass

    def _put_invoice(self, number: str, document: Json) -> None:
        self._remove_invoice(number)
        try:
            customer = Invoice.from_json(document).customer
        except BadDocument:
            # The server wrote it and the server will write it again; one bad row must not hide the others.
            return
        self.invoices[number] = document
        self.invoices_of[customer].add(number)

    def _remove_invoice(self, number: str) -> None:
        document = self.invoices.pop(number, None)
        if document:
            self.invoices_of[document["customer"]].discard(number)

    def _remove(self, document_id: str) -> None:
        try:
            identity = parse_id(document_id)
        except BadIdentifier:
            return
        match identity.type:
            case "customer":
                self.customers.pop(identity.key, None)
                self.search_keys.pop(identity.key, None)
                self._in_order = None
            case "invoice":
                self._remove_invoice(identity.key)
            case "withholding":
                self.withholdings.pop(identity.key, None)
            case "credit_note":
                self.credit_notes.pop(identity.key, None)
            case "activity":
                self.activity.pop(identity.key, None)
            case "route":
                self.routes.pop(identity.key.rpartition(":")[2], None)
            case "posting":
                self.postings.pop(f"receipt:{identity.key}", None)
            case _:
                pass

    # -- lookups ----------------------------------------------------------------------------
    @property
    def currency(self) -> str:
        return str(self.company.get("currency") or (self.policy.currency if self.policy else "USD"))

    def invoices_for(self, customer: str) -> list[Json]:
        return [self.invoices[number] for number in self.invoices_of.get(customer, ())]

    def receipts_for(self, customer: str) -> list[Json]:
        return [self.receipts[key] for key in self.receipts_of.get(customer, ())]

    def customer_name(self, code: str) -> str:
        """A customer who was taken away keeps the code on what was recorded there."""
        found = self.customers.get(code)
        return str(found["name"]) if found else code

    def in_order(self) -> list[str]:
        """Codes of the active customers by name, as a Spanish reader sorts them."""
        if self._in_order is None:
            active = [code for code, doc in self.customers.items() if doc.get("active", True)]
            self._in_order = sorted(
                active, key=lambda code: (_plain(str(self.customers[code]["name"])), code)
            )
        return self._in_order

    def search(self, text: str) -> list[str]:
        """Codes of the customers whose name, code, tax id, address or phone has every word of `text`."""
        words = _plain(text).split()
        return [code for code in self.in_order() if all(word in self.search_keys[code] for word in words)]

    def route(self, on: date) -> list[Json]:
        document = self.routes.get(on.isoformat())
        return list(document["stops"]) if document else []

    def open_visit(self) -> Json | None:
        """The visit that was started and not finished; the newest where a restored phone has several."""
        running = [start for key, start in self.visit_starts.items() if key not in self.visits]
        return max(running, key=lambda start: (start["created_at"], start["_id"]), default=None)


def _received_ids(document: Json) -> frozenset[str]:
    receipts = {
        f"receipt:{series}:{int(counter):08d}"
        for series, counters in (document.get("receipts") or {}).items()
        for counter in counters
    }
    return frozenset(receipts | set(document.get("others") or ()))


def _search_key(customer: Json) -> str:
    parts = [customer.get(name) or "" for name in ("name", "code", "tax_id", "address", "city", "branch")]
    return _plain(" ".join(map(str, [*parts, *(customer.get("phones") or ())])))


def _plain(text: str) -> str:
    """Lower case without accents: `Peñón` is found by `penon`."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))

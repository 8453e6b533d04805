"""What the phone knows, folded from its own database into lookups that a screen can read without waiting.

The fold takes documents in any order and any number of times: the latest revision of an id replaces the one
before. It holds no rule; figures come from `collector.figures`. Only the event loop touches it, so it needs
no lock.
"""

from __future__ import annotations

import logging
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ClassVar

from paperwork.logo import logo_in
from receivables.compliance import Pack
from receivables.documents import FACT_TYPES, BadDocument, parse_date
from receivables.identifiers import BadIdentifier, DocumentId, parse_id
from receivables.invoices import Invoice
from receivables.planned_stops import PlannedStop, planned_route
from receivables.policies import CollectionPolicy
from receivables.tracking import TrackingPolicy
from receivables.visits import find_open_visit

Json = dict[str, Any]

log = logging.getLogger(__name__)


class Portfolio:
    """A collector's documents by type, and the few indexes that the screens ask for."""

    def __init__(self) -> None:
        self.company: Json = {}
        self.logo: bytes | None = None
        self.collector: Json = {}
        self.customers: dict[str, Json] = {}
        self.invoices: dict[str, Json] = {}
        self.withholdings: dict[str, Json] = {}
        self.credit_notes: dict[str, Json] = {}
        self.receipts: dict[str, Json] = {}
        self.voids: dict[str, Json] = {}
        self.copies: dict[str, Json] = {}
        self.paper_copies: dict[str, Json] = {}
        self.promises: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.informed: dict[str, Json] = {}
        self.notes: dict[str, Json] = {}
        self.location_updates: dict[str, Json] = {}
        self.photos: dict[str, Json] = {}
        # What leads to each customer's door, without the picture, which is read when it is shown.
        self.references: dict[str, Json] = {}
        self.deposits: dict[str, Json] = {}
        self.closes: dict[str, Json] = {}
        self.consents: dict[str, Json] = {}
        self.told_consents: dict[str, Json] = {}  # what counts of all, by customer, as the centre knew it
        self.planned_stops: dict[str, Json] = {}
        self.visit_starts: dict[str, Json] = {}
        self.visits: dict[str, Json] = {}
        self.postings: dict[str, Json] = {}
        self.activity: dict[str, Json] = {}
        self.routes: dict[str, Json] = {}
        self.goals: dict[str, Json] = {}
        self.performance: dict[str, Json] = {}
        self.catalogues: dict[str, list[Json]] = {}
        self.policy: CollectionPolicy | None = None
        self.tracking: TrackingPolicy | None = None
        self.packs: dict[str, Pack] = {}
        self.holidays: dict[str, Json] = {}
        self.attempts: dict[str, Json] = {}
        self.received: frozenset[str] = frozenset()
        self.kept_since: date | None = None
        """The centre has all facts of earlier days but those in `waiting`."""
        self.waiting: frozenset[str] = frozenset()
        # Every fact here: id → (type, local sequence, device).
        self.facts: dict[str, tuple[str, int, str]] = {}
        self.invoices_of: dict[str, set[str]] = defaultdict(set)
        self.receipts_of: dict[str, set[str]] = defaultdict(set)
        self.visited_on: dict[str, str] = {}
        """Customer → the local date of this phone's latest visit there."""
        self.search_keys: dict[str, str] = {}
        self.versions: defaultdict[str, int] = defaultdict(int)
        """Customer → how often anything of it changed, so that what was computed of it is known to be old."""
        self._sort_keys: dict[str, tuple[str, str]] = {}
        self._in_order: list[str] | None = None

    def apply(self, changes: Iterable[Json]) -> None:
        """Take rows of a changes feed that carry their documents.

        A document that can't be read changes nothing: what it would have replaced stays, and so does all
        else. One bad row of the office must not close the phone to its collector.
        """
        for row in changes:
            document = row.get("doc") or {"_id": row["id"]}
            try:
                if row.get("deleted") or document.get("_deleted"):
                    self._remove(row["id"])
                else:
                    self._put(document, int(row["seq"]))
            except Exception as error:
                log.warning("%s can't be read and is passed over: %r", row["id"], error)

    def _put(self, document: Json, sequence: int) -> None:
        try:
            identity = parse_id(document["_id"])
        except BadIdentifier:
            return
        if identity.type in FACT_TYPES:
            device = str(document.get("device") or "")
            self.facts[document["_id"]] = (identity.type, sequence, device)
        take = self._TAKE.get(identity.type)
        if take:  # a type invented after this version is kept in the database and not shown
            take(self, identity.key, document)
            self._touch(identity, document)

    def _touch(self, identity: DocumentId, document: Json) -> None:
        receipt = self.receipts.get(str(document.get("receipt"))) or {}
        own = identity.key if identity.type in {"customer", "activity"} else None
        customer = own or document.get("customer") or receipt.get("customer")
        if customer:
            self.versions[str(customer)] += 1

    def _put_customer(self, code: str, document: Json) -> None:
        self.search_keys[code] = _search_key(document)
        self.customers[code] = document
        self._sort_keys[code] = (_plain(str(document["name"])), code)
        self._in_order = None

    def _put_receipt(self, _key: str, document: Json) -> None:
        self.receipts_of[document["customer"]].add(document["_id"])
        self.receipts[document["_id"]] = document

    def _put_visit(self, _key: str, document: Json) -> None:
        customer, on = str(document["customer"]), str(document["local_on"])
        self.visits[document["start"]] = document
        self.visited_on[customer] = max(on, self.visited_on.get(customer, on))

    def _put_policy(self, key: str, document: Json) -> None:
        if key == "collection":
            self.policy = CollectionPolicy.from_json(document)
        if key == "tracking":
            self.tracking = TrackingPolicy.from_json(document)

    def _put_pack(self, country: str, document: Json) -> None:
        self.packs[country] = Pack.from_json(document)

    def _put_received(self, _key: str, document: Json) -> None:
        self.received = _received_ids(document)
        since = document.get("kept_since")
        self.kept_since = parse_date(since) if since else None
        self.waiting = frozenset(document.get("waiting") or ())

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
            self.versions[document["customer"]] += 1

    def _put_reference(self, customer: str, document: Json) -> None:
        photo = document.get("photo")
        light = {name: value for name, value in photo.items() if name != "picture"} if photo else None
        self.references[customer] = {**document, "photo": light}

    def _put_posting(self, _key: str, document: Json) -> None:
        self.postings[document["receipt"]] = document
        if document["state"] == "voided":  # by the office, or before the ERP had it
            self.voids.setdefault(document["receipt"], document)

    def _put_reversal(self, _key: str, document: Json) -> None:
        if document["kind"] == "void":
            self.voids.setdefault(document["receipt"], {**document, "reason": document["cause"]})

    def _remove_customer(self, code: str) -> None:
        self.customers.pop(code, None)
        self.search_keys.pop(code, None)
        self.versions[code] += 1
        self._in_order = None

    def _remove_activity(self, customer: str) -> None:
        self.activity.pop(customer, None)
        self.versions[customer] += 1

    def _remove(self, document_id: str) -> None:
        try:
            identity = parse_id(document_id)
        except BadIdentifier:
            return
        drop = self._DROP.get(identity.type)
        if drop:
            drop(self, identity.key)

    _TAKE: ClassVar[dict[str, Callable[[Portfolio, str, Json], None]]] = {
        "company": lambda self, _key, doc: setattr(self, "company", doc),
        "logo": lambda self, _key, doc: setattr(self, "logo", logo_in(doc)),
        "collector": lambda self, _key, doc: setattr(self, "collector", doc),
        "customer": _put_customer,
        "invoice": _put_invoice,
        "withholding": lambda self, key, doc: self.withholdings.update({key: doc}),
        "credit_note": lambda self, key, doc: self.credit_notes.update({key: doc}),
        "receipt": _put_receipt,
        "receipt_void": lambda self, _key, doc: self.voids.update({doc["receipt"]: doc}),
        "receipt_copy": lambda self, _key, doc: self.copies.update({doc["_id"]: doc}),
        "paper_copy": lambda self, _key, doc: self.paper_copies.update({doc["_id"]: doc}),
        "promise": lambda self, _key, doc: self.promises.update({doc["_id"]: doc}),
        "dispute": lambda self, _key, doc: self.disputes.update({doc["_id"]: doc}),
        "informed_payment": lambda self, _key, doc: self.informed.update({doc["_id"]: doc}),
        "note": lambda self, _key, doc: self.notes.update({doc["_id"]: doc}),
        "location_update": lambda self, _key, doc: self.location_updates.update({doc["_id"]: doc}),
        "reference": _put_reference,
        "photo": lambda self, _key, doc: self.photos.update({doc["_id"]: doc}),
        "deposit": lambda self, _key, doc: self.deposits.update({doc["_id"]: doc}),
        "cash_close": lambda self, _key, doc: self.closes.update({doc["_id"]: doc}),
        "planned_stop": lambda self, _key, doc: self.planned_stops.update({doc["_id"]: doc}),
        "visit_start": lambda self, _key, doc: self.visit_starts.update({doc["_id"]: doc}),
        "visit": _put_visit,
        "posting": _put_posting,
        "reversal": _put_reversal,
        "activity": lambda self, key, doc: self.activity.update({key: doc}),
        "route": lambda self, _key, doc: self.routes.update({doc["route_on"]: doc}),
        "goal": lambda self, _key, doc: self.goals.update({doc["month"]: doc}),
        "performance": lambda self, _key, doc: self.performance.update({doc["month"]: doc}),
        "catalogue": lambda self, key, doc: self.catalogues.update({key: list(doc.get("items") or ())}),
        "policy": _put_policy,
        "compliance_pack": _put_pack,
        "holidays": lambda self, key, doc: self.holidays.update({key: doc}),
        "contact_attempt": lambda self, _key, doc: self.attempts.update({doc["_id"]: doc}),
        "consent": lambda self, _key, doc: self.consents.update({doc["_id"]: doc}),
        "consents": lambda self, key, doc: self.told_consents.update({key: doc}),
        "received": _put_received,
    }
    _DROP: ClassVar[dict[str, Callable[[Portfolio, str], None]]] = {
        "customer": _remove_customer,
        "logo": lambda self, _key: setattr(self, "logo", None),
        "invoice": _remove_invoice,
        "withholding": lambda self, key: drop_key(self.withholdings, key),
        "credit_note": lambda self, key: drop_key(self.credit_notes, key),
        "activity": _remove_activity,
        "reference": lambda self, key: drop_key(self.references, key),
        "consents": lambda self, key: drop_key(self.told_consents, key),
        "route": lambda self, key: drop_key(self.routes, key.rpartition(":")[2]),
        "goal": lambda self, key: drop_key(self.goals, key.rpartition(":")[2]),
        "performance": lambda self, key: drop_key(self.performance, key.rpartition(":")[2]),
        "posting": lambda self, key: drop_key(self.postings, f"receipt:{key}"),
    }

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
            self._in_order = sorted(active, key=self._sort_keys.__getitem__)
        return self._in_order

    def search(self, text: str) -> list[str]:
        """Codes of the customers whose name, code, tax id, address or phone has every word of `text`."""
        words = _plain(text).split()
        return [code for code in self.in_order() if all(word in self.search_keys[code] for word in words)]

    def route(self, on: date) -> list[PlannedStop]:
        """The plan of the office for a day, as the collector changed it."""
        plan = (self.routes.get(on.isoformat()) or {}).get("stops") or ()
        return planned_route(plan, self.planned_stops.values(), on=on)

    def open_visit(self) -> Json | None:
        """The visit that was started and not finished; the newest where a restored phone has several."""
        return find_open_visit(self.visit_starts.values(), self.visits.values())


def drop_key(index: dict[str, Json], key: str) -> None:
    index.pop(key, None)


def _received_ids(document: Json) -> frozenset[str]:
    receipts = {
        f"receipt:{series}:{int(counter):08d}"
        for series, counters in (document.get("receipts") or {}).items()
        for counter in counters
    }
    return frozenset(receipts | set(document.get("others") or ()))


def _search_key(customer: Json) -> str:
    parts = [customer.get(name) or "" for name in ("code", "tax_id", "address", "city", "branch")]
    return _plain(" ".join(map(str, [customer["name"], *parts, *(customer.get("phones") or ())])))


def _plain(text: str) -> str:
    """Lower case without accents: `Peñón` is found by `penon`."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))

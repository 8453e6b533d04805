"""The office's papers of the field: the phone's own, made again from the central documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.companies import DDOC
from backend.couch.client import Couch, Json
from backend.services.brand import find_logo
from backend.services.photos import attached_to, photos_by_fact
from backend.services.receipts import find_voids
from backend.services.visits import outcome_labels
from paperwork.acta import render_acta
from paperwork.annexes import ActaPhoto, is_of_visit
from paperwork.cash_papers import render_cash_close, render_deposit
from paperwork.letter import Imprint
from paperwork.statement import render_statement
from receivables.balances import provisional_open_items, valid_receipts
from receivables.claims import mark_disputed
from receivables.identifiers import posting_id
from receivables.money import Money

MOST_PHOTOS = 20
RECENT = timedelta(days=180)  # a receipt that is still on its way after that is an exception's business
_LAST = "\ufff0"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShop:
    """Makes the papers of one company in one language. Every method may raise BadDocument."""

    couch: Couch
    company: str
    profile: Mapping[str, Any]
    language: str

    def acta(self, visit_id: str) -> bytes | None:
        """The record of a finished visit, or None where there is no such visit."""
        visit = self._fact(visit_id, "visit")
        if visit is None:
            return None
        code, start = str(visit["customer"]), self._fact(str(visit["start"]), "visit_start")
        began, day_ends = str(visit["started_at"]), f"{visit['finished_at'][:10]}{_LAST}"
        photos = [fact for fact in self._of(code, "photo", began, day_ends) if is_of_visit(visit, fact)]
        labels = outcome_labels(self.couch, self.company).get(str(visit["outcome"]), {})
        return render_acta(
            visit,
            start=start,
            company=self.profile,
            customer=self._customer(code),
            collector=self._collector(visit),
            outcome=labels.get(self.language) or str(visit["outcome"]),
            promises=self._of(code, "promise", began, day_ends),
            receipts=self._of(code, "receipt", began, day_ends),
            photos=[
                ActaPhoto(fact=fact, picture=attached_to(self.couch, self.company, fact["_id"]))
                for fact in photos[:MOST_PHOTOS]
            ],
            language=self.language,
            imprint=self._imprint(),
        )

    def cash_close(self, close_id: str) -> bytes | None:
        close = self._fact(close_id, "cash_close")
        if close is None:
            return None
        return render_cash_close(
            close,
            company=self.profile,
            collector=self._collector(close),
            language=self.language,
            imprint=self._imprint(),
        )

    def deposit(self, deposit_id: str) -> bytes | None:
        deposit = self._fact(deposit_id, "deposit")
        if deposit is None:
            return None
        photos = photos_by_fact(self.couch, self.company, [deposit_id]).get(deposit_id, [])
        return render_deposit(
            deposit,
            slip=attached_to(self.couch, self.company, photos[0]["id"]) if photos else None,
            company=self.profile,
            collector=self._collector(deposit),
            language=self.language,
            imprint=self._imprint(),
        )

    def statement(self, code: str, *, on: date, now: datetime) -> bytes | None:
        """What a customer owes now, or None where there is no such customer."""
        customer = self.couch.get(self.company, f"customer:{code}")
        if customer is None:
            return None
        invoices = self._of(code, "invoice")
        receipts = self._of(code, "receipt", (on - RECENT).isoformat(), _LAST)
        ids = [receipt["_id"] for receipt in receipts]
        voids = [{"receipt": receipt} for receipt in find_voids(self.couch, self.company, ids)]
        postings = self.couch.get_many(self.company, map(posting_id, ids))
        reflected = {receipt for invoice in invoices for receipt in invoice.get("reflects") or ()}
        coming = [
            receipt
            for receipt in valid_receipts(receipts, voids)
            if receipt["_id"] not in reflected
            and postings.get(posting_id(receipt["_id"]), {}).get("state") != "posted"
        ]
        return render_statement(
            customer,
            company=self.profile,
            items=mark_disputed(provisional_open_items(invoices, receipts, voids), self._of(code, "dispute")),
            totals={
                invoice["number"]: Money.from_json(invoice["total"], invoice["currency"])
                for invoice in invoices
            },
            credit_notes=self._of(code, "credit_note"),
            withholdings=self._of(code, "withholding"),
            receipts=coming,
            on=on,
            now=now,
            language=self.language,
            imprint=self._imprint(),
        )

    def _imprint(self) -> Imprint:
        return Imprint(logo=find_logo(self.couch, self.company))

    def _fact(self, fact_id: str, kind: str) -> Json | None:
        return self.couch.get(self.company, fact_id) if fact_id.startswith(f"{kind}:") else None

    def _of(self, customer: str, kind: str, since: str | None = None, until: Any = None) -> list[Json]:
        """The customer's documents of a type, in the order of their time."""
        rows = self.couch.view(
            self.company,
            DDOC,
            "by_customer",
            start_key=[customer, kind, since],
            end_key=[customer, kind, until if until is not None else {}],
            include_docs=True,
        )
        return [row["doc"] for row in rows if row.get("doc")]

    def _customer(self, code: str) -> Json:
        return self.couch.get(self.company, f"customer:{code}") or {"code": code, "name": code}

    def _collector(self, fact: Json) -> Json:
        return self.couch.get(self.company, f"collector:{fact['collector']}") or {"name": fact["collector"]}

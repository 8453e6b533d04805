"""Tryton as the ERP of a company: its records in, receipts and reversals as moves of its books out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.port import Answer, Cursor, ErpMisconfigured, ErpUnavailable, Held, Kind, Page
from backend.erp.tryton import reading, sweeps
from backend.erp.tryton.entries import entry_of_receipt, entry_of_reversal
from backend.erp.tryton.mapping import WRITE_OFF, TrytonMapping
from backend.erp.tryton.posting import Posting
from backend.erp.tryton.reading import Source
from backend.erp.tryton.rpc import BrokeDown, Refused, Tryton

KINDS = (Kind.CUSTOMERS, Kind.ADDRESSES, Kind.INVOICES, Kind.CREDIT_NOTES)


class TrytonConnector:
    """Satisfies `backend.erp.port.Connector`. Speaks to Tryton when it is first asked something."""

    def __init__(self, mapping: TrytonMapping) -> None:
        self._mapping = mapping
        self._tryton = Tryton(
            mapping.url,
            mapping.database,
            mapping.user,
            mapping.password,
            context={"language": mapping.language},
        )

    def kinds(self) -> Sequence[Kind]:
        return KINDS

    def start_of(self, kind: Kind, saved: Cursor | None) -> Cursor | None:  # noqa: ARG002 - every kind overlaps alike
        return sweeps.before(saved, self._mapping.overlap)

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        with _reading():
            return reading.read(self._tryton, self._sources[kind], after, page_size=self._mapping.page_size)

    def snapshot(self, kind: Kind) -> Iterator[Held] | None:
        with _reading():
            return iter(reading.snapshot(self._tryton, self._sources[kind]))

    def takes_write_offs(self) -> bool:
        return WRITE_OFF in self._mapping.methods

    def find(self, entry_id: str) -> Answer | None:
        with _posting():
            return self._posting.find(entry_id)

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        with _posting():
            return self._posting.post(entry_of_receipt(receipt))

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        if reversal.write_offs and not self.takes_write_offs():
            raise ErpMisconfigured("out.methods.write_off is missing: a receipt wrote a difference off")
        with _posting():
            return self._posting.post(entry_of_reversal(reversal))

    def close(self) -> None:
        self._tryton.close()

    @cached_property
    def _company(self) -> tuple[int, int, str]:
        """The company's id, its party's, and the currency of its books; every later call is about it."""
        name = self._mapping.company
        domain = [("party.name", "=", name)] if name else []
        rows = self._tryton.search_read("company.company", domain, ["party", "currency.code"])
        if len(rows) != 1:
            found = "no company" if not rows else f"{len(rows)} companies"
            raise ErpMisconfigured(f"erp.company: {self._mapping.user} sees {found} {name or ''}".rstrip())
        company = rows[0]
        self._tryton.extend({"company": company["id"], "companies": [company["id"]]})
        return company["id"], company["party"], company["currency."]["code"]

    @cached_property
    def _sources(self) -> Mapping[Kind, Source]:
        company, owner, currency = self._company
        modules = self._tryton.search_read(
            "ir.module", [("name", "=", "account_credit_limit"), ("state", "=", "activated")], ["name"]
        )
        return reading.sources(
            company=company,
            owner=owner,
            currency=currency,
            category=self._mapping.category,
            limits=bool(modules),
        )

    @cached_property
    def _posting(self) -> Posting:
        company, _, currency = self._company
        return Posting(self._tryton, self._mapping, company=company, currency=currency)


@contextmanager
def _reading() -> Iterator[None]:
    """Nothing is read when Tryton refuses or breaks down."""
    try:
        yield
    except (Refused, BrokeDown) as reason:
        raise ErpUnavailable(str(reason)) from reason


@contextmanager
def _posting() -> Iterator[None]:
    """Tryton's no to a question says nothing about an entry: a missing right, a record that has just gone.

    That it broke down concerns this entry alone, which waits: the others are not held up by it.
    """
    try:
        yield
    except Refused as refusal:
        raise ErpUnavailable(str(refusal)) from refusal

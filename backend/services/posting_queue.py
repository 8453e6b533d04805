"""What is on its way to the ERP, in the order in which it goes: what was begun, what waited, then the new.

Receipts without posting are found by following the changes, never by scanning. While the ERP is away nothing
more is claimed: the first that it did not answer waits, and everything behind it, so that what was collected
meanwhile goes in by its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from backend import killpoints
from backend.couch.client import Couch, Json
from backend.services.erp_reversals import FACTS
from backend.services.posting_book import PostingBook
from backend.services.posting_exceptions import unreadable_receipt
from backend.services.receipts import find_voids
from receivables.documents import BadDocument, parse_instant
from receivables.identifiers import posting_id
from receivables.receipts import Receipt

CHECKPOINT = "erp_out"
CHANGES_PER_PAGE = 500

Clock = Callable[[], datetime]


class PostingQueue:
    """One company's, during one run. `voided` are the receipts met so far that a void names."""

    def __init__(self, couch: Couch, company: str, book: PostingBook, clock: Clock) -> None:
        self._couch = couch
        self._company = company
        self._book = book
        self._clock = clock
        self._waiting: list[str] = []
        self.voided: set[str] = set()

    def must_wait(self) -> bool:
        """Is the ERP away, and not yet to be asked again?"""
        waiting = self._book.in_states("retry")
        return any(each.get("away") and not self._is_due(each) for each in waiting)

    def unfinished(self) -> Iterator[Json]:
        """Postings that a stopped process left in `sending`, and those whose time to retry has come.

        Oldest first.
        """
        for posting in self._book.in_states("sending", "retry"):
            if posting["state"] == "sending" or self._is_due(posting):
                yield posting

    def unclaimed(self) -> Iterator[Json]:
        """Receipts without posting and what takes receipts back: those that waited, then the new ones.

        A page of changes by their device time, receipts first. The checkpoint passes a page when the caller
        comes back for the next one: then all of it is claimed, or named in the checkpoint as waiting.
        """
        saved = self._couch.get_local(self._company, CHECKPOINT) or {}
        since, kept = saved.get("since", "0"), saved.get("waiting", [])
        yield from self._facts_in(kept)
        while True:
            page = self._couch.changes(self._company, since=since, limit=CHANGES_PER_PAGE)
            yield from self._facts_in([row["id"] for row in page.results if not row.get("deleted")])
            since = page.last_seq
            if page.results or self._waiting != kept:
                killpoints.reach("erp.out.page_done")
                kept = list(self._waiting)
                saved = {**saved, "since": since, "waiting": kept}
                saved["_rev"] = self._couch.put_local(self._company, CHECKPOINT, saved)
            if len(page.results) < CHANGES_PER_PAGE:
                return

    def keep_waiting(self, fact_id: str) -> None:
        """It could not be claimed: it comes again in the next run."""
        if fact_id not in self._waiting:
            self._waiting.append(fact_id)

    def _is_due(self, posting: Json) -> bool:
        return parse_instant(posting["retry_at"]) <= self._clock()

    def _facts_in(self, ids: list[str]) -> Iterator[Json]:
        receipts = [document_id for document_id in ids if document_id.startswith("receipt:")]
        claimed = self._couch.get_many(self._company, [posting_id(each) for each in receipts])
        new = [each for each in receipts if posting_id(each) not in claimed]
        # One voided after this look is taken back, or kept out, when its void comes by.
        self.voided |= find_voids(self._couch, self._company, new).keys()
        found: list[Receipt] = []
        for document in self._couch.get_many(self._company, new).values():
            try:
                found.append(Receipt.from_json(document))
            except BadDocument as problem:
                self._book.raise_once(unreadable_receipt(document, str(problem), now=self._clock()))
        ordered = sorted(found, key=lambda receipt: (receipt.created_at, receipt.series, receipt.counter))
        yield from (dict(receipt.source) for receipt in ordered)
        taking_back = [document_id for document_id in ids if document_id.startswith(FACTS)]
        yield from self._couch.get_many(self._company, taking_back).values()

"""ERP outwards: every receipt becomes a posting, and every posting ends as posted or rejected, exactly once.

    receipt ──claim──▶ sending ──▶ posted     the ERP's number
                        │  ▲  └──▶ rejected   the ERP's own words, and an exception for the supervisor
                        ▼  │
                        retry                 the ERP did not answer; again later, each time a little later

Whatever was cut short is found in state `sending`; the ERP is asked about it before it is sent again, and
excludes a second posting by the receipt's id. What takes a receipt back goes the same way, as a reversal
under a key of its own. One that nobody can make sense of is told to the supervisor and waits for the next
run; the others go on. `posting_queue` says what goes when.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend import killpoints
from backend.couch.client import Couch, Json
from backend.couch.errors import CouchError
from backend.erp.outgoing import Entry, OutgoingReversal
from backend.erp.port import Answer, Connector, ErpError, ErpMisconfigured, Pending, Posted, Rejected
from backend.services.erp_reversals import NotYet, claim_reversal, is_reversal, outgoing_reversal
from backend.services.posting_book import FINAL, PostingBook
from backend.services.posting_claims import claim, outgoing, without_write_offs
from backend.services.posting_exceptions import (
    over_allocation,
    posting_failed,
    posting_rejected,
    write_off_refused,
)
from backend.services.posting_queue import Clock, PostingQueue
from backend.services.withholding_checks import validated_lines
from receivables.documents import rfc3339
from receivables.identifiers import posting_id
from receivables.money import Money
from receivables.receipts import Receipt

log = logging.getLogger("recaudo.erp")

# An ERP that restarts is back within a minute; one that is away for days is asked once an hour.
RETRY_FIRST_SECONDS = 15
RETRY_MOST_SECONDS = 3600
# An ERP that answers questions, but for this often not this entry, is not away: the entry is at fault.
ALONE_AFTER = 5


@dataclass(slots=True, kw_only=True)
class PostingReport:
    """`postponed`: the ERP is away and is asked again later."""

    posted: int = 0
    rejected: int = 0
    retry: int = 0
    over_allocated: int = 0
    failed: int = 0
    reversed: int = 0
    postponed: int = 0


def run_postings(couch: Couch, company: str, connector: Connector, *, clock: Clock) -> PostingReport:
    """Finish what was begun, then claim and send what is new.

    Raises `ErpUnavailable` when the ERP went away.
    """
    outbox = Outbox(couch, company, connector, clock)
    queue = outbox.queue
    if queue.must_wait():
        outbox.report.postponed = 1
        return outbox.report
    for posting in queue.unfinished():
        outbox.resume(posting)
    for fact in queue.unclaimed():
        outbox.send(fact)
    return outbox.report


class Outbox:
    """One company's receipts, voids and bounced cheques on their way to its ERP, during one run."""

    def __init__(self, couch: Couch, company: str, connector: Connector, clock: Clock) -> None:
        self._couch = couch
        self._company = company
        self._connector = connector
        self._clock = clock
        self._book = PostingBook(couch, company)
        self.queue = PostingQueue(couch, company, self._book, clock)
        self.report = PostingReport()

    def resume(self, posting: Json) -> None:
        """Finish a posting that was begun; one that can't be stays as it is for the next run."""
        about = {"_id": posting["receipt"]} | {name: posting.get(name) for name in ("collector", "customer")}
        self._done_apart(about, lambda: self.finish(posting))

    def send(self, fact: Json) -> None:
        """Claim a fact and finish it; one that can't be claimed waits for the next run."""
        work = self._post if fact["_id"].startswith("receipt:") else self._take_back
        try:
            done = self._done_apart(fact, lambda: work(fact))
        except NotYet:
            done = False
        if not done:
            self.queue.keep_waiting(fact["_id"])

    def _post(self, document: Json) -> None:
        receipt = Receipt.from_json(document)
        voided = receipt.id in self.queue.voided
        self.finish(claim(self._couch, self._company, receipt, now=self._clock(), voided=voided), receipt)

    def _take_back(self, fact: Json) -> None:
        reversal = claim_reversal(self._couch, self._company, fact, now=self._clock())
        if reversal is not None:
            self.finish(reversal)

    def finish(self, posting: Json, receipt: Receipt | None = None) -> None:
        """Bring one claimed posting or reversal to its end, or to a retry.

        One that has its end already is left alone.
        """
        if posting["state"] in FINAL:
            return
        fact = receipt or Receipt.from_json(self._book.document(posting["receipt"]))
        if posting.get("write_offs") and not is_reversal(posting) and not self._connector.takes_write_offs():
            posting = self._book.settle(posting, without_write_offs(posting))
        fresh = receipt is not None and posting["state"] == "sending" and posting["attempts"] == 1
        entry = self._entry(fact, posting, fresh=fresh)
        if posting["state"] == "retry":
            attempts = posting["attempts"] + 1
            posting = self._book.settle(posting, {"state": "sending", "attempts": attempts, "away": False})
        killpoints.reach("erp.out.sending")
        try:
            answer = self._ask(entry, fresh=fresh)
        except ErpError as error:
            alone = self._is_alone(entry, posting, error)
            self._retry_later(posting, str(error), away=not alone)
            if not alone:
                raise
            self._tell_failed(fact.source, str(error))
            return
        except Exception as error:
            # Whatever is wrong with this one receipt must not hold up the others.
            log.exception("%s could not be posted", posting["_id"])
            fault = f"{type(error).__name__}: {error}"
            self._retry_later(posting, fault, away=False)
            self._tell_failed(fact.source, fault)
            return
        killpoints.reach("erp.out.sent")
        if not isinstance(answer, Pending):
            self._record(fact, posting, answer)

    def _entry(self, fact: Receipt, posting: Json, *, fresh: bool) -> Entry:
        if is_reversal(posting):
            return outgoing_reversal(fact, posting, self._book.document(posting_id(fact.id)))
        if excess := posting["on_account"] - fact.on_account.minor:
            exceeded = Money(excess, fact.total.currency)
            self._book.raise_once(over_allocation(fact, posting, exceeded, now=self._clock()))
            self.report.over_allocated += fresh
        if posting.get("refused_write_offs"):
            self._book.raise_once(write_off_refused(fact, posting, now=self._clock()))
        return outgoing(fact, posting)

    def _ask(self, entry: Entry, *, fresh: bool) -> Answer:
        """Post, unless an earlier answer is there for what may have been posted before."""
        known = None if fresh else self._connector.find(entry.key)
        if known is not None and not isinstance(known, Rejected):
            return known
        if isinstance(entry, OutgoingReversal):
            return self._connector.post_reversal(entry)
        return self._connector.post_receipt(entry)

    def _is_alone(self, entry: Entry, posting: Json, error: ErpError) -> bool:
        """Is this entry at fault, and not the ERP away?"""
        if isinstance(error, ErpMisconfigured):
            return isinstance(entry, OutgoingReversal)
        if posting["attempts"] < ALONE_AFTER:
            return False
        try:
            self._connector.find(entry.key)
        except ErpError:
            return False
        return True

    def _done_apart(self, receipt: Mapping[str, Any], work: Callable[[], None]) -> bool:
        """Whatever is wrong with this one receipt must not hold up the others.

        A database or an ERP that is away is wrong with all of them.
        """
        try:
            work()
        except (CouchError, ErpError, NotYet):
            raise
        except Exception as error:
            log.exception("%s could not be posted", receipt["_id"])
            self._tell_failed(receipt, f"{type(error).__name__}: {error}")
            return False
        return True

    def _tell_failed(self, receipt: Mapping[str, Any], fault: str) -> None:
        self._book.raise_once(posting_failed(receipt, fault, now=self._clock()))
        self.report.failed += 1

    def _record(self, fact: Receipt, posting: Json, answer: Posted | Rejected) -> None:
        ending: dict[str, Any]
        if isinstance(answer, Rejected):
            # First the exception: a rejected posting is never looked at again, so nobody would raise it
            # later.
            self._book.raise_anew(posting_rejected(fact, posting, answer.reason, now=self._clock()))
            killpoints.reach("erp.out.exception_raised")
            ending = {"state": "rejected", "reason": answer.reason}
            self.report.rejected += 1
        else:
            posted_at = rfc3339(answer.posted_at)
            ending = {"state": "posted", "erp_number": answer.number, "posted_at": posted_at, "reason": None}
            if is_reversal(posting):
                self.report.reversed += 1
            else:
                self.report.posted += 1
            if posting.get("withholdings"):
                # what takes it back has to find it where it was booked, whatever is decided later
                ending["validated"] = validated_lines(posting)
        self._book.settle(posting, ending)
        killpoints.reach("erp.out.recorded")

    def _retry_later(self, posting: Json, reason: str, *, away: bool) -> None:
        now = self._clock()
        wait = min(RETRY_FIRST_SECONDS * 2 ** min(posting["attempts"] - 1, 20), RETRY_MOST_SECONDS)
        later = rfc3339(now + timedelta(seconds=wait))
        self._book.settle(posting, {"state": "retry", "retry_at": later, "reason": reason, "away": away})
        self.report.retry += 1
        killpoints.reach("erp.out.retry_recorded")

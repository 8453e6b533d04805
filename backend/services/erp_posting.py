"""ERP outwards: every receipt becomes a posting, and every posting ends as posted or rejected, exactly once.

    receipt ──claim──▶ sending ──▶ posted     the ERP's number
                        │  ▲  └──▶ rejected   the ERP's own words, and an exception for the supervisor
                        ▼  │
                        retry                 the ERP did not answer; again later, each time a little later

Whatever was cut short is found in state `sending`; the ERP is asked about it before it is sent again, and
excludes a second posting by the receipt's id. Receipts without posting are found by following the changes,
never by scanning. One that nobody can make sense of is told to the supervisor and waits for the next run;
the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend import killpoints
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict, CouchError
from backend.erp.port import Connector, ErpError, Pending, Posted, Rejected
from backend.services.posting_claims import DESIGN, claim, outgoing
from backend.services.posting_exceptions import (
    over_allocation,
    posting_failed,
    posting_rejected,
    unreadable_receipt,
)
from receivables.documents import BadDocument, parse_instant, rfc3339
from receivables.identifiers import posting_id
from receivables.money import Money
from receivables.receipts import Receipt

log = logging.getLogger("recaudo.erp")

CHECKPOINT = "erp_out"
CHANGES_PER_PAGE = 500
FINAL = frozenset({"posted", "rejected"})

# An ERP that restarts is back within a minute; one that is away for days is asked once an hour.
RETRY_FIRST_SECONDS = 15
RETRY_MOST_SECONDS = 3600
SETTLE_ATTEMPTS = 5

Clock = Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class PostingReport:
    posted: int = 0
    rejected: int = 0
    retry: int = 0
    over_allocated: int = 0
    failed: int = 0


def run_postings(couch: Couch, company: str, connector: Connector, *, clock: Clock) -> PostingReport:
    """Finish what was begun, then claim and send what is new.

    Raises `ErpUnavailable` when the ERP went away.
    """
    outbox = Outbox(couch, company, connector, clock)
    for posting in outbox.unfinished():
        outbox.resume(posting)
    for receipt in outbox.unclaimed():
        outbox.send(receipt)
    return outbox.report


class Outbox:
    """One company's receipts on their way to its ERP, during one run."""

    def __init__(self, couch: Couch, company: str, connector: Connector, clock: Clock) -> None:
        self._couch = couch
        self._company = company
        self._connector = connector
        self._clock = clock
        self._waiting: list[str] = []
        self.report = PostingReport()

    def unfinished(self) -> Iterator[Json]:
        """Postings that a stopped process left in `sending`, and those whose time to retry has come.

        Oldest first.
        """
        found = [row["doc"] for state in ("sending", "retry") for row in self._in_state(state)]
        for posting in sorted(found, key=lambda each: (each["claimed_at"], each["_id"])):
            if posting["state"] == "sending" or parse_instant(posting["retry_at"]) <= self._clock():
                yield posting

    def unclaimed(self) -> Iterator[Receipt]:
        """Receipts without posting: those that waited, then the new ones, a page by their device time.

        The checkpoint passes a page when the caller comes back for the next one: then all of its receipts
        are claimed, or named in the checkpoint as waiting.
        """
        saved = self._couch.get_local(self._company, CHECKPOINT) or {}
        since, kept = saved.get("since", "0"), saved.get("waiting", [])
        yield from self._receipts_in(kept)
        while True:
            page = self._couch.changes(self._company, since=since, limit=CHANGES_PER_PAGE)
            yield from self._receipts_in([row["id"] for row in page.results if not row.get("deleted")])
            since = page.last_seq
            if page.results or self._waiting != kept:
                killpoints.reach("erp.out.page_done")
                kept = list(self._waiting)
                saved = {**saved, "since": since, "waiting": kept}
                saved["_rev"] = self._couch.put_local(self._company, CHECKPOINT, saved)
            if len(page.results) < CHANGES_PER_PAGE:
                return

    def resume(self, posting: Json) -> None:
        """Finish a posting that was begun; one that can't be stays as it is for the next run."""
        about = {"_id": posting["receipt"]} | {name: posting.get(name) for name in ("collector", "customer")}
        self._done_apart(about, lambda: self.finish(posting))

    def send(self, receipt: Receipt) -> None:
        """Claim a receipt and finish it; one that can't be claimed waits for the next run."""

        def post() -> None:
            self.finish(claim(self._couch, self._company, receipt, now=self._clock()), receipt)

        if not self._done_apart(receipt.source, post) and receipt.id not in self._waiting:
            self._waiting.append(receipt.id)

    def finish(self, posting: Json, receipt: Receipt | None = None) -> None:
        """Bring one claimed posting to its end, or to a retry.

        A posting that has its end already is left alone.
        """
        if posting["state"] in FINAL:
            return
        fact = receipt or Receipt.from_json(self._document(posting["receipt"]))
        fresh = receipt is not None and posting["state"] == "sending" and posting["attempts"] == 1
        if excess := posting["on_account"] - fact.on_account.minor:
            self._raise_once(
                over_allocation(fact, posting, Money(excess, fact.total.currency), now=self._clock())
            )
            self.report.over_allocated += fresh
        if posting["state"] == "retry":
            posting = self._settle(posting, {"state": "sending", "attempts": posting["attempts"] + 1})
        killpoints.reach("erp.out.sending")
        try:
            answer = None if fresh else self._connector.find(fact.id)
            if answer is None or isinstance(answer, Rejected):
                answer = self._connector.post_receipt(outgoing(fact, posting))
        except ErpError as error:
            self._retry_later(posting, str(error))
            raise
        except Exception as error:
            # Whatever is wrong with this one receipt must not hold up the others.
            log.exception("%s could not be posted", fact.id)
            self._retry_later(posting, f"{type(error).__name__}: {error}")
            return
        killpoints.reach("erp.out.sent")
        if not isinstance(answer, Pending):
            self._record(fact, posting, answer)

    def _done_apart(self, receipt: Mapping[str, Any], work: Callable[[], None]) -> bool:
        """Whatever is wrong with this one receipt must not hold up the others.

        A database or an ERP that is away is wrong with all of them.
        """
        try:
            work()
        except (CouchError, ErpError):
            raise
        except Exception as error:
            log.exception("%s could not be posted", receipt["_id"])
            self._raise_once(posting_failed(receipt, f"{type(error).__name__}: {error}", now=self._clock()))
            self.report.failed += 1
            return False
        return True

    def _record(self, fact: Receipt, posting: Json, answer: Posted | Rejected) -> None:
        ending: dict[str, Any]
        if isinstance(answer, Rejected):
            # First the exception: a rejected posting is never looked at again, so nobody would raise it
            # later.
            self._raise_once(posting_rejected(fact, answer.reason, now=self._clock()))
            killpoints.reach("erp.out.exception_raised")
            ending = {"state": "rejected", "reason": answer.reason}
            self.report.rejected += 1
        else:
            posted_at = rfc3339(answer.posted_at)
            ending = {"state": "posted", "erp_number": answer.number, "posted_at": posted_at, "reason": None}
            self.report.posted += 1
        self._settle(posting, ending)
        killpoints.reach("erp.out.recorded")

    def _retry_later(self, posting: Json, reason: str) -> None:
        now = self._clock()
        wait = min(RETRY_FIRST_SECONDS * 2 ** (posting["attempts"] - 1), RETRY_MOST_SECONDS)
        later = rfc3339(now + timedelta(seconds=wait))
        self._settle(posting, {"state": "retry", "retry_at": later, "reason": reason})
        self.report.retry += 1
        killpoints.reach("erp.out.retry_recorded")

    def _settle(self, posting: Json, fields: dict[str, Any]) -> Json:
        """Write the new state over whatever revision is current, unless that already is an end."""
        current = posting
        for _ in range(SETTLE_ATTEMPTS):
            document = {**current, **fields}
            try:
                return {**document, "_rev": self._couch.put(self._company, document)}
            except Conflict:
                current = self._document(posting["_id"])
                if current["state"] in FINAL:
                    return current
        raise Conflict(f"{self._company}/{posting['_id']}", "conflict", "kept changing while it was settled")

    def _receipts_in(self, ids: list[str]) -> Iterator[Receipt]:
        receipts = [document_id for document_id in ids if document_id.startswith("receipt:")]
        claimed = self._couch.get_many(self._company, [posting_id(each) for each in receipts])
        new = [each for each in receipts if posting_id(each) not in claimed]
        found: list[Receipt] = []
        for document in self._couch.get_many(self._company, new).values():
            try:
                found.append(Receipt.from_json(document))
            except BadDocument as problem:
                self._raise_once(unreadable_receipt(document, str(problem), now=self._clock()))
        yield from sorted(found, key=lambda receipt: (receipt.created_at, receipt.series, receipt.counter))

    def _raise_once(self, exception: Json) -> None:
        try:
            self._couch.put(self._company, exception)
        except Conflict:
            log.debug("%s was raised before", exception["_id"])

    def _in_state(self, state: str) -> list[Json]:
        bounds = {"start_key": [state], "end_key": [state, {}]}
        return self._couch.view(
            self._company, DESIGN, "postings_by_state", reduce=False, include_docs=True, **bounds
        )

    def _document(self, document_id: str) -> Json:
        document = self._couch.get(self._company, document_id)
        if document is None:
            raise BadDocument(f"{document_id} is missing")
        return document

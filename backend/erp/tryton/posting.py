"""One entry into Tryton's books, exactly once, though Tryton has no unique key for us.

    draft ──link──▶ draft whose lines pay their invoices ──post──▶ posted

A move is described by our key; a posted move cannot be changed or deleted, so a posted key stays. Drafts
count nowhere. Two drafts of one key can exist, when a job died while Tryton still worked on its request and
the next one looked too early. **Posting** only one of them is what must be made sure of, and two things do:

- Only the oldest draft is ever posted, and only after a look at all of them that came later than its own
  creation. Whatever a dead job's request still brings is younger, so all jobs mean the same draft. The call
  carries the stamp of that draft (`_timestamp`, Tryton's own optimistic locking): posted twice, it does
  nothing.
- Tryton posts a move by drawing its number from the strict sequence of the period, which PostgreSQL locks.
  We read the sequence's stamp *before* we look, and the call carries it too: if any move was posted since,
  ours or anybody's, it does nothing and we look again. On PostgreSQL ids do not follow the order of commits,
  so there the first rule alone would not do; on SQLite the sequence is checked before it is locked, so there
  this one would not.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backend import killpoints
from backend.erp.port import ErpUnavailable, Posted, Rejected
from backend.erp.tryton.books import INVOICE, LINE, MOVE, CompanyBooks, Row
from backend.erp.tryton.entries import Entry, exceeds, move_values
from backend.erp.tryton.mapping import TrytonMapping
from backend.erp.tryton.records import KEY_PREFIX
from backend.erp.tryton.rpc import Collided, Refused, Tryton

log = logging.getLogger("recaudo.erp")

# Each attempt is half a second between a bookkeeper's postings; an ERP busier than that is asked again later.
ATTEMPTS = 30


class Posting:
    """The moves of one company. `company` is its id, `currency` the one its books are kept in."""

    def __init__(self, tryton: Tryton, mapping: TrytonMapping, *, company: int, currency: str) -> None:
        self._tryton = tryton
        self._zone = mapping.zone
        self._company = company
        self._currency = currency
        self._books = CompanyBooks(tryton, mapping, company=company)
        self._tidy()

    def find(self, key: str) -> Posted | None:
        """The posting of `key`; drafts are nothing yet."""
        posted, _ = self._moves(key, None)
        return self._finished(posted[0]) if posted else None

    def post(self, entry: Entry) -> Posted | Rejected:
        """Look, prepare and post, until nobody came in between."""
        if entry.currency != self._currency:
            return Rejected(reason=f"Tryton lleva esta empresa en {self._currency}, no en {entry.currency}")
        for _ in range(ATTEMPTS):
            period, numbering = self._books.period(entry.on)
            posted, drafts = self._moves(entry.key, entry.on)
            if posted:
                self._drop(drafts)
                return self._finished(posted[0])
            if period is None:
                self._drop(drafts)
                return Rejected(reason=f"Tryton no tiene un período contable para {entry.on}")
            try:
                invoices = self._books.invoices(entry)
                reversed_move = self._reversible(entry)
                lines = self._credit_lines(drafts[0]["id"]) if drafts else []
                if not _says(lines, entry):
                    self._drop(drafts)
                    values = move_values(entry, self._books.needed(entry, period, invoices, reversed_move))
                    self._tryton.call(f"model.{MOVE}", "create", [values])
                    killpoints.reach("erp.tryton.drafted")
                    continue
                if reversed_move:
                    self._reopen(invoices)
                self._link(lines, invoices)
                killpoints.reach("erp.tryton.linked")
                unchanged = numbering | {f"{MOVE},{drafts[0]['id']}": drafts[0]["_timestamp"]}
                self._tryton.call(f"model.{MOVE}", "post", [drafts[0]["id"]], unchanged=unchanged)
                killpoints.reach("erp.tryton.posted")
            except Collided:
                continue
            except Refused as refusal:
                if self._stands(entry, drafts):
                    return Rejected(reason=str(refusal))
        raise ErpUnavailable("Tryton is posting other moves all the time")

    def _link(self, lines: Sequence[Row], invoices: Mapping[str, Row]) -> None:
        """Let the lines of a draft pay their invoices."""
        links = [
            argument
            for line in lines
            if line["description"] in invoices and not line["invoice_payment"]
            for argument in ([line["id"]], {"invoice_payment": invoices[line["description"]]["id"]})
        ]
        if links:
            self._tryton.call(f"model.{LINE}", "write", *links)

    def _stands(self, entry: Entry, before: Sequence[Row]) -> bool:
        """Is a refusal the last word?

        Not if another job had a hand in it: it may have used the invoice up with this very entry, or deleted
        the draft. Nothing is left of an entry that was refused.
        """
        posted, drafts = self._moves(entry.key, entry.on)
        if posted or [draft["id"] for draft in drafts] != [draft["id"] for draft in before]:
            return False
        self._drop(drafts)
        return True

    def _finished(self, move: Row) -> Posted:
        """The answer; and invoices that are paid with it are reconciled, as Tryton's own payments do."""
        try:
            self._reconcile_paid(move["id"])
        except (Refused, Collided) as reason:
            # What is left to pay is right without it: another job did it, or a bookkeeper has to.
            log.info("invoices paid by %s are not reconciled: %s", move["number"], reason)
        killpoints.reach("erp.tryton.reconciled")
        return Posted(number=move["number"], posted_at=move["write_date"].replace(tzinfo=self._zone))

    def _reconcile_paid(self, move: int) -> None:
        names = ["amount_to_pay", "lines_to_pay.reconciliation", "payment_lines.reconciliation"]
        domain = [("payment_lines.move", "=", move), ("state", "=", "posted")]
        for invoice in self._tryton.search_read(INVOICE, domain, names):
            both = (*invoice["lines_to_pay."], *invoice["payment_lines."])
            lines = [line["id"] for line in both if not line["reconciliation"]]
            if lines and not invoice["amount_to_pay"]:
                self._wizard("account.move.reconcile_lines", "start", lines)
                self._tryton.call(f"model.{INVOICE}", "process", [invoice["id"]])

    def _reopen(self, invoices: Mapping[str, Row]) -> None:
        """Undo the reconciliation of what is paid, so that the reversal can stand among its payment lines."""
        for invoice in invoices.values():
            lines = [line["id"] for line in invoice["lines_to_pay."] if line["reconciliation"]]
            if lines:
                self._wizard("account.move.unreconcile_lines", "unreconcile", lines)
            if lines or invoice["state"] == "paid":
                self._tryton.call(f"model.{INVOICE}", "process", [invoice["id"]])

    def _wizard(self, name: str, state: str, lines: Sequence[int]) -> None:
        context = {"active_model": LINE, "active_ids": list(lines), "active_id": lines[0]}
        session, *_ = self._tryton.call(f"wizard.{name}", "create", context=context)
        try:
            self._tryton.call(f"wizard.{name}", "execute", session, {}, state, context=context)
        finally:
            self._tryton.call(f"wizard.{name}", "delete", session, context=context)

    def _reversible(self, entry: Entry) -> int | None:
        """The posted move that a reversal takes back, of which enough is left; None for a receipt."""
        if entry.reverses is None:
            return None
        posted, _ = self._moves(entry.reverses, None)
        if not posted:
            raise Refused(f"Tryton no tiene contabilizado el recibo {entry.number}")
        move = int(posted[0]["id"])
        ours = ["OR", ("move", "=", move), ("move.origin", "=", f"{MOVE},{move}")]
        domain = [ours, ("move.state", "=", "posted"), ("party", "!=", None)]
        received: dict[str, Decimal] = {}
        for line in self._tryton.search_read(LINE, domain, ["description", "credit"]):
            name = line["description"] or ""
            received[name] = received.get(name, Decimal(0)) + line["credit"]
        if exceeds(entry, received):
            raise Refused(f"El recibo {entry.number} no tiene tanto por reversar en Tryton")
        return move

    def _moves(self, key: str, on: date | None) -> tuple[list[Row], list[Row]]:
        """The moves of one key, posted ones and drafts, oldest first. A day spares Tryton the whole table."""
        domain = [("description", "=", f"{KEY_PREFIX}{key}"), ("company", "=", self._company)]
        domain += [("date", "=", on)] if on else []
        names = ["state", "number", "write_date", "_timestamp"]
        found = self._tryton.search_read(MOVE, domain, names, order=[("id", "ASC")])
        return (
            [move for move in found if move["state"] == "posted"],
            [move for move in found if move["state"] != "posted"],
        )

    def _credit_lines(self, move: int) -> list[dict[str, Any]]:
        domain = [("move", "=", move), ("party", "!=", None)]
        return self._tryton.search_read(LINE, domain, ["description", "credit", "invoice_payment"])

    def _drop(self, drafts: Sequence[Row]) -> None:
        """Delete drafts, from their invoices first: deleting alone would not tell that more is open."""
        for draft in drafts:
            try:
                linked = [line["id"] for line in self._credit_lines(draft["id"]) if line["invoice_payment"]]
                if linked:
                    self._tryton.call(f"model.{LINE}", "write", linked, {"invoice_payment": None})
                self._tryton.call(f"model.{MOVE}", "delete", [draft["id"]])
            except Refused as reason:
                log.info("draft %s is somebody else's now: %s", draft["id"], reason)

    def _tidy(self) -> None:
        """Delete the drafts that a dead job's last request left behind a posted move."""
        ours = [("description", "like", f"{KEY_PREFIX}%"), ("company", "=", self._company)]
        drafts = self._tryton.search_read(MOVE, [*ours, ("state", "=", "draft")], ["description"])
        keys = sorted({draft["description"] for draft in drafts})
        if not keys:
            return
        done = self._tryton.search_read(
            MOVE, [*ours, ("state", "=", "posted"), ("description", "in", keys)], ["description"]
        )
        posted = {move["description"] for move in done}
        self._drop([draft for draft in drafts if draft["description"] in posted])


def _says(lines: Sequence[Row], entry: Entry) -> bool:
    """Is this what is to be posted? Another draft may be from before the receipt was corrected."""
    return {line["description"]: line["credit"] for line in lines} == entry.credits

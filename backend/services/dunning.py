"""The dunning run of one company: who is overdue gets one mail a day at most, listing all that is to be
claimed.

Nothing is sent on stale data: without a recent import from the ERP the run stops before the first mail. Each
notice is planned again just before it goes, so that a customer who paid meanwhile is left in peace.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend import killpoints
from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict, CouchError
from backend.erp.port import Kind
from backend.mail.addresses import BadAddress, addresses_in
from backend.mail.dunning_message import DunningText, compose, fill
from backend.mail.envelope import Envelope, message_id
from backend.mail.port import Mailer, MailError, MailRefused, MailUnavailable, MailUncertain
from backend.services.contact_gate import ContactGate
from backend.services.dunning_candidates import plan_notices
from backend.services.dunning_claims import DunningClaims, notice_id
from backend.services.erp_import import cursor_id, imported_at
from backend.services.letterhead import letterhead_of
from receivables.compliance import HOURS, Channel, Outcome
from receivables.documents import SCHEMA, local_on, rfc3339
from receivables.dunning import NOTE, DunningPolicy, Notice

log = logging.getLogger("recaudo.dunning")

POLICY = "policy:dunning"
# Payments of the morning are in the ERP by then; older data would claim what was paid yesterday.
FRESH_HOURS = 6
# A server that failed three mails in a row is down: the rest of the run would only wait for its timeouts.
GIVE_UP_AFTER = 3
WRITER = "mail"


@dataclass(slots=True, kw_only=True)
class DunningReport:
    """How a run ended. `stopped` says why nothing, or nothing more, was sent.

    `postponed` are the customers who may not be written to now, each with the first instant when they may.
    """

    sent: list[str] = field(default_factory=list)
    suppressed: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    postponed: dict[str, datetime] = field(default_factory=dict)
    uncertain: list[str] = field(default_factory=list)
    stopped: str | None = None


def run_dunning(couch: Couch, company: str, mailer: Mailer, *, sender: str, now: datetime) -> DunningReport:
    document = couch.get(company, POLICY)
    if document is None or not document.get("active"):
        return DunningReport(stopped="the company has no active dunning policy")
    if staleness := stale(couch, company, now=now):
        return DunningReport(stopped=staleness)
    try:
        run = DunningRun(couch, company, mailer, document, sender=sender, now=now)
    except BadAddress as problem:
        return DunningReport(stopped=f"{POLICY}: {problem}")
    run.report.uncertain.extend(run.claims.sweep())
    in_a_row = 0
    for notice in plan_notices(couch, company, run.policy, on=run.on):
        in_a_row = in_a_row + 1 if run.deal_with(notice) is MailUnavailable else 0
        if in_a_row == GIVE_UP_AFTER:
            run.report.stopped = "the mail server does not answer"
            break
    return run.report


def stale(couch: Couch, company: str, *, now: datetime) -> str | None:
    """Why the data is too old to claim anything by, or None when it is fresh."""
    last = imported_at(couch.get(company, cursor_id(Kind.INVOICES)))
    if last is None:
        return "invoices were never imported from the ERP"
    if now - last > timedelta(hours=FRESH_HOURS):
        return f"the last import from the ERP was at {rfc3339(last)}"
    return None


class DunningRun:
    def __init__(
        self, couch: Couch, company: str, mailer: Mailer, policy: Json, *, sender: str, now: datetime
    ) -> None:
        self._couch = couch
        self._code = company
        self._company = _required(couch, company, f"company:{company}")
        self._letterhead = letterhead_of(couch, company, self._company)
        self._mailer = mailer
        self._document = policy
        self._sender = sender
        self._cc = addresses_in(_as_text(policy.get("cc")))
        self._reply_to = addresses_in(policy.get("reply_to"))
        self._now = now
        self.policy = DunningPolicy.from_json(policy, currency=self._company["currency"])
        self.on: date = local_on(now, ZoneInfo(self._company["timezone"]))
        self._gate = ContactGate.open(couch, company, self._company)
        self.claims = DunningClaims(couch, company)
        self.report = DunningReport()

    def deal_with(self, planned: Notice) -> type[MailError] | None:
        """Send one planned notice, if it still holds. Raise CouchError.

        The kind of error that kept it from going, if one did. Whatever else is wrong with this one customer
        is reported, and must not hold up the others.
        """
        try:
            return self._deal_with(planned)
        except CouchError:
            raise
        except Exception as error:
            log.exception("no mail can be made for %s", planned.customer)
            self.report.failed[planned.customer] = f"{type(error).__name__}: {error}"
            return None

    def _deal_with(self, planned: Notice) -> type[MailError] | None:
        customer = self._couch.get(self._code, f"customer:{planned.customer}") or {}
        try:
            to = _recipients(customer)
        except BadAddress as problem:
            self.report.suppressed[planned.customer] = str(problem)
            return None
        notice = self._still_due(planned)
        if notice is None or not self._may_be_written_to(customer):
            return None
        claim = self.claims.take(notice, now=self._now)
        if claim is None:
            return None
        killpoints.reach("dunning.claimed")
        return self._send(notice, claim, customer, to)

    def _send(self, notice: Notice, claim: Json, customer: Json, to: list[str]) -> type[MailError] | None:
        text = fill(
            DunningText(subject=self._document["subject"], body=self._document["body"]),
            notice,
            customer=str(customer["name"]),
            company=self._letterhead.company,
            on=self.on,
            locale=self._letterhead.locale,
        )
        envelope = self._envelope(notice, to)
        try:
            self._mailer.send(compose(text, notice, envelope, letterhead=self._letterhead))
        except MailUncertain as error:
            self.claims.settle(claim, "uncertain", error=str(error))
            self.report.uncertain.append(notice.customer)
            return MailUncertain
        except MailError as error:
            self.claims.settle(claim, "failed", error=str(error), final=isinstance(error, MailRefused))
            self.report.failed[notice.customer] = str(error)
            return type(error)
        killpoints.reach("dunning.mailed")
        self._write(self._fact(notice, text, envelope))
        killpoints.reach("dunning.noted")
        self.claims.settle(claim, "sent")
        killpoints.reach("dunning.settled")
        self.report.sent.append(notice.customer)
        return None

    def _may_be_written_to(self, customer: Json) -> bool:
        """The law of the country, in the customer's own time.

        A mail can wait, so that a warning about the hour counts like a block.
        """
        decision = self._gate.decide(customer, Channel.EMAIL, self._now)
        if decision.outcome is not Outcome.BLOCK and not decision.codes & HOURS:
            return True
        again_at = self._gate.next_instant(customer, Channel.EMAIL, self._now)
        if again_at is None:
            reasons = ", ".join(sorted(decision.codes))
            self.report.suppressed[str(customer["code"])] = f"the contact rules forbid it: {reasons}"
        else:
            self.report.postponed[str(customer["code"])] = again_at
        return False

    def _still_due(self, planned: Notice) -> Notice | None:
        """The notice as it would be planned this instant.

        None when the customer has paid or promised meanwhile.
        """
        again = plan_notices(self._couch, self._code, self.policy, on=self.on, customer=planned.customer)
        return next((notice for notice in again if notice.key == planned.key), None)

    def _envelope(self, notice: Notice, to: list[str]) -> Envelope:
        return Envelope(
            sender=self._sender,
            to=to,
            cc=[each for each in self._cc if each not in to],
            reply_to=", ".join(self._reply_to) or None,
            message_id=message_id(self._sender, f"{self._code}.{notice.key}"),
            sent_at=self._now,
        )

    def _fact(self, notice: Notice, text: DunningText, envelope: Envelope) -> Json:
        return {
            "_id": notice_id(notice.key),
            "schema": SCHEMA,
            "company": self._code,
            "collector": WRITER,
            "device": WRITER,
            "created_at": rfc3339(self._now),
            "local_on": self.on.isoformat(),
            "customer": notice.customer,
            "policy": notice.policy,
            "subject": text.subject,
            "to": list(envelope.to),
            "cc": list(envelope.cc),
            "invoices": [line.to_json() for line in notice.invoices],
            "total": notice.total.minor,
            "currency": notice.currency,
            "level": notice.level,
            "note": NOTE,
            "sent_at": rfc3339(self._now),
            "message_id": envelope.message_id,
        }

    def _write(self, fact: Json) -> None:
        try:
            self._couch.put(self._code, fact)
        except Conflict:
            log.debug("%s is written already", fact["_id"])


def _recipients(customer: Mapping[str, Any]) -> list[str]:
    """The customer's addresses; raises `BadAddress` where there is none to write to."""
    if not customer.get("active", False):
        raise BadAddress("the customer is not active")
    found = addresses_in(customer.get("email"))
    if not found:
        raise BadAddress("the customer has no e-mail address")
    return found


def _required(couch: Couch, company: str, document_id: str) -> Json:
    document = couch.get(company, document_id)
    if document is None:
        raise CouchError(f"{company}/{document_id}", "missing", "dunning needs it")
    return document


def _as_text(cc: Any) -> str:
    return ",".join(cc) if isinstance(cc, list) else str(cc or "")

"""Receipts by e-mail: a customer with an address gets each receipt once, and a word where one is voided.

The office switches it on with `policy:receipt_mail`; only receipts since the day `from_on` go out. A receipt
is no claim, so that the rules of contact do not hold it back, but a customer who withdrew the channel is left
in peace. What was voided before it was mailed is never mailed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend import killpoints
from backend.companies import DDOC, find_company
from backend.couch.client import Couch, Json
from backend.couch.errors import CouchError
from backend.mail.addresses import BadAddress, addresses_in
from backend.mail.envelope import Envelope, message_id
from backend.mail.port import Mailer, MailError, MailRefused, MailUnavailable, MailUncertain
from backend.mail.receipt_message import ReceiptWords, compose_receipt
from backend.services.letterhead import letterhead_of
from backend.services.mail_claims import UNKNOWN_END, MailClaims, may_be_tried
from backend.services.receipt_paper import receipt_pdf
from backend.services.receipts import find_voids
from receivables.compliance import Channel
from receivables.consents import consents_id, said_by_channel
from receivables.documents import BadDocument, local_on, parse_date, rfc3339
from receivables.figures import date_text, money_text
from receivables.money import Money

log = logging.getLogger("recaudo.receipt_mail")

POLICY = "policy:receipt_mail"
DAYS = timedelta(days=3)
"""How far back a run looks: what could not be mailed for so long is no news any more."""

GIVE_UP_AFTER = 3
_LAST = "\ufff0"


@dataclass(slots=True, kw_only=True)
class ReceiptMailReport:
    """How a run ended, by number of the receipt; `stopped` says why no more was sent."""

    sent: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)
    suppressed: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    uncertain: list[str] = field(default_factory=list)
    stopped: str | None = None


def mails_receipts(couch: Couch, company: str) -> bool:
    """Did the office of this company switch it on?"""
    return bool((couch.get(company, POLICY) or {}).get("active"))


def run_receipt_mail(
    couch: Couch, company: str, mailer: Mailer, *, sender: str, now: datetime
) -> ReceiptMailReport:
    """Mail what is due. May be stopped at any point and run again. Raise CouchError."""
    policy = couch.get(company, POLICY) or {}
    if not policy.get("active"):
        return ReceiptMailReport(stopped="the company does not mail its receipts")
    try:
        run = ReceiptMailRun(couch, company, mailer, policy, sender=sender, now=now)
    except (BadAddress, ValueError) as problem:
        return ReceiptMailReport(stopped=f"{POLICY}: {problem}")
    in_a_row = 0
    for kind, receipt in run.due():
        in_a_row = in_a_row + 1 if run.deal_with(kind, receipt) is MailUnavailable else 0
        if in_a_row == GIVE_UP_AFTER:
            run.report.stopped = "the mail server does not answer"
            break
    return run.report


class ReceiptMailRun:
    def __init__(
        self, couch: Couch, company: str, mailer: Mailer, policy: Json, *, sender: str, now: datetime
    ) -> None:
        self._couch = couch
        self._code = company
        self._company = find_company(couch, company) or {}
        self._letterhead = letterhead_of(couch, company, self._company)
        self._mailer = mailer
        self._sender = sender
        self._now = now
        self._reply_to = addresses_in(policy.get("reply_to"))
        on = local_on(now, ZoneInfo(self._company["timezone"]))
        self._since: date = max(on - DAYS, parse_date(str(policy.get("from_on"))))
        self._claims = MailClaims(couch, company)
        self.report = ReceiptMailReport()

    def due(self) -> Iterator[tuple[str, Json]]:
        """Receipts to be mailed, then voids of receipts that were; what a stopped run left is settled."""
        receipts = self._receipts()
        voids = find_voids(self._couch, self._code, sorted(receipts))
        recent = self._couch.view(
            self._code, DDOC, "voids_by_day", start_key=self._since.isoformat(), end_key=_LAST
        )
        voided = sorted({*voids, *(str(row["value"]) for row in recent)})
        claims = self._couch.get_many(
            self._code,
            [claim_id(kind, each) for kind in ("receipt", "void") for each in sorted({*receipts, *voided})],
        )
        for claim in claims.values():
            if claim["state"] == "sending":
                self._claims.settle(claim, "uncertain", error=UNKNOWN_END)
                self.report.uncertain.append(str(claim["number"]))
                claim["state"] = "uncertain"
        for each, receipt in sorted(receipts.items()):
            if each not in voids and may_be_tried(claims.get(claim_id("receipt", each))):
                yield "receipt", receipt
        told = [
            each
            for each in voided
            if (claims.get(claim_id("receipt", each)) or {}).get("state") in {"sent", "uncertain"}
            and may_be_tried(claims.get(claim_id("void", each)))
        ]
        for _, receipt in sorted(self._couch.get_many(self._code, told).items()):
            yield "void", receipt

    def deal_with(self, kind: str, receipt: Json) -> type[MailError] | None:
        """Send one mail; the kind of error that kept it from going, if one did. Raise CouchError.

        Whatever else is wrong with this one receipt is reported, and must not hold up the others.
        """
        number = str(receipt["number"])
        try:
            return self._deal_with(kind, number, receipt)
        except CouchError:
            raise
        except Exception as error:
            log.exception("no mail can be made of %s", number)
            self.report.failed[number] = f"{type(error).__name__}: {error}"
            return None

    def _deal_with(self, kind: str, number: str, receipt: Json) -> type[MailError] | None:
        customer = self._couch.get(self._code, f"customer:{receipt['customer']}") or {}
        try:
            to = self._recipients(customer)
            pdf = receipt_pdf(self._couch, self._code, number, profile=self._company)
        except (BadAddress, BadDocument) as problem:
            self.report.suppressed[number] = str(problem)
            return None
        body = {"customer": receipt["customer"], "number": number, "kind": kind}
        claim = self._claims.take(claim_id(kind, receipt["_id"]), body, now=self._now) if pdf else None
        if claim is None or pdf is None:
            return None
        killpoints.reach("receipt_mail.claimed")
        envelope = Envelope(
            sender=self._sender,
            to=to,
            cc=(),
            reply_to=", ".join(self._reply_to) or None,
            message_id=message_id(self._sender, f"{self._code}.{kind}.{number}"),
            sent_at=self._now,
        )
        words = self._words(receipt, customer)
        message = compose_receipt(kind, words, pdf, envelope, letterhead=self._letterhead)
        try:
            self._mailer.send(message)
        except MailUncertain as error:
            self._claims.settle(claim, "uncertain", error=str(error))
            self.report.uncertain.append(number)
            return MailUncertain
        except MailError as error:
            self._claims.settle(claim, "failed", error=str(error), final=isinstance(error, MailRefused))
            self.report.failed[number] = str(error)
            return type(error)
        killpoints.reach("receipt_mail.mailed")
        self._claims.settle(claim, "sent", to=to, sent_at=rfc3339(self._now))
        (self.report.voided if kind == "void" else self.report.sent).append(number)
        return None

    def _receipts(self) -> dict[str, Json]:
        rows = self._couch.view(
            self._code,
            DDOC,
            "receipts_by_day",
            start_key=[self._since.isoformat()],
            end_key=[_LAST],
            include_docs=True,
        )
        return {row["id"]: row["doc"] for row in rows if row.get("doc")}

    def _recipients(self, customer: Json) -> list[str]:
        """The customer's addresses; raise BadAddress where there is none that may be written to."""
        found = addresses_in(customer.get("email"))
        if not found:
            raise BadAddress("the customer has no e-mail address")
        said = said_by_channel(self._couch.get(self._code, consents_id(str(customer["code"]))))
        if said.get(Channel.EMAIL) is False:
            raise BadAddress("the customer does not want e-mails")
        return found

    def _words(self, receipt: Json, customer: Json) -> ReceiptWords:
        letterhead = self._letterhead
        return ReceiptWords(
            number=str(receipt["number"]),
            amount=money_text(Money.from_json(receipt["total"], receipt["currency"]), letterhead.locale),
            day=date_text(parse_date(receipt["local_on"])),
            customer=str(customer["name"]),
            company=letterhead.company,
            language=letterhead.language,
        )


def claim_id(kind: str, receipt: str) -> str:
    """`receipt_mail:receipt:R0001:00000004`: one mail of a kind for each receipt, for ever."""
    return f"receipt_mail:{kind}:{receipt.partition(':')[2]}"

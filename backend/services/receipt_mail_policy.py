"""Whether customers get their receipts by e-mail, since when, and what such a mail says."""

from __future__ import annotations

from datetime import date

from backend.couch.client import Couch, Json
from backend.mail.receipt_message import KINDS, ReceiptWords, say_receipt
from backend.services.letterhead import letterhead_of
from backend.services.receipt_mail import POLICY
from receivables.documents import SCHEMA
from receivables.figures import date_text, money_text
from receivables.money import Money

SAMPLE_NUMBER, SAMPLE_MINOR = "R0001-00000123", 12_345
SAMPLE_CUSTOMER = {"es": "Cliente de ejemplo", "en": "Sample customer"}


def describe_receipt_mail(couch: Couch, company: str, *, profile: Json, on: date) -> Json:
    """`{active, from_on, reply_to, samples}`; a sample is `{kind, subject, text}` of a mail sent `on`."""
    policy = couch.get(company, POLICY) or {}
    letterhead = letterhead_of(couch, company, profile)
    words = ReceiptWords(
        number=SAMPLE_NUMBER,
        amount=money_text(Money(SAMPLE_MINOR, str(profile["currency"])), letterhead.locale),
        day=date_text(on),
        customer=SAMPLE_CUSTOMER[letterhead.language],
        company=letterhead.company,
        language=letterhead.language,
    )
    said = [(kind, *say_receipt(kind, words)) for kind in KINDS]
    return {
        "active": bool(policy.get("active")),
        "from_on": policy.get("from_on"),
        "reply_to": policy.get("reply_to"),
        "samples": [{"kind": kind, "subject": subject, "text": text} for kind, subject, text in said],
    }


def save_receipt_mail(
    couch: Couch, company: str, *, active: bool, from_on: date | None, reply_to: str | None
) -> None:
    """Write the policy over what stands. Raise `Conflict` in a race."""
    standing = couch.get(company, POLICY) or {"_id": POLICY, "schema": SCHEMA}
    wish = {
        "active": active,
        "from_on": from_on.isoformat() if from_on else None,
        "reply_to": reply_to,
    }
    couch.put(company, {**standing, **wish})

"""Who writes to whom, and the head of a mail that a program sends."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

LONGEST_NAME = 100
# RFC 5322 §3.2.3: what stands before the @ of an id, without quotes.
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom. Every address was checked before it came here."""

    sender: str
    to: Sequence[str]
    cc: Sequence[str]
    reply_to: str | None
    message_id: str
    sent_at: datetime


def new_message(subject: str, envelope: Envelope, *, language: str = "es") -> EmailMessage:
    """The mail without its content."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.to)
    if envelope.cc:
        message["Cc"] = ", ".join(envelope.cc)
    if envelope.reply_to:
        message["Reply-To"] = envelope.reply_to
    message["Date"] = format_datetime(envelope.sent_at)
    message["Message-ID"] = envelope.message_id
    message["Content-Language"] = language
    # RFC 3834 §5: nobody's out-of-office reply should answer a program.
    message["Auto-Submitted"] = "auto-generated"
    return message


def message_id(sender: str, name: str) -> str:
    """An id of the sender's domain, the same whenever the same mail is composed.

    `name` may carry the code of a customer, which is whatever the ERP says: what no id can spell gives way to
    a digest of it all.
    """
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    if not _DOT_ATOM.fullmatch(name) or len(name) > LONGEST_NAME:
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        company = name.partition(".")[0]
        name = f"{company}.{digest}" if _DOT_ATOM.fullmatch(company) else digest
    return f"<{name}@{domain}>"


def one_line(text: str) -> str:
    """A header is one line: whatever breaks or hides in it becomes a space."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())

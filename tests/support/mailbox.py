"""A real SMTP server for tests: it keeps what it takes, and can be told to misbehave at one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.stack import free_port


class Misbehaviour(StrEnum):
    """What the server does instead of taking a mail."""

    NONE = "none"
    REFUSE_RECIPIENT = "refuse the recipient for good"
    GREYLIST = "ask to come back later"
    HANG_UP_BEFORE_DATA = "hang up when told the recipient"
    HANG_UP_AFTER_DATA = "take the mail and hang up without an answer"
    REFUSE_CONTENT = "refuse the mail for what is in it"


class Mailbox:
    """What the server took, in order; `recipients` says to whom each went, blind copies included."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.misbehaviour = Misbehaviour.NONE
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        match self.misbehaviour:
            case Misbehaviour.REFUSE_RECIPIENT:
                return "550 5.1.1 no such mailbox"
            case Misbehaviour.GREYLIST:
                return "450 4.2.0 come back later"
            case Misbehaviour.HANG_UP_BEFORE_DATA:
                assert server.transport is not None
                server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.misbehaviour is Misbehaviour.REFUSE_CONTENT:
            return "554 5.7.1 looks like spam"
        assert isinstance(envelope.content, bytes)
        self.mails.append(BytesParser(EmailMessage, policy=modern).parsebytes(envelope.content))
        self.recipients.append(list(envelope.rcpt_tos))
        if self.misbehaviour is Misbehaviour.HANG_UP_AFTER_DATA:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


@contextmanager
def a_mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()

"""Sends mail through an SMTP server, telling apart what did not go out from what may have gone out.

RFC 5321 §4.1.1.4: the server takes responsibility for a mail with its answer to the end of DATA. Until the
mail is handed over nothing can have gone out; from there to that answer nobody knows.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import getaddresses

from backend.mail.port import MailRefused, MailUnavailable, MailUncertain

# A server that greylists or checks content may take its time over the answer to DATA.
TIMEOUT_SECONDS = 60
PERMANENT = 500  # RFC 5321 §4.2.1: a reply of 5yz will be the same next time


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    starttls: bool


class SmtpMailer:
    """Satisfies `backend.mail.port.Mailer`, with one connection per mail.

    A run of dunning is no mass mailing.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, message: EmailMessage) -> None:
        recipients = [address for _, address in getaddresses(_headers(message, "To", "Cc"))]
        content = message.as_bytes(policy=SMTP_POLICY)
        try:
            client = smtplib.SMTP(self._server.host, self._server.port, timeout=TIMEOUT_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(f"{self._server.host}:{self._server.port}: {error}") from error
        try:
            _before_content(lambda: self._open(client, str(message["From"]), recipients))
            _hand_over(client, content)
        finally:
            _leave(client)

    def _open(self, client: smtplib.SMTP, sender: str, recipients: list[str]) -> None:
        client.ehlo()
        if self._server.starttls:
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if self._server.user:
            client.login(self._server.user, self._server.password or "")
        _expect(client.mail(getaddresses([sender])[0][1]))
        for recipient in recipients:
            _expect(client.rcpt(recipient), subject=recipient)


def _before_content(step: Callable[[], None]) -> None:
    try:
        step()
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error, "") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailUnavailable(str(error)) from error


def _hand_over(client: smtplib.SMTP, content: bytes) -> None:
    try:
        code, reply = client.data(content)
    except smtplib.SMTPDataError as error:  # the answer to the word DATA: the mail was not handed over
        raise _refusal(error.smtp_code, error.smtp_error, "") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailUncertain(str(error)) from error
    _expect((code, reply))


def _expect(answer: tuple[int, bytes], *, subject: str = "") -> None:
    code, reply = answer
    if not 200 <= code < 300:
        raise _refusal(code, reply, subject)


def _refusal(code: int, reply: bytes | str, subject: str) -> MailRefused | MailUnavailable:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    sentence = " ".join(part for part in (subject, str(code), words) if part)
    return MailRefused(sentence) if code >= PERMANENT else MailUnavailable(sentence)


def _leave(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def _headers(message: EmailMessage, *names: str) -> list[str]:
    return [str(value) for name in names for value in message.get_all(name, [])]

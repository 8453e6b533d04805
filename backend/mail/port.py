"""What sending a mail may come to.

The difference matters: a claim that went out twice is worse than one that is late.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class MailError(Exception):
    """A mail was not confirmed as taken."""


class MailUnavailable(MailError):
    """The server was not reached, or said to come back: the mail certainly did not go out."""


class MailRefused(MailError):
    """The server will not take this mail, ever: a wrong address, a forbidden sender. It did not go out."""


class MailUncertain(MailError):
    """The connection broke after the mail was handed over and before the answer: it may have gone out."""


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand `message` to its recipients' server.

        Return once the server has taken it, else raise `MailError`.
        """
        ...

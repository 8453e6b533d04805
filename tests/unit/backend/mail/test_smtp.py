"""Mail through a real server: what went, what certainly did not, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from backend.mail.port import MailRefused, MailUnavailable, MailUncertain
from backend.mail.smtp import SmtpMailer, SmtpServer
from tests.support.mailbox import Mailbox, Misbehaviour, a_mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox() as made:
        yield made


def mailer_to(port: int) -> SmtpMailer:
    return SmtpMailer(SmtpServer(host="127.0.0.1", port=port, user=None, password=None, starttls=False))


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Reclamo por Falta de Pago: Ñandú"
    message["From"] = "Distribuidora Andina <cobranzas@andina.example>"
    message["To"] = "uno@clientes.example, dos@clientes.example"
    message["Cc"] = "cartera@andina.example"
    message.set_content("Estimado cliente:\n.una línea que empieza con punto\nAdiós, ñ.\n")
    return message


def test_a_mail_reaches_every_recipient_as_it_was_written(mailbox: Mailbox) -> None:
    mailer_to(mailbox.port).send(a_mail())
    assert mailbox.recipients == [["uno@clientes.example", "dos@clientes.example", "cartera@andina.example"]]
    received = mailbox.mails[0]
    assert received["Subject"] == "Reclamo por Falta de Pago: Ñandú"
    assert received.get_content().replace("\r\n", "\n") == a_mail().get_content()


@pytest.mark.parametrize(
    ("misbehaviour", "error", "words"),
    [
        (Misbehaviour.REFUSE_RECIPIENT, MailRefused, "uno@clientes.example 550 5.1.1 no such mailbox"),
        (Misbehaviour.REFUSE_CONTENT, MailRefused, "554 5.7.1 looks like spam"),
        (Misbehaviour.GREYLIST, MailUnavailable, "uno@clientes.example 450 4.2.0 come back later"),
        (Misbehaviour.HANG_UP_BEFORE_DATA, MailUnavailable, "closed|reset"),
    ],
)
def test_what_certainly_did_not_go_out_says_whether_to_try_again(
    mailbox: Mailbox, misbehaviour: Misbehaviour, error: type[Exception], words: str
) -> None:
    mailbox.misbehaviour = misbehaviour
    with pytest.raises(error, match=words):
        mailer_to(mailbox.port).send(a_mail())
    assert mailbox.mails == []


def test_a_lost_answer_is_neither_sent_nor_failed(mailbox: Mailbox) -> None:
    mailbox.misbehaviour = Misbehaviour.HANG_UP_AFTER_DATA
    with pytest.raises(MailUncertain):
        mailer_to(mailbox.port).send(a_mail())
    assert len(mailbox.mails) == 1


def test_a_server_that_is_not_there_is_unavailable(mailbox: Mailbox) -> None:
    port = mailbox.port
    with a_mailbox() as gone:
        port = gone.port
    with pytest.raises(MailUnavailable, match=str(port)):
        mailer_to(port).send(a_mail())


def test_a_password_is_never_shown() -> None:
    server = SmtpServer(host="smtp.andina.example", port=587, user="ana", password="hunter2", starttls=True)
    assert "hunter2" not in repr(server)

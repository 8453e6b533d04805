"""Mails as they leave the house, and as a mail program shows them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from backend.default_settings import DUNNING_BODY
from backend.mail.dunning_message import DunningText, compose, fill
from backend.mail.envelope import Envelope
from backend.mail.page import Letterhead
from backend.mail.receipt_message import ReceiptWords, compose_receipt
from receivables.dunning import Notice, NoticeLine
from receivables.money import Money
from tests.support.brand import a_logo

LONG_NAME = "Importadora y Comercializadora Ñandú Hnos. Pérez-Łukasz S.A."
ON = date(2026, 11, 21)
LETTERHEAD = Letterhead(
    company="Distribuidora Andina Cía. Ltda.",
    lines=("RUC 1790012344001", "Av. 10 de Agosto N35-120, Quito", "Tel. +593 2 245 0000"),
    logo=a_logo(),
    color="#0B6E4F",
    locale="es_EC",
)
ENVELOPE = Envelope(
    sender="Distribuidora Andina <cobranzas@andina.example>",
    to=["tienda@clientes.example"],
    cc=[],
    reply_to=None,
    message_id="<andina.1@andina.example>",
    sent_at=datetime(2026, 11, 21, 14, 0, tzinfo=UTC),
)


def a_notice(count: int, currency: str = "USD", minor: int = 12_345) -> Notice:
    lines = tuple(
        NoticeLine(
            number=f"001-001-{place:09d}",
            due_on=ON - timedelta(days=9 * place + 1),
            balance=Money(minor * (place + 1), currency),
            days_past_due=9 * place + 1,
        )
        for place in range(count)
    )
    return Notice(
        key="standard-C0001-2026-11-21", policy="standard", customer="C0001", currency=currency, level=1,
        invoices=lines, total=sum((line.balance for line in lines), Money.zero(currency)),
        deadline_on=date(2026, 12, 1),
    )  # fmt: skip


def a_dunning_mail(
    notice: Notice, letterhead: Letterhead = LETTERHEAD, customer: str = LONG_NAME
) -> EmailMessage:
    words = DunningText(subject="Reclamo por Falta de Pago: {cliente}", body=DUNNING_BODY)
    text = fill(words, notice, customer=customer, company=letterhead.company, on=ON, locale=letterhead.locale)
    return compose(text, notice, ENVELOPE, letterhead=letterhead)


def a_receipt_mail(kind: str, letterhead: Letterhead = LETTERHEAD) -> EmailMessage:
    words = ReceiptWords(
        number="R0001-00000004", amount="USD\u00a0254,21", day="21-11-2026", customer=LONG_NAME,
        company=letterhead.company, language=letterhead.language,
    )  # fmt: skip
    return compose_receipt(kind, words, b"%PDF-1.4", ENVELOPE, letterhead=letterhead)


MAILS: dict[str, Callable[[], EmailMessage]] = {
    "three invoices": lambda: a_dunning_mail(a_notice(3)),
    "forty invoices": lambda: a_dunning_mail(a_notice(40)),
    "large amounts without decimals": lambda: a_dunning_mail(a_notice(10, "CLP", 123_456_789)),
    "without a logo": lambda: a_dunning_mail(a_notice(1), Letterhead(company=LONG_NAME)),
    "receipt": lambda: a_receipt_mail("receipt"),
    "void": lambda: a_receipt_mail("void"),
    "receipt in English": lambda: a_receipt_mail("receipt", Letterhead(company=LONG_NAME, locale="en")),
}


def page_of(message: EmailMessage) -> str:
    """The mail's page with its pictures in place."""
    body = message.get_body(("html",))
    assert body is not None
    page = str(body.get_content())
    for part in message.walk():
        if content_id := part["Content-ID"]:
            data = base64.b64encode(part.get_content()).decode()
            page = page.replace(
                f"cid:{content_id.strip('<>')}", f"data:{part.get_content_type()};base64,{data}"
            )
    assert "cid:" not in page
    return page

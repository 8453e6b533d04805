"""The dunning mail: the office's words, the vouchers in both forms, and no way to smuggle a header in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from backend.mail.dunning_message import DunningText, compose, fill, money_text
from backend.mail.envelope import Envelope
from receivables.dunning import Notice, NoticeLine
from receivables.money import Money

ON = date(2026, 11, 21)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


NOTICE = Notice(
    key="standard-C0001-2026-11-21",
    policy="standard",
    customer="C0001",
    currency="USD",
    level=1,
    invoices=(
        NoticeLine(
            number="001-001-000002154", due_on=date(2026, 10, 1), balance=usd(30_000), days_past_due=51
        ),
        NoticeLine(
            number="001-001-000002646", due_on=date(2026, 11, 1), balance=usd(121_378), days_past_due=20
        ),
    ),
    total=usd(151_378),
    deadline_on=date(2026, 12, 1),
)
ENVELOPE = Envelope(
    sender="Distribuidora Andina <cobranzas@andina.example>",
    to=["tienda@clientes.example"],
    cc=["cartera@andina.example"],
    reply_to="cartera@andina.example",
    message_id="<andina.standard-C0001-2026-11-21@andina.example>",
    sent_at=datetime(2026, 11, 21, 14, 0, tzinfo=UTC),
)


def mail(subject: str = "Reclamo: {cliente}", body: str = "Hola {cliente}:\n{comprobantes}") -> EmailMessage:
    text = fill(
        DunningText(subject=subject, body=body),
        NOTICE,
        customer="Tienda <El Sol> & Cía.",
        company="Andina",
        on=ON,
    )
    return compose(text, NOTICE, ENVELOPE)


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def test_variables_are_filled_in_the_way_people_here_write() -> None:
    message = mail(
        subject="{empresa} a {cliente}",
        body="Al {fecha}: {total}, en {plazo} días, hasta el {fecha_limite}. {comprobantes}",
    )
    assert message["Subject"] == "Andina a Tienda <El Sol> & Cía."
    assert "Al 21-11-2026: USD 1.513,78, en 10 días, hasta el 01-12-2026." in parts(message)[0]


def test_both_forms_list_every_voucher_and_the_total() -> None:
    for content in parts(mail()):
        for words in (
            "001-001-000002154",
            "01-10-2026",
            "51",
            "USD 300,00",
            "001-001-000002646",
            "USD 1.213,78",
        ):
            assert words in content
        assert "USD 1.513,78" in content


def test_a_body_that_forgets_the_vouchers_gets_them_at_its_end() -> None:
    plain, html = parts(mail(body="Por favor pague."))
    assert plain.index("Por favor pague.") < plain.index("001-001-000002154")
    assert "<table" in html


def test_a_name_is_text_in_html() -> None:
    assert "Tienda &lt;El Sol&gt; &amp; Cía." in parts(mail())[1]


def test_an_unknown_variable_stays_as_it_is_written() -> None:
    assert "{saldo}" in parts(mail(body="{saldo} {comprobantes}"))[0]


@pytest.mark.parametrize("name", ["A\r\nBcc: todos@otra.example", "A\nB", "A\x00B", "A\u2028B", "A\x1b[31mB"])
def test_a_header_stays_one_line_whatever_is_in_it(name: str) -> None:
    text = fill(
        DunningText(subject="Reclamo {cliente}", body=""), NOTICE, customer=name, company="Andina", on=ON
    )
    message = compose(text, NOTICE, ENVELOPE)
    assert message["Bcc"] is None
    head = message.as_bytes().partition(b"\n\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.splitlines())
    assert message["Subject"].isprintable()


def test_a_subject_is_cut_before_it_is_a_novel() -> None:
    assert len(mail(subject="x" * 1000)["Subject"]) == 200


def test_the_envelope_is_in_the_headers() -> None:
    message = mail()
    assert message["To"] == "tienda@clientes.example"
    assert message["Cc"] == message["Reply-To"] == "cartera@andina.example"
    assert message["Message-ID"] == ENVELOPE.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Sat, 21 Nov 2026 14:00:00 +0000"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(5, "USD"), "USD 0,05"),
        (Money(123_456_789, "USD"), "USD 1.234.567,89"),
        (Money(12_500, "CLP"), "CLP 12.500"),
    ],
)
def test_money_reads_as_people_here_write_it(amount: Money, text: str) -> None:
    assert money_text(amount) == text

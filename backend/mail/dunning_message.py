"""The dunning mail: the office's own subject and words, and the list of vouchers that they are about.

The office writes `{cliente}`, `{empresa}`, `{total}`, `{plazo}`, `{fecha}`, `{fecha_limite}` and
`{comprobantes}` where they belong. Words that it does not know stay as they are written, so that a slip is
seen in the preview.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from backend.mail.envelope import Envelope, new_message, one_line
from receivables.dunning import Notice, NoticeLine
from receivables.money import Money

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
VOUCHERS = "comprobantes"
MAX_SUBJECT = 200  # characters; longer ones are cut by mail programs anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningText:
    subject: str
    body: str


def fill(text: DunningText, notice: Notice, *, customer: str, company: str, on: date) -> DunningText:
    """The words of one notice; the vouchers still to be set, because mail has two forms of them."""
    deadline = (notice.deadline_on - on).days
    values = {
        "cliente": customer,
        "empresa": company,
        "total": money_text(notice.total),
        "plazo": str(deadline),
        "fecha": date_text(on),
        "fecha_limite": date_text(notice.deadline_on),
    }
    body = text.body if f"{{{VOUCHERS}}}" in text.body else f"{text.body}\n\n{{{VOUCHERS}}}"
    return DunningText(
        subject=one_line(_replace(text.subject, values))[:MAX_SUBJECT], body=_replace(body, values)
    )


def compose(text: DunningText, notice: Notice, envelope: Envelope) -> EmailMessage:
    """The mail in plain text, with the same in simple HTML beside it."""
    message = new_message(text.subject, envelope)
    message.set_content(_replace(text.body, {VOUCHERS: voucher_text(notice)}))
    paragraphs = html.escape(text.body).replace("\n", "<br>\n")
    page = _replace(paragraphs, {VOUCHERS: voucher_table(notice)})
    message.add_alternative(f'<!doctype html>\n<html lang="es"><body>{page}</body></html>\n', subtype="html")
    return message


def voucher_text(notice: Notice) -> str:
    rows = [("Comprobante", "Vence", "Días", "Saldo"), *(_cells(line) for line in notice.invoices)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{number:<{widths[0]}}  {due:<{widths[1]}}  {days:>{widths[2]}}  {balance:>{widths[3]}}"
        for number, due, days, balance in rows
    ]
    return "\n".join([*lines, f"Total: {money_text(notice.total)}"])


def voucher_table(notice: Notice) -> str:
    head = "".join(f"<th align='left'>{title}</th>" for title in ("Comprobante", "Vence", "Días", "Saldo"))
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(line)) + "</tr>"
        for line in notice.invoices
    )
    total = (
        f"<tr><th align='left' colspan='3'>Total</th><th align='left'>{money_text(notice.total)}</th></tr>"
    )
    return f"<table border='1' cellpadding='4' cellspacing='0'><tr>{head}</tr>{rows}{total}</table>"


def money_text(amount: Money) -> str:
    """`USD 1.234,50`: the Spanish of the Andes writes amounts so."""
    plain = f"{amount.to_decimal():,}"
    return f"{amount.currency} {plain.translate(str.maketrans(',.', '.,'))}"


def date_text(on: date) -> str:
    return on.strftime("%d-%m-%Y")


def _cells(line: NoticeLine) -> tuple[str, str, str, str]:
    return line.number, date_text(line.due_on), str(line.days_past_due), money_text(line.balance)


def _replace(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)

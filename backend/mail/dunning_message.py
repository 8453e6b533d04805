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
from backend.mail.page import PLAIN, Letterhead, paragraphs, write
from receivables import figures
from receivables.dunning import Notice, NoticeLine
from receivables.figures import date_text
from receivables.money import Money

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
VOUCHERS = "comprobantes"
MAX_SUBJECT = 200  # characters; longer ones are cut by mail programs anyway

_HEADINGS: Mapping[str, tuple[str, str, str, str]] = {
    "es": ("Comprobante", "Vence", "Días", "Saldo"),
    "en": ("Voucher", "Due", "Days", "Balance"),
}
_OVERDUE: Mapping[str, tuple[str, str, str]] = {
    "es": ("Venció el {on},", "hace {days} día", "hace {days} días"),
    "en": ("Due on {on},", "{days} day ago", "{days} days ago"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningText:
    subject: str
    body: str


def fill(
    text: DunningText, notice: Notice, *, customer: str, company: str, on: date, locale: str = "es"
) -> DunningText:
    """The words of one notice; the vouchers still to be set, because mail has two forms of them."""
    deadline = (notice.deadline_on - on).days
    values = {
        "cliente": customer,
        "empresa": company,
        "total": money_text(notice.total, locale),
        "plazo": str(deadline),
        "fecha": date_text(on),
        "fecha_limite": date_text(notice.deadline_on),
    }
    body = text.body if f"{{{VOUCHERS}}}" in text.body else f"{text.body}\n\n{{{VOUCHERS}}}"
    return DunningText(
        subject=one_line(_replace(text.subject, values))[:MAX_SUBJECT], body=_replace(body, values)
    )


def compose(
    text: DunningText, notice: Notice, envelope: Envelope, *, letterhead: Letterhead = PLAIN
) -> EmailMessage:
    """The mail in plain text, with the same as a page under the company's letterhead."""
    message = new_message(text.subject, envelope, language=letterhead.language)
    table = voucher_table(notice, letterhead)
    parts = ["\n".join(paragraphs(part)) for part in text.body.split(f"{{{VOUCHERS}}}")]
    plain = _replace(text.body, {VOUCHERS: voucher_text(notice, letterhead)})
    write(message, plain, table.join(parts), letterhead)
    return message


def voucher_text(notice: Notice, letterhead: Letterhead) -> str:
    """A table in letters of one width, the total below its column."""
    total = money_text(notice.total, letterhead.locale)
    rows = [_HEADINGS[letterhead.language], *(_cells(line, letterhead.locale) for line in notice.invoices)]
    widths = [max(len(row[column]) for row in (*rows, ("Total", "", "", total))) for column in range(4)]
    return "\n".join(
        f"{number:<{widths[0]}}  {due:<{widths[1]}}  {days:>{widths[2]}}  {balance:>{widths[3]}}"
        for number, due, days, balance in (*rows, ("Total", "", "", total))
    )


def voucher_table(notice: Notice, letterhead: Letterhead) -> str:
    """Number and amount beside each other, the day below: two columns fit on any phone."""
    number, _due, _days, balance = _HEADINGS[letterhead.language]
    rows = "\n".join(_row(line, letterhead) for line in notice.invoices)
    total = money_text(notice.total, letterhead.locale)
    return f"""
<table class="list">
<tr><th align="left">{number}</th><th class="amount" align="right">{balance}</th></tr>
{rows}
<tr class="total"><td>Total</td><td class="amount" align="right">{total}</td></tr>
</table>
"""


def _row(line: NoticeLine, letterhead: Letterhead) -> str:
    number, due, days, balance = _cells(line, letterhead.locale)
    since, one, many = _OVERDUE[letterhead.language]
    parts = (since, one if line.days_past_due == 1 else many)
    overdue = " ".join(f'<span class="whole">{part.format(on=due, days=days)}</span>' for part in parts)
    return (
        f'<tr><td>{html.escape(number)}<div class="soft">{overdue}</div></td>'
        f'<td class="amount" align="right">{balance}</td></tr>'
    )


def money_text(amount: Money, locale: str = "es") -> str:
    """`USD 1.234,50`: a subject and a plain text know no space that does not break."""
    return figures.money_text(amount, locale).replace("\u00a0", " ")


def _cells(line: NoticeLine, locale: str) -> tuple[str, str, str, str]:
    return line.number, date_text(line.due_on), str(line.days_past_due), money_text(line.balance, locale)


def _replace(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)

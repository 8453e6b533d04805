"""The mail with which a customer gets a receipt, and the one that says that it was voided."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from backend.mail.envelope import Envelope, new_message, one_line
from backend.mail.page import PLAIN, Letterhead, paragraphs, write

KINDS = ("receipt", "void")

_SUBJECTS: Mapping[str, tuple[str, str]] = {
    "receipt": ("Comprobante de pago {number} · {company}", "Receipt {number} · {company}"),
    "void": ("Comprobante {number} anulado · {company}", "Receipt {number} voided · {company}"),
}
_BODIES: Mapping[str, tuple[str, str]] = {
    "receipt": (
        "Estimado cliente {customer}:\n\n"
        "Recibimos su pago de {amount} el {day}. Adjuntamos el comprobante {number}.\n\n"
        "Si no reconoce este pago, responda a este correo.\n\n{company}\n",
        "Dear customer {customer},\n\n"
        "We received your payment of {amount} on {day}. Receipt {number} is attached.\n\n"
        "If you do not know of this payment, answer this mail.\n\n{company}\n",
    ),
    "void": (
        "Estimado cliente {customer}:\n\n"
        "El comprobante {number} de {amount}, del {day}, fue anulado y ya no vale como constancia de pago. "
        "Lo adjuntamos con la anulación.\n\n"
        "Si tiene preguntas, responda a este correo.\n\n{company}\n",
        "Dear customer {customer},\n\n"
        "Receipt {number} of {amount}, of {day}, was voided and is no longer a proof of payment. "
        "It is attached as voided.\n\n"
        "If you have questions, answer this mail.\n\n{company}\n",
    ),
}

_VOID = ("ANULADO", "VOID")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWords:
    """What a mail says of a receipt; `language` is `es` or `en`."""

    number: str
    amount: str
    day: str
    customer: str
    company: str
    language: str


def compose_receipt(
    kind: str, words: ReceiptWords, pdf: bytes, envelope: Envelope, *, letterhead: Letterhead = PLAIN
) -> EmailMessage:
    """The mail of `kind` `receipt` or `void`, with the paper attached."""
    subject, plain = say_receipt(kind, words)
    message = new_message(subject, envelope, language=words.language)
    greeting, *further = paragraphs(plain)
    content = "\n".join([greeting, _figure(kind, words, _VOID[_column(words)]), *further])
    write(message, plain, content, letterhead)
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{words.number}.pdf")
    return message


def say_receipt(kind: str, words: ReceiptWords) -> tuple[str, str]:
    """Subject and plain text of the mail of `kind`, one of KINDS."""
    values = {name: getattr(words, name) for name in ("number", "amount", "day", "customer", "company")}
    subject = one_line(_SUBJECTS[kind][_column(words)].format(**values))
    return subject, _BODIES[kind][_column(words)].format(**values)


def _column(words: ReceiptWords) -> int:
    return 1 if words.language == "en" else 0


def _figure(kind: str, words: ReceiptWords, void: str) -> str:
    """The amount, as large as on the paper."""
    said = f'<div class="word">{void}</div>' if kind == "void" else ""
    return (
        f'<div class="figure {kind}">{said}<div class="soft">{html.escape(words.number)} · {words.day}</div>'
        f'<div class="sum">{words.amount}</div></div>'
    )

"""The sentence of every problem, in Spanish and English, so that phone and server tell a person the same.

A sentence says what is wrong and what to do. `{name}` stands for a value of the problem's data; `name_minor`
values are shown as money, `…_on` and `date` values as dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from receivables.arrival_messages import ARRIVAL_MESSAGES
from receivables.field_messages import FIELD_MESSAGES
from receivables.figures import date_text, money_text
from receivables.money import Money
from receivables.money_messages import MONEY_MESSAGES
from receivables.sri_messages import SRI_MESSAGES
from receivables.validation import Problem

LANGUAGES = ("es", "en")

MESSAGES: Mapping[str, tuple[str, str]] = {
    **MONEY_MESSAGES,
    **FIELD_MESSAGES,
    **ARRIVAL_MESSAGES,
    **SRI_MESSAGES,
}

FIELD_NAMES: Mapping[str, tuple[str, str]] = {
    "bank": ("banco", "bank"),
    "account": ("cuenta", "account"),
    "number": ("número", "number"),
    "drawer": ("girador", "drawer"),
    "cheque_on": ("fecha del cheque", "date of the cheque"),
    "reference": ("referencia", "reference"),
    "transferred_on": ("fecha de la transferencia", "date of the transfer"),
    "brand": ("marca de la tarjeta", "card brand"),
    "last4": ("cuatro últimos dígitos", "last four digits"),
    "authorisation": ("autorización", "authorisation"),
    "tax": ("impuesto", "tax"),
    "access_key": ("clave de acceso", "access key"),
    "voucher": ("XML del comprobante", "voucher XML"),
    "photos": ("fotos", "photos"),
    "comment": ("comentario", "comment"),
    "away_reason": ("motivo de la distancia", "reason for the distance"),
    "reason": ("motivo", "reason"),
    "text": ("detalle", "details"),
    "name": ("nombre", "name"),
    "contact": ("nombre de la persona", "name of the person"),
    "attended_by": ("quién atendió", "who attended"),
}


def sentence(problem: Problem, *, locale: str = "es_EC") -> str:
    """The sentence of `problem` in the language of `locale`, Spanish unless it is English."""
    column = 1 if locale.startswith("en") else 0
    template = MESSAGES[problem.code][column]
    return template.format_map(_shown(problem.data, locale, column))


def _shown(data: Mapping[str, Any], locale: str, column: int) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in data.items():
        if name.endswith("_minor"):
            shown[name.removesuffix("_minor")] = money_text(Money(value, data["currency"]), locale)
        elif name == "date" or name.endswith("_on"):
            shown[name] = date_text(date.fromisoformat(value))
        elif name == "name":
            shown[name] = FIELD_NAMES[value][column] if value in FIELD_NAMES else value
        else:
            shown[name] = value
    return shown

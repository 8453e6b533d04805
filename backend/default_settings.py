"""What a new company begins with: its catalogues, policies and rules of contact, which the office then edits.

The outcomes are those of field collection; the banks are the larger ones of the country, where there is a
list for it. None of them is a rule: `receivables` reads them from the documents.
"""

from __future__ import annotations

from typing import Any

from backend.compliance.shipped import shipped_pack
from backend.couch.client import Json
from receivables.documents import SCHEMA


def _outcome(code: str, es: str, en: str, **flags: bool) -> Json:
    asked = {"effective": False, "contact": False, "comment_required": False, "next_visit": False}
    return {"code": code, "label": {"es": es, "en": en}, **asked, **flags}


OUTCOMES: list[Json] = [
    _outcome("paid", "Pagó", "Paid", effective=True, contact=True),
    _outcome("partial", "Abonó", "Paid in part", effective=True, contact=True, next_visit=True),
    _outcome("promise", "Promete pagar", "Promises to pay", effective=True, contact=True, next_visit=True),
    _outcome("call_back", "Pide volver", "Asks to come back", contact=True, next_visit=True),
    _outcome("dispute", "No está de acuerdo", "Disputes the debt", contact=True, comment_required=True),
    _outcome("refuses", "Se niega a pagar", "Refuses to pay", contact=True, comment_required=True),
    _outcome(
        "third_party", "Atendió otra persona", "Another answered", comment_required=True, next_visit=True
    ),
    _outcome("absent", "No se encontró", "Nobody there", next_visit=True),
    _outcome("closed", "Local cerrado", "Premises closed", next_visit=True),
    _outcome("moved", "Se cambió de dirección", "Moved away", comment_required=True),
    _outcome("other", "Otro", "Other", comment_required=True),
]

_BANKS: dict[str, tuple[tuple[str, str], ...]] = {
    "EC": (
        ("austro", "Banco del Austro"), ("bolivariano", "Banco Bolivariano"),
        ("guayaquil", "Banco Guayaquil"),
        ("internacional", "Banco Internacional"), ("jep", "Cooperativa JEP"), ("loja", "Banco de Loja"),
        ("machala", "Banco de Machala"), ("pacifico", "Banco del Pacífico"), ("pichincha", "Banco Pichincha"),
        ("produbanco", "Produbanco"), ("solidario", "Banco Solidario"),
    ),
    "CO": (
        ("agrario", "Banco Agrario"), ("avvillas", "AV Villas"), ("bancolombia", "Bancolombia"),
        ("bbva", "BBVA"),
        ("bogota", "Banco de Bogotá"), ("cajasocial", "Banco Caja Social"), ("davivienda", "Davivienda"),
        ("occidente", "Banco de Occidente"), ("popular", "Banco Popular"),
    ),
}  # fmt: skip

DUNNING_BODY = (
    "Estimado cliente {cliente}:\n\n"
    "Al {fecha} registramos los siguientes comprobantes vencidos y pendientes de pago:\n\n"
    "{comprobantes}\n\n"
    "Le agradecemos cancelar el total de {total} hasta el {fecha_limite}. "
    "Si ya realizó el pago, por favor omita este mensaje.\n\n"
    "{empresa}"
)


def default_settings(*, currency: str, country: str) -> list[Json]:
    """The catalogues and policies of a new company, ready to be written."""
    banks: list[dict[str, Any]] = [
        {"code": code, "label": {"es": name, "en": name}} for code, name in _BANKS.get(country, ())
    ]
    pack = shipped_pack(country)
    return [
        *([] if pack is None else [pack]),
        {"_id": "catalogue:outcomes", "schema": SCHEMA, "items": OUTCOMES},
        {"_id": "catalogue:banks", "schema": SCHEMA, "items": banks},
        {
            "_id": "policy:collection",
            "schema": SCHEMA,
            "currency": currency,
            "minimum_receipt": 0,
            "cash_cap": None,
            "cheque_max_days": 60,
            "cheque_photo": "optional",
            "contact_days": 7,
            "oldest_first": False,
            "on_account_allowed": True,
            "comment_min_length": 5,
            "debtor_type": "consumer",
            "collects_for": "own",
            "write_off_tolerance": 0,
        },
        {
            "_id": "policy:tracking",
            "schema": SCHEMA,
            "active": False,
            "days": [1, 2, 3, 4, 5],
            "from": "08:00",
            "to": "18:00",
            "metres": 50,
            "seconds": 60,
            "accuracy": 100,
            "send_minutes": 10,
            "retention_days": 90,
        },
        {
            "_id": "policy:receipt_mail",
            "schema": SCHEMA,
            "active": False,
            "from_on": None,
            "reply_to": None,
        },
        {
            "_id": "policy:dunning",
            "schema": SCHEMA,
            "code": "standard",
            "active": True,
            "tolerance_days": 5,
            "resend_days": 7,
            "subject": "Reclamo por Falta de Pago: {cliente}",
            "body": DUNNING_BODY,
            "cc": [],
            "reply_to": None,
            "deadline_days": 10,
            "minimum_balance": 0,
        },
    ]

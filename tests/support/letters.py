"""The facts that the letters of the tests are made from."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from PIL import Image, ImageDraw

from paperwork.annexes import ActaPhoto

Json = dict[str, Any]

COMPANY: Json = {
    "_id": "company:andina", "name": "Distribuidora Andina Cía. Ltda.", "tax_id": "1790012344001",
    "address": "Av. 10 de Agosto N35-120, Quito", "phone": "+593 2 245 0000", "currency": "USD",
    "locale": "es_EC", "country": "EC", "timezone": "America/Guayaquil",
    "legends": ["Exija su recibo: es su constancia de pago."],
}  # fmt: skip
CUSTOMER: Json = {
    "_id": "customer:C0001", "code": "C0001", "name": "Abarrotes La Ñusta – Pérez & Hijos",
    "tax_id": "1712345678001", "phones": ["+593987654321"],
    "address": "Bolívar N12-34 y Sucre", "city": "Quito", "currency": "USD",
}  # fmt: skip
COLLECTOR: Json = {"_id": "collector:ana", "name": "Ana Quishpe"}
COMMON: Json = {"schema": 1, "company": "andina", "collector": "ana", "device": "01K00000000000000000000000"}
STROKES = [[100, 300, 200, 80, 300, 320, 420, 120, 520, 280], [560, 200, 700, 180, 860, 230]]
PLACE: Json = {"lat": -0.18065, "lon": -78.46783, "accuracy": 8.0, "mock": False}

START: Json = COMMON | {
    "_id": "visit_start:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ1", "created_at": "2026-11-21T14:00:00Z",
    "local_on": "2026-11-21", "customer": "C0001", "place": PLACE, "distance_m": 12,
    "contact_check": {"outcome": "allow", "codes": [], "pack": "EC", "version": "2026.1", "exception": None},
}  # fmt: skip
VISIT: Json = COMMON | {
    "_id": "visit:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ2", "created_at": "2026-11-21T14:22:10Z",
    "local_on": "2026-11-21", "customer": "C0001", "start": START["_id"],
    "started_at": "2026-11-21T14:00:00Z",
    "finished_at": "2026-11-21T14:22:00Z", "place": PLACE, "outcome": "promise",
    "comment": "Dice que el producto llegó tarde, pero reconoce la factura.\nPide copia del RIDE.",
    "next_visit_at": "2026-11-28T15:30:00Z", "attended_by": "Rosa Pérez, administradora",
    "signature": {"name": "Rosa Pérez", "strokes": STROKES},
    "shown": {
        "customer": {
            "name": "Abarrotes La Ñusta – Pérez & Hijos", "tax_id": "1712345678001",
            "address": "Bolívar N12-34 y Sucre", "city": "Quito",
        },
        "debt": {
            "currency": "USD", "as_of": "2026-11-21", "total": 51378, "count": 2,
            "invoices": [
                {"number": "001-001-000002154", "due_on": "2026-10-15", "balance": 30000},
                {"number": "001-001-000002646", "due_on": "2026-11-30", "balance": 21378},
            ],
        },
    },
}  # fmt: skip
PROMISE: Json = COMMON | {
    "_id": "promise:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ3", "created_at": "2026-11-21T14:15:00Z",
    "local_on": "2026-11-21", "customer": "C0001", "invoices": ["001-001-000002154"], "amount": 20000,
    "currency": "USD", "promised_on": "2026-11-28",
}  # fmt: skip
CHEQUES = [
    {"receipt": "receipt:R0001:00000004", "number": "000123", "amount": 20000},
    {"receipt": "receipt:R0001:00000006", "number": "000877", "amount": 4550},
]
CLOSE: Json = COMMON | {
    "_id": "cash_close:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ4", "created_at": "2026-11-21T23:05:00Z",
    "local_on": "2026-11-21", "currency": "USD", "closes_on": "2026-11-21",
    "previous": "cash_close:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ0", "opening": 0, "collected": 51378, "voided": 1378,
    "deposited": 20000, "expected": 30000, "counted": 29950, "difference": -50,
    "denominations": [
        {"value": 2000, "count": 14}, {"value": 1000, "count": 1}, {"value": 500, "count": 1},
        {"value": 100, "count": 4}, {"value": 50, "count": 1},
    ],
    "cheques": CHEQUES,
    "receipts": ["receipt:R0001:00000004", "receipt:R0001:00000005"], "deposits": ["deposit:x"],
    "reason": "Faltó una moneda de cincuenta centavos al dar cambio.",
    "signature": {"name": "Ana Quishpe", "strokes": STROKES},
    "receiver": {"name": "Sofía Andrade", "strokes": [[50, 50, 200, 200, 350, 60, 500, 210, 800, 90]]},
}  # fmt: skip
DEPOSIT: Json = COMMON | {
    "_id": "deposit:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ5", "created_at": "2026-11-21T19:40:00Z",
    "local_on": "2026-11-21", "currency": "USD", "total": 44550, "cash": 20000, "cheques": CHEQUES,
    "bank": "Banco Pichincha", "account": "2100456789", "number": "0004571123", "deposited_on": "2026-11-21",
}  # fmt: skip


def picture(words: str, form: str = "JPEG", *, size: tuple[int, int] = (640, 480)) -> bytes:
    image = Image.new("RGB", size, (70, 110, 90))
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 120, 580, 420), fill=(200, 190, 170))
    draw.text((80, 140), words, fill=(20, 20, 20))
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def photo(number: int, subject: str, content: bytes | None = None, **fields: Any) -> ActaPhoto:
    shown = picture(subject) if content is None else content
    fact = COMMON | {
        "_id": f"photo:ana:01K9ZZZZZZZZZZZZZZZZZZZZ{number:02d}", "created_at": "2026-11-21T14:10:00Z",
        "customer": "C0001", "of": START["_id"], "subject": subject,
        "taken_at": f"2026-11-21T14:{10 + number}:00Z", "place": PLACE, "bytes": len(shown),
        "sha256": hashlib.sha256(shown).hexdigest(),
    }  # fmt: skip
    return ActaPhoto(fact=fact | fields, picture=shown)

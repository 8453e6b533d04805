"""Fills a phone's folder as if it had enrolled and synchronised, so that the app runs without any server.

    python -m tests.support.seed_phone var/phone [--customers 130]

Deterministic for a date: the same arguments give the same customers, invoices and route.
"""

from __future__ import annotations

import argparse
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from backend.demo.electronic import Firm, authorised_invoice
from backend.sealing import RecoveryKey
from flet_app.collector.session import Enrolment, EnrolmentFile
from flet_app.collector.store import Store
from paperwork.packed_xml import pack
from receivables.documents import local_on, rfc3339
from receivables.electronic_documents import INVOICE_CODE
from receivables.identifiers import collector_database
from replica import Database

Json = dict[str, Any]

NAMES = (
    "Comercial El Rosal", "Tienda Don Julio", "Bodega La Merced", "Micromercado Ñañón", "Ferretería Andrade",
    "Panadería San Roque", "Víveres Doña Lucía", "Distribuciones Chimbacalle", "Abarrotes El Peñón",
    "Autoservicio Norte",
)  # fmt: skip
STREETS = ("Av. 10 de Agosto", "Av. Amazonas", "Calle Guayaquil", "Av. La Prensa", "Av. Mariscal Sucre")
OUTCOMES = (
    ("paid", "Pagó", "Paid", True, True, False, False),
    ("partial", "Abonó", "Paid a part", True, True, False, True),
    ("promise", "Prometió pagar", "Promised to pay", True, True, True, True),
    ("no_cash", "Sin dinero hoy", "No money today", False, True, True, True),
    ("dispute", "Reclama la factura", "Disputes the invoice", False, True, True, False),
    ("absent", "No estaba", "Was not in", False, False, False, True),
    ("closed", "Local cerrado", "Shop closed", False, False, False, True),
)
BANKS = ("Pichincha", "Guayaquil", "Produbanco", "Pacífico", "Bolivariano")
SELLER = Firm(ruc="1790012345001", name="DISTRIBUIDORA ANDINA", address="AV. 6 DE DICIEMBRE N34-120, QUITO")
OFFICE_SECRET = b"the secret of an office that is none"
COMPANY, COLLECTOR, ZONE = "andina", "ana", "America/Guayaquil"


def projections(*, on: date, customers: int = 130, seed: int = 7) -> list[Json]:
    """What the centre would have sent to Ana's phone on the date `on`."""
    chance = random.Random(seed)
    documents: list[Json] = [
        {
            "_id": f"company:{COMPANY}", "name": "Distribuidora Andina", "tax_id": "1790012345001",
            "address": "Av. 6 de Diciembre N34-120, Quito", "phone": "+59322345678", "currency": "USD",
            "locale": "es_EC", "timezone": ZONE, "country": "EC", "seed_color": "#006A60",
            "legends": ["Cheques sujetos a buen cobro."],
        },
        {"_id": f"collector:{COLLECTOR}", "name": "Ana Paredes", "email": "ana@andina.example",
         "active": True},
        {
            "_id": "policy:collection", "currency": "USD", "minimum_receipt": 100, "cash_cap": 500_000,
            "cheque_max_days": 30, "oldest_first": False,
            "on_account_allowed": True, "comment_min_length": 10,
        },
        {
            "_id": "catalogue:outcomes",
            "items": [
                {"code": code, "label": {"es": es, "en": en}, "effective": effective, "contact": contact,
                 "comment_required": comment, "next_visit": again}
                for code, es, en, effective, contact, comment, again in OUTCOMES
            ],
        },
        {
            "_id": "catalogue:banks",
            "items": [{"code": name.lower(), "label": {"es": name, "en": name}} for name in BANKS],
        },
        {
            "_id": f"goal:{COLLECTOR}:{on:%Y-%m}", "collector": COLLECTOR, "month": f"{on:%Y-%m}",
            "currency": "USD", "amount_month": 3_000_000, "amount_day": 150_000, "visits_day": 20,
            "visits_month": 440, "effective_day": 14, "effective_month": 308,
        },
        {
            "_id": f"performance:{COLLECTOR}:{on:%Y-%m}", "collector": COLLECTOR, "month": f"{on:%Y-%m}",
            "currency": "USD", "sales_amount": 1_842_000, "sales_count": 84, "orders_amount": 214_550,
            "orders_count": 9,
        },
    ]  # fmt: skip
    codes = [f"C{number:04d}" for number in range(1, customers + 1)]
    serial = 2000
    for index, code in enumerate(codes):
        name = NAMES[index % len(NAMES)] + (f" {index // len(NAMES) + 1}" if index >= len(NAMES) else "")
        documents.append({
            "_id": f"customer:{code}", "code": code, "name": name, "tax_id": f"17{index:08d}001",
            "branch": "Matriz", "phones": [f"+59399{index:07d}"], "email": f"{code.lower()}@example.com",
            "address": f"{chance.choice(STREETS)} N{chance.randint(10, 60)}-{chance.randint(10, 99)}",
            "city": "Quito",
            "location": {
                "lat": -0.18 + chance.uniform(-0.08, 0.08), "lon": -78.48 + chance.uniform(-0.05, 0.05)
            },
            "credit_limit": chance.choice((100_000, 250_000, 500_000)), "currency": "USD",
            "payment_terms_days": 30,
            "observations": "Atiende después de las 10:00." if index % 9 == 0 else "", "active": True,
        })  # fmt: skip
        buyer = documents[-1]
        for _ in range(chance.randint(0, 7) if index else 4):
            serial += chance.randint(1, 9)
            issued = on - timedelta(days=chance.randint(2, 110))
            total = chance.randint(2_000, 90_000)
            number = f"001-001-{serial:09d}"
            documents.append({
                "_id": f"invoice:{number}", "number": number, "customer": code,
                "issued_on": issued.isoformat(), "due_on": (issued + timedelta(days=30)).isoformat(),
                "total": total,
                "balance": total if chance.random() < 0.8 else total // 2, "currency": "USD", "state": "open",
                "reflects": [], "electronic": _packed(number, buyer, issued, total),
            })  # fmt: skip
            if chance.random() < 0.15:
                documents.append({
                    "_id": f"withholding:001-002-{serial:09d}", "number": f"001-002-{serial:09d}",
                    "customer": code,
                    "invoice": number,
                    "issued_on": issued.isoformat(), "amount": total // 50, "currency": "USD",
                    "state": chance.choice(("registered", "pending", "rejected")),
                })  # fmt: skip
    stops = ["C0001", *chance.sample(codes[1:], min(11, customers - 1))]
    documents.append({
        "_id": f"route:{COLLECTOR}:{on}", "collector": COLLECTOR, "route_on": on.isoformat(),
        "stops": [{"customer": code, "origin": "supervisor"} for code in stops],
    })  # fmt: skip
    documents.append({"_id": f"received:{COLLECTOR}", "receipts": {}, "others": []})
    return [{"schema": 1, "source_rev": "1-seed", **document} for document in documents]


def _packed(number: str, buyer: Json, issued: date, total: int) -> str:
    """The authorised XML of an invoice as the ERP's import leaves it."""
    firm = Firm(ruc=buyer["tax_id"], name=buyer["name"], address=buyer["address"])
    xml = authorised_invoice(
        number, issuer=SELLER, buyer=firm, issued_on=issued, due_on=issued + timedelta(days=30), total=total
    )
    packed = pack(xml, document_code=INVOICE_CODE)
    assert isinstance(packed, str), packed
    return packed


def enrolment(*, now: datetime) -> Enrolment:
    return Enrolment(
        email="ana@andina.example", name="Ana Paredes", company=COMPANY, company_name="Distribuidora Andina",
        locale="es_EC", timezone=ZONE, currency="USD", collector=COLLECTOR,
        device="01K0000000000000000000DEV1",
        devices=("01K0000000000000000000DEV1",), series="R0001",
        database=collector_database(COMPANY, COLLECTOR), couchdb_url="http://127.0.0.1:9",
        access_token="none", expires_at=rfc3339(now + timedelta(days=365)), refresh_token="none",
        recovery_key=RecoveryKey(OFFICE_SECRET, COMPANY).public,
    )  # fmt: skip


def seed_phone(folder: Path, *, now: datetime, customers: int = 130) -> None:
    """Write the enrolment and the database into `folder`."""
    who = enrolment(now=now)
    EnrolmentFile(folder).write(who)
    with Database.open(folder / f"{who.database}.sqlite") as database:
        database.bulk_docs(projections(on=local_on(now, ZoneInfo(ZONE)), customers=customers))
        Store(database).begin_series(who.series)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=130)
    chosen = parser.parse_args()
    seed_phone(chosen.folder, now=datetime.now(UTC), customers=chosen.customers)

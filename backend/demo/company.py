"""Makes *Distribuidora Andina*: its ERP, its people, its portfolio by zone, and the route of the day.

Every step may be repeated: what is there stays as people left it, and a new day gets its routes.
"""

from __future__ import annotations

import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from backend.companies import CompanyProfile, add_collector, create_company, put_if_absent
from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.demo.erp_data import complete_demo_erp, create_demo_erp, goals, performance
from backend.demo.portfolio import assign_unassigned, route_of_the_day
from backend.demo.processes import ROOT, with_our_python
from backend.demo.settings import DemoError, DemoSettings
from backend.services.accounts import grant_role
from backend.services.brand import take_logo
from backend.services.enrolment_codes import LONGEST_LIFE, EnrolmentCodes
from backend.services.erp_sync import import_from_erp
from receivables.access import Role

COMPANY = "andina"
ZONE = ZoneInfo("America/Guayaquil")
PROFILE = CompanyProfile(
    code=COMPANY,
    name="Distribuidora Andina Cía. Ltda.",
    tax_id="1790012344001",
    address="Av. 10 de Agosto N35-120 y Mariana de Jesús, Quito",
    phone="+59322450000",
    currency="USD",
    locale="es_EC",
    timezone=str(ZONE),
    country="EC",
    seed_color="#0B6E4F",
    legends=("Los cheques se reciben salvo buen cobro.", "Exija su recibo: es su constancia de pago."),
)
COLLECTORS = {"ana": "Ana Quishpe", "bruno": "Bruno Cevallos", "carla": "Carla Toapanta"}
SUPERVISOR = ("sofia@andina.example", "Sofía Andrade")
ADMINISTRATOR = ("alba@andina.example", "Alba Paredes")
CASH_CAP = 2_000_00
"""What a collector of this company takes in cash on one receipt, in cents."""
CHANGED = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
GOAL = f"""
INSERT OR IGNORE INTO metas (cobrador, mes, valor_mes, valor_dia, visitas_mes, visitas_dia, efectivas_mes,
                             efectivas_dia, modificado)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, {CHANGED})
"""
PERFORMANCE = f"""
INSERT INTO resultados VALUES (?, ?, ?, ?, ?, ?, {CHANGED})
ON CONFLICT (cobrador, mes) DO UPDATE SET
    modificado = excluded.modificado, ventas = excluded.ventas, numero_ventas = excluded.numero_ventas,
    pedidos = excluded.pedidos, numero_pedidos = excluded.numero_pedidos
"""


def prepare(settings: DemoSettings) -> None:
    """Make whatever is missing on the database that the environment names."""
    now = datetime.now(UTC)
    on = now.astimezone(ZONE).date()
    _prepare_couchdb(settings)
    prepare_erp(settings, on=on)
    backend = Settings.from_environment(settings.environment)
    with connect(backend) as couch:
        if create_company(couch, PROFILE):
            _tune_policies(couch)
            take_logo(couch, COMPANY, files("backend.demo").joinpath("andina.png").read_bytes())
        _add_people(couch, settings.password)
        import_from_erp(
            couch, COMPANY, folder=settings.erp_config, environment=settings.environment, clock=lambda: now
        )
        assign_unassigned(couch, COMPANY, now=now)
        for collector in COLLECTORS:
            route = route_of_the_day(couch, COMPANY, collector, on=on, in_cash=CASH_CAP)
            put_if_absent(couch, COMPANY, route)


def enrolment_codes(settings: DemoSettings) -> dict[str, str]:
    """A code for the phone of each collector, good for as long as a code may be."""
    backend = Settings.from_environment(settings.environment)
    with connect(backend) as couch:
        codes = EnrolmentCodes(couch, backend.require_jwt_secret(), secrets.token_bytes)
        now = datetime.now(UTC)
        return {
            collector: codes.issue(
                COMPANY, collector=collector, by="demo", now=now, lifetime=LONGEST_LIFE
            ).code
            for collector in COLLECTORS
        }


def prepare_erp(settings: DemoSettings, *, on: date) -> None:
    """The ERP and its mapping file; an ERP that exists only learns of a new month and what was sold in it."""
    if not settings.erp.exists():
        create_demo_erp(settings.erp, on=on)
    with closing(sqlite3.connect(settings.erp)) as erp, erp:
        complete_demo_erp(erp)
        erp.executemany(GOAL, goals(on))
        erp.executemany(PERFORMANCE, performance(on))
    mapping = files("backend.demo").joinpath("andina.toml").read_text(encoding="utf-8")
    settings.erp_config.mkdir(parents=True, exist_ok=True)
    path = settings.erp_config / f"{COMPANY}.toml"
    path.write_text(mapping.replace("@url@", f"sqlite:///{settings.erp}"), encoding="utf-8")


def _prepare_couchdb(settings: DemoSettings) -> None:
    command = [sys.executable, "-m", "backend", "prepare-couchdb"]
    done = subprocess.run(command, cwd=ROOT, env=with_our_python(settings.environment), check=False)
    if done.returncode:
        raise DemoError("La base de datos no se pudo preparar; el motivo está arriba.")


def _tune_policies(couch: Couch) -> None:
    """What the office of the demo company decided differently from the defaults."""
    collection = couch.get(COMPANY, "policy:collection") or {}
    couch.put(
        COMPANY, {**collection, "cash_cap": CASH_CAP, "debtor_type": "business", "write_off_tolerance": 5}
    )
    dunning = couch.get(COMPANY, "policy:dunning") or {}
    couch.put(COMPANY, {**dunning, "cc": ["cartera@andina.example"], "reply_to": "cartera@andina.example"})


def _add_people(couch: Couch, password: str) -> None:
    for (email, name), role in ((SUPERVISOR, Role.SUPERVISOR), (ADMINISTRATOR, Role.ADMINISTRATOR)):
        grant_role(couch, company=COMPANY, email=email, role=role, full_name=name, password=password)
    for collector, full_name in COLLECTORS.items():
        email = f"{collector}@andina.example"
        add_collector(couch, company=COMPANY, collector=collector, name=full_name, email=email)
        grant_role(
            couch,
            company=COMPANY,
            email=email,
            role=Role.COLLECTOR,
            full_name=full_name,
            password=password,
            collector=collector,
        )

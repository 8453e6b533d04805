"""A real phone before a real office that has it erased: the API on loopback, a database behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import waitress

from backend.app import create_app
from flet_app.collector.actions.claims import note
from flet_app.collector.bootstrap import Settings, real_world
from flet_app.collector.phone import Phone
from flet_app.collector.wipe_journal import Stage
from tests.support.field import collect, until
from tests.support.office import PASSWORD, Office
from tests.support.seed_phone import projections

Json = dict[str, Any]
REASON = {"reason": "Robado"}
NOTES = 3


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The address at which phones find the office's API."""
    server = waitress.create_server(create_app(office.services), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


def a_phone(folder: Path, api_url: str, **options: Any) -> Phone:
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        api_url=api_url, data=folder, host="127.0.0.1", port=0, device_name="Moto de prueba", **options
    )
    return Phone(settings, real_world())


def equip(office: Office, collector: str = "ana") -> None:
    """What reconcile would have brought to the collector's database."""
    database = f"{office.company}-c-{collector}"
    today = datetime.now(UTC).date()
    documents = [
        each for each in projections(on=today, customers=3) if not each["_id"].startswith("company:")
    ]
    answers = office.couch.bulk(database, documents)
    assert all(each.get("error") in {None, "conflict"} for each in answers)


async def enrolled(office: Office, folder: Path, api_url: str, **options: Any) -> Phone:
    """A phone of Ana's that has synchronised once and says nothing to the office from then on."""
    phone = a_phone(folder, api_url, **options)
    await phone.start()
    code = office.issue_code("ana")
    await phone.sign_in(office.email("ana"), PASSWORD, language="es", code=code)
    await until(lambda: phone.portfolio.customers, seconds=30, what="the customers are here")
    return phone


async def work(phone: Phone) -> list[str]:
    """A visit with a receipt, and notes; the ids of all that is recorded."""
    before = set(phone.portfolio.facts)
    await collect(phone, "C0001", [], [{"method": "cash", "amount": 1_500}])
    for number in range(NOTES):
        assert isinstance(await note(phone, "C0002", text=f"Volver el lunes {number}"), dict)
    return sorted(set(phone.portfolio.facts) - before)


async def unplugged(phone: Phone) -> list[str]:
    """The same out of reach of the office; the phone is stopped afterwards, with all of it unsent."""
    await phone.stop()
    found = phone.file.read()
    assert found is not None
    phone.file.change(found.company, couchdb_url="http://127.0.0.1:9")
    away = a_phone(phone.settings.data, "http://127.0.0.1:9")
    await away.start()
    recorded = await work(away)
    await away.stop()
    phone.file.change(found.company, couchdb_url=found.couchdb_url)
    return recorded


def order(office: Office, device: str) -> str:
    answer = office.as_("sofia").post(f"/devices/{device}/wipe", REASON)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["wipe"]["order"])


def order_of(office: Office, device: str) -> Json:
    """The order as the list of phones tells it."""
    document = office.couch.get(office.company, f"device:{device}")
    assert document is not None
    wipe: Json = document["wipe"]
    return wipe


def holds(office: Office, fact: str) -> bool:
    """Does the office have the fact?"""
    databases = (office.company, f"{office.company}-c-ana")
    return any(office.couch.get(each, fact) is not None for each in databases)


def left_of(folder: Path, company: str) -> list[str]:
    """Names of files that may hold anything of the company."""
    names = [
        path.name for path in folder.iterdir() if path.name.startswith((f"{company}-c-", f"device-{company}"))
    ]
    return sorted(names)


def stage(phone: Phone) -> Stage | None:
    shown = phone.wiping.shown
    return shown.stage if shown else None

"""A phone is erased from afar by its office: everything on it arrives first, and nothing of it stays."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.config import Settings
from flet_app.collector.session import EnrolmentFile
from flet_app.collector.wipe_journal import Stage
from receivables.access import Role
from replica import Database
from tests.support.erased_phone import (
    a_phone,
    enrolled,
    equip,
    holds,
    left_of,
    order,
    order_of,
    served,
    stage,
    unplugged,
    work,
)
from tests.support.field import until
from tests.support.office import PASSWORD, Office, a_database_server, an_office


@pytest.fixture(scope="module")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("database")) as settings:
        yield settings


@pytest.fixture
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        equip(office)
        yield office


def test_a_phone_with_unsent_money_is_erased_and_every_record_is_with_the_office(
    office: Office, tmp_path: Path
) -> None:
    async def story(api_url: str) -> None:
        scratch = tmp_path / "cache"
        (scratch / "share_plus").mkdir(parents=True)
        (scratch / "share_plus" / "R0001-00000001.pdf").write_bytes(b"%PDF")
        folder = tmp_path / "phone"
        phone = await enrolled(office, folder, api_url, scratch=(scratch,))
        phone.pin.choose("2580")
        assert phone.enrolment
        device, refresh = phone.enrolment.device, phone.enrolment.refresh_token
        recorded = await unplugged(phone)
        assert len(recorded) >= 6
        order(office, device)
        assert not any(holds(office, fact) for fact in recorded)

        phone = a_phone(folder, api_url, scratch=(scratch,))
        await phone.start()
        await until(lambda: stage(phone) is Stage.TOLD, seconds=60, what="it is erased")
        assert all(holds(office, fact) for fact in recorded)
        assert left_of(folder, office.company) == []
        assert not (folder / "enrolment.json").exists()
        assert not phone.pin.is_set
        assert not (folder / "pin.json").exists()
        assert list(scratch.iterdir()) == []
        assert phone.store is None
        assert phone.enrolment is None
        told = order_of(office, device)
        assert told["erased_at"] is not None
        assert sum(told["facts"].values()) >= len(recorded)
        assert told["facts"]["receipt"] == 1
        kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
        assert b"C0001" not in kept
        assert office.email("ana").encode() not in kept
        assert office.post("/auth/refresh", {"refresh_token": refresh}).status_code == 401

        await phone.wiping.read(office.company)
        assert phone.wiping.shown is None
        assert sorted(path.name for path in folder.iterdir()) == ["phone.lock"]
        code = office.issue_code("ana")
        await phone.sign_in(office.email("ana"), PASSWORD, language="es", code=code)
        assert phone.enrolment is not None
        assert phone.enrolment.device != device, "a new phone to the office, under a new key"
        await phone.stop()

    with served(office) as api_url:
        asyncio.run(story(api_url))


def test_a_phone_at_work_hears_of_it_by_itself_and_of_its_taking_back_too(
    office: Office, tmp_path: Path
) -> None:
    async def story(api_url: str) -> None:
        phone = await enrolled(office, tmp_path, api_url)
        assert phone.enrolment
        device = phone.enrolment.device
        order(office, device)
        undone = office.as_("sofia").post(f"/devices/{device}/wipe/undo", {})
        assert undone.status_code == 200
        phone.nudge()
        await asyncio.sleep(1)
        assert stage(phone) is None
        recorded = await work(phone)
        await until(lambda: not phone.status.unsent_count, seconds=30, what="it sends as before")
        order(office, device)
        phone.nudge()
        await until(lambda: stage(phone) is Stage.TOLD, seconds=60, what="it is erased")
        assert all(holds(office, fact) for fact in recorded)
        assert left_of(tmp_path, office.company) == []
        await phone.stop()

    with served(office) as api_url:
        asyncio.run(story(api_url))


def test_of_two_companies_on_a_phone_only_the_one_goes(
    database_server: Settings, office: Office, tmp_path: Path
) -> None:
    async def story(api_url: str) -> None:
        phone = await enrolled(office, tmp_path, api_url)
        first = phone.enrolment
        assert first
        second = dataclasses.replace(first, company="pacifico", database="pacifico-c-ana", recovery_key="")
        phone.file.write(second)
        phone.pin.choose("2580")
        await phone.switch("pacifico")
        own = phone.key.public
        await phone.switch(first.company)
        recorded = await work(phone)
        order(office, first.device)
        phone.nudge()
        await until(lambda: stage(phone) is Stage.TOLD, seconds=60, what="it is erased")
        assert all(holds(office, fact) for fact in recorded)
        assert left_of(tmp_path, office.company) == []
        assert phone.enrolment is not None
        assert (phone.enrolment.company, phone.key.public) == ("pacifico", own)
        assert phone.pin.is_set, "the PIN is the phone's"
        with Database.open(tmp_path / "pacifico-c-ana.sqlite"):
            pass
        assert set(EnrolmentFile(tmp_path).all()) == {"pacifico"}
        await phone.stop()

    with served(office) as api_url:
        asyncio.run(story(api_url))


def test_a_company_that_is_not_in_use_and_one_that_was_left_are_erased_too(
    office: Office, tmp_path: Path
) -> None:
    async def story(api_url: str) -> None:
        phone = await enrolled(office, tmp_path, api_url)
        assert phone.enrolment
        device = phone.enrolment.device
        await phone.sign_out()
        await phone.stop()
        assert left_of(tmp_path, office.company)
        assert office.email("ana").encode() not in (tmp_path / "left.json").read_bytes()
        order(office, device)
        phone = a_phone(tmp_path, api_url)
        await phone.start()
        await until(lambda: stage(phone) is Stage.TOLD, seconds=60, what="it is erased")
        assert left_of(tmp_path, office.company) == []
        assert not (tmp_path / "left.json").exists()
        await phone.stop()

    with served(office) as api_url:
        asyncio.run(story(api_url))

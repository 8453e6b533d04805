"""A phone that is being erased dies anywhere: nothing goes before the office has it, in the end all does."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.config import Settings
from backend.killpoints import KILL_STATUS
from flet_app.collector.session import DeviceKey, EnrolmentFile
from receivables.access import Role
from replica import Database
from tests.support.erased_phone import (
    enrolled,
    equip,
    holds,
    left_of,
    order,
    order_of,
    served,
    unplugged,
)
from tests.support.office import Office, a_database_server, an_office
from tests.support.stack import ROOT

MOST_DEEDS = 60
"""More than an erasing takes; the sweep ends at the first number that kills nobody."""

STRIDE = 5


@pytest.fixture(scope="module")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("database")) as settings:
        yield settings


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        equip(office)
        yield office


@pytest.fixture(scope="module")
def api_url(office: Office) -> Iterator[str]:
    with served(office) as url:
        yield url


def run(folder: Path, api_url: str, number: int) -> int:
    arguments = ["-m", "tests.support.erasing_process", str(folder), api_url, str(number)]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, timeout=120, check=False
    )
    assert done.returncode in {0, KILL_STATUS}, done.stderr.decode()
    return done.returncode


def prepared(office: Office, folder: Path, api_url: str) -> tuple[str, list[str]]:
    """A phone under order with unsent records, and another company on it; the device and the records."""

    async def story() -> tuple[str, list[str]]:
        phone = await enrolled(office, folder, api_url)
        first = phone.enrolment
        assert first is not None
        recorded = await unplugged(phone)
        return first.device, recorded

    device, recorded = asyncio.run(story())
    file = EnrolmentFile(folder)
    first = file.all()[office.company]
    file.write(dataclasses.replace(first, company="pacifico", database="pacifico-c-ana", recovery_key=""))
    DeviceKey(folder, "pacifico").sign(b"made")
    with Database.open(folder / "pacifico-c-ana.sqlite") as database:
        database.put({"_id": "note:ana:1", "text": "De otra empresa"})
    order(office, device)
    return device, recorded


def sweep(office: Office, folder: Path, api_url: str, *, first: int, stride: int) -> int:
    """Kill a phone at each deed, let it live, and look; return how many died."""
    died = 0
    for number in range(first, MOST_DEEDS, stride):
        place = folder / str(number)
        device, recorded = prepared(office, place, api_url)
        ended = run(place, api_url, number)
        wipe = order_of(office, device)
        if not (place / f"{office.company}-c-ana.sqlite").exists():
            assert wipe["handed_over_at"] is not None, f"{number}: gone before the office had it"
            assert all(holds(office, fact) for fact in recorded)
        if wipe["erased_at"] is not None:
            assert left_of(place, office.company) == [], f"{number}: told before it was done"
        if ended == KILL_STATUS:
            died += 1
            run(place, api_url, number % 3)  # dies again soon, or not at all
            assert run(place, api_url, 0) == 0
        assert order_of(office, device)["erased_at"] is not None
        assert all(holds(office, fact) for fact in recorded), number
        assert left_of(place, office.company) == []
        assert set(EnrolmentFile(place).all()) == {"pacifico"}
        with Database.open(place / "pacifico-c-ana.sqlite") as database:
            assert database.get("note:ana:1")["text"] == "De otra empresa"
        assert (place / "device-pacifico.key").exists()
        if ended == 0:
            return died
    raise AssertionError(f"still dying at deed {MOST_DEEDS}")


def test_a_kill_at_some_of_the_deeds_loses_nothing_and_the_phone_is_erased(
    office: Office, tmp_path: Path, api_url: str
) -> None:
    assert sweep(office, tmp_path, api_url, first=2, stride=STRIDE) >= 3


@pytest.mark.slow
def test_a_kill_at_any_deed_loses_nothing_and_the_phone_is_erased(
    office: Office, tmp_path: Path, api_url: str
) -> None:
    assert sweep(office, tmp_path, api_url, first=1, stride=1) >= 10

"""A collector of two companies changes between them on one phone, and neither sees the other."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.actions.tracking import write_trail
from flet_app.collector.phone import Phone
from flet_app.collector.standing import unsent_facts
from flet_app.collector.sync import SyncDriver
from flet_app.collector.views import drafts
from receivables.geometry import Point
from receivables.tracking import Fix, TrackingPolicy, Trail
from tests.support.collector_walk import NOW, begin_visit, walk
from tests.support.flet_harness import Screen


def test_what_was_recorded_for_one_company_is_not_in_the_other_and_is_there_again_afterwards(
    tmp_path: Path,
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        second = dataclasses.replace(
            first, company="pacifico", company_name="Pacífico", database="pacifico-c-ana",
            device="01KB0000000000000000000DEV", devices=("01KB0000000000000000000DEV",), series="P0001",
        )  # fmt: skip
        phone.file.write(second)
        await begin_visit(screen)
        [begun] = waiting(phone)
        own_key = phone.key.public

        await screen.go("/mas")
        await screen.tap("switch-pacifico")
        await screen.until(lambda: phone.enrolment == second, "the other company is in use")
        assert not waiting(phone)
        assert not phone.portfolio.customers
        assert phone.key.public != own_key
        files = {path.name: path.read_bytes() for path in tmp_path.rglob("pacifico-c-ana.sqlite*")}
        assert files
        assert not any(begun.encode() in content or b"andina" in content for content in files.values())

        await phone.switch(first.company)
        assert waiting(phone) == {begun}
        assert phone.portfolio.customers

    walk(tmp_path, story)


def waiting(phone: Phone) -> set[str]:
    assert phone.store is not None
    return set(unsent_facts(phone.store.portfolio, phone.store.outbox))


def test_two_taps_on_a_company_leave_one_synchronisation_and_one_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two drivers over one file would go on after the person has signed out."""
    running: set[SyncDriver] = set()
    run = SyncDriver.run

    async def watched(driver: SyncDriver) -> None:
        running.add(driver)
        try:
            await run(driver)
        finally:
            running.discard(driver)

    monkeypatch.setattr(SyncDriver, "run", watched)

    async def story(_screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        phone.file.write(
            dataclasses.replace(first, company="pacifico", database="pacifico-c-ana", series="P0001")
        )
        await asyncio.gather(phone.switch("pacifico"), phone.switch("pacifico"))
        await asyncio.sleep(0)
        assert len(running) == 1
        await asyncio.gather(phone.switch("andina"), phone.sign_out())
        assert phone.store is None
        assert not running

    walk(tmp_path, story)


def test_positions_that_could_not_be_written_stay_with_their_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(_screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        phone.file.write(
            dataclasses.replace(first, company="pacifico", database="pacifico-c-ana", series="P0001")
        )
        phone.portfolio.tracking = TrackingPolicy.from_json({"active": True})
        phone.trail = Trail((Fix(NOW, Point(-0.18, -78.48), 8.0),))
        store = phone.store
        assert store is not None

        switches: list[asyncio.Task[None]] = []

        async def while_the_company_changes(_action: Any) -> None:
            switches.append(asyncio.create_task(phone.switch("pacifico")))
            await asyncio.sleep(0.05)
            assert phone.store is store, "the switch waits for what is being written"
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(store, "write", while_the_company_changes)
        await write_trail(phone, whole=True)
        await asyncio.gather(*switches)
        assert phone.store is not store
        assert phone.trail == Trail()

    walk(tmp_path, story)


def test_a_form_is_not_kept_for_the_company_that_comes_after(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        phone.file.write(
            dataclasses.replace(first, company="pacifico", database="pacifico-c-ana", series="P0001")
        )
        await begin_visit(screen)
        await screen.go("/cliente/C0001/cobro")
        await screen.type("receipt-amount", "12,34")
        await phone.switch("pacifico")
        await screen.settle(drafts.QUIET_SECONDS + 0.2)
        assert phone.store is not None
        assert phone.store.drafts == {}

    walk(tmp_path, story)

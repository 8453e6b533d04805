"""A phone that goes over to another company, or to nobody, while something is being written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flet_app.collector.actions.authorship import NotSignedIn
from flet_app.collector.actions.claims import note
from flet_app.collector.phone import FactsUnsent, Phone
from tests.support.seed_phone import enrolment
from tests.unit.flet_app.test_recording import on_a_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def also_for_another_company(phone: Phone) -> None:
    other = replace(
        enrolment(now=NOW), company="pacifico", company_name="Pacífico", database="pacifico-c-ana"
    )
    phone.file.write(other)
    phone.file.activate("andina")


def test_what_was_meant_for_one_company_is_not_written_for_another(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        also_for_another_company(phone)
        async with phone.writing:  # somebody is at it, and both wait for their turn
            switching = asyncio.create_task(phone.switch("pacifico"))
            await asyncio.sleep(0.1)
            writing = asyncio.create_task(note(phone, "C0001", text="Atiende la hija."))
            await asyncio.sleep(0)
        await switching
        with pytest.raises(NotSignedIn):
            await writing
        assert not phone.portfolio.notes
        await phone.switch("andina")
        assert not phone.portfolio.notes

    on_a_phone(tmp_path, story)


def test_two_windows_that_switch_at_once_leave_one_store_and_one_synchronisation(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        also_for_another_company(phone)
        await asyncio.gather(phone.switch("pacifico"), phone.switch("andina"), phone.switch("pacifico"))
        running = [task for task in asyncio.all_tasks() if "SyncDriver.run" in repr(task)]
        assert len(running) == 1
        assert phone.enrolment is not None
        assert phone.enrolment.company == "pacifico"

    on_a_phone(tmp_path, story)


def test_nobody_signs_out_over_what_is_being_written(tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        written, left = await asyncio.gather(
            note(phone, "C0001", text="Atiende la hija."), phone.sign_out(), return_exceptions=True
        )
        assert isinstance(written, dict)
        assert isinstance(left, FactsUnsent)
        assert phone.store is not None

    on_a_phone(tmp_path, story)

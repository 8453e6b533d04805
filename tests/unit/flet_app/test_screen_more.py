"""Más and the locked phone: leaving is asked twice and refused while anything would be lost."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from flet_app.collector.phone import Phone
from flet_app.collector.session import EnrolmentFile
from flet_app.collector.store import Store
from flet_app.collector.sync import SyncPhase
from tests.support.collector_walk import NOW, begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.seed_phone import enrolment, seed_phone


def test_who_and_what_this_phone_is_stands_there(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mas")
        for words in ("Ana Paredes", "ana@andina.example", "Distribuidora Andina", "Serie R0001"):
            assert screen.says(words), words
        await screen.tap("open-sync")
        assert screen.has("sync-now")

    walk(tmp_path, story)


def test_leaving_is_asked_and_may_be_thought_better_of(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("sign-out")
        assert screen.says("Para volver necesitará conexión y su contraseña.")
        await screen.tap("sign-out-back")
        assert not screen.has("sign-out-confirm")
        assert phone.enrolment is not None
        await screen.tap("sign-out")
        await screen.tap("sign-out-confirm")
        await screen.until(lambda: screen.has("sign-in-email"), "the phone is nobody's")
        assert phone.enrolment is None
        assert not (tmp_path / "enrolment.json").exists()
        assert (tmp_path / "andina-c-ana.sqlite").exists(), "what was recorded stays"

    walk(tmp_path, story)


def test_what_is_unsent_keeps_its_collector_and_the_way_to_it_is_one_tap(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/mas")
        await screen.tap("sign-out")
        assert screen.has("sign-out-refused")
        assert screen.says("Hay registros sin enviar. Cierre sesión cuando todo haya llegado.")
        assert phone.enrolment is not None
        await screen.tap("sign-out-refused-action")
        assert screen.has("sync-now")

    walk(tmp_path, story)


def test_what_is_unsent_in_the_other_company_keeps_its_collector_too(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        await begin_visit(screen)
        phone.file.write(
            dataclasses.replace(
                first, company="pacifico", company_name="Pacífico", database="pacifico-c-ana",
                series="P0001",
            )
        )  # fmt: skip
        await screen.go("/mas")
        await screen.tap("switch-pacifico")
        await screen.until(lambda: phone.enrolment is not None and phone.enrolment.series == "P0001", "there")
        await screen.go("/mas")
        await screen.tap("sign-out")
        await screen.tap("sign-out-confirm")
        await screen.until(lambda: screen.has("sign-out-refused"), "the refusal is shown")
        assert phone.enrolment is not None

    walk(tmp_path, story)


def test_a_locked_phone_shows_nothing_of_its_customers_and_keeps_what_waits(tmp_path: Path) -> None:
    async def before(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)

    async def after(screen: Screen, phone: Phone) -> None:
        for address in ("/", "/clientes", "/cliente/C0001", "/cobros/caja", "/mas"):
            await screen.go(address)
            assert screen.has("locked"), address
            assert not screen.says("Comercial El Rosal"), address
        assert screen.says("1 registro está solo en este teléfono. Aquí se conserva.")
        await screen.tap("recovery-file")
        await screen.until(
            lambda: any(name == "save_file" for name, _ in screen.connection.calls), "the file is given"
        )
        await screen.tap("locked-sign-in")
        await screen.until(lambda: screen.has("sign-in-email"), "the way back is open")
        assert phone.locked

    walk(tmp_path, before)
    EnrolmentFile(tmp_path).write(dataclasses.replace(enrolment(now=NOW), revoked=True))
    walk(tmp_path, after)


def test_a_locked_phone_with_nothing_of_its_own_offers_no_file(tmp_path: Path) -> None:
    seed_phone(tmp_path, now=NOW, customers=3)
    EnrolmentFile(tmp_path).write(dataclasses.replace(enrolment(now=NOW), revoked=True))

    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.says("La oficina bloqueó este teléfono")
        assert not screen.has("recovery-file")

    walk(tmp_path, story)


def test_only_the_office_takes_the_lock_away_and_no_restart_does(tmp_path: Path) -> None:
    """A phone that had heard the office before it was shut out, and is started again without a network."""
    seed_phone(tmp_path, now=NOW, customers=3)
    EnrolmentFile(tmp_path).write(dataclasses.replace(enrolment(now=NOW), revoked=True))
    store = Store.open(tmp_path / "andina-c-ana.sqlite")
    store.keep_contact(NOW)
    store.close()

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.until(lambda: phone.status.phase is SyncPhase.UNREACHABLE, "a round was tried")
        assert phone.locked
        assert screen.has("locked")

    walk(tmp_path, story)
    kept = EnrolmentFile(tmp_path).read()
    assert kept is not None
    assert kept.revoked

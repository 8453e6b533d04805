"""What a collector reads whose office has the phone erased: calm, true, and with a way on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import flet as ft
import pytest

from flet_app.collector import wipe_journal
from flet_app.collector.phone import Phone
from flet_app.collector.session import Enrolment, EnrolmentFile
from flet_app.collector.wipe_journal import Stage, WipeJournal
from tests.support import screen_audit
from tests.support.collector_walk import NO_OFFICE, NOW, walk
from tests.support.flet_harness import Screen
from tests.support.languages import foreign
from tests.support.seed_phone import enrolment, seed_phone


def journal(stage: Stage, of: Enrolment | None = None, **fields: object) -> WipeJournal:
    made = WipeJournal(
        company="andina", company_name="Distribuidora Andina", api=NO_OFFICE,
        device=enrolment(now=NOW).device, order="01KW", stage=stage,
        enrolment=dataclasses.asdict(of) if of else {},
    )  # fmt: skip
    return dataclasses.replace(made, **fields)  # type: ignore[arg-type]


def erased(**fields: object) -> WipeJournal:
    return journal(Stage.TOLD, erased_at="2026-11-20T15:00:00Z", **fields)


def second(folder: Path) -> None:
    other = dataclasses.replace(
        enrolment(now=NOW), company="pacifico", company_name="Pacífico", database="pacifico-c-ana",
        device="01KB0000000000000000000DEV", devices=("01KB0000000000000000000DEV",), series="P0001",
        recovery_key="",
    )  # fmt: skip
    EnrolmentFile(folder).write(other)


@pytest.mark.parametrize("address", ["/", "/mas", "/clientes/cliente/C0001/cobro", "/entrar"])
def test_while_it_hands_over_nothing_of_the_company_is_shown_at_any_address(
    tmp_path: Path, address: str
) -> None:
    seed_phone(tmp_path, now=NOW, customers=12)
    wipe_journal.keep(
        tmp_path, journal(Stage.ORDERED, enrolment(now=NOW), handed=("note:ana:1", "note:ana:2"))
    )

    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.has("wiping")
        assert screen.says("La oficina pidió borrar este teléfono")
        assert screen.says("Primero se entrega a la oficina todo lo que solo está aquí.")
        assert screen.says("2 registros entregados hasta ahora")
        assert not screen.says("Comercial El Rosal")
        assert sum(isinstance(control, ft.View) for control in screen.walk()) == 1
        await screen.tap("wiping-now")
        assert phone.enrolment is None
        assert (tmp_path / "andina-c-ana.sqlite").exists(), "nothing goes without the office's word"

    walk(tmp_path, story, route=address)


def test_afterwards_it_says_what_happened_and_whom_to_ask(tmp_path: Path) -> None:
    wipe_journal.keep(tmp_path, erased(records=12))

    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.says("Este teléfono fue borrado")
        assert screen.says("La oficina hizo borrar lo que era de Distribuidora Andina.")
        assert screen.says("12 registros se entregaron antes.")
        assert screen.says("Si tiene una pregunta, hable con su supervisor.")
        await screen.tap("wiped-continue")
        await screen.until(lambda: screen.has("sign-in-email"), "the phone is nobody's")
        assert phone.wiping.shown is None
        assert not (tmp_path / "wipe-andina.json").exists()

    walk(tmp_path, story, seeded=False)


def test_whose_other_company_stays_goes_on_there_meanwhile_and_afterwards(tmp_path: Path) -> None:
    seed_phone(tmp_path, now=NOW, customers=12)
    second(tmp_path)
    wipe_journal.keep(tmp_path, journal(Stage.ORDERED, enrolment(now=NOW)))

    async def meanwhile(screen: Screen, phone: Phone) -> None:
        assert phone.enrolment is not None
        assert phone.enrolment.company == "pacifico"
        assert screen.says("Seguir con Pacífico") or screen.has("wiping-leave")
        await screen.tap("wiping-leave")
        await screen.until(lambda: screen.has("nav-hoy"), "the other company")
        assert (tmp_path / "wipe-andina.json").exists(), "it goes on behind"

    walk(tmp_path, meanwhile)
    wipe_journal.keep(tmp_path, erased())

    async def afterwards(screen: Screen, phone: Phone) -> None:
        assert screen.has("wiped")
        await screen.tap("wiped-continue")
        await screen.until(lambda: screen.has("nav-hoy"), "the other company")
        assert phone.enrolment is not None
        assert phone.enrolment.company == "pacifico"

    walk(tmp_path, afterwards)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("stage", [Stage.ORDERED, Stage.TOLD])
def test_both_screens_are_named_large_enough_and_of_one_language(
    tmp_path: Path, stage: Stage, language: str
) -> None:
    own = dataclasses.replace(enrolment(now=NOW), locale=f"{language}_EC")
    made = erased(records=1) if stage is Stage.TOLD else journal(stage, own, handed=("note:ana:1",))
    wipe_journal.keep(tmp_path, made)
    seed_phone(tmp_path, now=NOW, customers=2)
    EnrolmentFile(tmp_path).remove()
    second(tmp_path)
    phone_file = EnrolmentFile(tmp_path)
    phone_file.change("pacifico", locale=f"{language}_EC")

    async def story(screen: Screen, _phone: Phone) -> None:
        found = screen_audit.tree(screen)
        faults = [
            *screen_audit.unnamed(found), *screen_audit.small(found), *screen_audit.raw(found),
            *foreign(found, language, names=("Distribuidora Andina", "Pacífico"), own=""),
        ]  # fmt: skip
        assert faults == []

    walk(tmp_path, story)

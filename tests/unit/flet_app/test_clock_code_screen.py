"""A supervisor's code opens receipts on a clock that was put back: once, for that clock, and for no other."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import flet as ft

from backend.sealing import RecoveryKey
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.phone import Phone
from flet_app.collector.session import EnrolmentFile
from flet_app.collector.window import open_window
from receivables.clock_codes import clock_code
from receivables.documents import Json
from receivables.receipts import receipt_hash
from tests.support.collector_walk import GPS, Followed
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_phone_clock import HOUR, NOW, Watch, on_a_phone, opened, pay, refused, told

OFFICE = RecoveryKey(b"s" * 32, "andina")
Story = Callable[[Screen, Phone, Watch], Awaitable[None]]


def code_for(phone: Phone, number: str) -> str:
    """What the office works out."""
    assert phone.enrolment
    shared = OFFICE.shared_with(phone.key.public)
    return clock_code(shared, device=phone.enrolment.device, challenge=number)


def has_a_key(folder: Path, public: str = OFFICE.public) -> None:
    file = EnrolmentFile(folder)
    known = file.read()
    assert known
    file.write(dataclasses.replace(known, recovery_key=public))


def put_back(folder: Path, story: Story, *, key: bool = True) -> None:
    """Walk `story` on a phone whose clock was put back three hours after the office was heard."""

    async def run(watch: Watch) -> None:
        has_a_key(folder, OFFICE.public if key else "")
        phone = await opened(folder, watch)
        told(phone, NOW)
        watch.passed, watch.off = HOUR, -3 * HOUR

        def main(page: ft.Page) -> None:
            open_window(page, phone)

        try:
            async with Followed(main, answers=GPS) as screen:
                await story(screen, phone, watch)
        finally:
            await phone.stop()

    on_a_phone(folder, run)


def number_on(screen: Screen) -> str:
    shown = screen.by_id("clock-number").content
    assert isinstance(shown, ft.Text)
    return str(shown.value).replace(" ", "")


async def asked(screen: Screen) -> str:
    await screen.tap("clock-back-action")
    await screen.until(lambda: screen.has("clock-number") and number_on(screen), "the number")
    return number_on(screen)


async def typed(screen: Screen, code: str, by: str = "Sofía Ruiz") -> None:
    await screen.type("clock-code", code)
    await screen.type("clock-by", by)
    await screen.tap("clock-accept")


async def accepted(screen: Screen, phone: Phone) -> str:
    number = await asked(screen)
    await typed(screen, code_for(phone, number))
    await screen.until(lambda: screen.has("clock-accepted"), "the clock is accepted")
    return number


async def collected(phone: Phone) -> Json:
    visit = phone.portfolio.open_visit() or await start_visit(phone, "C0001", place=None)
    assert isinstance(visit, dict)
    answer = await pay(phone, visit["_id"])
    return answer if isinstance(answer, dict) else {"refused": refused(answer)}


def test_the_code_opens_receipts_which_say_who_accepted_the_clock(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, watch: Watch) -> None:
        number = await accepted(screen, phone)
        assert screen.says("Sofía Ruiz aceptó el reloj de este teléfono.")
        assert screen.announces("Reloj aceptado")
        receipt = await collected(phone)
        assert receipt["clock"] == {
            "challenge": number, "accepted_by": "Sofía Ruiz", "accepted_at": "2026-11-20T13:30:00Z",
        }  # fmt: skip
        assert receipt["hash"] == receipt_hash(receipt["previous_hash"], receipt), "the chain covers it"
        told(phone, NOW + HOUR)
        assert "clock" not in await collected(phone), "the office was heard"

    put_back(tmp_path, story)


def test_a_wrong_code_is_told_at_its_field_and_costs_waits(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, _watch: Watch) -> None:
        number = await asked(screen)
        right = code_for(phone, number)
        wrong = f"{(int(right) + 1) % 10**8:08d}"
        for _ in range(4):
            await typed(screen, wrong)
            await screen.until(lambda: screen.says("No es el código de ese número"), "it is told")
        await typed(screen, wrong)
        await screen.until(lambda: screen.says("Espere 30 segundos"), "the wait")
        await typed(screen, right)
        assert screen.says("segundos antes de intentar otra vez"), "the right one waits too"
        assert (await collected(phone))["refused"] == ["clock_put_back"]

    put_back(tmp_path, story)


def test_what_is_missing_is_told_before_anything_is_tried(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone, _watch: Watch) -> None:
        await asked(screen)
        await typed(screen, "1234", by=" ")
        assert screen.field("clock-code").error == "Un código tiene 8 dígitos."
        assert screen.field("clock-by").error == "Escriba quién le da el código."

    put_back(tmp_path, story)


def test_a_code_that_was_used_opens_nothing_again(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, watch: Watch) -> None:
        number = await accepted(screen, phone)
        code = code_for(phone, number)
        watch.off -= HOUR
        phone.announce()
        await screen.until(lambda: screen.has("clock-back"), "it was put back again")
        assert await asked(screen) != number
        await typed(screen, code)
        await screen.until(lambda: screen.says("o ya se usó"), "the code is refused")
        assert (await collected(phone))["refused"] == ["clock_put_back"]

    put_back(tmp_path, story)


def test_a_clock_that_is_set_while_two_people_talk_has_another_number(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, watch: Watch) -> None:
        number = await asked(screen)
        watch.off -= HOUR
        await typed(screen, code_for(phone, number))
        await screen.until(lambda: screen.says("Dicte el número nuevo"), "it is told")
        assert number_on(screen) != number
        await typed(screen, code_for(phone, number_on(screen)))
        await screen.until(lambda: screen.has("clock-accepted"), "the new one is good")

    put_back(tmp_path, story)


def test_the_number_and_the_acceptance_outlive_the_app_and_the_phone(tmp_path: Path) -> None:
    async def story(watch: Watch) -> None:
        has_a_key(tmp_path)
        phone = await opened(tmp_path, watch)
        told(phone, NOW)
        watch.passed, watch.off = HOUR, -3 * HOUR
        assert phone.clock_codes
        number = phone.clock_codes.challenge()
        await phone.stop()

        watch.passed += timedelta(minutes=2)
        phone = await opened(tmp_path, watch)
        assert phone.clock_codes
        assert phone.clock_codes.challenge() == number, "two people are talking about it"
        phone.clock_codes.check(code_for(phone, number), by="Sofía")
        await phone.stop()

        watch.passed += HOUR
        watch.restart()
        phone = await opened(tmp_path, watch)
        assert (await collected(phone))["clock"]["challenge"] == number
        watch.off -= 2 * HOUR
        assert (await collected(phone))["refused"] == ["clock_put_back"], "further back than was accepted"
        await phone.stop()

    on_a_phone(tmp_path, story)


def test_a_phone_without_a_key_says_so_and_a_right_clock_needs_none(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, watch: Watch) -> None:
        await screen.go("/reloj")
        assert screen.says("Este teléfono aún no tiene clave para un código.")
        assert not screen.has("clock-accept")
        watch.off = timedelta(0)
        phone.announce()
        await screen.until(lambda: screen.says("El reloj no detiene los cobros."), "nothing to do")

    put_back(tmp_path, story, key=False)

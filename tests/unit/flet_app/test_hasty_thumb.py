"""A button pressed three times in a row does what it says once, and says nothing untrue."""

from __future__ import annotations

from pathlib import Path

import flet as ft

from flet_app.collector.phone import Phone
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.scripted_office import Office
from tests.unit.flet_app.test_screen_sign_in import COMPANY, PACIFICO, at_the_office, login


def snacks(screen: Screen) -> list[ft.SnackBar]:
    return [each for each in screen.walk() if isinstance(each, ft.SnackBar)]


def test_a_visit_begins_once_and_nothing_is_complained_of(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        await screen.hammer("start-visit")
        await screen.until(lambda: screen.has("new-receipt"), "the visit is open")
        assert len(phone.portfolio.visit_starts) == 1
        assert not snacks(screen)

    walk(tmp_path, story)


def test_a_visit_that_another_window_began_is_simply_there(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        start = screen.by_id("start-visit").content
        assert start is not None
        await screen.tap("start-visit")
        await screen.until(lambda: screen.has("new-receipt"), "the visit is open")
        assert isinstance(start, ft.FilledButton)
        await start.on_click(None)  # type: ignore[misc]
        await screen.settle()
        assert not snacks(screen)

    walk(tmp_path, story)


def test_a_visit_ends_once_and_nothing_is_complained_of(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/cliente/C0001/finalizar")
        await screen.tap("outcome-paid")
        await screen.type("comment", "Pagó lo vencido y pidió copia.")
        await screen.hammer("visit-save")
        await screen.until(lambda: phone.portfolio.open_visit() is None, "the visit has ended")
        assert len(phone.portfolio.visits) == 1
        assert screen.announces("Visita guardada")
        assert len(snacks(screen)) == 1

    walk(tmp_path, story)


def test_a_call_is_recorded_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        await screen.hammer("contact-call")
        await screen.until(lambda: phone.portfolio.attempts, "it is recorded")
        assert len(phone.portfolio.attempts) == 1

    walk(tmp_path, story)


def test_a_copy_is_noted_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.tap("receipt-continue")
        await screen.tap("receipt-register")
        await screen.hammer("receipt-confirm")
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is there")
        assert len(phone.portfolio.receipts) == 1
        await screen.hammer("receipt-share")
        await screen.until(lambda: phone.portfolio.copies, "the copy is noted")
        await screen.settle()
        assert len(phone.portfolio.copies) == 1

    walk(tmp_path, story)


def test_a_phone_is_enrolled_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await screen.type("sign-in-email", "ana@andina.example")
        await screen.type("sign-in-password", "secreta")
        await screen.hammer("sign-in-submit")
        await screen.until(lambda: phone.enrolment is not None, "signed in")
        await screen.settle()
        assert [path for path, _body in office.asked if "/devices" in path] == [
            "/api/v1/companies/andina/devices"
        ]

    at_the_office(tmp_path, story, [login(COMPANY)] * 3)


def test_of_two_companies_one_is_chosen_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone, office: Office) -> None:
        await screen.type("sign-in-email", "ana@andina.example")
        await screen.type("sign-in-password", "secreta")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("company-andina"), "the companies are offered")
        await screen.hammer("company-andina")
        await screen.until(lambda: phone.enrolment is not None, "signed in")
        await screen.settle()
        assert len([path for path, _body in office.asked if "/devices" in path]) == 1

    at_the_office(tmp_path, story, [login(COMPANY, PACIFICO)])

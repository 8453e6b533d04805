"""A phone that is too long without its office: warned before, shut then, and opened by the contact alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.phone import Phone
from flet_app.collector.session import EnrolmentFile
from flet_app.collector.sync import SyncPhase
from tests.support import screen_audit
from tests.support.collector_walk import NOW, arrive, begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.languages import foreign
from tests.support.seed_phone import enrolment, seed_phone

POLICY = {"_id": "policy:collection", "currency": "USD"}


class Days:
    """A clock that the story moves."""

    def __init__(self) -> None:
        self.passed = timedelta(0)

    def __call__(self) -> datetime:
        return NOW + self.passed


async def heard(screen: Screen, phone: Phone) -> None:
    """What the synchronisation does when the office answers; a restart follows, so that the wall counts."""
    assert phone.store
    known = phone.clock.met(phone.now())
    assert known
    phone.store.keep_clock(known | {"boot": "another start"})
    phone.clock = type(phone.clock)(phone.world.reading, phone.store.load_clock())
    phone.announce()
    await screen.settle()


async def after(screen: Screen, phone: Phone, days: Days, count: float) -> None:
    days.passed = timedelta(days=count)
    phone.announce()
    await screen.settle()


def test_it_is_told_two_days_before_and_shuts_without_losing_anything(tmp_path: Path) -> None:
    days = Days()

    async def story(screen: Screen, phone: Phone) -> None:
        await heard(screen, phone)
        await begin_visit(screen)
        await screen.go("/")
        await after(screen, phone, days, 4.9)
        assert not screen.has("contact-ending")
        await after(screen, phone, days, 5.1)
        await screen.until(lambda: screen.has("contact-ending"), "the warning")
        assert screen.says("Le quedan 2 días para conectarse a la oficina")
        await screen.go("/sincronizacion")
        assert screen.has("contact-ending")
        await screen.go("/cliente/C0001")
        await after(screen, phone, days, 7.1)
        await screen.until(lambda: screen.has("expired"), "it is shut")
        assert screen.says("Nada se borró")
        assert screen.has("expired-unsent")
        assert screen.has("recovery-file"), "what is here can be handed over"
        assert not screen.says("Comercial El Rosal")
        for address in ("/", "/mas", "/clientes/cliente/C0001/cobro"):
            await screen.go(address)
            assert screen.has("expired"), address
            assert sum(isinstance(control, ft.View) for control in screen.walk()) == 1
        await screen.tap("expired-connect")
        unsent = phone.status.unsent_count
        assert unsent
        await heard(screen, phone)
        await screen.until(lambda: not screen.has("expired"), "the contact opens it")
        assert phone.status.unsent_count == unsent
        await screen.go("/cliente/C0001")
        assert screen.has("return-to-visit") or screen.has("finish-visit")

    walk(tmp_path, story, clock=days)


@pytest.mark.parametrize(("said", "shut"), [(None, False), (0, False), (30, False), (1, True)])
def test_the_company_says_after_how_many_days(tmp_path: Path, said: int | None, shut: bool) -> None:
    days = Days()

    async def story(screen: Screen, phone: Phone) -> None:
        await heard(screen, phone)
        await arrive(screen, phone, {**POLICY, "contact_days": said})
        await after(screen, phone, days, 8)
        assert screen.has("expired") == shut

    walk(tmp_path, story, clock=days)


def test_a_clock_that_was_put_forward_is_put_right_and_opens_it_too(tmp_path: Path) -> None:
    days = Days()

    async def story(screen: Screen, phone: Phone) -> None:
        await heard(screen, phone)
        await after(screen, phone, days, 400)
        await screen.until(lambda: screen.has("expired"), "it is shut")
        assert screen.says("póngalas en automático")
        await after(screen, phone, days, 0.1)
        await screen.until(lambda: not screen.has("expired"), "it is open")

    walk(tmp_path, story, clock=days)


def test_whose_session_has_ended_signs_in_from_there(tmp_path: Path) -> None:
    days = Days()

    async def story(screen: Screen, phone: Phone) -> None:
        await heard(screen, phone)
        await after(screen, phone, days, 70)
        phone.status = dataclasses.replace(phone.status, phase=SyncPhase.SIGN_IN_AGAIN)
        phone.announce()
        await screen.until(lambda: screen.has("expired-sign-in"), "the way in")
        await screen.go("/entrar")
        await screen.until(lambda: screen.has("sign-in-submit"), "the sign-in")

    walk(tmp_path, story, clock=days)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_screen_is_named_large_enough_and_of_one_language(tmp_path: Path, language: str) -> None:
    days = Days()
    seed_phone(tmp_path, now=NOW, customers=2)
    EnrolmentFile(tmp_path).write(dataclasses.replace(enrolment(now=NOW), locale=f"{language}_EC"))

    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store
        phone.store.choose(language=language)
        await heard(screen, phone)
        await after(screen, phone, days, 8)
        found: Any = screen_audit.tree(screen)
        faults = [
            *screen_audit.unnamed(found), *screen_audit.small(found), *screen_audit.raw(found),
            *foreign(found, language, names=(), own=""),
        ]  # fmt: skip
        assert screen.has("expired")
        assert faults == []

    walk(tmp_path, story, clock=days)

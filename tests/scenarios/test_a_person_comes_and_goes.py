"""A collector is hired, works, is let go with money on the phone, and comes back: on the real processes, the
office through its screens, the collector with a real phone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.api import Refused
from flet_app.collector.phone import Phone
from flet_app.collector.recovery import make_recovery
from flet_app.collector.window import open_window
from flet_app.supervisor.api import Api
from flet_app.supervisor.feed import refresh
from flet_app.supervisor.main import App
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import SupervisorState
from tests.support.collector_walk import GPS, Followed
from tests.support.field import a_phone, collect, until
from tests.support.flet_harness import Screen
from tests.support.outcome import documents, without_rev
from tests.support.stack import PASSWORD, Stack, eventually, stack

Json = dict[str, Any]
RITA = "rita@andina.example"
CUSTOMERS = 3
OWN_PASSWORD = "la clave de Rita"


def test_a_collector_is_hired_works_is_let_go_with_money_on_the_phone_and_comes_back(tmp_path: Path) -> None:
    with stack(tmp_path) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.run("-m", "backend", "reconcile", "--once")
        whole.start("api", "reconcile")
        asyncio.run(_the_story_of_rita(whole))


async def _the_story_of_rita(whole: Stack) -> None:
    await _choose_a_password(whole, await _hire(whole))
    phone = a_phone(whole.api_url, whole.folder / "phones" / "rita", "Teléfono de Rita")
    await phone.start()
    try:
        await phone.sign_in(RITA, OWN_PASSWORD, language="es", code=await _make_a_code(whole))
        debts = await _portfolio(whole, phone)

        sent = await _collect(phone, *debts[0])
        await until(lambda: not phone.status.unsent_count, seconds=60, what="the receipt is with the office")
        await asyncio.to_thread(whole.stop, "api", "couchdb")
        unsent = await _collect(phone, *debts[1])
        await phone.stop()
        await asyncio.to_thread(whole.start, "couchdb", "api")

        await _let_go(whole)
        await phone.start()
        await until(lambda: phone.locked, seconds=60, what="the phone is shut out")
        with pytest.raises(Refused) as refused:
            await phone.sign_in(RITA, OWN_PASSWORD, language="es")
        assert refused.value.code == "account_disabled"
        await asyncio.to_thread(_expect_receipts, whole, sent)

        await _rescue(whole, phone)
        await asyncio.to_thread(_expect_receipts, whole, sent, unsent)

        await _let_in_again(whole)
        await _choose_on_the_phone(phone, await _reset(whole), await _make_a_code(whole))
        assert not phone.locked
        back = await _collect(phone, *debts[2])
        await asyncio.to_thread(_expect_receipts, whole, sent, unsent, back)
        await _expect_the_trail(whole)
    finally:
        await phone.stop()


# -- what the office does on its screens ------------------------------------------------------


@asynccontextmanager
async def _desk(whole: Stack, route: str, **services: Any) -> AsyncIterator[Screen]:
    """Alba, who administers, in front of a screen."""
    async with _session(whole) as session:
        await session.sign_in("alba@andina.example", PASSWORD)
        await refresh(session.state, session.api, session.now())
        async with Screen(_showing(session), route=route, platform="linux", answers=services) as screen:
            yield screen


@asynccontextmanager
async def _session(whole: Stack) -> AsyncIterator[Session]:
    api = Api(whole.api_url, language="es", now=_now)
    try:
        yield Session(api=api, state=SupervisorState(width=1280), nudge=asyncio.Event(), now=_now)
    finally:
        await api.close()


def _showing(session: Session) -> Callable[[ft.Page], None]:
    def main(page: ft.Page) -> None:
        page.render_views(App, session)

    return main


def _now() -> datetime:
    return datetime.now(UTC)


def _text(screen: Screen, identifier: str) -> str:
    shown = screen.by_id(identifier).content
    assert isinstance(shown, ft.Text)
    return str(shown.value)


async def _hire(whole: Stack) -> str:
    """Rita is added; the password for one use that the screen tells."""
    async with _desk(whole, "/configuracion/personas") as screen:
        await screen.tap("person-new")
        await screen.type("person-email", RITA)
        await screen.type("person-name", "Rita Mora")
        await screen.tap("person-role-collector")
        await screen.type("person-collector", "rita")
        await screen.tap("person-save")
        await screen.until(lambda: screen.has("password-shown"), "the password", seconds=30)
        return _text(screen, "password-shown")


async def _choose_a_password(whole: Stack, once: str) -> None:
    async with (
        _session(whole) as session,
        Screen(_showing(session), platform="linux") as screen,
    ):
        await screen.type("sign-in-email", RITA)
        await screen.type("sign-in-password", once)
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("sign-in-new-password"), "another is asked for", seconds=30)
        await screen.type("sign-in-new-password", OWN_PASSWORD)
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("password-changed"), "it is changed", seconds=30)


async def _reset(whole: Stack) -> str:
    """Rita has forgotten hers; the password for one use that the screen tells."""
    async with _desk(whole, "/configuracion/personas") as screen:
        await screen.until(lambda: screen.has(f"person-password-{RITA}"), "the people", seconds=30)
        await screen.tap(f"person-password-{RITA}")
        await screen.tap("person-password-confirm")
        await screen.until(lambda: screen.has("password-shown"), "the password", seconds=30)
        return _text(screen, "password-shown")


async def _make_a_code(whole: Stack) -> str:
    async with _desk(whole, "/configuracion/telefonos") as screen:
        await screen.tap("code-new")
        await screen.tap("code-for-rita")
        await screen.tap("code-make")
        await screen.until(lambda: screen.has("code-shown"), "the code", seconds=30)
        return _text(screen, "code-shown")


async def _let_go(whole: Stack) -> None:
    await _ask(whole, "disable")
    async with _desk(whole, "/configuracion/telefonos") as screen:
        await screen.until(lambda: screen.says("Rita Mora · Teléfono de Rita"), "the phones", seconds=30)
        assert screen.says("1 teléfono bloqueado")


async def _let_in_again(whole: Stack) -> None:
    await _ask(whole, "enable", state="people-disabled")


async def _ask(whole: Stack, verb: str, *, state: str = "people-active") -> None:
    async with _desk(whole, "/configuracion/personas") as screen:
        await screen.tap(state)
        await screen.until(lambda: screen.has(f"person-{verb}-{RITA}"), "the people", seconds=30)
        await screen.tap(f"person-{verb}-{RITA}")
        await screen.tap(f"person-{verb}-confirm")
        await screen.until(lambda: not screen.has(f"person-{RITA}"), "Rita is elsewhere", seconds=30)


async def _rescue(whole: Stack, phone: Phone) -> None:
    """The file of the phone that was shut out is taken in: twice, and counts once."""
    made = await make_recovery(phone)
    file = {"id": 1, "name": made.name, "size": len(made.content), "path": None, "bytes": made.content}
    async with _desk(whole, "/configuracion/rescate", pick_files=[file]) as screen:
        for outcome in ("stored", "present"):
            await screen.tap("rescue-pick")
            await screen.until(
                lambda outcome=outcome: (
                    screen.has("rescue-report")
                    and _text(screen, f"rescue-{outcome}") == f"{made.facts} registros"
                ),
                f"all are {outcome}",
                seconds=30,
            )
            assert _text(screen, "rescue-refused") == "0 registros"


async def _expect_the_trail(whole: Stack) -> None:
    async with _desk(whole, "/configuracion/auditoria") as screen:
        await screen.tap("audit-span-1")
        await screen.until(lambda: screen.says("Persona agregada"), "the entries", seconds=30)
        for words in ("Persona desactivada", "Persona activada", "Archivo de un teléfono recibido"):
            assert screen.says(words), words
        assert screen.says("La cuenta está desactivada")


# -- what Rita does with the phone ------------------------------------------------------------


async def _choose_on_the_phone(phone: Phone, once: str, code: str) -> None:
    async with Followed(lambda page: open_window(page, phone), route="/entrar", answers=GPS) as screen:
        await screen.type("sign-in-password", once)
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("password-new"), "another is asked for", seconds=30)
        await screen.type("password-new", "otra clave de Rita")
        await screen.type("password-again", "otra clave de Rita")
        await screen.tap("password-save")
        await screen.until(lambda: screen.has("sign-in-code"), "the code is asked for", seconds=30)
        await screen.type("sign-in-code", code)
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("nav-hoy"), "the day is shown", seconds=30)


async def _portfolio(whole: Stack, phone: Phone) -> list[tuple[str, str]]:
    """Some customers are given to Rita; each with an invoice that is owed, once they are on the phone."""
    async with _session(whole) as session:
        await session.sign_in("sofia@andina.example", PASSWORD)
        page = await session.api.read("/customers", collector="ana", limit=500)
        owing = [row["code"] for row in page["items"] if row["overdue"] > 10_000][:CUSTOMERS]
        for code in owing:
            await session.api.write(f"/assignments/{code}", {"collector": "rita"}, method="PUT")

    def debts() -> list[tuple[str, str]]:
        found = {
            invoice["customer"]: key
            for key, invoice in phone.portfolio.invoices.items()
            if int(invoice["balance"]) > 1_000
        }
        return sorted(found.items())

    phone.nudge()
    await until(lambda: len(debts()) == CUSTOMERS, seconds=90, what="the customers are on the phone")
    return debts()


async def _collect(phone: Phone, customer: str, invoice: str) -> Json:
    return await collect(phone, customer, [invoice], [{"method": "cash", "amount": 1_000}])


def _expect_receipts(whole: Stack, *receipts: Json) -> None:
    """Exactly these receipts of Rita's, as they were written."""
    wanted = {receipt["_id"]: without_rev(receipt) for receipt in receipts}

    def there() -> bool:
        found = documents(whole, "receipt")
        return {key: without_rev(body) for key, body in found.items()} == wanted

    eventually(there, seconds=60, what=f"the office has {len(receipts)} receipts of Rita")

"""Anular: the collector may on the day, while nothing has left the phone; else who may is told, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.actions.cash import deposit
from flet_app.collector.figures import cash_in_hand, open_items
from flet_app.collector.phone import Phone
from flet_app.collector.views.records import VOID_WORDS
from receivables.money import Money
from receivables.voids import VOID_REASONS
from tests.support.collector_walk import NOW, Story, arrive, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.support.letters import CLOSE
from tests.unit.flet_app.test_screen_deposit import CASH, READY
from tests.unit.flet_app.test_screen_voucher import NUMBER, RECEIPT, posting

VOUCHER = f"/cobros/recibo/{NUMBER}"
ASK = "Pida la anulación a su supervisor."


def collected(story: Story) -> Story:
    async def begun(screen: Screen, phone: Phone) -> None:
        owed = [item.invoice for item in open_items(phone.portfolio, "C0001")]
        await collect(phone, "C0001", owed, [CASH, READY])
        await screen.go(VOUCHER)
        await story(screen, phone)

    return begun


def test_a_receipt_of_the_day_is_voided_with_a_reason_and_its_money_is_gone(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        owed = sum(item.open.minor for item in open_items(phone.portfolio, "C0001"))
        await screen.tap("void-receipt")
        assert screen.says("¿Por qué se anula?")
        assert screen.says("Las facturas quedan abiertas de nuevo.")
        button: Any = screen.by_id("void-confirm").content
        assert button.disabled, "there is no void without a reason"
        for reason in VOID_REASONS:
            assert screen.has(f"void-{reason}")
        await screen.tap("void-wrong_amount")
        await screen.tap("void-confirm")
        await screen.until(lambda: phone.portfolio.voids, "the receipt is void")
        [void] = phone.portfolio.voids.values()
        assert (void["receipt"], void["reason"]) == (RECEIPT, "wrong_amount")
        assert screen.says("Anulado: Monto equivocado")
        assert not screen.has("void-receipt")
        assert not screen.has("void-refused")
        assert cash_in_hand(phone.portfolio).expected.minor == 0
        now = sum(item.open.minor for item in open_items(phone.portfolio, "C0001"))
        assert now == owed + 14_000
        assert phone.portfolio.receipts[RECEIPT]["total"] == 14_000, "the receipt itself stays as it was"

    walk(tmp_path, collected(story))


def test_the_button_says_which_receipt_and_there_is_a_way_back(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("void-receipt")
        assert screen.says(f"Anular {NUMBER}")
        await screen.tap("void-wrong_customer")
        await screen.tap("void-back")
        assert not screen.has("void-confirm")
        assert not phone.portfolio.voids
        assert screen.has("void-receipt")

    walk(tmp_path, collected(story))


async def shared(screen: Screen, phone: Phone) -> None:
    await screen.tap("receipt-share")
    await screen.until(lambda: phone.portfolio.copies, "the copy is noted")


def deposited(cash: int, *cheques: tuple[str, str]) -> Callable[[Screen, Phone], Awaitable[None]]:
    async def banked(_screen: Screen, phone: Phone) -> None:
        done = await deposit(
            phone, cash=Money(cash, "USD"), cheques=cheques, bank="Pichincha", account="", number="5",
            deposited_on=phone.today(),
        )  # fmt: skip
        assert isinstance(done, dict), done

    return banked


async def closed(screen: Screen, phone: Phone) -> None:
    await arrive(screen, phone, CLOSE | {"receipts": [RECEIPT]})


def answered(state: str) -> Callable[[Screen, Phone], Awaitable[None]]:
    async def arrived(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, posting(state=state))

    return arrived


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (shared, f"El cliente ya tiene copia del recibo {NUMBER}."),
        (deposited(0, (RECEIPT, "000123")), f"Un cheque del recibo {NUMBER} ya se depositó."),
        (deposited(100), f"Después del recibo {NUMBER} se depositó efectivo, quizá el suyo."),
        (closed, f"La caja del recibo {NUMBER} ya se cerró o no es de hoy."),
        (answered("sending"), f"El recibo {NUMBER} ya está contabilizado."),
        (answered("posted"), f"El recibo {NUMBER} ya está contabilizado."),
    ],
    ids=["shared", "deposited", "banked", "closed", "sending", "posted"],
)
def test_what_the_collector_may_not_void_any_more_is_told_with_whom_to_ask(
    tmp_path: Path, happens: Callable[[Screen, Phone], Awaitable[None]], why: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.has("void-receipt")
        await happens(screen, phone)
        await screen.until(lambda: screen.has("void-refused"), "the reason is told")
        assert screen.says(f"{why} {ASK}")
        assert not screen.has("void-receipt")

    walk(tmp_path, collected(story))


def test_yesterdays_receipt_is_the_offices_to_void(tmp_path: Path) -> None:
    async def today(screen: Screen, _phone: Phone) -> None:
        assert screen.has("void-receipt")

    async def tomorrow(screen: Screen, _phone: Phone) -> None:
        await screen.go(VOUCHER)
        assert screen.says(f"La caja del recibo {NUMBER} ya se cerró o no es de hoy. {ASK}")
        assert not screen.has("void-receipt")

    walk(tmp_path, collected(today))
    walk(tmp_path, tomorrow, now=NOW + timedelta(days=1))


@pytest.mark.parametrize("happens", [closed, answered("posted")], ids=["closed", "posted"])
def test_what_happens_while_the_question_is_open_still_forbids_the_void(
    tmp_path: Path, happens: Callable[[Screen, Phone], Awaitable[None]]
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("void-receipt")
        await screen.tap("void-wrong_amount")
        await happens(screen, phone)
        await screen.tap("void-confirm")
        await screen.until(lambda: screen.announces(ASK), "the refusal is told")
        assert not phone.portfolio.voids
        assert screen.has("void-refused")

    walk(tmp_path, collected(story))


def test_pressing_twice_makes_one_void(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("void-receipt")
        await screen.tap("void-wrong_amount")
        button: Any = screen.by_id("void-confirm").content
        for _ in range(2):
            await screen.session.dispatch_event(button._i, "click", None)
        await screen.until(lambda: phone.portfolio.voids, "the receipt is void")
        await screen.settle()
        voids = [fact for fact in phone.portfolio.facts if fact.startswith("receipt_void:")]
        assert len(voids) == 1

    walk(tmp_path, collected(story))


def test_a_void_of_the_office_is_told_with_its_own_words(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, posting(state="voided"), {
            "_id": "reversal:R0001:00000001:void", "receipt": RECEIPT, "kind": "void", "state": "posted",
            "cause": "Cobro duplicado", "collector": "ana", "customer": "C0001", "allocations": [],
            "on_account": 0, "currency": "USD",
        })  # fmt: skip
        assert not screen.has("void-receipt")
        assert not screen.has("void-refused")
        assert screen.says("Anulado")
        assert RECEIPT in phone.portfolio.voids

    walk(tmp_path, collected(story))


def test_every_reason_has_its_words() -> None:
    assert set(VOID_WORDS) == set(VOID_REASONS)

"""Depositar: cash and cheques leave the bag for the bank; what the bag does not hold can't."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.figures import cash_in_hand
from flet_app.collector.phone import Phone
from tests.support.collector_walk import Story, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen

DEPOSIT = "/cobros/caja/deposito"
CASH = {"method": "cash", "amount": 10_000}
READY = {
    "method": "cheque", "amount": 4_000, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vega", "cheque_on": "2026-11-20",
}  # fmt: skip
LATER = READY | {"number": "000124", "cheque_on": "2026-11-27", "amount": 3_000}


def holding(story: Story) -> Story:
    """`story` on a phone with $ 100,00 in cash, a cheque of today and one of next week in the bag."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0001", [], [CASH, READY, LATER])
        await screen.go(DEPOSIT)
        await story(screen, phone)

    return begun


async def fill(screen: Screen, *, number: str = "55-1", bank: str = "Pichincha") -> None:
    await screen.tap(f"deposit-bank-{bank}")
    await screen.type("deposit-number", number)


def test_all_that_the_bank_takes_today_is_proposed(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.field("deposit-cash").value == "100,00"
        assert screen.by_id("deposit-cheque-000123").checked
        assert not screen.by_id("deposit-cheque-000124").checked
        assert screen.says("Registrar depósito de $ 140,00")
        await fill(screen)
        await screen.type("deposit-account", "22001")
        await screen.tap("deposit-save")
        await screen.until(lambda: phone.portfolio.deposits, "the deposit is saved")
        assert screen.announces("Depósito registrado: $ 140,00")
        [deposit] = phone.portfolio.deposits.values()
        assert (deposit["cash"], deposit["total"], deposit["number"]) == (10_000, 14_000, "55-1")
        assert (deposit["bank"], deposit["account"]) == ("Pichincha", "22001")
        assert deposit["deposited_on"] == "2026-11-20"
        session = cash_in_hand(phone.portfolio)
        assert session.expected.minor == 0
        assert [each.number for each in session.cheques] == ["000124"]
        assert screen.says("Pichincha · 55-1"), "it stands among the deposits"

    walk(tmp_path, holding(story))


def test_the_sum_follows_what_is_typed_and_ticked(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.type("deposit-cash", "25,50")
        assert screen.says("Registrar depósito de $ 65,50")
        await screen.tap("deposit-cheque-000123")
        assert screen.says("Registrar depósito de $ 25,50")

    walk(tmp_path, holding(story))


@pytest.mark.parametrize(
    ("cash", "ticked", "sentence"),
    [
        ("100,01", True, "Deposita USD 100,01 en efectivo, pero tiene USD 100,00. Revise el monto"),
        ("", False, "El monto debe ser mayor que cero."),
        ("1.2.3", False, "«1.2.3» se puede leer de dos maneras o no es un monto"),
    ],
)
def test_cash_that_is_not_in_the_bag_is_refused_and_stays_on_screen(
    tmp_path: Path, cash: str, ticked: bool, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen)
        await screen.type("deposit-cash", cash)
        if not ticked:
            await screen.tap("deposit-cheque-000123")
        await screen.tap("deposit-save")
        assert screen.says(sentence)
        assert screen.field("deposit-cash").value == cash
        assert screen.field("deposit-number").value == "55-1"
        assert screen.by_id("deposit-bank-Pichincha").selected
        assert not phone.portfolio.deposits

    walk(tmp_path, holding(story))


def test_a_bank_and_the_number_of_its_slip_are_needed(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("deposit-save")
        assert screen.says("Falta un dato: banco.")
        assert screen.says("Falta un dato: número.")
        assert not phone.portfolio.deposits
        await fill(screen, number="   ")
        await screen.tap("deposit-save")
        assert not screen.says("Falta un dato: banco.")
        assert screen.says("Falta un dato: número.")

    walk(tmp_path, holding(story))


def test_a_cheque_of_next_week_stays_in_the_bag(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen)
        await screen.tap("deposit-cheque-000124")
        await screen.tap("deposit-save")
        assert screen.says("El cheque 000124 es para el 27-11-2026; el banco no lo recibe antes.")
        assert screen.by_id("deposit-cheque-000124").checked
        assert not phone.portfolio.deposits

    walk(tmp_path, holding(story))


def test_a_slip_counts_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("deposit-cash", "10")
        await screen.tap("deposit-cheque-000123")
        await fill(screen)
        await screen.tap("deposit-save")
        await screen.until(lambda: phone.portfolio.deposits, "the deposit is saved")
        await screen.go(DEPOSIT)
        await fill(screen)
        await screen.tap("deposit-save")
        assert screen.says("El depósito 55-1 ya está registrado. Revise el número de la papeleta.")
        assert len(phone.portfolio.deposits) == 1

    walk(tmp_path, holding(story))


def test_the_calendar_ends_today(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.tap("deposit-day-other")
        _first, last = screen.calendar(phone.zone)
        assert last == phone.today()

    walk(tmp_path, holding(story))


@pytest.mark.parametrize(("name", "longest"), [("number", 200), ("account", 200)])
def test_words_longer_than_the_database_takes_are_told(tmp_path: Path, name: str, longest: int) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen)
        await screen.type(f"deposit-{name}", "9" * (longest + 1))
        await screen.tap("deposit-save")
        assert f"el máximo es {longest} caracteres" in str(screen.field(f"deposit-{name}").error)
        assert not phone.portfolio.deposits

    walk(tmp_path, holding(story))


def test_an_empty_bag_has_nothing_to_deposit(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros/caja")
        for button in ("open-deposit", "open-close"):
            content: Any = screen.by_id(button).content
            assert content.disabled, button

    walk(tmp_path, story)

"""Pago informado: what the customer says is paid already; it changes no balance until the office finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector.figures import open_items, totals
from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

INFORMED = "/cliente/C0001/pago-informado"


async def fill(screen: Screen, *, amount: str, reference: str = "77123") -> None:
    await screen.go(INFORMED)
    await screen.type("informed-amount", amount)
    await screen.type("informed-bank", "Pichincha")
    await screen.type("informed-reference", reference)
    await screen.type("informed-text", "Transferencia de ayer")


def test_an_informed_payment_waits_and_leaves_the_balance_alone(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        before = totals(phone.portfolio, "C0001", on=phone.today())
        [item, *_rest] = open_items(phone.portfolio, "C0001")
        await fill(screen, amount="")
        await screen.tap(f"pick-{item.invoice}")
        proposed = f"{item.open.minor // 100},{item.open.minor % 100:02d}"
        assert screen.field("informed-amount").value == proposed
        await screen.tap("informed-day--1")
        await screen.tap("informed-save")
        await screen.until(lambda: phone.portfolio.informed, "the informed payment is saved")
        assert screen.announces("Pago informado registrado: $ ")
        [informed] = phone.portfolio.informed.values()
        assert (informed["amount"], informed["invoices"]) == (item.open.minor, [item.invoice])
        assert (informed["paid_on"], informed["bank"]) == ("2026-11-19", "Pichincha")
        assert (informed["reference"], informed["text"]) == ("77123", "Transferencia de ayer")
        assert totals(phone.portfolio, "C0001", on=phone.today()) == before
        await screen.tap("tab-activity")
        assert screen.says("Esperando al banco")

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "El monto debe ser mayor que cero."),
        ("-5", "El monto debe ser mayor que cero."),
        ("99999", "El pago informado es de USD 99.999,00, pero el saldo es USD "),
    ],
)
def test_an_amount_that_cannot_have_been_paid_is_told_and_stays(
    tmp_path: Path, typed: str, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen, amount=typed)
        await screen.tap("informed-save")
        assert screen.says(sentence)
        kept = [screen.field(f"informed-{name}").value for name in ("amount", "bank", "reference", "text")]
        assert kept == [typed, "Pichincha", "77123", "Transferencia de ayer"]
        assert not phone.portfolio.informed

    walk(tmp_path, story)


def test_one_payment_is_informed_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen, amount="20")
        await screen.tap("informed-save")
        await screen.until(lambda: phone.portfolio.informed, "the informed payment is saved")
        await fill(screen, amount="20")
        await screen.tap("informed-save")
        assert screen.says("El pago con referencia 77123 ya se informó. Revise la referencia.")
        assert len(phone.portfolio.informed) == 1
        await screen.type("informed-reference", "77124")
        await screen.tap("informed-save")
        await screen.until(lambda: len(phone.portfolio.informed) == 2, "another payment is another one")

    walk(tmp_path, story)


def test_nothing_was_paid_tomorrow(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(INFORMED)
        await screen.tap("informed-day-other")
        first, last = screen.calendar(phone.zone)
        assert last == phone.today()
        assert (last - first).days == 120

    walk(tmp_path, story)


@pytest.mark.parametrize(("name", "longest"), [("bank", 200), ("reference", 200), ("text", 4000)])
def test_words_longer_than_the_database_takes_are_told_at_their_field(
    tmp_path: Path, name: str, longest: int
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await fill(screen, amount="20")
        await screen.type(f"informed-{name}", "a" * (longest + 1))
        await screen.tap("informed-save")
        assert f"el máximo es {longest} caracteres" in str(screen.field(f"informed-{name}").error)
        assert not phone.portfolio.informed

    walk(tmp_path, story)

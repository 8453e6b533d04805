"""Cerrar caja: pieces are counted, a difference has its reason, both sign; then the bag is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector.figures import cash_in_hand
from flet_app.collector.phone import Phone
from tests.support.collector_walk import Story, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_screen_deposit import CASH, LATER

CLOSE = "/cobros/caja/cierre"


def holding(story: Story) -> Story:
    """`story` on a phone with $ 100,00 in cash and a cheque of $ 30,00 in the bag."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0001", [], [CASH, LATER])
        await screen.go(CLOSE)
        await story(screen, phone)

    return begun


async def count_right(screen: Screen) -> None:
    await screen.type("piece-2000", "4")
    await screen.type("piece-1000", "2")


async def sign_both(screen: Screen) -> None:
    await screen.draw("close-signature")
    await screen.type("close-receiver-name", "Luis Mora")
    await screen.draw("close-receiver")


def test_a_right_count_signed_by_both_empties_the_bag(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.says("Faltan $ 100,00"), "nothing is counted yet"
        await count_right(screen)
        assert screen.field("piece-2000").suffix == "= $\N{NO-BREAK SPACE}80,00"
        assert screen.says("Cerrar con $ 100,00")
        assert not screen.has("close-reason"), "a right count needs no reason"
        await sign_both(screen)
        await screen.tap("close-save")
        await screen.until(lambda: phone.portfolio.closes, "the close is saved")
        assert screen.announces("Caja cerrada: $ 100,00")
        [close] = phone.portfolio.closes.values()
        assert (close["expected"], close["counted"], close["difference"]) == (10_000, 10_000, 0)
        assert close["denominations"] == [{"value": 2000, "count": 4}, {"value": 1000, "count": 2}]
        assert [each["number"] for each in close["cheques"]] == ["000124"]
        assert close["signature"]["name"] == "Ana Paredes"
        assert close["receiver"]["name"] == "Luis Mora"
        assert all(len(close[who]["strokes"][0]) == 4 for who in ("signature", "receiver"))
        assert cash_in_hand(phone.portfolio).is_empty
        assert screen.says("Entregado a Luis Mora")
        await screen.go(CLOSE)
        assert screen.says("No hay nada que cerrar.")
        assert not screen.has("close-save")

    walk(tmp_path, holding(story))


@pytest.mark.parametrize(
    ("pieces", "difference", "sentence"),
    [
        ("4", "Faltan $ 20,00", "La diferencia es de USD -20,00. Escriba el motivo."),
        ("6", "Sobran $ 20,00", "La diferencia es de USD 20,00. Escriba el motivo."),
    ],
)
def test_a_difference_is_shown_and_needs_its_reason(
    tmp_path: Path, pieces: str, difference: str, sentence: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("piece-2000", pieces)
        assert screen.says(difference)
        await sign_both(screen)
        await screen.tap("close-save")
        assert screen.says(sentence)
        assert not phone.portfolio.closes
        assert screen.field("piece-2000").value == pieces
        assert screen.field("close-receiver-name").value == "Luis Mora"
        await screen.type("close-reason", "Vuelto mal dado")
        await screen.tap("close-save")
        await screen.until(lambda: phone.portfolio.closes, "the close is saved")
        [close] = phone.portfolio.closes.values()
        assert (close["difference"], close["reason"]) == (int(pieces) * 2000 - 10_000, "Vuelto mal dado")
        assert close["receiver"]["strokes"], "the signature from before the refusal still counts"

    walk(tmp_path, holding(story))


def test_both_sign_and_the_receiver_is_named(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await count_right(screen)
        await screen.tap("close-save")
        assert screen.says("Falta su firma.")
        assert screen.says("Falta la firma de quien recibe.")
        await screen.draw("close-signature")
        await screen.draw("close-receiver")
        await screen.tap("close-save")
        assert not screen.says("Falta su firma.")
        assert screen.says("Falta un dato: nombre.")
        await screen.type("close-receiver-name", "Luis Mora")
        await screen.tap("close-signature-clear")
        await screen.tap("close-save")
        assert screen.says("Falta su firma."), "what was wiped off is no signature"
        assert not phone.portfolio.closes
        await screen.draw("close-signature")
        await screen.tap("close-save")
        await screen.until(lambda: phone.portfolio.closes, "the close is saved")

    walk(tmp_path, holding(story))


def test_a_signature_is_still_seen_after_a_refusal_above_it(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await count_right(screen)
        await screen.draw("close-receiver")
        before = screen.by_id("close-receiver")._i
        await screen.tap("close-save")
        assert screen.says("Falta su firma.")
        assert screen.by_id("close-receiver")._i == before

    walk(tmp_path, holding(story))


def test_a_reason_longer_than_the_database_takes_is_told_and_kept(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("piece-2000", "4")
        await sign_both(screen)
        await screen.type("close-reason", "a" * 4001)
        await screen.tap("close-save")
        assert "el máximo es 4000 caracteres" in str(screen.field("close-reason").error)
        assert screen.field("close-reason").value == "a" * 4001
        assert not phone.portfolio.closes

    walk(tmp_path, holding(story))

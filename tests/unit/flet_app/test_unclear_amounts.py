"""An amount that is none, could be read as two, or is beyond all measure is told at its field, and stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen

UNCLEAR = "se puede leer de dos maneras o no es un monto"
TOO_LARGE = "El monto es demasiado grande. Revíselo."
ALL_BITS = "90071992547409.91"


@pytest.mark.parametrize(
    ("typed", "said"), [("1.234", UNCLEAR), ("9" * 40, TOO_LARGE), ("9" * 10_000, TOO_LARGE), ("..", UNCLEAR)]
)
def test_a_receipt_says_what_is_wrong_with_its_amount(tmp_path: Path, typed: str, said: str) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.type("receipt-amount", typed)
        await screen.tap("receipt-continue")
        assert said in str(screen.field("receipt-amount").error)

    walk(tmp_path, story)


@pytest.mark.parametrize(("typed", "said"), [("1.234", UNCLEAR), (ALL_BITS, TOO_LARGE)])
def test_a_line_of_a_receipt_says_what_is_wrong_with_its_amount(
    tmp_path: Path, typed: str, said: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.tap("receipt-continue")
        await screen.type("receipt-line-0-amount", "1")
        await screen.tap("receipt-method-transfer")
        for line in (0, 1):
            await screen.type(f"receipt-line-{line}-amount", typed)
        await screen.tap("receipt-register")
        assert not screen.has("receipt-confirm")
        for line in (0, 1):
            assert said in str(screen.field(f"receipt-line-{line}-amount").error)
        assert not phone.portfolio.receipts

    walk(tmp_path, story)


def test_a_deposit_with_an_unclear_amount_is_not_recorded_without_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.tap("receipt-continue")
        await screen.tap("receipt-register")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: phone.portfolio.receipts, "there is cash to bring to the bank")
        await screen.go("/caja/deposito")
        await screen.type("deposit-cash", "1.234")
        await screen.tap("deposit-save")
        assert UNCLEAR in str(screen.field("deposit-cash").error)
        assert not phone.portfolio.deposits

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("screen_name", "name"), [("promesa", "promise"), ("reclamo", "dispute"), ("pago-informado", "informed")]
)
def test_what_a_customer_says_of_an_amount_is_not_recorded_without_it(
    tmp_path: Path, screen_name: str, name: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(f"/cliente/C0001/{screen_name}")
        before = len(phone.portfolio.facts)
        await screen.type(f"{name}-amount", "1.234")
        await screen.tap(f"{name}-save")
        assert UNCLEAR in str(screen.field(f"{name}-amount").error)
        assert len(phone.portfolio.facts) == before

    walk(tmp_path, story)

"""The voucher: number, state, what was paid and on what, as the office answers; a copy counts once given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.phone import Phone
from tests.support.collector_walk import Story, arrive, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_screen_deposit import CASH, LATER

NUMBER = "R0001-00000001"
RECEIPT = "receipt:R0001:00000001"


def collected(story: Story) -> Story:
    async def begun(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0001", [], [CASH, LATER])
        await screen.go(f"/cobros/recibo/{NUMBER}")
        await story(screen, phone)

    return begun


def posting(**said: Any) -> dict[str, Any]:
    return {
        "_id": "posting:R0001:00000001", "receipt": RECEIPT, "customer": "C0001", "collector": "ana",
        "allocations": [], "on_account": 0, "currency": "USD", **said,
    }  # fmt: skip


def test_all_of_the_receipt_stands_on_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        receipt = phone.portfolio.receipts[RECEIPT]
        for words in (
            NUMBER, "$ 130,00", "Comercial El Rosal", "20 nov 2026, 10:30", "Efectivo", "$ 100,00",
            "Cheque 000124 · Pichincha", "$ 30,00", receipt["hash"][:16],
        ):  # fmt: skip
            assert screen.says(words), words
        for line in receipt["allocations"]:
            assert screen.says(f"Factura {line['invoice']}")

    walk(tmp_path, collected(story))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, "En este teléfono"),
        ({"state": "sending"}, "Recibido"),
        ({"state": "posted", "erp_number": "RC-77"}, "Contabilizado n.º RC-77"),
        ({"state": "rejected", "reason": "Período cerrado"}, "Rechazado: Período cerrado"),
        ({"state": "voided", "reason": "wrong_amount"}, "Anulado: Monto equivocado"),
    ],
)
def test_the_answer_of_the_office_is_read_from_it(
    tmp_path: Path, said: dict[str, Any] | None, words: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        if said:
            await arrive(screen, phone, posting(**said))
        assert screen.says(words)
        assert screen.says("Se enviará cuando haya conexión") is (said is None)

    walk(tmp_path, collected(story))


def test_a_copy_is_a_file_and_is_counted(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert not screen.has("voucher-copies")
        await screen.tap("receipt-share")
        await screen.until(lambda: phone.portfolio.copies, "the copy is noted")
        [given] = [arguments for name, arguments in screen.connection.calls if name == "save_file"]
        assert given["file_name"] == f"{NUMBER}.pdf"
        assert bytes(given["src_bytes"]).startswith(b"%PDF")
        await screen.until(lambda: screen.has("voucher-copies"), "it is told")
        assert screen.says("1 copia entregada")

    walk(tmp_path, collected(story))


@pytest.mark.parametrize("number", ["R0001-00000009", "cualquier-cosa", "R9"])
def test_a_receipt_that_is_not_here_says_so(tmp_path: Path, number: str) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go(f"/cobros/recibo/{number}")
        assert screen.says("Este recibo no está en este teléfono.")
        assert not screen.has("receipt-share")

    walk(tmp_path, story)

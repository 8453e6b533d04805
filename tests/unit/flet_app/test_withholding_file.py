"""A withholding taken on the phone: its XML picked from a file, judged on the spot, used once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.actions.withholdings import voucher_lines
from flet_app.collector.phone import Phone
from paperwork.packed_xml import read_packed
from receivables.electronic_documents import ElectronicDocument
from receivables.validation import Problem
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.sri import CUSTOMER_RUC, sample

BOMB = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
HOSTILE = {
    "billion laughs": BOMB,
    "external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "huge": b"<a>" + b"x" * (2 * 1024 * 1024) + b"</a>",
    "wrong encoding": '<?xml version="1.0" encoding="UTF-16"?><a>ñ</a>'.encode(),
    "no XML": bytes(range(256)),
    "nothing": b"",
    "an invoice": sample("factura-1.1.0").encode(),
    "without amounts": sample("retencion-1.0.0", ("valorRetenido", "valor")).encode(),
}


def picked(content: bytes) -> list[dict[str, Any]]:
    return [{"id": 1, "name": "retencion.xml", "size": len(content), "bytes": content}]


async def pay_by_withholding(screen: Screen) -> None:
    for button in ("new-receipt", "receipt-continue", "receipt-method-withholding"):
        await screen.tap(button)


def test_a_voucher_fills_the_lines_and_its_xml_is_in_the_receipt(tmp_path: Path) -> None:
    files: list[dict[str, Any]] = []

    async def story(screen: Screen, phone: Phone) -> None:
        invoice = max(phone.portfolio.invoices_for("C0001"), key=lambda each: each["total"])
        phone.portfolio.customers["C0001"]["tax_id"] = CUSTOMER_RUC
        number = invoice["number"].replace("-", "")
        files[:] = picked(sample("retencion-1.0.0", ("001002000000123", number)).encode())
        await begin_visit(screen)
        await pay_by_withholding(screen)
        await screen.tap("voucher-pick")
        await screen.until(lambda: screen.has("voucher-1-accepted"), "both taxes are accepted")
        assert screen.has("voucher-0-accepted")
        for button in ("receipt-method-cash", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        (receipt,) = phone.portfolio.receipts.values()
        renta, iva, cash = receipt["payments"]
        assert [(each["method"], each.get("tax")) for each in (renta, iva, cash)] == [
            ("withholding", "renta"),
            ("withholding", "iva"),
            ("cash", None),
        ]
        read = read_packed(renta["voucher"])
        assert isinstance(read, ElectronicDocument)
        assert read.content.issuer.access_key == renta["access_key"] == iva["access_key"]

        await screen.go("/cliente/C0001")
        await pay_by_withholding(screen)
        await screen.tap("voucher-pick")
        await screen.until(lambda: screen.has("voucher-0-pending_validation"), "the same voucher again")
        await screen.tap("receipt-method-cash")
        await screen.tap("receipt-register")
        assert not screen.has("receipt-confirm")
        assert len(phone.portfolio.receipts) == 1

    walk(tmp_path, story, answers={"pick_files": files})


def test_a_withholding_without_xml_says_that_the_office_decides(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await pay_by_withholding(screen)
        assert screen.has("voucher-0-pending_validation")
        assert screen.says("La oficina debe validar esta retención.")
        await screen.tap("receipt-method-cash")
        assert not screen.has("voucher-pick")

    walk(tmp_path, story)


def test_a_hostile_file_changes_nothing_and_says_why(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await pay_by_withholding(screen)
        await screen.tap("voucher-pick")
        await screen.until(
            lambda: any(
                isinstance(each, ft.SnackBar) and "no se abrió" in str(each.content) for each in screen.walk()
            ),
            "the app says that the file was not opened",
        )
        assert screen.has("voucher-0-pending_validation")
        assert not screen.has("voucher-1-pending_validation")

    walk(tmp_path, story, answers={"pick_files": picked(BOMB)})


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_voucher_gives_no_lines(name: str) -> None:
    assert isinstance(voucher_lines(HOSTILE[name], "USD"), Problem)

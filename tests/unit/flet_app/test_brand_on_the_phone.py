"""The company's logo on the phone: in the bar, on what it prints, and never another company's."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import flet as ft

from flet_app.collector.actions import letters
from flet_app.collector.actions.paper import receipt_pdf
from flet_app.collector.phone import Phone
from paperwork.acta import render_acta
from paperwork.letter import Imprint
from paperwork.receipt import render_receipt
from tests.support.brand import a_logo_document
from tests.support.builders import a_receipt
from tests.support.flet_harness import Screen
from tests.support.letters import VISIT
from tests.unit.flet_app.test_collector_screens import walk


async def receive_logo(screen: Screen, phone: Phone, company: str = "andina") -> bytes:
    document = a_logo_document(company)
    phone.portfolio.apply([{"id": document["_id"], "seq": 1, "doc": document}])
    phone.announce()
    await screen.settle()
    assert phone.portfolio.logo is not None
    return phone.portfolio.logo


def test_the_bar_shows_the_logo_and_reads_out_the_companys_name(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert not screen.has("company-logo")
        picture = await receive_logo(screen, phone)
        for path in ("/", "/clientes", "/cobros", "/mas"):
            await screen.go(path)
            mark = screen.by_id("company-logo")
            assert mark.label == "Distribuidora Andina"
            [image] = [each for each in screen.walk() if isinstance(each, ft.Image)]
            assert image.src == picture
            assert image.height is not None
            assert image.height <= 32
        await screen.go("/cliente/C0001")
        assert not screen.has("company-logo")

    walk(tmp_path, story)


def test_papers_of_the_phone_are_the_offices_byte_for_byte(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        portfolio = phone.portfolio
        receipt = a_receipt(1, allocations={}, on_account=100, payments=[{"method": "cash", "amount": 100}])
        plain = receipt_pdf(phone, receipt, "es")()
        logo = await receive_logo(screen, phone)
        known = {"company": portfolio.company, "collector": portfolio.collector}
        customer = portfolio.customers["C0001"]
        assert receipt_pdf(phone, receipt, "es")() != plain
        assert receipt_pdf(phone, receipt, "es")() == render_receipt(
            receipt, customer=customer, invoices={}, logo=logo, **known
        )
        acta = letters.acta(phone, VISIT, "Promesa", "es")()
        assert acta.content == render_acta(
            VISIT, start=None, customer=customer, outcome="Promesa", imprint=Imprint(logo=logo), **known
        )

    walk(tmp_path, story)


def test_the_logo_of_one_company_is_not_the_others(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first = phone.enrolment
        assert first is not None
        second = dataclasses.replace(
            first, company="pacifico", company_name="Pacífico", database="pacifico-c-ana",
            device="01KB0000000000000000000DEV", devices=("01KB0000000000000000000DEV",), series="P0001",
        )  # fmt: skip
        phone.file.write(second)
        await receive_logo(screen, phone)
        await phone.switch("pacifico")
        assert phone.portfolio.logo is None
        await screen.go("/mas")
        assert not screen.has("company-logo")

    walk(tmp_path, story)


def test_a_logo_that_was_taken_away_is_gone(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await receive_logo(screen, phone)
        document = a_logo_document("andina") | {"picture": None}
        phone.portfolio.apply([{"id": document["_id"], "seq": 2, "doc": document}])
        assert phone.portfolio.logo is None

    walk(tmp_path, story)

"""Papers on the phone without a network: RIDE, statement, acta, cash close and deposit."""

from __future__ import annotations

import base64
import threading
import traceback
from pathlib import Path
from typing import Any, ClassVar

from flet_app.collector.actions import letters
from flet_app.collector.phone import Phone
from paperwork.acta import render_acta
from paperwork.packed_xml import read_packed
from receivables.electronic_documents import ElectronicDocument
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen
from tests.support.letters import CLOSE, DEPOSIT, PROMISE, START, VISIT, photo
from tests.support.pdfs import text_of


def handed_over(screen: Screen) -> tuple[str, bytes]:
    """The file that the app gave last."""
    given = [arguments for name, arguments in screen.connection.calls if name == "save_file"]
    return given[-1]["file_name"], given[-1]["src_bytes"]


async def take(screen: Screen, button: str) -> tuple[str, str]:
    """Tap, look at the paper, hand it over; the name and text of the file that comes."""
    await screen.tap(button)
    await screen.until(lambda: screen.has("paper-share"), f"{button} shows a paper")
    shown = str(screen.by_id("paper-page-1").label)
    before = len(screen.connection.calls)
    await screen.tap("paper-share")
    await screen.until(
        lambda: any(name == "save_file" for name, _ in screen.connection.calls[before:]),
        f"{button} gives a file",
    )
    name, content = handed_over(screen)
    text = text_of(content)
    assert "".join(shown.split())[:40] in text
    return name, text


def test_the_ride_of_an_invoice_is_one_tap_away(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        invoice = phone.portfolio.invoices_for("C0001")[0]
        await screen.go("/cliente/C0001")
        name, text = await take(screen, f"ride-{invoice['number']}")
        read = read_packed(invoice["electronic"])
        assert isinstance(read, ElectronicDocument)
        assert name == f"RIDE-{invoice['number']}.pdf"
        assert read.content.issuer.access_key in text
        assert "VALORTOTAL" in text

    walk(tmp_path, story)


def test_an_invoice_without_xml_offers_no_ride_and_a_broken_one_says_so(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        first, second, *_ = phone.portfolio.invoices_for("C0001")
        first["electronic"] = "AAAA"
        del second["electronic"]
        await screen.go("/cliente/C0001")
        assert not screen.has(f"ride-{second['number']}")
        await screen.tap(f"ride-{first['number']}")
        await screen.until(lambda: screen.has("paper-impossible"), "the app says that it cannot")
        assert screen.says("Este documento no se puede hacer")
        assert not screen.has("paper-share")

    walk(tmp_path, story)


def test_the_statement_has_what_was_paid_here_taken_off(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        _name, before = await take(screen, "customer-statement")
        assert all(invoice["number"] in before for invoice in phone.portfolio.invoices_for("C0001"))
        assert "Recibosencamino" not in before
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        await screen.go("/cliente/C0001")
        _name, after = await take(screen, "customer-statement")
        assert "ReciboR0001-00000001" in after
        assert after != before

    walk(tmp_path, story)


def test_a_finished_visit_has_its_acta_with_the_debt_that_was_shown(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/cliente/C0001/finalizar")
        await screen.tap("outcome-paid")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.visits, "the visit is finished")
        (visit,) = phone.portfolio.visits.values()
        owed = sum(invoice["balance"] for invoice in phone.portfolio.invoices_for("C0001"))
        assert visit["shown"]["debt"]["total"] == owed
        await screen.go("/cobros")
        await screen.tap("history-visits")
        _name, text = await take(screen, f"acta-{visit['_id']}")
        assert "Actadevisita" in text
        assert visit["_id"].rpartition(":")[2] in text
        assert all(invoice["number"] in text for invoice in phone.portfolio.invoices_for("C0001"))

    walk(tmp_path, story)


def test_a_close_and_a_deposit_are_printed_as_they_were_signed(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store
        device = {"device": "01K0000000000000000000DEV1"}
        facts = [CLOSE | device, DEPOSIT | device]
        await phone.store.write(lambda transaction: [transaction.put(fact) for fact in facts])
        await screen.go("/caja")
        name, text = await take(screen, f"paper-{CLOSE['_id']}")
        assert name == "cierre-2026-11-21.pdf"
        assert "Faltante" in text
        assert "AnaParedes(ana)" in text
        made = letters.deposit(phone, DEPOSIT, "en")()
        assert "Bankdeposit" in text_of(made.content)

    walk(tmp_path, story)


def test_a_picture_of_the_visit_is_on_the_phones_acta(tmp_path: Path) -> None:
    async def story(_screen: Screen, phone: Phone) -> None:
        assert phone.store
        taken = photo(1, "Fachada")
        picture = {"content_type": "image/jpeg", "data": base64.b64encode(taken.picture or b"").decode()}
        fact = taken.fact | {"_attachments": {"picture": picture}}
        await phone.store.write(
            lambda transaction: [transaction.put(each) for each in (START, VISIT, PROMISE, fact)]
        )
        known = phone.portfolio.visits[START["_id"]]
        made = letters.acta(phone, known, "Promesa de pago", "es")()
        assert made.content == render_acta(
            VISIT, start=START, company=phone.portfolio.company, customer={"name": "x"},
            collector=phone.portfolio.collector, outcome="Promesa de pago", promises=[PROMISE],
            photos=[taken],
        )  # fmt: skip

    walk(tmp_path, story)


class OnTheLoop(dict[str, Any]):
    """Documents that note who looked through them in a thread, where a synchronisation may be at them."""

    strays: ClassVar[list[str]] = []

    def _look(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.strays.append("".join(traceback.format_stack(limit=4)))

    def values(self) -> Any:
        self._look()
        return super().values()

    def get(self, key: str, default: Any = None) -> Any:
        self._look()
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._look()
        return super().__getitem__(key)


def test_no_paper_is_looked_up_while_a_synchronisation_changes_the_portfolio(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store
        device = {"device": "01K0000000000000000000DEV1"}
        facts = [CLOSE | device, DEPOSIT | device, START, VISIT | {"customer": "C0001"}]
        await phone.store.write(lambda transaction: [transaction.put(fact) for fact in facts])
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        for name, value in vars(phone.portfolio).items():
            if type(value) is dict and name not in {
                "company",
                "collector",
            }:  # documents, which nobody changes
                setattr(phone.portfolio, name, OnTheLoop(value))
        [receipt], invoice = phone.portfolio.receipts, phone.portfolio.invoices_for("C0001")[0]["number"]
        of = (receipt, f"invoice:{invoice}", "customer:C0001", VISIT["_id"], CLOSE["_id"], DEPOSIT["_id"])
        for each in of:
            await screen.go(f"/papel/{each}")
            await screen.until(lambda: screen.has("paper-page-1"), f"the paper of {each} is shown")
        await screen.go(f"/recibo/{receipt.removeprefix('receipt:').replace(':', '-')}")
        await screen.tap("receipt-share")
        await screen.until(lambda: phone.portfolio.copies, "a copy is given")
        assert not OnTheLoop.strays, OnTheLoop.strays[0]

    walk(tmp_path, story)

"""A paper is looked at before it leaves the phone, and each copy that leaves is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from flet_app.collector.phone import Phone
from receivables.access import may_write
from receivables.documents import Json
from tests.support.flet_harness import Screen
from tests.support.letters import CLOSE, DEPOSIT
from tests.unit.flet_app.test_collector_screens import begin_visit, walk
from tests.unit.flet_app.test_letters_of_the_phone import take


async def open_paper(screen: Screen, path: str) -> None:
    await screen.go(path)
    await screen.until(lambda: screen.has("paper-page-1"), "the paper is shown")


async def give(screen: Screen, phone: Phone, *, kind: str = "paper_copy", times: int) -> list[Json]:
    """Hand it over, and the copies that are known then, by number."""

    def known() -> list[Json]:
        copies = phone.portfolio.paper_copies if kind == "paper_copy" else phone.portfolio.copies
        return sorted(copies.values(), key=lambda copy: int(copy["copy"]))

    await screen.tap("paper-share")
    await screen.until(lambda: len(known()) == times, "the copy is recorded")
    return known()


def words_on(screen: Screen) -> str:
    return str(screen.by_id("paper-page-1").label)


def test_each_copy_of_a_ride_is_recorded_and_the_next_one_says_so(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        invoice = phone.portfolio.invoices_for("C0001")[0]
        await open_paper(screen, f"/cliente/C0001/papel/invoice:{invoice['number']}")
        assert invoice["number"] in words_on(screen)
        assert "Copia" not in words_on(screen)
        [first] = await give(screen, phone, times=1)
        assert {name: first[name] for name in ("paper", "of", "customer", "copy", "means")} == {
            "paper": "ride", "of": f"invoice:{invoice['number']}", "customer": "C0001", "copy": 1,
            "means": "save",
        }  # fmt: skip
        await screen.until(lambda: "Copia 1" in words_on(screen), "the next copy says so")
        _first, second = await give(screen, phone, times=2)
        assert second["copy"] == 2
        roles = ["andina:collector", "c:ana", f"d:{second['device']}"]
        assert may_write(second, None, database="andina-c-ana", roles=roles) is None

    walk(tmp_path, story)


def test_a_statement_of_today_is_no_copy_of_yesterdays(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store
        await open_paper(screen, "/cliente/C0001/papel/customer:C0001")
        [today] = await give(screen, phone, times=1)
        yesterday = today | {
            "_id": "paper_copy:ana:01K9ZZZZZZZZZZZZZZZZZZZZZ9", "local_on": "2026-11-19", "copy": 1
        }  # fmt: skip
        del yesterday["_rev"]
        await phone.store.write(lambda transaction: transaction.put(yesterday))
        await screen.until(lambda: "Copia 1" in words_on(screen), "one left today")
        assert "Copia 2" not in words_on(screen)

    walk(tmp_path, story)


def test_a_receipt_shared_from_its_picture_counts_as_a_copy_of_the_receipt(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: screen.has("receipt-pdf"), "the voucher is shown")
        _name, text = await take(screen, "receipt-pdf")
        assert "COMPROBANTEDEPAGO" in text
        await screen.until(lambda: phone.portfolio.copies, "the copy is recorded")
        assert not phone.portfolio.paper_copies
        await screen.until(lambda: "REIMPRESIÓN 1" in words_on(screen), "the next one is a reprint")

    walk(tmp_path, story)


@pytest.mark.parametrize("fact", [CLOSE, DEPOSIT], ids=lambda fact: str(fact["_id"].partition(":")[0]))
def test_cash_papers_are_looked_at_and_counted(tmp_path: Path, fact: Json) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store
        own = fact | {"device": "01K0000000000000000000DEV1"}
        await phone.store.write(lambda transaction: transaction.put(own))
        await open_paper(screen, f"/caja/papel/{fact['_id']}")
        [copy] = await give(screen, phone, times=1)
        assert (copy["of"], copy["customer"]) == (fact["_id"], None)

    walk(tmp_path, story)


def test_one_paper_is_never_shown_under_the_name_of_another(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        invoice = phone.portfolio.invoices_for("C0001")[0]
        await open_paper(screen, f"/cliente/C0001/papel/invoice:{invoice['number']}")
        await screen.go("/cliente/C0001/papel/customer:C0001")
        while not screen.has("paper-page-1"):
            await screen.settle()
        assert "Estado de cuenta" in words_on(screen)

    walk(tmp_path, story)


def test_it_can_be_made_larger_and_whole_again(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        def width() -> float:
            [page] = [each for each in screen.walk() if isinstance(each, ft.Image)]
            assert page.width is not None
            return float(page.width)

        await open_paper(screen, "/cliente/C0001/papel/customer:C0001")
        whole = width()
        assert whole <= 360
        await screen.tap("paper-size")
        assert width() > 2 * whole
        await screen.tap("paper-size")
        assert width() == whole

    walk(tmp_path, story)


@pytest.mark.parametrize(("status", "counted"), [("DISMISSED", 0), ("SUCCESS", 1), ("UNAVAILABLE", 1)])
def test_a_share_that_was_thought_better_of_is_no_copy(tmp_path: Path, status: str, counted: int) -> None:
    answer = {"status": ft.ShareResultStatus[status].value, "raw": ""}

    async def story(screen: Screen, phone: Phone) -> None:
        await open_paper(screen, "/cliente/C0001/papel/customer:C0001")
        await screen.tap("paper-share")
        await screen.until(
            lambda: any(name == "share_files" for name, _ in screen.connection.calls), "the sheet was opened"
        )
        await screen.settle(0.3)
        assert len(phone.portfolio.paper_copies) == counted

    options: dict[str, Any] = {"web": False, "answers": {"share_files": answer}}
    walk(tmp_path, story, **options)


@pytest.mark.parametrize("of", ["invoice:none", "visit:ana:none", "receipt:R0001:00000009", "goal:x", "x"])
def test_what_is_not_here_is_said(tmp_path: Path, of: str) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go(f"/papel/{of}")
        await screen.until(lambda: screen.has("paper-impossible"), "the app says that it cannot")

    walk(tmp_path, story)

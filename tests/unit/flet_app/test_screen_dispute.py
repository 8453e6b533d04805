"""Reclamo: an invoice, a reason, an amount; each refusal stands at its field and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

DISPUTE = "/cliente/C0001/reclamo"


async def fill(screen: Screen, invoice: str, *, amount: str) -> None:
    await screen.go(DISPUTE)
    await screen.tap(f"pick-{invoice}")
    await screen.tap("dispute-defective")
    await screen.type("dispute-amount", amount)
    await screen.type("dispute-text", "Llegó roto")


def test_a_part_of_an_invoice_is_disputed_in_the_customers_words(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        oldest, other = open_items(phone.portfolio, "C0001")[:2]
        await screen.go(DISPUTE)
        await screen.tap(f"pick-{oldest.invoice}")
        await screen.tap(f"pick-{other.invoice}")
        assert not screen.by_id(f"pick-{oldest.invoice}").checked, "one invoice at a time"
        assert screen.field("dispute-amount").value == phone_amount(other.open.minor)
        await fill(screen, other.invoice, amount="10,00")
        await screen.tap("dispute-save")
        await screen.until(lambda: phone.portfolio.disputes, "the dispute is saved")
        assert screen.announces("Reclamo registrado: $ 10,00")
        [dispute] = phone.portfolio.disputes.values()
        assert (dispute["invoice"], dispute["amount"]) == (other.invoice, 1000)
        assert (dispute["reason"], dispute["text"]) == ("defective", "Llegó roto")
        assert screen.says("En reclamo: $ 10,00"), "it stands at the invoice"

    walk(tmp_path, story)


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go(DISPUTE)
        await screen.type("dispute-text", "No está de acuerdo")
        await screen.tap("dispute-save")
        for sentence in ("Elija la factura.", "Elija el motivo.", "El monto debe ser mayor que cero."):
            assert screen.says(sentence), sentence
        assert screen.field("dispute-text").value == "No está de acuerdo"
        assert not phone.portfolio.disputes
        await screen.tap("dispute-price")
        await screen.tap("dispute-save")
        assert not screen.says("Elija el motivo.")
        assert screen.says("Elija la factura.")

    walk(tmp_path, story)


def test_no_more_is_disputed_than_is_open(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        [item, *_rest] = open_items(phone.portfolio, "C0001")
        await fill(screen, item.invoice, amount="99999")
        await screen.tap("dispute-save")
        assert screen.says("Reclama USD 99.999,00, pero en la factura queda USD ")
        assert screen.field("dispute-amount").value == "99999"
        assert screen.by_id("dispute-defective").selected
        assert screen.by_id(f"pick-{item.invoice}").checked
        assert not phone.portfolio.disputes

    walk(tmp_path, story)


def test_what_is_disputed_already_is_not_disputed_again(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        [item, *_rest] = open_items(phone.portfolio, "C0001")
        whole = phone_amount(item.open.minor)
        await fill(screen, item.invoice, amount=whole)
        await screen.tap("dispute-save")
        await screen.until(lambda: phone.portfolio.disputes, "the dispute is saved")
        await fill(screen, item.invoice, amount="1")
        await screen.tap("dispute-save")
        assert screen.says("en la factura queda USD 0,00 sin reclamar")
        assert len(phone.portfolio.disputes) == 1

    walk(tmp_path, story)


def test_words_longer_than_the_database_takes_are_told_and_kept(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        [item, *_rest] = open_items(phone.portfolio, "C0001")
        await fill(screen, item.invoice, amount="1")
        await screen.type("dispute-text", "a" * 4001)
        await screen.tap("dispute-save")
        assert screen.says("El texto de «detalle» es demasiado largo; el máximo es 4000 caracteres.")
        assert screen.field("dispute-text").value == "a" * 4001
        assert not phone.portfolio.disputes

    walk(tmp_path, story)


def phone_amount(minor: int) -> str:
    """As the field shows it: `1240,50`."""
    return f"{minor // 100},{minor % 100:02d}"

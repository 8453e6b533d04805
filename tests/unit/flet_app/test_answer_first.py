"""What a screen opens on, and what stays in sight: sums above buttons, states in a sentence, nothing cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from flet_app.collector.views.chrome import LONG_TITLE
from receivables.documents import parse_date
from tests.support.collector_walk import Story, arrive, begin_visit, walk, with_documents
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.support.screen_audit import Seen, tree
from tests.unit.flet_app.test_screen_deposit import CASH
from tests.unit.flet_app.test_screen_voucher import RECEIPT, posting

LONG_NAME = "Distribuidora y Comercializadora de Abarrotes El Rosal del V"


def paying(story: Story, **rules: Any) -> Story:
    """`story` in the first step of a receipt, where the collection policy says `rules`."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, {"_id": "policy:collection", **rules})
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await story(screen, phone)

    return begun


def ticked(screen: Screen, phone: Phone) -> set[str]:
    items = open_items(phone.portfolio, "C0001")
    return {each.invoice for each in items if screen.by_id(f"receipt-invoice-{each.invoice}").checked}


def overdue(phone: Phone) -> set[str]:
    items = open_items(phone.portfolio, "C0001")
    return {each.invoice for each in items if each.due_on < parse_date("2026-11-20")}


def test_more_than_may_be_taken_in_cash_still_shows_what_it_pays(tmp_path: Path) -> None:
    """Nobody has said yet that it is cash, and choosing begins with what oldest first pays."""

    async def story(screen: Screen, phone: Phone) -> None:
        assert ticked(screen, phone) == overdue(phone) != set()
        await screen.tap("receipt-mode-choose")
        assert ticked(screen, phone) == overdue(phone)
        await screen.tap("receipt-continue")
        await screen.tap("receipt-register")
        assert screen.has("receipt-problem"), "the cap is told where the means of payment are"
        assert not screen.has("receipt-confirm")

    walk(tmp_path, paying(story, cash_cap=100))


def test_how_many_invoices_are_paid_stands_above_the_button(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        count = len(overdue(phone))
        assert screen.says(f"{count} facturas" if count > 1 else "1 factura")
        await screen.type("receipt-amount", "9.999,00")
        assert any("Saldo a favor $" in text for text in screen.texts())

    walk(tmp_path, paying(story))


def test_the_sum_stays_in_sight_while_the_means_are_filled_in(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.tap("receipt-continue")
        written: list[Seen] = [each for each in tree(screen) if isinstance(each.control, ft.Text)]
        [words] = [each for each in written if "El pago está completo" in str(each.control.value)]
        assert not any(isinstance(each, ft.ListView) for each in words.inside)

    walk(tmp_path, paying(story))


def test_a_long_name_takes_two_lines_of_the_bar(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cliente/C0001")
        [title] = [
            each
            for each in screen.walk()
            if isinstance(each, ft.Text) and each.value == LONG_NAME and each.max_lines
        ]
        assert len(LONG_NAME) > LONG_TITLE
        assert title.max_lines == 2

    walk(tmp_path, with_documents(story, {"_id": "customer:C0001", "name": LONG_NAME}))


def test_what_the_erp_did_not_take_is_told_where_the_day_begins(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0001", [], [CASH])
        await screen.settle()
        assert not screen.has("today-rejected")
        await arrive(screen, phone, posting(state="rejected", reason="Período cerrado"))
        assert screen.has("today-rejected")
        assert screen.says("El ERP no aceptó 1 cobro")
        await screen.tap("today-rejected-action")
        assert screen.has(f"rejected-{RECEIPT}")
        await screen.go(f"/cobros/recibo/{phone.portfolio.receipts[RECEIPT]['number']}")
        assert screen.says("Su supervisor decide; el dinero sigue registrado")

    walk(tmp_path, story)


def test_synchronisation_says_what_its_state_means(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/mas/sincronizacion")
        assert screen.says("Todo lo que se registró aquí ya está en la oficina.")
        await collect(phone, "C0001", [], [CASH])
        await screen.settle()
        assert screen.says("Lo que registra queda en este teléfono y se envía solo.")

    walk(tmp_path, story)


def test_a_route_alone_is_no_agenda(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mas/agenda")
        assert screen.says("No hay visitas acordadas ni promesas")

    walk(tmp_path, story)


def test_an_empty_bag_says_why_its_buttons_rest(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cobros/caja")
        assert screen.says("Todavía no hay nada que depositar ni que cerrar.")

    walk(tmp_path, story)


def test_a_day_without_a_route_offers_one(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/ruta")
        button: Any = screen.by_id("route-add-customers").content
        assert isinstance(button, ft.FilledButton)

    walk(tmp_path, with_documents(story, {"_id": "route:ana:2026-11-20", "stops": []}))

"""The sheet of a customer: who it is, what is owed since when, how to reach it, its papers, every figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.phone import Phone
from tests.support.collector_walk import Story, walk, with_documents
from tests.support.field import collect
from tests.support.flet_harness import Screen

CUSTOMER = {
    "_id": "customer:K1", "code": "K1", "name": "Bazar Quitumbe", "tax_id": "1712345678001",
    "branch": "Sucursal Sur", "phones": ["+593 99 123-4567"], "email": "k1@example.com",
    "address": "Av. Quitumbe S12", "city": "Quito", "location": {"lat": -0.29, "lon": -78.55},
    "credit_limit": 100_000, "currency": "USD", "payment_terms_days": 30,
    "observations": "Toque el timbre dos veces.", "active": True,
}  # fmt: skip


def invoice(number: str, due_on: str, total: int, balance: int) -> dict[str, Any]:
    return {
        "_id": f"invoice:{number}", "number": number, "customer": "K1", "issued_on": "2026-09-01",
        "due_on": due_on, "total": total, "balance": balance, "currency": "USD", "state": "open",
        "reflects": [],
    }  # fmt: skip


LATE = invoice("001-001-000000001", "2026-10-01", 30_000, 20_000)
SOON = invoice("001-001-000000002", "2026-12-15", 40_000, 40_000)
WITHHOLDINGS = [
    {
        "_id": f"withholding:001-002-00000000{n}", "number": f"001-002-00000000{n}", "customer": "K1",
        "invoice": LATE["number"], "issued_on": "2026-10-02", "amount": n * 100, "currency": "USD",
        "state": state,
    }
    for n, state in enumerate(("registered", "pending", "rejected"), start=1)
]  # fmt: skip


def at_the_customer(story: Story, *documents: dict[str, Any], **fields: Any) -> Story:
    async def opened(screen: Screen, phone: Phone) -> None:
        await screen.go("/cliente/K1")
        await story(screen, phone)

    return with_documents(opened, CUSTOMER | fields, *documents)


def expect(screen: Screen, *words: str) -> None:
    for each in words:
        assert screen.says(each), each


def test_who_it_is_and_how_it_is_reached(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        expect(screen, "Bazar Quitumbe", "K1 · 1712345678001", "Sucursal Sur · Av. Quitumbe S12, Quito")
        expect(screen, "Toque el timbre dos veces.")
        urls = {}
        for name in ("contact-call", "contact-whatsapp", "contact-navigate"):
            button: Any = screen.by_id(name).content
            assert isinstance(button.action, ft.OpenUrl), name
            urls[name] = str(getattr(button.action.url, "url", button.action.url))
        assert urls["contact-call"] == "tel:+593991234567"
        assert urls["contact-whatsapp"] == "https://wa.me/593991234567"
        assert urls["contact-navigate"].endswith("destination=-0.29,-78.55")

    walk(tmp_path, at_the_customer(story, LATE))


def test_who_has_no_telephone_and_no_point_is_not_called_nor_looked_for(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        for name in ("contact-call", "contact-whatsapp", "contact-navigate"):
            button: Any = screen.by_id(name).content
            assert button.disabled, name

    walk(tmp_path, at_the_customer(story, phones=[], location=None))


def test_what_is_owed_what_of_it_is_late_and_what_credit_is_left(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.has("customer-overdue")
        expect(screen, "Vencido", "50 días de mora", "$ 200,00")
        expect(screen, "Por cobrar", "$ 600,00", "2 facturas abiertas")
        expect(screen, "Cupo disponible", "$ 400,00", "usado el 60 % de $ 1.000,00")
        expect(screen, "Por vencer", "31-60 días de mora")
        assert screen.has("customer-last-sale")

    walk(tmp_path, at_the_customer(story, LATE, SOON))


def test_nothing_late_says_so_and_shows_no_zero(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert not screen.has("customer-overdue")
        assert not screen.has("customer-ageing")
        expect(screen, "Nada vencido", "$ 400,00", "1 factura abierta")

    walk(tmp_path, at_the_customer(story, SOON))


def test_a_credit_that_is_exceeded_is_below_zero(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        expect(screen, "-$ 100,00", "usado el 110 % de $ 1.000,00")

    walk(tmp_path, at_the_customer(story, invoice("001-001-000000003", "2026-12-15", 110_000, 110_000)))


def test_each_invoice_has_its_number_dates_amounts_and_state(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        expect(
            screen, "001-001-000000001", "venció 1 oct 2026 · 50 días", "emitida 1 sept 2026 · de $ 300,00"
        )
        expect(screen, "001-001-000000002", "vence 15 dic 2026")
        numbers = [text for text in screen.texts() if text.startswith("001-001-")]
        assert numbers == [LATE["number"], SOON["number"]], "the oldest first"
        await collect(phone, "K1", [str(LATE["number"])], [{"method": "cash", "amount": 20_000}])
        await screen.settle()
        assert not screen.has(f"invoice-{LATE['number']}"), "what was paid here is no longer open"
        expect(screen, "Nada vencido", "En el ERP", "$ 600,00")

    walk(tmp_path, at_the_customer(story, LATE, SOON))


def test_each_withholding_has_its_invoice_amount_and_state(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.tap("tab-withholdings")
        for number, state in enumerate(("Registrada", "Pendiente", "Rechazada"), start=1):
            expect(screen, f"001-002-00000000{number}", f"$ {number},00", state)
        expect(screen, f"Factura {LATE['number']}")

    walk(tmp_path, at_the_customer(story, LATE, *WITHHOLDINGS))


def test_without_papers_each_tab_says_so(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        expect(screen, "No hay facturas pendientes.")
        await screen.tap("tab-withholdings")
        expect(screen, "No hay retenciones.")
        await screen.tap("tab-activity")
        expect(screen, "Aún no hay gestiones con este cliente.")

    walk(tmp_path, at_the_customer(story))


def test_a_customer_who_was_taken_away_is_not_shown(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/cliente/K9")
        expect(screen, "Este cliente ya no está en este teléfono.")
        assert not screen.has("start-visit")

    walk(tmp_path, story)

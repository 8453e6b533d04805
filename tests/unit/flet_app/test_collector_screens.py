"""The collector's screens, walked without a network on a phone that has synchronised once."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from flet_app.collector.phone import Phone
from receivables.receipts import verify_chain
from tests.support.collector_walk import begin_visit, walk
from tests.support.flet_harness import Screen


def test_today_opens_on_the_goal_and_the_next_stop(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.says("Distribuidora Andina")
        assert screen.says("de $ 1.500,00")
        assert screen.says("vie, 20 nov")
        assert screen.has("next-C0001")

    walk(tmp_path, story)


def test_a_customer_is_found_without_accents(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/clientes")
        assert screen.says("12 clientes")
        await screen.type("customer-search", "penon")
        assert screen.has("customer-C0009")
        assert not screen.has("customer-C0001")
        await screen.type("customer-search", "nobody")
        assert screen.says("Ningún cliente coincide con «nobody».")

    walk(tmp_path, story)


def test_a_receipt_takes_four_taps_and_closes_the_invoices(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        assert not screen.says("Nada vencido")
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")
        assert screen.says("R0001-00000001")
        assert screen.says("En este teléfono")
        (receipt,) = phone.portfolio.receipts.values()
        assert receipt["total"] == sum(each["amount"] for each in receipt["allocations"])
        assert receipt["place"] == {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False}
        await screen.tap("continue-visit")
        assert screen.says("Nada vencido")

    walk(tmp_path, story)


def test_two_means_of_payment_make_one_receipt_with_the_remainder_offered(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.type("receipt-amount", "100,00")
        await screen.tap("receipt-continue")
        await screen.type("receipt-line-0-amount", "60")
        assert screen.says("Faltan $ 40,00")
        await screen.tap("receipt-method-card")
        await screen.tap("receipt-register")
        assert screen.says("Falta un dato")
        assert not phone.portfolio.receipts
        await screen.type("receipt-line-1-brand", "Visa")
        await screen.type("receipt-line-1-last4", "1234")
        await screen.type("receipt-line-1-authorisation", "A77")
        await screen.tap("receipt-register")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        (receipt,) = phone.portfolio.receipts.values()
        assert [(each["method"], each["amount"]) for each in receipt["payments"]] == [
            ("cash", 6000),
            ("card", 4000),
        ]

    walk(tmp_path, story)


def test_going_back_shows_what_was_typed_and_another_method_asks_anew(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.type("receipt-amount", "77,50")
        await screen.tap("receipt-continue")
        await screen.tap("receipt-back")
        assert screen.field("receipt-amount").value == "77,50"
        await screen.tap("receipt-continue")
        assert screen.field("receipt-line-0-amount").value == "77,50"
        await screen.tap("receipt-method-cheque")
        await screen.type("receipt-line-0-account", "2100")
        await screen.tap("receipt-register")
        assert screen.says("Falta un dato: girador")
        await screen.tap("receipt-method-card")
        assert not screen.says("Falta un dato")
        assert not screen.field("receipt-line-0-brand").value

    walk(tmp_path, story)


def test_chosen_invoices_propose_their_sum(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.tap("receipt-mode-choose")
        numbers = sorted(phone.portfolio.invoices_of["C0001"])
        ticked = {number for number in numbers if screen.by_id(f"receipt-invoice-{number}").checked}
        last = next(number for number in numbers if number in ticked)
        await screen.tap(f"receipt-invoice-{last}")
        await screen.tap("receipt-continue")
        for button in ("receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: phone.portfolio.receipts, "the receipt is saved")
        (receipt,) = phone.portfolio.receipts.values()
        assert {each["invoice"] for each in receipt["allocations"]} == ticked - {last}

    walk(tmp_path, story)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0,50", "el mínimo es"),
        ("", "El monto debe ser mayor que cero"),
        ("1.2.3", "«1.2.3» se puede leer de dos maneras o no es un monto"),
    ],
)
def test_an_amount_that_cannot_be_is_told_at_its_field(tmp_path: Path, typed: str, sentence: str) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await screen.type("receipt-amount", typed)
        await screen.tap("receipt-continue")
        assert screen.says(sentence)
        assert screen.has("receipt-continue")
        assert not phone.portfolio.receipts

    walk(tmp_path, story)


def test_a_visit_ends_only_with_what_its_outcome_asks_for(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.tap("finish-visit")
        await screen.tap("visit-save")
        assert screen.says("Elija el resultado de la visita")
        await screen.tap("outcome-promise")
        await screen.tap("visit-save")
        assert screen.says("al menos 10 caracteres")
        assert screen.says("Indique la fecha y hora de la próxima visita")
        await screen.type("comment", "Paga el lunes temprano")
        await screen.tap("next-3")
        await screen.tap("next-hour-15")
        await screen.tap("visit-save")
        await screen.until(lambda: phone.portfolio.visits, "the visit is saved")
        (visit,) = phone.portfolio.visits.values()
        assert (visit["outcome"], visit["next_visit_at"]) == ("promise", "2026-11-23T20:00:00Z")
        assert phone.portfolio.open_visit() is None

    walk(tmp_path, story)


def test_a_visit_without_a_position_says_so_and_goes_on(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        visit = phone.portfolio.open_visit()
        assert visit is not None
        assert visit["place"] is None
        assert screen.has("visit-without-position")

    walk(tmp_path, story, answers={"get_current_position": None})


def test_only_one_visit_is_open_and_every_screen_leads_back_to_it(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/cliente/C0002")
        assert not screen.has("start-visit")
        assert screen.has("return-to-visit")
        for route in ("/", "/clientes", "/cobros", "/mas"):
            await screen.go(route)
            assert screen.has("visit-banner"), route

    walk(tmp_path, story)


def test_a_phone_that_died_wakes_up_in_the_same_visit_with_the_same_money(tmp_path: Path) -> None:
    async def before(screen: Screen, _phone: Phone) -> None:
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")

    async def after(screen: Screen, phone: Phone) -> None:
        assert screen.has("visit-banner")
        await screen.go("/cobros")
        assert screen.says("1 cobro")
        await screen.go("/cliente/C0001")
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: len(phone.portfolio.receipts) == 2, "a second receipt is saved")
        assert verify_chain(phone.portfolio.receipts.values()) == []
        assert sorted(each["counter"] for each in phone.portfolio.receipts.values()) == [1, 2]

    walk(tmp_path, before)
    walk(tmp_path, after)


def test_the_sync_screen_counts_what_is_only_here(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/sincronizacion")
        await screen.until(lambda: screen.has("sync-offline"), "the office can't be reached")
        assert screen.says("Solo en este teléfono")
        assert screen.says("1 inicio de visita")
        assert phone.status.unsent == {"visit_start": 1}

    walk(tmp_path, story)


def test_signing_out_is_refused_while_something_is_unsent(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await begin_visit(screen)
        await screen.go("/mas")
        await screen.tap("sign-out")
        assert not screen.has("sign-out-confirm")
        assert screen.says("Hay registros sin enviar")
        assert phone.enrolment is not None

    walk(tmp_path, story)


def test_the_language_and_the_brightness_of_a_phone_are_kept(tmp_path: Path) -> None:
    async def choose(screen: Screen, _phone: Phone) -> None:
        await screen.go("/mas")
        await screen.tap("language-en")
        await screen.tap("theme-dark")
        assert screen.says("Appearance")

    async def later(screen: Screen, _phone: Phone) -> None:
        assert screen.says("Route of the day")
        assert screen.page.theme_mode == ft.ThemeMode.DARK

    walk(tmp_path, choose)
    walk(tmp_path, later)


def test_sign_in_without_a_network_says_what_to_do(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.tap("sign-in-submit")
        assert screen.says("Escriba su correo y su contraseña.")
        await screen.type("sign-in-email", "ana@andina.example")
        await screen.type("sign-in-password", "secreta")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("sign-in-problem"), "the problem is told")
        assert screen.says("No hay conexión con la oficina")

    walk(tmp_path, story, seeded=False)

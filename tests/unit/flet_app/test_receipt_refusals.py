"""What a receipt may not be: each refusal says what happened and what to do, and nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from tests.support.collector_walk import Story, arrive, begin_visit, walk
from tests.support.field import collect
from tests.support.flet_harness import Screen

CHEQUE = {
    "method": "cheque", "amount": 4_000, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vega", "cheque_on": "2026-11-20",
}  # fmt: skip
TRANSFER = {
    "method": "transfer", "amount": 4_000, "bank": "Pichincha", "reference": "T-77",
    "transferred_on": "2026-11-19",
}  # fmt: skip


def under(story: Story, **rules: Any) -> Story:
    """`story` in the receipt form of a customer, where the collection policy says `rules`."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await arrive(screen, phone, {"_id": "policy:collection", **rules})
        await begin_visit(screen)
        await screen.tap("new-receipt")
        await story(screen, phone)

    return begun


def debt(phone: Phone) -> int:
    return sum(item.open.minor for item in open_items(phone.portfolio, "C0001"))


def typed(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"


async def lines(screen: Screen, amount: str, method: str = "cash") -> None:
    """As far as the means of payment, with `amount` paid by `method`."""
    await screen.type("receipt-amount", amount)
    await screen.tap("receipt-continue")
    await screen.tap(f"receipt-method-{method}")


async def fill(screen: Screen, line: int, **texts: str) -> None:
    for name, text in texts.items():
        if name == "bank":
            await screen.choose(f"receipt-line-{line}-bank", text)
        else:
            await screen.type(f"receipt-line-{line}-{name}", text)


def refused(screen: Screen, phone: Phone, *, receipts: int = 0) -> bool:
    """Nothing was asked to be confirmed and nothing was written."""
    return not screen.has("receipt-confirm") and len(phone.portfolio.receipts) == receipts


# -- how much, on what -----------------------------------------------------------------------------
def test_less_than_the_minimum_is_told_with_both_amounts_and_stays_to_be_corrected(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("receipt-amount", "49,99")
        await screen.tap("receipt-continue")
        assert screen.says("El pago es de USD 49,99; el mínimo es USD 50,00")
        assert screen.says("Cobre al menos el mínimo.")
        assert screen.has("receipt-continue")
        await screen.type("receipt-amount", "50")
        await screen.tap("receipt-continue")
        assert screen.has("receipt-register")
        assert refused(screen, phone)

    walk(tmp_path, under(story, minimum_receipt=5_000))


def test_the_minimum_keeps_nobody_from_paying_all(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("receipt-amount", typed(debt(phone)))
        await screen.tap("receipt-continue")
        assert screen.has("receipt-register")

    walk(tmp_path, under(story, minimum_receipt=100_000_000))


def test_an_older_invoice_that_would_stay_open_is_named(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        oldest = open_items(phone.portfolio, "C0001")[0]
        await screen.tap("receipt-mode-choose")
        await screen.tap(f"receipt-invoice-{oldest.invoice}")
        await screen.tap("receipt-continue")
        due = oldest.due_on.strftime("%d-%m-%Y")
        assert screen.says(f"La factura {oldest.invoice} venció el {due} y debe pagarse primero.")
        assert screen.says("Elíjala también, o cobre las más antiguas.")
        assert refused(screen, phone)
        await screen.tap("receipt-mode-oldest")
        await screen.tap("receipt-continue")
        assert screen.has("receipt-register")

    walk(tmp_path, under(story, oldest_first=True))


def test_more_than_is_owed_is_refused_where_nothing_is_taken_on_account(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.type("receipt-amount", typed(debt(phone) + 1_050))
        await screen.tap("receipt-continue")
        assert screen.says("Sobran USD 10,50 y la empresa no acepta saldos a favor.")
        assert screen.says("Reduzca el pago o añada facturas.")
        assert refused(screen, phone)

    walk(tmp_path, under(story, on_account_allowed=False))


def test_lines_that_pay_more_than_is_owed_are_refused_before_the_confirmation(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, typed(debt(phone)))
        await screen.type("receipt-line-0-amount", typed(debt(phone) + 200))
        assert screen.says("Más de lo que iba a cobrar")
        await screen.tap("receipt-register")
        assert screen.has("receipt-problem")
        assert screen.says("Sobran USD 2,00 y la empresa no acepta saldos a favor.")
        assert refused(screen, phone)

    walk(tmp_path, under(story, on_account_allowed=False))


# -- by which means --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        *((none, "El monto debe ser mayor que cero.") for none in ("", "0", "0,00")),
        *((odd, f"«{odd}» se puede leer de dos maneras o no es un monto.") for odd in ("1.2.3", ",", "..")),
        ("9" * 30, "El monto es demasiado grande."),
    ],
)
def test_an_amount_of_a_line_that_cannot_be_is_told_at_its_field(
    tmp_path: Path, wrong: str, told: str
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "20")
        await screen.type("receipt-line-0-amount", wrong)
        await screen.tap("receipt-register")
        assert (screen.field("receipt-line-0-amount").error or "").startswith(told)
        assert refused(screen, phone)
        await screen.type("receipt-line-0-amount", "20")
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm")

    walk(tmp_path, under(story))


def test_cash_beyond_the_cap_is_taken_by_other_means(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "150")
        await screen.tap("receipt-register")
        assert screen.says("El efectivo suma USD 150,00; el máximo por recibo es USD 100,00.")
        assert screen.says("Reciba el resto por otro medio.")
        assert refused(screen, phone)
        await screen.type("receipt-line-0-amount", "100")
        await screen.tap("receipt-method-card")
        await fill(screen, 1, brand="Visa", last4="1234", authorisation="A77")
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm")

    walk(tmp_path, under(story, cash_cap=10_000))


def test_the_cash_of_several_lines_counts_together(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "150")
        await screen.type("receipt-line-0-amount", "75")
        await screen.tap("receipt-method-cash")
        await screen.tap("receipt-register")
        assert screen.says("El efectivo suma USD 150,00")
        assert refused(screen, phone)

    walk(tmp_path, under(story, cash_cap=10_000))


def holding(minor: int, story: Story, **rules: Any) -> Story:
    """`story` in the receipt form of a collector who has so much cash in the bag."""

    async def begun(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0002", [], [{"method": "cash", "amount": minor}])
        await under(story, **rules)(screen, phone)

    return begun


def test_cash_that_comes_near_the_limit_is_told_in_time_and_is_taken(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "59,99")
        assert not screen.has("receipt-cash-near")
        await screen.type("receipt-line-0-amount", "60")
        assert screen.says("Con esto tiene $ 160,00 en efectivo; el límite es $ 200,00. Deposite pronto.")
        await screen.tap("receipt-register")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: len(phone.portfolio.receipts) == 2, "the receipt is saved")
        await screen.go("/cobros/caja")
        assert screen.has("cash-near")
        assert screen.says("Está cerca del límite de efectivo. Deposite pronto.")

    walk(tmp_path, holding(10_000, story, cash_limit=20_000))


def test_cash_up_to_the_limit_is_taken_and_the_bag_says_it_is_full(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "100")
        assert screen.has("receipt-cash-near")
        await screen.tap("receipt-register")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: len(phone.portfolio.receipts) == 2, "the receipt is saved")
        await screen.go("/cobros/caja")
        assert screen.has("cash-full")

    walk(tmp_path, holding(10_000, story, cash_limit=20_000))


def test_cash_beyond_the_limit_is_refused_with_what_fits_and_other_means_are_taken(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "100,01")
        assert not screen.has("receipt-cash-near"), "it is too late for a word in time"
        await screen.tap("receipt-register")
        assert screen.says(
            "Tiene USD 100,00 en efectivo y el límite es USD 200,00: puede recibir USD 100,00 más."
        )
        assert screen.says("Deposite, o cobre por otro medio.")
        assert refused(screen, phone, receipts=1)
        await screen.tap("receipt-method-card")
        await fill(screen, 0, brand="Visa", last4="1234", authorisation="A77")
        assert not screen.has("receipt-problem")
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm")

    walk(tmp_path, holding(10_000, story, cash_limit=20_000))


def test_a_full_bag_takes_no_cent_of_cash(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "0,01")
        await screen.tap("receipt-register")
        assert screen.says("puede recibir USD 0,00 más")
        assert refused(screen, phone, receipts=1)

    walk(tmp_path, holding(20_000, story, cash_limit=20_000, minimum_receipt=0))


@pytest.mark.parametrize(("days", "taken"), [(30, True), (31, False), (45, False)])
def test_a_cheque_too_far_ahead_is_told_with_its_days_at_its_date(
    tmp_path: Path, days: int, taken: bool
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "40", "cheque")
        await fill(screen, 0, bank="Pichincha", account="2100", number="000123", drawer="Rosa Vega")
        await screen.tap("receipt-line-0-cheque_on")
        await screen.pick(date(2026, 11, 20) + timedelta(days=days), phone.zone)
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm") is taken
        words = f"El cheque vence en {days} días; el máximo es 30. Cambie la fecha o pida autorización."
        assert screen.says(words) is not taken
        if not taken:
            assert refused(screen, phone)
            assert screen.field("receipt-line-0-number").value in {"000123", None}
            await screen.tap("receipt-line-0-cheque_on")
            await screen.pick(date(2026, 12, 20), phone.zone)
            await screen.tap("receipt-register")
            assert screen.has("receipt-confirm")

    walk(tmp_path, under(story))


def already_taken(payment: dict[str, Any], story: Story) -> Story:
    async def begun(screen: Screen, phone: Phone) -> None:
        await collect(phone, "C0002", [], [payment])
        await under(story)(screen, phone)

    return begun


def test_a_cheque_of_an_earlier_receipt_pays_no_second_time(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "40", "cheque")
        await fill(screen, 0, bank="Pichincha", account="21 00", number="000123", drawer="Rosa Vega")
        await screen.tap("receipt-register")
        assert screen.says("Este pago ya está en otro recibo. Revise el número.")
        assert refused(screen, phone, receipts=1)
        await fill(screen, 0, number="000124")
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm")

    walk(tmp_path, already_taken(CHEQUE, story))


def test_a_transfer_of_an_earlier_receipt_pays_no_second_time(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "40", "transfer")
        await fill(screen, 0, bank="Pichincha", reference="t-77")
        await screen.tap("receipt-register")
        assert screen.says("Este pago ya está en otro recibo. Revise el número.")
        assert refused(screen, phone, receipts=1)

    walk(tmp_path, already_taken(TRANSFER, story))


def test_one_cheque_in_two_lines_is_told_at_the_second(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await lines(screen, "40", "cheque")
        await screen.type("receipt-line-0-amount", "20")
        await screen.tap("receipt-method-cheque")
        for line in (0, 1):
            await fill(screen, line, bank="Pichincha", account="2100", number="000123", drawer="Rosa Vega")
        await screen.tap("receipt-register")
        assert screen.says("Este pago está dos veces en el recibo. Quite uno.")
        assert refused(screen, phone)
        await screen.tap("receipt-line-1-remove")
        assert not screen.says("Este pago está dos veces")

    walk(tmp_path, under(story))


def test_a_cheque_of_a_void_receipt_may_be_taken_again(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        [receipt] = phone.portfolio.receipts.values()
        void = {"receipt": receipt["_id"], "reason": "wrong_amount", "collector": "ana"}
        await arrive(screen, phone, {"_id": "receipt_void:ana:01KAKYX7M8N4P5Q6R7S8T9V0W1", **void})
        await lines(screen, "40", "cheque")
        await fill(screen, 0, bank="Pichincha", account="2100", number="000123", drawer="Rosa Vega")
        await screen.tap("receipt-register")
        assert screen.has("receipt-confirm")

    walk(tmp_path, already_taken(CHEQUE, story))

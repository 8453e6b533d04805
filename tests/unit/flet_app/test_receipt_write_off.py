"""What little remains of an invoice: offered before the receipt is confirmed, taken back, never forced."""

from __future__ import annotations

from pathlib import Path

from flet_app.collector.phone import Phone
from receivables.documents import Json
from tests.support.flet_harness import Screen
from tests.unit.flet_app.test_collector_screens import begin_visit, walk


async def put(phone: Phone, *documents: Json) -> None:
    """What the centre sends meanwhile."""
    assert phone.store is not None
    for document in documents:
        await phone.store.write(lambda transaction, each=document: transaction.put(each))
    phone.announce()


async def tolerate(phone: Phone, minor: int) -> None:
    assert phone.store is not None
    standing = await phone.store.write(lambda transaction: transaction.get("policy:collection"))
    await put(phone, {**standing, "write_off_tolerance": minor})


def oldest(phone: Phone) -> Json:
    invoices = phone.portfolio.invoices_for("C0001")
    return min(invoices, key=lambda each: (each["due_on"], each["issued_on"], each["number"]))


async def pay_all_but(screen: Screen, phone: Phone, minor: int) -> str:
    """Up to the confirmation of a receipt that leaves so much of the oldest invoice; returns its number."""
    await begin_visit(screen)
    invoice = oldest(phone)
    await screen.tap("new-receipt")
    cents = invoice["balance"] - minor
    await screen.type("receipt-amount", f"{cents // 100},{cents % 100:02d}")
    await screen.tap("receipt-continue")
    await screen.tap("receipt-register")
    return str(invoice["number"])


def test_a_rest_within_the_tolerance_is_given_up_only_when_asked_to(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        number = await pay_all_but(screen, phone, 3)
        offer = f"receipt-write-off-{number}"
        assert screen.says("Dar por saldada la diferencia de $ 0,03")
        assert screen.says(f"Factura {number}: quedan $ 0,03 pendientes")
        assert not screen.by_id(offer).selected
        await screen.tap(offer)
        assert screen.by_id(offer).selected
        assert screen.says(f"Factura {number}: saldada")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")
        assert screen.says(f"Diferencia dada por saldada, factura {number}")
        (receipt,) = phone.portfolio.receipts.values()
        assert receipt["write_offs"] == [{"invoice": number, "amount": 3}]
        assert receipt["total"] == receipt["allocations"][0]["amount"]
        await screen.go("/cliente/C0001")
        assert not screen.has(f"invoice-{number}")

    walk(tmp_path, story)


def test_what_was_given_up_is_taken_back_before_it_is_confirmed(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        number = await pay_all_but(screen, phone, 3)
        for _ in range(2):
            await screen.tap(f"receipt-write-off-{number}")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")
        (receipt,) = phone.portfolio.receipts.values()
        assert "write_offs" not in receipt
        await screen.go("/cliente/C0001")
        assert screen.has(f"invoice-{number}")

    walk(tmp_path, story)


def test_going_back_to_correct_forgets_the_choice(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        number = await pay_all_but(screen, phone, 3)
        await screen.tap(f"receipt-write-off-{number}")
        await screen.tap("receipt-correct")
        await screen.tap("receipt-register")
        assert not screen.by_id(f"receipt-write-off-{number}").selected

    walk(tmp_path, story)


def test_nothing_is_offered_beyond_the_tolerance_or_without_one(tmp_path: Path) -> None:
    async def beyond(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        await pay_all_but(screen, phone, 6)
        assert screen.has("receipt-confirm")
        assert not screen.says("Dar por saldada")

    async def without(screen: Screen, phone: Phone) -> None:
        await pay_all_but(screen, phone, 1)
        assert screen.has("receipt-confirm")
        assert not screen.says("Dar por saldada")

    walk(tmp_path / "beyond", beyond)
    walk(tmp_path / "without", without)


def test_a_balance_that_arrives_during_the_confirmation_stops_a_difference_that_no_longer_settles(
    tmp_path: Path,
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        number = await pay_all_but(screen, phone, 3)
        await screen.tap(f"receipt-write-off-{number}")
        invoice = phone.portfolio.invoices[number]
        await put(phone, {**invoice, "balance": invoice["balance"] + 100})
        await screen.tap("receipt-confirm")
        await screen.until(lambda: screen.has("receipt-problem"), "the refusal is told")
        assert screen.says(f"En la factura {number} quedan USD 1,03, no USD 0,03")
        assert not phone.portfolio.receipts
        assert screen.field("receipt-line-0-amount") is not None

    walk(tmp_path, story)


def test_the_voucher_tells_which_differences_did_not_stand(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await tolerate(phone, 5)
        number = await pay_all_but(screen, phone, 3)
        await screen.tap(f"receipt-write-off-{number}")
        await screen.tap("receipt-confirm")
        await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")
        (receipt,) = phone.portfolio.receipts.values()
        refused = {"invoice": number, "code": "write_off_not_in_erp", "data": {"invoice": number}}
        await put(phone, {
            "_id": "posting:R0001:00000001", "schema": 1, "receipt": receipt["_id"], "state": "posted",
            "customer": "C0001", "collector": "ana", "allocations": receipt["allocations"], "on_account": 0,
            "currency": "USD", "erp_number": "COB-1", "write_offs": [], "refused_write_offs": [refused],
        })  # fmt: skip
        await screen.until(lambda: screen.has("voucher-write-off-0"), "the answer is shown")
        assert screen.says("El sistema contable no tiene dónde registrar la diferencia")

    walk(tmp_path, story)

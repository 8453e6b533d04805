"""One receipt at the office: voided, a cheque bounced, a withholding decided; asked once, the end told."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from flet_app.supervisor.receipt_card import Verb
from flet_app.supervisor.views.receipt_page import DONE
from flet_app.supervisor.views.receipt_question import QUESTIONS
from receivables.access import Role
from tests.support.desk import DeskOffice, a_desk, at_the_desk, problem
from tests.support.flet_harness import Screen
from tests.support.letters import picture as drawn

Json = dict[str, Any]
NUMBER = "R0001-00000004"
ROUTE = f"/cobros/{NUMBER}"
READ = f"GET /receipts/{NUMBER}"
JUDGED = f"GET /receipts/{NUMBER}/withholdings"
CHEQUE = {
    "method": "cheque", "amount": 20000, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vera", "cheque_on": "2026-11-21",
}  # fmt: skip
WITHHELD = {"method": "withholding", "amount": 439, "tax": "iva", "number": "001-001-000000077"}
RECEIPT: Json = {
    "id": "receipt:R0001:00000004", "number": NUMBER, "collector": "ana", "customer": "C0001",
    "customer_name": "Comercial El Rosal", "created_at": "2026-11-20T15:00:00Z", "local_on": "2026-11-20",
    "total": 50439, "currency": "USD", "payments": [{"method": "cash", "amount": 30000}, CHEQUE, WITHHELD],
    "allocations": [{"invoice": "001-001-000002154", "amount": 50000}], "on_account": 439,
    "write_offs": [{"invoice": "001-001-000002154", "amount": 3}], "state": "posted",
    "erp_number": "COB-000123", "reason": None, "void": None, "bounced": [],
}  # fmt: skip
VOIDED = {
    **RECEIPT, "void": {"at": "2026-11-20T15:30:00Z", "by": "sofia@andina.example", "reason": "wrong_amount"}
}  # fmt: skip
PENDING = {
    **WITHHELD, "line": 2, "state": "pending_validation", "has_xml": False,
    "reasons": [{"code": "withholding_without_xml", "text": "No trae su XML: la oficina la revisa."}],
}  # fmt: skip
ANSWERS: Json = {READ: RECEIPT, JUDGED: {"items": [PENDING]}}


async def shown(screen: Screen) -> None:
    await screen.until(lambda: screen.has("receipt-total"), "the receipt")


async def give(screen: Screen, reason: str) -> None:
    await screen.type("correction-reason", reason)
    await screen.tap("correction-confirm")


def then(*answers: Json) -> Any:
    """One answer after the other, the last one ever after."""
    left = list(answers)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize("width", [360, 1280])
def test_all_of_the_receipt_stands_on_its_page(width: int) -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        for words in (
            "Comercial El Rosal", f"{NUMBER} · Ana Quishpe · 10:00", "$ 504,39",
            "Contabilizado n.º COB-000123", "Efectivo", "Cheque · 000123 · Pichincha · Rosa Vera",
            "Factura 001-001-000002154", "Diferencia dada por saldada, factura 001-001-000002154",
            "Saldo a favor", "Por validar. No trae su XML: la oficina la revisa.",
        ):  # fmt: skip
            assert screen.says(words), words
        assert [call[:2] for call in office.asked] == [
            ("GET", f"/receipts/{NUMBER}"),
            ("GET", f"/receipts/{NUMBER}/withholdings"),
        ]

    at_the_desk(story, route=ROUTE, answers=ANSWERS, width=width)


def test_a_receipt_is_voided_with_a_reason_and_says_so_afterwards() -> None:
    answers = ANSWERS | {READ: then(RECEIPT, VOIDED), f"POST /receipts/{NUMBER}/void": VOIDED}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("receipt-void")
        assert screen.says(f"¿Anular el recibo {NUMBER}?")
        assert screen.says("Sus $ 504,39 dejan de contar como recibidos")
        assert screen.by_id("correction-confirm").content.disabled  # type: ignore[union-attr]
        await give(screen, "  Monto equivocado ")
        await screen.until(lambda: screen.has("receipt-done"), "what was done is told")
        assert office.of(f"POST /receipts/{NUMBER}/void") == [{"reason": "Monto equivocado"}]
        assert screen.says("El recibo está anulado. Sus facturas vuelven a estar pendientes.")
        assert screen.says("Anulado")
        assert screen.says("Monto equivocado · sofia@andina.example · 10:30")
        assert not screen.has("receipt-void")
        assert not screen.has("payment-bounce-1")
        assert not screen.has("payment-withholding-2-accept")

    at_the_desk(story, route=ROUTE, answers=answers, roles=[Role.SUPERVISOR])


def test_the_button_of_a_question_says_what_it_does() -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        for opened, words in (
            ("receipt-void", f"Anular {NUMBER}"), ("payment-bounce-1", "Retirar $ 200,00"),
            ("payment-withholding-2-accept", "Aceptar $ 4,39"),
            ("payment-withholding-2-reject", "Rechazar $ 4,39"),
        ):  # fmt: skip
            await screen.tap(opened)
            button: Any = screen.by_id("correction-confirm").content
            assert str(button.content).replace("\u00a0", " ") == words
            await screen.tap("correction-back")
            assert not screen.has("correction-confirm")

    at_the_desk(story, route=ROUTE, answers=ANSWERS)


def test_a_cheque_that_the_bank_did_not_pay_is_recorded_by_its_place() -> None:
    bounced = {**RECEIPT, "bounced": [
        {"payment": 2, "reason": "Sin fondos", "by": "sofia@andina.example", "at": "2026-11-20T15:30:00Z"}
    ]}  # fmt: skip
    answers = ANSWERS | {READ: then(RECEIPT, bounced), f"POST /receipts/{NUMBER}/bounced-cheques": bounced}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert not screen.has("payment-bounce-0"), "cash does not bounce"
        await screen.tap("payment-bounce-1")
        await give(screen, "Sin fondos")
        await screen.until(lambda: screen.has("payment-bounced-1"), "the bounce is told")
        assert office.of(f"POST /receipts/{NUMBER}/bounced-cheques") == [
            {"payment": 2, "reason": "Sin fondos"}
        ]
        assert screen.says("Protestado: Sin fondos · sofia@andina.example")
        assert not screen.has("payment-bounce-1")

    at_the_desk(story, route=ROUTE, answers=answers)


@pytest.mark.parametrize(
    ("verb", "decision", "told"),
    [
        ("accept", "accepted", "Aceptada: Vista en el SRI"),
        ("reject", "rejected", "Rechazado: Vista en el SRI"),
    ],
)
def test_a_pending_withholding_is_decided_once_with_a_comment(verb: str, decision: str, told: str) -> None:
    decided = {**PENDING, "state": decision, "comment": "Vista en el SRI"}
    call = f"POST /receipts/{NUMBER}/withholdings/2/decision"
    answers = ANSWERS | {
        JUDGED: then({"items": [PENDING]}, {"items": [decided]}),
        call: {"decision": decision},
    }

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap(f"payment-withholding-2-{verb}")
        await give(screen, "Vista en el SRI")
        await screen.until(lambda: screen.has("receipt-done"), "the decision is told")
        assert office.of(call) == [{"decision": decision, "comment": "Vista en el SRI"}]
        assert screen.says(told)
        assert not screen.has("payment-withholding-2-accept")

    at_the_desk(story, route=ROUTE, answers=answers)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((409, problem("receipt_voided", "El recibo ya está anulado.")), "El recibo ya está anulado."),
        (httpx.ConnectError("no route"), "El servidor no responde. Revise la conexión e intente de nuevo."),
    ],
)
def test_a_refusal_is_told_and_nothing_else_changes(answer: Any, words: str) -> None:
    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        await screen.tap("receipt-void")
        await give(screen, "Duplicado")
        await screen.until(lambda: screen.has("receipt-failure"), "the refusal is told")
        assert screen.says(words), screen.texts()
        assert not screen.has("receipt-done")
        assert screen.has("receipt-void")

    at_the_desk(story, route=ROUTE, answers=ANSWERS | {f"POST /receipts/{NUMBER}/void": answer})


def test_a_rejected_withholding_that_still_counts_is_left_with_a_reason_or_voided() -> None:
    decided = {**PENDING, "state": "rejected", "comment": "No consta"}
    asked = "exception:withholding_rejected:R0001-00000004:2"
    state = a_desk(Role.SUPERVISOR)
    state.exceptions = [{
        "id": asked, "kind": "withholding_rejected", "receipt": RECEIPT["id"], "customer": "C0001",
        "detail": "001-001-000000077 · 4.39 USD · No consta",
        "evidence": {"line": 2, "amount": 439, "currency": "USD"},
    }]  # fmt: skip
    call = f"POST /exceptions/{asked}/close"
    answers = ANSWERS | {JUDGED: {"items": [decided]}, call: {}}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert screen.has("receipt-rejected-2")
        assert screen.says("El recibo aún cuenta una retención rechazada: 001-001-000000077")
        assert screen.has("receipt-void")
        await screen.tap("receipt-rejected-2-action")
        assert screen.says(f"¿Dejar el recibo {NUMBER} como está?")
        await give(screen, "Se ajusta en el ERP")
        await screen.until(lambda: screen.has("receipt-done"), "it is told")
        assert office.of(call) == [{"comment": "Se ajusta en el ERP"}]

    at_the_desk(story, route=ROUTE, answers=answers, state=state)


def test_an_unknown_receipt_says_so_and_can_be_asked_for_again() -> None:
    async def story(screen: Screen, office: DeskOffice) -> None:
        await screen.until(lambda: screen.has("receipt-failure"), "the refusal is told")
        assert screen.says("No existe.")
        assert not screen.has("receipt-void")
        office.answers |= ANSWERS
        await screen.tap("receipt-failure-action")
        await shown(screen)

    at_the_desk(story, route=ROUTE)


def test_the_list_and_the_exceptions_lead_to_the_receipt() -> None:
    state = a_desk(Role.SUPERVISOR)
    state.receipts = [RECEIPT, {**VOIDED, "id": "receipt:R0001:00000005", "number": "R0001-00000005"}]
    goal = {"amount_day": 0, "visits_day": 0}
    state.collectors = []
    state.summary = {
        "collected": {"total": 0, "by_method": {}}, "receipts": {"count": 0}, "goal": goal,
        "visits": {"started": 0, "finished": 0, "effective": 0},
    }  # fmt: skip
    state.exceptions = [
        {"id": "1", "kind": "withholding_pending", "receipt": RECEIPT["id"], "customer": None, "detail": "x"}
    ]

    async def story(screen: Screen, _office: DeskOffice) -> None:
        assert screen.says("Anulado")
        await screen.tap(f"receipt-open-{NUMBER}")
        pushed = [arguments["route"] for name, arguments in screen.connection.calls if name == "push_route"]
        assert pushed == [ROUTE]
        await screen.go("/")
        await screen.tap("exception-withholding_pending")
        pushed = [arguments["route"] for name, arguments in screen.connection.calls if name == "push_route"]
        assert pushed == [ROUTE, ROUTE]

    at_the_desk(story, route="/cobros", answers=ANSWERS, state=state)


def test_every_question_has_its_words() -> None:
    assert set(QUESTIONS) == set(DONE) == set(Verb)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("sofia@andina.example", "sofia@andina.example lo aceptó con un código, 10:05."),
        (None, "Se dice que Sofía Ruiz lo aceptó; esta oficina no dio ningún código."),
    ],
)
def test_a_receipt_of_a_clock_that_was_put_back_says_whose_word_it_goes_by(
    by: str | None, words: str
) -> None:
    at = "2026-11-20T15:05:00Z" if by else None
    clock = {"accepted_by": "Sofía Ruiz", "accepted_at": "2026-11-20T12:00:00Z", "by": by, "at": at}

    async def story(screen: Screen, _office: DeskOffice) -> None:
        await shown(screen)
        assert screen.has("receipt-clock")
        assert screen.says(words)

    at_the_desk(story, route=ROUTE, answers={**ANSWERS, READ: {**RECEIPT, "clock": clock}})


PICTURE = drawn("Cheque 000123")
FRONT, BACK = "photo:ana:01KA00000000000000000000V1", "photo:ana:01KA00000000000000000000V2"


@pytest.mark.parametrize("digest", [hashlib.sha256(PICTURE).hexdigest(), "ab" * 32])
def test_a_cheques_photos_are_looked_at_and_held_against_what_the_receipt_says(digest: str) -> None:
    named = [{"id": FRONT, "sha256": digest}, {"id": BACK, "sha256": "cd" * 32}]
    payments = [RECEIPT["payments"][0], {**CHEQUE, "photos": named}]
    arrived = [{"id": FRONT, "subject": "cheque", "source": "camera", "taken_at": "2026-11-20T15:00:00Z"}]
    receipt = {**RECEIPT, "payments": payments, "photos": arrived}

    async def story(screen: Screen, office: DeskOffice) -> None:
        await shown(screen)
        assert not screen.has("payment-photos-0")
        assert screen.says("Una foto del cheque aún viene en camino.")
        assert not [path for _method, path, _ in office.asked if path.startswith("/photos/")]
        await screen.tap("payment-photos-1")
        await screen.until(lambda: screen.has(f"picture-{FRONT}"), "the photo is shown")
        assert screen.says("Cheque 000123 · Pichincha")
        assert screen.says("Esta no es la foto que nombra el recibo.") == (digest == "ab" * 32)

    at_the_desk(story, route=ROUTE, answers={READ: receipt, f"GET /photos/{FRONT}": PICTURE})

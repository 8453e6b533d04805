"""The office corrects a receipt: sends it again, voids it, records a bounced cheque; once, and audited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.config import Settings
from receivables.access import Role
from tests.support.builders import a_receipt
from tests.support.office import Office, an_office

Json = dict[str, Any]

CHEQUE = {
    "method": "cheque", "amount": 2_000, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vera", "cheque_on": "2026-11-21",
}  # fmt: skip


def posting(counter: int, state: str, **fields: Any) -> Json:
    return {
        "_id": f"posting:R0001:{counter:08d}", "schema": 1, "receipt": f"receipt:R0001:{counter:08d}",
        "customer": "C0001", "collector": "ana", "state": state, "attempts": 1, "currency": "USD",
        "allocations": [{"invoice": "F-1", "amount": 5_000}], "on_account": 0,
        "claimed_at": "2026-11-21T16:00:00Z", "posted_at": None, "erp_number": None, "reason": None,
    } | fields  # fmt: skip


@pytest.fixture(scope="module")
def desk(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        office.hire("alba", Role.ADMINISTRATOR)
        receipts = [a_receipt(counter, company=office.company) for counter in (1, 2, 3)]
        payments = [{"method": "cash", "amount": 3_000}, CHEQUE]
        receipts.append(a_receipt(4, company=office.company, payments=payments))
        office.put(*receipts, posting(1, "rejected", reason="Cliente bloqueado"), posting(2, "posted"))
        office.put(posting(4, "posted"))
        yield office


def test_a_rejected_receipt_goes_out_again_and_the_audit_says_by_whom(desk: Office) -> None:
    path = "/receipts/R0001-00000001/send-again"
    answer = desk.as_("sofia").post(path, {})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "sending")
    again = desk.as_("sofia").post(path, {})
    assert (again.status_code, again.get_json()["code"]) == (409, "receipt_not_rejected")
    entries = desk.as_("alba").read("/audit?action=receipt_sent_again")["items"]
    assert {(entry["by"], entry["subject"]) for entry in entries} == {(desk.email("sofia"), "R0001-00000001")}


def test_a_posted_receipt_is_not_sent_again(desk: Office) -> None:
    answer = desk.as_("sofia").post("/receipts/R0001-00000002/send-again", {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "receipt_not_rejected")


def test_a_receipt_is_voided_once_with_a_reason(desk: Office) -> None:
    path = "/receipts/R0001-00000003/void"
    assert desk.as_("sofia").post(path, {}).status_code == 400
    answer = desk.as_("sofia").post(path, {"reason": "Monto equivocado"})
    assert (answer.status_code, answer.get_json()["void"]["reason"]) == (200, "Monto equivocado")
    again = desk.as_("sofia").post(path, {"reason": "Monto equivocado"})
    assert (again.status_code, again.get_json()["code"]) == (409, "receipt_voided")


def test_a_cheque_bounces_once_and_cash_never(desk: Office) -> None:
    path = "/receipts/R0001-00000004/bounced-cheques"
    answers = [
        desk.as_("sofia").post(path, {"payment": payment, "reason": "Sin fondos"}) for payment in (2, 2, 1, 9)
    ]
    assert [answer.status_code for answer in answers] == [200, 409, 409, 409]
    assert answers[1].get_json()["code"] == "cheque_bounced"
    assert {answer.get_json()["code"] for answer in answers[2:]} == {"payment_no_cheque"}


def test_a_receipt_tells_which_of_its_cheques_bounced_and_why(desk: Office) -> None:
    desk.put(a_receipt(5, company=desk.company, payments=[{"method": "cash", "amount": 3_000}, CHEQUE]))
    sofia = desk.as_("sofia")
    assert sofia.read("/receipts/R0001-00000005")["bounced"] == []
    wish = {"payment": 2, "reason": "Cuenta cerrada"}
    told = sofia.post("/receipts/R0001-00000005/bounced-cheques", wish).get_json()["bounced"]
    assert [(each["payment"], each["reason"], each["by"]) for each in told] == [
        (2, "Cuenta cerrada", desk.email("sofia"))
    ]
    assert sofia.read("/receipts/R0001-00000005")["bounced"] == told


@pytest.mark.parametrize("what", ["send-again", "void", "bounced-cheques"])
def test_a_collector_corrects_nothing_and_an_unknown_receipt_is_none(desk: Office, what: str) -> None:
    body = {"reason": "Sin fondos", "payment": 1}
    assert desk.as_("ana").post(f"/receipts/R0001-00000001/{what}", body).status_code == 403
    unknown = desk.as_("sofia").post(f"/receipts/R0001-99999999/{what}", body)
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "receipt_unknown")

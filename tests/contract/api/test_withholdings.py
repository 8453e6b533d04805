"""The office decides over a withholding that nobody could judge: once, audited, told to ERP and phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.config import Settings
from backend.services.posting_claims import claim, outgoing
from paperwork.packed_xml import pack
from receivables.access import Role
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE
from receivables.receipts import Receipt
from tests.support.builders import a_receipt, an_invoice
from tests.support.office import Bearer, Office, an_office
from tests.support.sri import COMPANY_RUC, CUSTOMER_RUC, document, sample

Json = dict[str, Any]
INVOICE = "001-002-000000123"
VOUCHER = document("retencion-1.0.0").content.issuer
PACKED = pack(sample("retencion-1.0.0"), document_code=WITHHOLDING_CODE)
CASH = {"method": "cash", "amount": 1000}
PROVED = {
    "method": "withholding", "amount": 225, "tax": "renta", "number": VOUCHER.number,
    "access_key": VOUCHER.access_key, "voucher": PACKED,
}  # fmt: skip
ALONE = {"method": "withholding", "amount": 439, "tax": "iva", "number": "001-001-000000077"}


@pytest.fixture(scope="module")
def office(database_server: Settings) -> Iterator[Office]:
    with an_office(database_server) as office:
        office.collect("ana")
        office.hire("sofia", Role.SUPERVISOR)
        office.hire("alba", Role.ADMINISTRATOR)
        couch, code = office.couch, office.company
        profile = couch.get(code, f"company:{code}")
        assert profile
        office.put(
            profile | {"tax_id": COMPANY_RUC},
            {"_id": "customer:C0001", "code": "C0001", "name": "La Económica", "tax_id": CUSTOMER_RUC},
            an_invoice(INVOICE, 12713, customer="C0001")
            | {"electronic": pack(sample("factura-1.1.0"), document_code=INVOICE_CODE)},
            *(
                a_receipt(
                    counter, payments=[CASH, PROVED, ALONE], allocations={INVOICE: 1664}, customer="C0001",
                    company=code, created_at=f"2026-11-21T15:0{counter}:00Z",
                )
                for counter in (1, 2, 3, 4, 5)
            ),
        )  # fmt: skip
        yield office


@pytest.fixture
def sofia(office: Office) -> Bearer:
    return office.as_("sofia")


def path(counter: int, line: int | None = None) -> str:
    one = f"/receipts/R0001-{counter:08d}/withholdings"
    return one if line is None else f"{one}/{line}/decision"


def states(sofia: Bearer, counter: int) -> dict[int, str]:
    return {each["line"]: each["state"] for each in sofia.read(path(counter))["items"]}


def a_claim(office: Office, counter: int) -> tuple[Receipt, Json]:
    found = office.couch.get(office.company, f"receipt:R0001:{counter:08d}")
    assert found
    receipt = Receipt.from_json(found)
    return receipt, claim(office.couch, office.company, receipt, now=office.clock.now)


def test_each_withholding_says_its_state_and_why(sofia: Bearer) -> None:
    proved, alone = sofia.read(path(1))["items"]
    assert (proved["line"], proved["state"], proved["reasons"]) == (1, "accepted", [])
    assert (alone["line"], alone["state"], alone["has_xml"]) == (2, "pending_validation", False)
    assert [each["code"] for each in alone["reasons"]] == ["withholding_without_xml"]
    assert "oficina" in alone["reasons"][0]["text"]
    assert "voucher" not in proved
    english = sofia.read(f"{path(1)}?language=en")["items"]
    assert "office" in english[1]["reasons"][0]["text"]


def test_a_voucher_counts_for_the_first_receipt_that_used_it(sofia: Bearer) -> None:
    assert states(sofia, 1)[1] == "accepted"
    second = sofia.read(path(2))["items"][0]
    assert [each["code"] for each in second["reasons"]] == ["withholding_key_used"]


def test_the_erp_is_told_which_withholdings_were_validated(office: Office) -> None:
    receipt, posting = a_claim(office, 1)
    assert [(each["line"], each["state"]) for each in posting["withholdings"]] == [
        (1, "accepted"),
        (2, "pending_validation"),
    ]
    lines = outgoing(receipt, posting).payments
    assert [line.get("validated") for line in lines] == [None, True, False]
    assert not any("voucher" in line for line in lines)


def test_a_decision_stands_reaches_the_posting_and_closes_the_exception(
    office: Office, sofia: Bearer
) -> None:
    _receipt, before = a_claim(office, 2)
    assert before["withholdings"][1]["state"] == "pending_validation"
    asked = "exception:withholding_pending:R0001-00000002:2"
    office.put({"_id": asked, "schema": 1, "kind": "withholding_pending", "state": "open", "raised_at": "x"})
    wish = {"decision": "accepted", "comment": "Vista en el portal del SRI"}
    assert sofia.post(path(2, 2), wish).status_code == 200
    assert sofia.post(path(2, 2), wish).status_code == 200
    other = sofia.post(path(2, 2), wish | {"decision": "rejected"})
    assert (other.status_code, other.get_json()["code"]) == (409, "withholding_decided")
    assert states(sofia, 2)[2] == "accepted"
    posting = office.couch.get(office.company, "posting:R0001:00000002")
    assert posting
    assert posting["withholdings"][1]["state"] == "accepted"
    closed = office.couch.get(office.company, asked)
    assert closed
    assert (closed["state"], closed["closed_by"]) == ("closed", office.email("sofia"))
    entries = office.as_("alba").read("/audit?action=withholding_decided")["items"]
    asked_for = {entry["values"]["decision"] for entry in entries if entry.get("values")}
    assert asked_for == {"accepted", "rejected"}
    assert entries[0]["by"] == office.email("sofia")


def refused_withholding(office: Office, counter: int) -> Json:
    found = office.couch.get(office.company, f"exception:withholding_rejected:R0001-{counter:08d}:2")
    assert found
    return found


def test_a_rejected_withholding_asks_what_becomes_of_the_money_until_the_receipt_is_voided(
    office: Office, sofia: Bearer
) -> None:
    a_claim(office, 4)
    wish = {"decision": "rejected", "comment": "No consta en el SRI"}
    for _ in range(2):
        assert sofia.post(path(4, 2), wish).status_code == 200
    raised = refused_withholding(office, 4)
    assert (raised["state"], raised["receipt"]) == ("open", "receipt:R0001:00000004")
    assert raised["detail"] == "001-001-000000077 · 4.39 USD · No consta en el SRI"
    assert raised["evidence"] == {"line": 2, "amount": 439, "currency": "USD"}
    posting = office.couch.get(office.company, "posting:R0001:00000004")
    assert posting
    told = next(each for each in posting["withholdings"] if each["line"] == 2)
    assert (told["state"], told["comment"]) == ("rejected", "No consta en el SRI")
    void = {"reason": "La retención no vale"}
    assert sofia.post("/receipts/R0001-00000004/void", void).status_code == 200
    assert refused_withholding(office, 4)["state"] == "closed"


def test_a_rejected_withholding_of_a_void_receipt_asks_nothing(office: Office, sofia: Bearer) -> None:
    assert sofia.post("/receipts/R0001-00000005/void", {"reason": "Duplicado"}).status_code == 200
    wish = {"decision": "rejected", "comment": "No consta en el SRI"}
    assert sofia.post(path(5, 2), wish).status_code == 200
    missing = "exception:withholding_rejected:R0001-00000005:2"
    assert office.couch.get(office.company, missing) is None


def test_a_decision_before_the_claim_is_what_the_erp_hears(office: Office, sofia: Bearer) -> None:
    for line, decision in ((1, "rejected"), (2, "accepted")):
        wish = {"decision": decision, "comment": "Revisada"}
        assert sofia.post(path(3, line), wish).status_code == 200
    receipt, posting = a_claim(office, 3)
    assert [line.get("validated") for line in outgoing(receipt, posting).payments] == [None, False, True]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        (path(1, 0), {"decision": "accepted", "comment": "x"}, 404),
        (path(1, 9), {"decision": "accepted", "comment": "x"}, 404),
        (path(9, 1), {"decision": "accepted", "comment": "x"}, 404),
        (path(1, 2), {"decision": "perhaps", "comment": "x"}, 400),
        (path(1, 2), {"comment": "x"}, 400),
        (path(1, 2), {"decision": "accepted"}, 400),
        ("/receipts/R0001-00000001/withholdings/x/decision", {"decision": "accepted", "comment": "x"}, 404),
    ],
)
def test_what_is_no_decision_changes_nothing(sofia: Bearer, address: str, body: Json, status: int) -> None:
    assert sofia.post(address, body).status_code == status
    assert states(sofia, 1)[2] == "pending_validation"


def test_a_collector_decides_nothing(office: Office) -> None:
    assert office.as_("ana").post(path(1, 2), {"decision": "accepted", "comment": "x"}).status_code == 403

"""What a person should look at is raised when facts arrive, once, with its evidence; no fact is held up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.reconcile.detection.table import DETECTORS
from paperwork.packed_xml import pack
from receivables.electronic_documents import WITHHOLDING_CODE
from receivables.signatures import sign_receipt
from tests.support.office import PhoneKey
from tests.support.reconciling import NOW, Company, a_company, a_server
from tests.support.sri import COMPANY_RUC, CUSTOMER_RUC, document, sample
from tests.support.stack import Stack

HOME = {"lat": -0.18, "lon": -78.48}
CHEQUE = {"method": "cheque", "amount": 5000, "bank": "PICHINCHA", "account": "2100-1", "number": "000123"}
TRANSFER = {"method": "transfer", "amount": 5000, "bank": "PRODUBANCO", "reference": "T-77"}
KINDS = [detector.name for detector in DETECTORS]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def company(house: Stack) -> Iterator[Company]:
    with a_company(house, "ana", "bruno") as company:
        company.customer("C1", "ana", "F-1", "F-2", "F-3")
        company.put(company.central("customer:C1") | {"location": HOME})
        company.customer("C2", "bruno", "F-4")
        company.reconcile()
        yield company


def findings(company: Company) -> dict[str, dict[str, Any]]:
    """Open exceptions of the detectors, by kind; a second one of a kind is a test's mistake."""
    found = [each for each in company.exceptions() if each["kind"] in KINDS and each["state"] == "open"]
    by_kind = {each["kind"]: each for each in found}
    assert len(by_kind) == len(found), [each["_id"] for each in found]
    return by_kind


def paid(company: Company, counter: int, line: dict[str, Any], *, owner: str = "ana", **fields: Any) -> Any:
    return company.receipt(owner, counter, payments=[line], allocations={}, on_account=5000, **fields)


def test_an_ordinary_receipt_raises_nothing(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1), company.receipt("ana", 2, allocations={"F-2": 5000}))
    company.push("bruno", paid(company, 1, CHEQUE, owner="bruno", customer="C2", place=None))
    company.reconcile()
    assert company.exceptions() == []


def test_money_beyond_what_the_invoice_owes_is_raised_for_the_later_receipt(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1, allocations={"F-1": 7000}))
    company.reconcile()
    assert company.exceptions() == []
    late = company.receipt(
        "bruno", 1, customer="C1", allocations={"F-1": 6000}, created_at="2026-11-21T15:30:00Z", place=None
    )
    company.push("bruno", late)
    company.reconcile()
    raised = findings(company)["over_allocation"]
    assert raised["_id"] == "exception:over_allocation:RBRUNO-00000001"
    assert [raised["collector"], raised["customer"], raised["receipt"]] == ["bruno", "C1", late["_id"]]
    assert raised["evidence"]["excess"] == 3000
    assert raised["evidence"]["invoices"]["F-1"]["receipts"] == [
        "receipt:RANA:00000001",
        "receipt:RBRUNO:00000001",
    ]


def test_what_the_balance_reflects_or_was_voided_claims_nothing_more(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1, allocations={"F-1": 7000}))
    company.reconcile()
    company.bill("C1", "F-1", balance=3000, reflects=["receipt:RANA:00000001"])
    company.push("ana", company.receipt("ana", 2, allocations={"F-2": 9000}))
    company.push("ana", company.fact("receipt_void", "ana", receipt="receipt:RANA:00000002", reason="Error"))
    company.reconcile()
    company.push(
        "ana",
        company.receipt("ana", 3, allocations={"F-1": 3000}),
        company.receipt("ana", 4, allocations={"F-2": 9000}),
    )
    company.reconcile()
    assert findings(company) == {}


@pytest.mark.parametrize(
    ("kind", "line", "again"),
    [
        ("duplicate_cheque", CHEQUE, CHEQUE | {"number": "123", "account": "21001"}),
        ("reused_transfer", TRANSFER, TRANSFER | {"reference": "t77"}),
    ],
)
def test_one_cheque_or_transfer_in_two_receipts_is_raised_for_the_second(
    kind: str, line: dict[str, Any], again: dict[str, Any], company: Company
) -> None:
    company.push("ana", paid(company, 1, line))
    company.reconcile()
    second = paid(
        company, 1, again, owner="bruno", customer="C2", place=None, created_at="2026-11-21T16:00:00Z"
    )
    company.push("bruno", second)
    company.reconcile()
    raised = findings(company)[kind]
    assert raised["receipt"] == second["_id"]
    assert [use["collector"] for use in raised["evidence"]["uses"]] == ["ana", "bruno"]
    assert len(company.facts()) == 2


def voucher_lines(**change: Any) -> list[dict[str, Any]]:
    """The two lines that a customer's voucher gives, with its XML."""
    packed = pack(sample("retencion-1.0.0"), document_code=WITHHOLDING_CODE)
    issuer = document("retencion-1.0.0").content.issuer
    common = {
        "method": "withholding",
        "number": issuer.number,
        "access_key": issuer.access_key,
        "voucher": packed,
    }
    lines = [common | {"amount": 225, "tax": "renta"}, common | {"amount": 439, "tax": "iva"}]
    return [line | change for line in lines]


@pytest.fixture
def withholding(company: Company) -> Company:
    """A company to which C1, under its RUC, owes the invoice that the voucher names."""
    company.put(company.central(f"company:{company.code}") | {"tax_id": COMPANY_RUC})
    company.put(company.central("customer:C1") | {"tax_id": CUSTOMER_RUC})
    company.bill("C1", "001-002-000000123", balance=12713, total=12713)
    return company


def withheld(company: Company, counter: int, lines: list[dict[str, Any]], **fields: Any) -> Any:
    owner = fields.pop("owner", "ana")
    applied = {"001-002-000000123": sum(line["amount"] for line in lines)}
    return company.receipt(owner, counter, payments=lines, allocations=applied, **fields)


def test_a_withholding_that_its_voucher_proves_needs_nobody(withholding: Company) -> None:
    withholding.push("ana", withheld(withholding, 1, voucher_lines()))
    withholding.reconcile()
    assert withholding.exceptions() == []


def test_a_voucher_that_another_collector_used_before_is_raised_for_the_second(withholding: Company) -> None:
    first = withheld(withholding, 1, voucher_lines()[:1])
    withholding.push("ana", first)
    withholding.reconcile()
    second = withheld(
        withholding, 1, voucher_lines()[:1], owner="bruno", place=None, created_at="2026-11-21T16:00:00Z"
    )
    withholding.push("bruno", second)
    withholding.reconcile()
    [raised] = withholding.exceptions("withholding_pending")
    assert raised["_id"] == "exception:withholding_pending:RBRUNO-00000001:0"
    assert [reason["code"] for reason in raised["evidence"]["reasons"]] == ["withholding_key_used"]
    assert len(withholding.facts()) == 2


def test_a_voucher_of_a_voided_receipt_may_be_used_again(withholding: Company) -> None:
    withholding.push("ana", withheld(withholding, 1, voucher_lines()))
    void = withholding.fact("receipt_void", "ana", receipt="receipt:RANA:00000001", reason="Error")
    withholding.push("ana", void)
    withholding.reconcile()
    withholding.push("ana", withheld(withholding, 2, voucher_lines(), created_at="2026-11-21T16:00:00Z"))
    withholding.reconcile()
    assert findings(withholding) == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"voucher": None}, "withholding_without_xml"),
        ({"voucher": "AAAA"}, "withholding_without_xml"),
        ({"number": "001-001-000000999"}, "withholding_number_differs"),
    ],
)
def test_a_withholding_that_proves_nothing_waits_for_the_office(
    change: dict[str, Any], reason: str, withholding: Company
) -> None:
    withholding.push("ana", withheld(withholding, 1, voucher_lines(**change)[:1]))
    withholding.reconcile()
    [raised] = withholding.exceptions("withholding_pending")
    assert [each["code"] for each in raised["evidence"]["reasons"]] == [reason]
    assert raised["state"] == "open"


def test_a_cheque_of_a_voided_receipt_may_be_written_again(company: Company) -> None:
    company.push("ana", paid(company, 1, CHEQUE))
    company.push("ana", company.fact("receipt_void", "ana", receipt="receipt:RANA:00000001", reason="Error"))
    company.reconcile()
    company.push("ana", paid(company, 2, CHEQUE))
    company.reconcile()
    assert findings(company) == {}


def test_a_number_that_is_missing_is_raised_until_it_arrives(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1))
    company.push("ana", company.receipt("ana", 3, allocations={"F-2": 5000}))
    company.reconcile()
    assert findings(company)["broken_series"]["evidence"]["missing"] == "receipt:RANA:00000002"
    company.push("ana", company.receipt("ana", 2, allocations={"F-3": 5000}))
    company.reconcile()
    [answered] = company.exceptions("broken_series")
    assert [answered["state"], answered["comment"]] == ["closed", "RANA-00000002 arrived"]


def test_a_series_that_another_device_continues_is_raised(company: Company) -> None:
    company.push("ana", company.receipt("ana", 1), company.receipt("ana", 2, device="01KOTHER", on_account=1))
    company.reconcile()
    assert findings(company)["broken_series"]["evidence"] == {
        "issued_to": "01KDEVICE",
        "written_by": "01KOTHER",
    }


@pytest.mark.parametrize(
    ("stamps", "fault"),
    [
        ({"created_at": "2027-02-01T10:00:00Z", "local_on": "2027-02-01"}, "clock_ahead"),
        ({"created_at": "2026-11-21T09:00:00Z"}, "clock_backwards"),
        ({"local_on": "2026-11-25"}, "clock_other_day"),
        ({"created_at": "2020-01-01T10:00:00Z", "local_on": "2020-01-01"}, "clock_before_enrolment"),
    ],
)
def test_an_impossible_time_is_raised_once_for_the_device_and_the_day(
    stamps: dict[str, str], fault: str, company: Company
) -> None:
    company.put({"_id": "device:01KDEVICE", "enrolled_at": "2026-11-01T10:00:00Z"})
    company.push("ana", company.receipt("ana", 1))
    company.reconcile()
    company.push("ana", company.receipt("ana", 2, allocations={"F-2": 5000}, **stamps))
    company.push("ana", company.fact("note", "ana", customer="C1", text="Tarde") | stamps)
    company.reconcile()
    raised = findings(company)["clock_jump"]
    assert fault in raised["detail"]
    assert raised["evidence"]["received_at"] == "2026-11-21T20:00:00Z"
    assert len(company.facts()) == 3


def test_a_visit_far_from_its_customer_is_one_question(company: Company) -> None:
    far = {"lat": -0.19, "lon": -78.48, "accuracy": 12.0, "mock": False}
    start = company.fact("visit_start", "ana", customer="C1", place=far, distance_m=1112)
    company.push("ana", start, company.receipt("ana", 1, place=far, visit=start["_id"]))
    company.reconcile()
    raised = findings(company)["out_of_area"]
    assert [raised["evidence"]["distance_m"], raised["evidence"]["allowed_m"]] == [1112, 150]


def test_a_vague_position_is_no_proof_of_distance(company: Company) -> None:
    vague = {"lat": -0.19, "lon": -78.48, "accuracy": 800.0, "mock": False}
    company.push("ana", company.receipt("ana", 1, place=vague))
    company.reconcile()
    assert findings(company) == {}


def test_outside_the_zone_counts_where_nobody_knows_the_customers_point(company: Company) -> None:
    square = [[-78.6, -0.2], [-78.55, -0.2], [-78.55, -0.1], [-78.6, -0.1], [-78.6, -0.2]]
    company.put(
        {
            "_id": "zone:norte",
            "schema": 1,
            "name": "Norte",
            "collector": "bruno",
            "boundary": {"type": "Polygon", "coordinates": [square]},
        }
    )
    company.push("bruno", company.receipt("bruno", 1, customer="C2", allocations={"F-4": 5000}))
    company.reconcile()
    raised = findings(company)["out_of_area"]
    assert raised["detail"] == "outside the zone"
    assert 7_000 < raised["evidence"]["outside_zone_m"] < 8_500


def test_a_fact_of_the_former_collector_is_taken_and_raised(company: Company) -> None:
    company.put(
        {
            "_id": "assignment:C1",
            "schema": 1,
            "customer": "C1",
            "collector": "bruno",
            "assigned_at": "2026-11-21T16:00:00Z",
            "by": "office",
        }
    )
    company.reconcile()
    company.push("ana", company.receipt("ana", 1), company.fact("note", "ana", customer="C1", text="Pagó"))
    company.reconcile()
    raised = findings(company)["late_fact"]
    assert raised["_id"] == "exception:late_fact:ana:C1:2026-11-21T16:00:00Z"
    assert [raised["evidence"]["assigned_to"], raised["evidence"]["recorded_before"]] == ["bruno", True]
    assert len(company.facts()) == 2
    assert company.phone("bruno")["activity:C1"]["items"][0]["by"] == "ana"


def test_seen_again_nothing_is_raised_again_and_what_was_closed_stays_closed(company: Company) -> None:
    company.push("ana", paid(company, 1, CHEQUE), paid(company, 3, CHEQUE))
    company.reconcile()
    before = company.exceptions()
    for exception in before:
        company.put(exception | {"state": "closed"})
    local = company.couch.get_local(company.code, "reconcile-down")
    assert local
    company.couch.put_local(company.code, "reconcile-down", local | {"since": "0"})
    company.reconcile(NOW + timedelta(days=1))
    assert [each["_id"] for each in company.exceptions()] == [each["_id"] for each in before]
    assert {each["state"] for each in company.exceptions()} == {"closed"}


def test_a_malformed_document_beside_a_fact_hides_nothing_of_the_others(company: Company) -> None:
    company.put(company.central("customer:C1") | {"location": {"lat": "north"}})
    company.push("ana", company.receipt("ana", 1), company.receipt("ana", 3, allocations={"F-2": 1}))
    company.reconcile()
    assert findings(company)["broken_series"]["receipt"] == "receipt:RANA:00000003"
    assert len(company.phone("ana")["received:ana"]["receipts"]["RANA"]) == 2
    assert {each["detail"] for each in company.exceptions("poisoned")} == {"out_of_area: ValueError"}


def let_in(company: Company, key: PhoneKey, **fields: Any) -> None:
    device = {"_id": "device:01KDEVICE", "schema": 1, "collector": "ana", "email": "ana@example.com"}
    company.put(device | {"public_key": key.public, "enrolled_at": "2026-11-20T00:00:00Z"} | fields)


def signed(key: PhoneKey, receipt: dict[str, Any]) -> dict[str, Any]:
    return sign_receipt(receipt, key.sign)


def test_receipts_that_the_phone_signed_and_chained_raise_nothing_in_any_order(company: Company) -> None:
    key = PhoneKey(b"a" * 32)
    let_in(company, key, signs=True)
    first, second, third = (
        signed(key, company.receipt("ana", each, allocations={f"F-{each}": 5000})) for each in (1, 2, 3)
    )
    for receipt in (third, first, second):
        company.push("ana", receipt)
        company.reconcile()
    assert findings(company) == {}


def test_a_receipt_that_was_altered_after_it_was_hashed_is_raised_and_its_money_stands(
    company: Company,
) -> None:
    key = PhoneKey(b"a" * 32)
    let_in(company, key, signs=True)
    honest = signed(key, company.receipt("ana", 1))
    altered = honest | {"customer": "C2"}
    company.push("ana", altered)
    company.reconcile()
    raised = findings(company)["broken_chain"]
    assert raised["detail"] == "hash_wrong"
    assert raised["evidence"]["hash"] == honest["hash"] != raised["evidence"]["hash_of_the_content"]
    assert company.central(altered["_id"])["customer"] == "C2"


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_receipt_that_was_replaced_breaks_the_chain_whichever_comes_first(
    company: Company, order: tuple[int, int]
) -> None:
    key = PhoneKey(b"a" * 32)
    let_in(company, key, signs=True)
    honest = [signed(key, company.receipt("ana", each, allocations={f"F-{each}": 5000})) for each in (1, 2)]
    replaced = signed(key, a_replaced_receipt(company))
    sent = {1: replaced, 2: honest[1]}
    for each in order:
        company.push("ana", sent[each])
        company.reconcile()
    raised = findings(company)["broken_chain"]
    assert (raised["receipt"], raised["detail"]) == (honest[1]["_id"], "chain_broken")
    assert raised["evidence"]["hash_of_the_one_before"] == replaced["hash"] != honest[0]["hash"]


def a_replaced_receipt(company: Company) -> dict[str, Any]:
    return company.receipt("ana", 1, allocations={"F-3": 5000})


@pytest.mark.parametrize("who", ["another key", "no signature", "another receipt's"])
def test_a_signature_that_is_not_the_devices_is_raised_and_its_money_stands(
    company: Company, who: str
) -> None:
    key, thief = PhoneKey(b"a" * 32), PhoneKey(b"b" * 32)
    let_in(company, key, signs=True)
    receipt = company.receipt("ana", 1)
    forged = {
        "another key": signed(thief, receipt),
        "no signature": receipt,
        "another receipt's": receipt | {"signature": signed(key, receipt | {"hash": "0" * 64})["signature"]},
    }[who]
    company.push("ana", forged)
    company.reconcile()
    raised = findings(company)["bad_signature"]
    assert raised["detail"] == ("signature_missing" if who == "no signature" else "signature_wrong")
    assert raised["evidence"]["public_key"] == key.public
    assert company.central(receipt["_id"])["total"] == receipt["total"]


def test_a_receipt_of_a_phone_from_before_signatures_raises_nothing(company: Company) -> None:
    let_in(company, PhoneKey(b"a" * 32))
    company.push("ana", company.receipt("ana", 1))
    company.reconcile()
    assert findings(company) == {}

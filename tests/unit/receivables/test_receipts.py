"""A draft becomes the receipt document, or all that is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from backend.compliance.shipped import shipped_pack
from receivables.access import may_write, phone_roles
from receivables.allocation import Allocation
from receivables.compliance import Pack
from receivables.documents import BadDocument
from receivables.identifiers import BadIdentifier
from receivables.money import MAX_MINOR, Money
from receivables.payments import PaymentLine
from receivables.receipts import GENESIS_HASH, Receipt, receipt_hash, verify_chain
from tests.support.builders import (
    Json,
    a_cheque,
    a_draft,
    a_policy,
    a_receipt,
    an_open_item,
    cash,
    codes,
    planned,
    usd,
)

OLD = an_open_item("001-001-000002154", "300.00", due_on="2026-10-01")
NEW = an_open_item("001-001-000002646", "450.00", due_on="2026-11-15")


def written(result: object) -> Json:
    assert isinstance(result, dict), result
    return result


def test_receipt_is_exactly_the_document_of_the_data_model() -> None:
    withholding = PaymentLine("withholding", usd("13.78"), {"number": "001-001-000000044", "tax": "iva"})
    doc = written(planned(a_draft(cash("300.00"), a_cheque("200.00"), withholding), NEW, OLD))
    digest = doc.pop("hash")
    assert doc == {
        "_id": "receipt:R0001:00000001",
        "schema": 1,
        "company": "andina",
        "collector": "ana",
        "device": "01KDEVICE",
        "series": "R0001",
        "counter": 1,
        "number": "R0001-00000001",
        "customer": "C0001",
        "visit": "visit_start:ana:01KAKYX7M8N4P5Q6R7S8T9V0W1",
        "created_at": "2026-11-21T15:04:05Z",
        "local_on": "2026-11-21",
        "currency": "USD",
        "total": 51378,
        "payments": [
            {"method": "cash", "amount": 30000},
            {
                "method": "cheque",
                "amount": 20000,
                "bank": "Pichincha",
                "account": "2100",
                "number": "000123",
                "drawer": "Ñandú",
                "cheque_on": "2026-11-30",
            },
            {"method": "withholding", "amount": 1378, "number": "001-001-000000044", "tax": "iva"},
        ],
        "allocations": [
            {"invoice": "001-001-000002154", "amount": 30000},
            {"invoice": "001-001-000002646", "amount": 21378},
        ],
        "on_account": 0,
        "place": {"lat": -0.18, "lon": -78.48, "accuracy": 12.0, "mock": False},
        "previous_hash": GENESIS_HASH,
    }
    assert digest == receipt_hash(GENESIS_HASH, doc)


def test_the_collectors_database_admits_what_is_planned() -> None:
    doc = written(planned(a_draft(cash("1.00"), a_cheque()), OLD))
    roles = phone_roles("andina", "ana", "01KDEVICE", "R0001")
    assert may_write(doc, None, database="andina-c-ana", roles=roles) is None


def test_receipt_is_read_back_with_what_it_does_not_know() -> None:
    doc = {**a_receipt(), "colour": "blue"}
    receipt = Receipt.from_json(doc)
    assert receipt.to_json() == doc
    assert receipt.total == usd("50.00")


def test_chosen_and_explicit_allocations() -> None:
    chosen = written(planned(a_draft(cash("20.00"), chosen=(NEW.invoice,)), OLD, NEW))
    assert chosen["allocations"] == [{"invoice": NEW.invoice, "amount": 2000}]
    explicit = a_draft(
        cash("20.00"),
        allocations=(Allocation(NEW.invoice, usd("5.00")), Allocation(OLD.invoice, usd("7.00"))),
    )
    doc = written(planned(explicit, OLD, NEW))
    assert doc["allocations"] == [
        {"invoice": OLD.invoice, "amount": 700},
        {"invoice": NEW.invoice, "amount": 500},
    ]
    assert doc["on_account"] == 800


def test_naming_an_invoice_twice_is_told() -> None:
    twice = (Allocation(OLD.invoice, usd("1.00")), Allocation(OLD.invoice, usd("2.00")))
    assert codes(planned(a_draft(cash("3.00"), allocations=twice), OLD)) == ["invoice_repeated"]


def test_items_of_other_customers_are_never_paid() -> None:
    other = an_open_item("X", customer="C0002", due_on="2020-01-01")
    assert written(planned(a_draft(cash("10.00")), other))["on_account"] == 1000
    assert codes(planned(a_draft(cash("10.00"), chosen=("X",)), other)) == ["invoice_not_open"]


def test_receipt_needs_an_open_visit() -> None:
    assert codes(planned(a_draft(cash("1.00"), visit=None), OLD)) == ["visit_not_started"]


@pytest.mark.parametrize(
    ("country", "collects_for", "told"),
    [("MX", "agency", ["agency_may_not_collect"]), ("MX", "own", []), ("EC", "agency", [])],
)
def test_an_agency_takes_no_money_where_the_law_leaves_it_to_the_creditor(
    country: str, collects_for: str, told: list[str]
) -> None:
    pack = Pack.from_json(shipped_pack(country) or {})
    policy = a_policy(collects_for=collects_for).under_the_law(pack)
    found = planned(a_draft(cash("1.00")), OLD, policy=policy)
    assert (codes(found) if isinstance(found, list) else []) == told
    assert a_policy(collects_for=collects_for).under_the_law(None).may_collect


def test_all_problems_come_together_in_order() -> None:
    policy = a_policy(minimum_receipt=1000, on_account_allowed=False)
    draft = a_draft(cash("-1.00"), a_cheque("2.00", number="", cheque_on="x"), visit=None, chosen=("NONE",))
    assert codes(planned(draft, OLD, policy=policy)) == [
        "visit_not_started", "amount_not_positive", "field_missing", "date_unreadable", "below_minimum",
        "invoice_not_open",
    ]  # fmt: skip


@pytest.mark.parametrize(("paid", "fine"), [("9.99", False), ("10.00", True), ("10.01", True)])
def test_minimum(paid: str, fine: bool) -> None:
    result = planned(a_draft(cash(paid)), OLD, policy=a_policy(minimum_receipt=1000))
    assert isinstance(result, dict) if fine else codes(result) == ["below_minimum"]


@pytest.mark.parametrize(("open_", "fine"), [("9.00", True), ("9.01", False), ("0.00", False)])
def test_minimum_never_keeps_a_customer_from_paying_everything(open_: str, fine: bool) -> None:
    result = planned(a_draft(cash("9.00")), an_open_item(open_=open_), policy=a_policy(minimum_receipt=1000))
    assert isinstance(result, dict) is fine


def test_minimum_is_of_the_policys_currency_only() -> None:
    draft = a_draft(PaymentLine("cash", Money(1, "EUR")), currency="EUR")
    assert written(planned(draft, policy=a_policy(minimum_receipt=1000)))["total"] == 1


def test_oldest_first_is_told_when_the_policy_asks_for_it() -> None:
    draft = a_draft(cash("10.00"), chosen=(NEW.invoice,))
    assert codes(planned(draft, OLD, NEW, policy=a_policy(oldest_first=True))) == ["older_invoice_open"]
    assert written(planned(draft, OLD, NEW, policy=a_policy(oldest_first=False)))
    assert written(planned(a_draft(cash("10.00")), OLD, NEW, policy=a_policy(oldest_first=True)))


def test_surplus_follows_the_policy() -> None:
    assert written(planned(a_draft(cash("300.01")), OLD))["on_account"] == 1
    refused = planned(a_draft(cash("300.01")), OLD, policy=a_policy(on_account_allowed=False))
    assert codes(refused) == ["surplus_not_allowed"]


def test_payments_of_another_currency_are_told_and_not_added() -> None:
    result = planned(a_draft(cash("1.00"), PaymentLine("cash", Money(1, "EUR"))), OLD)
    assert codes(result) == ["payment_in_other_currency"]


def test_more_money_than_json_holds_is_told() -> None:
    huge = PaymentLine("cash", Money(MAX_MINOR, "USD"))
    assert codes(planned(a_draft(huge, huge), OLD)) == ["amount_too_large"]


def test_zero_decimal_currency() -> None:
    item = an_open_item("F", "12500", currency="CLP")
    doc = written(planned(a_draft(cash("12500", "CLP"), currency="CLP"), item))
    assert (doc["total"], doc["allocations"]) == (12500, [{"invoice": "F", "amount": 12500}])


def test_phone_without_position_writes_null() -> None:
    assert written(planned(a_draft(cash("1.00")), OLD, place=None))["place"] is None


def test_impossible_series_is_an_error_of_the_program() -> None:
    with pytest.raises(BadIdentifier):
        planned(a_draft(cash("1.00")), OLD, series="x")


@pytest.mark.parametrize(
    "change",
    [
        {"total": 5001}, {"on_account": 1}, {"on_account": -1}, {"counter": 2}, {"number": "R0001-00000002"},
        {"total": True}, {"total": "5000"}, {"payments": []}, {"allocations": [{"invoice": "F-1"}]},
        {"payments": [{"amount": 5000}]}, {"currency": None},
        {"payments": [{"method": "cash", "amount": 5001}, {"method": "cash", "amount": -1}]},
    ],
)  # fmt: skip
def test_receipt_whose_parts_disagree_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadDocument, match="receipt:R0001:00000001"):
        Receipt.from_json({**a_receipt(), **change})


def chain(length: int) -> list[Json]:
    docs: list[Json] = []
    for counter in range(1, length + 1):
        docs.append(a_receipt(counter, previous_hash=docs[-1]["hash"] if docs else GENESIS_HASH))
    return docs


def test_whole_chain_holds_in_any_order_and_after_travelling() -> None:
    travelled = [
        {**doc, "_rev": "1-x", "_revisions": {"start": 1}, "total": float(doc["total"])} for doc in chain(4)
    ]
    assert verify_chain(reversed(travelled)) == []


def test_altered_receipt_is_found() -> None:
    docs = chain(3)
    docs[1] = {**docs[1], "customer": "C9999"}
    assert [(problem.code, problem.field) for problem in verify_chain(docs)] == [
        ("hash_wrong", docs[1]["_id"])
    ]


def test_altered_receipt_with_a_new_hash_breaks_the_chain_after_it() -> None:
    docs = chain(3)
    docs[1] = a_receipt(2, allocations={"F-1": 1}, previous_hash=docs[0]["hash"])
    assert [(problem.code, problem.field) for problem in verify_chain(docs)] == [
        ("chain_broken", docs[2]["_id"])
    ]


def test_first_receipt_begins_at_the_zeros() -> None:
    assert codes(verify_chain([a_receipt(1, previous_hash="f" * 64)])) == ["chain_broken"]


def test_missing_receipt_is_a_gap_and_not_a_broken_chain() -> None:
    first, _, third = chain(3)
    assert verify_chain([first, third]) == []


def test_series_have_chains_of_their_own() -> None:
    other = {**a_receipt(), "_id": "receipt:R0002:00000001", "series": "R0002", "number": "R0002-00000001"}
    other["hash"] = receipt_hash(GENESIS_HASH, other)
    assert verify_chain([*chain(2), other]) == []


def test_hash_of_a_known_receipt_never_changes() -> None:
    # Receipts of released versions are verified for ever: this value is what the rule gave when it was made.
    assert a_receipt()["hash"] == "2460be27f9142fa5857e451aed6e8b91687c3ea93d9f3271dc53134e4a78c531"

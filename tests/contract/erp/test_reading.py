"""What every ERP must give: all of its records, each change again, and balances that say what is in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.erp.port import Connector, Cursor, ErpUnavailable, Kind
from backend.erp.records import InvoiceRecord, Record
from tests.support.erps import NOON, ErpUnderTest, outgoing


def read_all(
    connector: Connector, kind: Kind, after: Cursor | None = None
) -> tuple[list[Record], Cursor | None]:
    records: list[Record] = []
    while True:
        page = connector.read(kind, after)
        records += page.records
        after = page.cursor or after
        if page.last:
            return records, after


def invoices_of(erp: ErpUnderTest) -> dict[str, InvoiceRecord]:
    records, _ = read_all(erp.connector, Kind.INVOICES)
    return {record.key: record for record in records if isinstance(record, InvoiceRecord)}


def test_customers_are_read_before_their_invoices(erp: ErpUnderTest) -> None:
    kinds = list(erp.connector.kinds())
    assert kinds.index(Kind.CUSTOMERS) < kinds.index(Kind.INVOICES)


def test_a_record_becomes_the_document_of_the_data_model(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001", name="Tienda Ñandú")
    erp.add_invoice("001-001-000000001", "C0001", 12_345)
    customers, _ = read_all(erp.connector, Kind.CUSTOMERS)
    assert [record.document_id for record in customers] == ["customer:C0001"]
    assert customers[0].body()["name"] == "Tienda Ñandú"
    assert customers[0].body()["location"] == {"lat": -0.2, "lon": -78.5}
    invoice = invoices_of(erp)["001-001-000000001"]
    assert invoice.document_id == "invoice:001-001-000000001"
    assert invoice.body() == {
        "number": "001-001-000000001",
        "customer": "C0001",
        "issued_on": "2026-09-01",
        "due_on": "2026-10-01",
        "total": 12_345,
        "balance": 12_345,
        "currency": "USD",
        "state": "open",
        "reflects": [],
    }


def test_records_of_one_instant_are_not_lost_between_pages(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    numbers = [f"001-001-{place:09d}" for place in range(1, 8)]
    for number in numbers:
        erp.add_invoice(number, "C0001", 100)
    first = erp.connector.read(Kind.INVOICES, None)
    assert len(first.records) < len(numbers), "the pages of the tests are smaller than this"
    assert [record.key for record in read_all(erp.connector, Kind.INVOICES)[0]] == numbers


def test_a_record_changed_after_the_cursor_is_read_again(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000, changed=NOON + timedelta(hours=1))
    _, cursor = read_all(erp.connector, Kind.INVOICES)
    assert read_all(erp.connector, Kind.INVOICES, cursor)[0] == []
    erp.pay_at_the_office("A", 400, changed=NOON + timedelta(hours=2))
    changed, _ = read_all(erp.connector, Kind.INVOICES, cursor)
    assert [(record.key, record.body()["balance"]) for record in changed] == [("A", 600)]


def test_a_change_committed_late_is_inside_the_overlap(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    _, cursor = read_all(erp.connector, Kind.INVOICES)
    erp.add_invoice("LATE", "C0001", 1000, changed=NOON - timedelta(seconds=60))
    start = erp.connector.start_of(Kind.INVOICES, cursor)
    assert "LATE" in {record.key for record in read_all(erp.connector, Kind.INVOICES, start)[0]}


def test_an_empty_page_moves_no_cursor(erp: ErpUnderTest) -> None:
    page = erp.connector.read(Kind.INVOICES, None)
    assert (list(page.records), page.cursor, page.last) == ([], None, True)


def test_an_invoice_names_the_receipts_that_its_balance_contains(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    erp.connector.post_receipt(outgoing(1, "C0001", {"A": 300}))
    erp.connector.post_receipt(outgoing(2, "C0001", {"A": 200, "B": 1000}))
    found = invoices_of(erp)
    assert (found["A"].balance, list(found["A"].reflects)) == (
        500,
        ["receipt:R0001:00000001", "receipt:R0001:00000002"],
    )
    assert (found["B"].balance, found["B"].state, list(found["B"].reflects)) == (
        0,
        "paid",
        ["receipt:R0001:00000002"],
    )


def test_a_posting_makes_its_invoices_be_read_again(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    _, cursor = read_all(erp.connector, Kind.INVOICES)
    erp.connector.post_receipt(outgoing(1, "C0001", {"A": 300}))
    assert [record.key for record in read_all(erp.connector, Kind.INVOICES, cursor)[0]] == ["A"]


def test_a_rejected_receipt_is_in_no_balance(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.block("C0001", "cheque protestado")
    erp.connector.post_receipt(outgoing(1, "C0001", {"A": 300}))
    assert (invoices_of(erp)["A"].balance, list(invoices_of(erp)["A"].reflects)) == (1000, [])


def test_an_unreadable_record_is_named_and_holds_up_no_other(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    erp.spoil_invoice("A")
    page = erp.connector.read(Kind.INVOICES, None)
    assert [record.key for record in page.records] == ["B"]
    assert [bad.key for bad in page.unreadable] == ["A"]
    assert "due_on" in page.unreadable[0].reason


def test_an_erp_that_does_not_answer_is_unavailable(erp: ErpUnderTest) -> None:
    erp.go_away()
    with pytest.raises(ErpUnavailable):
        erp.connector.read(Kind.CUSTOMERS, None)
    with pytest.raises(ErpUnavailable):
        erp.connector.find_receipt("receipt:R0001:00000001")
    with pytest.raises(ErpUnavailable):
        erp.connector.post_receipt(outgoing(1, "C0001", {"A": 300}))

"""What every ERP must give: all of its records, each change again, and balances that say what is in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.erp.port import Connector, Cursor, ErpUnavailable, Kind
from backend.erp.records import InvoiceRecord, Record
from paperwork.packed_xml import read_packed
from tests.support.erps import NOON, ErpUnderTest, decided, outgoing
from tests.support.sri import document, sample


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
    place = {"lat": -0.2, "lon": -78.5}
    assert customers[0].body().get("location", place) == place, "of an ERP that keeps places"
    invoice = invoices_of(erp)["001-001-000000001"]
    assert invoice.document_id == "invoice:001-001-000000001"
    body = invoice.body()
    assert body.pop("instalments", []) == []
    assert body == {
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


def only(erp: ErpUnderTest, kind: Kind) -> Record:
    """The one record of a kind that not every ERP provides."""
    if kind not in erp.connector.kinds():
        pytest.skip(f"this ERP provides no {kind}")
    [record] = read_all(erp.connector, kind)[0]
    return record


def test_a_further_address_names_its_customer(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_address("D1", "C0001")
    record = only(erp, Kind.ADDRESSES)
    assert record.document_id.startswith("address:")
    assert record.body() == {
        "customer": "C0001",
        "label": "Sucursal Norte",
        "address": "Av. Amazonas 100",
        "city": "Quito",
        "location": None,
    }


def test_a_contact_names_its_customer(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_contact("P1", "C0001")
    record = only(erp, Kind.CONTACTS)
    assert record.document_id.startswith("contact:")
    assert record.body() == {
        "customer": "C0001",
        "name": "Rosa Vera",
        "role": "Pagos",
        "phones": ["+593999000111"],
        "email": "rosa@clientes.example",
    }


def test_a_credit_limit_is_a_field_of_its_customer(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.set_credit_limit("C0001", 150_000)
    if Kind.CREDIT_LIMITS in erp.connector.kinds():
        record = only(erp, Kind.CREDIT_LIMITS)
        assert not record.MAKES_DOCUMENT
    else:
        [record] = read_all(erp.connector, Kind.CUSTOMERS)[0]
    assert record.document_id == "customer:C0001"
    assert record.body()["credit_limit"] == 150_000


def test_an_invoice_has_its_instalments(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000, due_on="2026-12-01")
    erp.add_instalments("A", [("2026-10-01", 334), ("2026-11-01", 333), ("2026-12-01", 333)])
    invoice = invoices_of(erp)["A"]
    assert invoice.body()["instalments"] == [
        {"number": 1, "due_on": "2026-10-01", "amount": 334, "balance": 334},
        {"number": 2, "due_on": "2026-11-01", "amount": 333, "balance": 333},
        {"number": 3, "due_on": "2026-12-01", "amount": 333, "balance": 333},
    ]


def test_a_withholding_names_its_invoice(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_withholding("001-001-000000044", "C0001", "A", 30)
    record = only(erp, Kind.WITHHOLDINGS)
    body = record.body()
    assert record.document_id == "withholding:001-001-000000044"
    assert (body["customer"], body["invoice"], body["amount"], body["state"]) == (
        "C0001",
        "A",
        30,
        "registered",
    )


def test_a_credit_note_says_what_is_left_of_it(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_credit_note("NC-1", "C0001", 500)
    body = only(erp, Kind.CREDIT_NOTES).body()
    assert (body["number"], body["total"], body["balance"], body["state"]) == ("NC-1", 500, 500, "open")


@pytest.mark.parametrize(
    ("kind", "of", "name"),
    [
        (Kind.ELECTRONIC_INVOICES, "invoice", "factura-2.1.0"),
        (Kind.ELECTRONIC_WITHHOLDINGS, "withholding", "retencion-2.0.0"),
    ],
)
def test_an_electronic_document_is_a_field_of_its_paper(
    erp: ErpUnderTest, kind: Kind, of: str, name: str
) -> None:
    if kind not in erp.connector.kinds():
        pytest.skip(f"this ERP provides no {kind}")
    erp.add_electronic(of, "A", sample(name))
    erp.add_electronic(
        of, "B", sample(name).replace("importeTotal", "total").replace("valorRetenido", "valor")
    )
    page = erp.connector.read(kind, None)
    [record], [unreadable] = page.records, page.unreadable
    assert record.document_id == f"{of}:A"
    assert not record.MAKES_DOCUMENT
    assert read_packed(record.body()["electronic"]) == document(name)
    assert unreadable.key == "B"
    assert "lacks the field" in unreadable.reason


def test_the_sales_of_a_month_are_one_document(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_sales("C0001", "2026-10", 98_765)
    record = only(erp, Kind.SALES)
    assert record.document_id == "sales:C0001:2026-10"
    assert record.body() == {"customer": "C0001", "month": "2026-10", "amount": 98_765, "currency": "USD"}


def test_a_goal_is_a_collectors_for_a_month(erp: ErpUnderTest) -> None:
    erp.add_goal("ana", "2026-11", 500_000)
    record = only(erp, Kind.GOALS)
    assert (record.document_id, record.body()["amount_month"]) == ("goal:ana:2026-11", 500_000)


def test_a_goal_may_expect_effective_visits(erp: ErpUnderTest) -> None:
    erp.add_goal("ana", "2026-11", 500_000, effective=6)
    body = only(erp, Kind.GOALS).body()
    assert (body["visits_day"], body["effective_day"]) == (8, 6)
    assert "effective_month" not in body, "what the ERP does not say is not zero"


def test_what_a_collector_sold_in_a_month_is_one_document(erp: ErpUnderTest) -> None:
    erp.add_performance("ana", "2026-11", sales=(1_234_567, 31), orders=(98_700, 4))
    record = only(erp, Kind.PERFORMANCE)
    assert record.document_id == "performance:ana:2026-11"
    assert record.body() == {
        "collector": "ana",
        "month": "2026-11",
        "currency": "USD",
        "sales_amount": 1_234_567,
        "sales_count": 31,
        "orders_amount": 98_700,
        "orders_count": 4,
    }


def test_orders_that_the_erp_does_not_count_are_not_zero(erp: ErpUnderTest) -> None:
    erp.add_performance("ana", "2026-11", sales=(1_000, 1), orders=None)
    body = only(erp, Kind.PERFORMANCE).body()
    assert body["sales_amount"] == 1_000
    assert not body.keys() & {"orders_amount", "orders_count"}


def test_a_cancelled_invoice_says_so(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    _, cursor = read_all(erp.connector, Kind.INVOICES)
    erp.cancel_invoice("A", changed=NOON + timedelta(hours=1))
    [record] = read_all(erp.connector, Kind.INVOICES, cursor)[0]
    assert record.body()["state"] == "cancelled"


def test_a_deleted_invoice_is_told_or_missing_from_the_snapshot(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    _, cursor = read_all(erp.connector, Kind.INVOICES)
    erp.delete_invoice("A")
    page = erp.connector.read(Kind.INVOICES, cursor)
    snapshot = erp.connector.snapshot(Kind.INVOICES)
    assert list(page.deleted) == ["A"] or (
        snapshot is not None and {held.key for held in snapshot} == {"B"}
    ), "nobody would ever learn that A is gone"


def test_a_snapshot_names_every_record_and_what_is_open(erp: ErpUnderTest) -> None:
    for code in ("C0001", "C0002"):
        erp.add_customer(code)
    for place in range(7):
        erp.add_invoice(f"F-{place}", "C0001", 1000)
    erp.add_invoice("G", "C0002", 500)
    erp.pay_at_the_office("F-3", 250, changed=NOON + timedelta(hours=1))
    erp.cancel_invoice("F-4", changed=NOON + timedelta(hours=1))
    found = erp.connector.snapshot(Kind.INVOICES)
    assert found is not None
    held = {each.key: (each.customer, each.open, each.currency) for each in found}
    assert held["F-3"] == ("C0001", 750, "USD")
    assert held["G"] == ("C0002", 500, "USD")
    assert held.get("F-4", ("", 0, ""))[1] == 0, "nothing is open of a cancelled invoice"
    assert {key for key in held if key != "F-4"} == {"F-0", "F-1", "F-2", "F-3", "F-5", "F-6", "G"}


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
    decided(erp, outgoing(1, "C0001", {"A": 300}))
    decided(erp, outgoing(2, "C0001", {"A": 200, "B": 1000}))
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
    decided(erp, outgoing(1, "C0001", {"A": 300}))
    assert [record.key for record in read_all(erp.connector, Kind.INVOICES, cursor)[0]] == ["A"]


def test_a_rejected_receipt_is_in_no_balance(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.block("C0001", "cheque protestado")
    decided(erp, outgoing(1, "C0001", {"A": 300}))
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
        erp.connector.find("receipt:R0001:00000001")
    with pytest.raises(ErpUnavailable):
        erp.connector.post_receipt(outgoing(1, "C0001", {"A": 300}))

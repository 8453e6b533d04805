"""What the ERP knows comes in, what was collected goes out, on the real database and a real ERP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.erp.outgoing import OutgoingReceipt
from backend.erp.port import Answer, Cursor, ErpUnavailable, Kind, Page
from backend.services.erp_import import run_import
from tests.support.erp_exchange import Exchange, LosesAnswers, an_exchange
from tests.support.erps import NOON
from tests.support.reconciling import a_server
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    with an_exchange(house, tmp_path) as made:
        made.erp.add_customer("C0001")
        made.erp.add_invoice("F-1", "C0001", 10_000)
        made.erp.add_invoice("F-2", "C0001", 5_000)
        yield made


def test_what_the_erp_knows_becomes_documents(exchange: Exchange) -> None:
    reports = {report.kind: report for report in exchange.bring_in()}
    assert (reports[Kind.CUSTOMERS].written, reports[Kind.INVOICES].written) == (1, 2)
    assert exchange.company.central("customer:C0001")["name"] == "Tienda El Sol"
    invoice = exchange.invoice("F-1")
    assert (invoice["schema"], invoice["balance"], invoice["state"], invoice["reflects"]) == (
        1,
        10_000,
        "open",
        [],
    )


def test_an_unchanged_erp_writes_nothing(exchange: Exchange) -> None:
    exchange.bring_in()
    before = exchange.revision()
    exchange.later(seconds=10)
    assert sum(report.written for report in exchange.bring_in()) == 0
    assert exchange.revision() == before


def test_freshness_is_told_though_nothing_changed(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.later(minutes=2)
    exchange.bring_in()
    assert exchange.company.central("erp_cursor:invoices")["imported_at"] == "2026-11-21T20:02:00Z"


def test_one_change_writes_one_document(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.erp.pay_at_the_office("F-1", 2_500, changed=NOON + timedelta(hours=1))
    exchange.later(seconds=10)
    assert sum(report.written for report in exchange.bring_in()) == 1
    assert exchange.invoice("F-1")["balance"] == 7_500


def test_what_others_wrote_in_a_customer_stays(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.company.put(exchange.company.central("customer:C0001") | {"preferred_hour": "09:00"})
    exchange.erp.add_customer("C0002", changed=NOON + timedelta(hours=1))
    exchange.bring_in()
    assert exchange.company.central("customer:C0001")["preferred_hour"] == "09:00"


def test_an_unreadable_invoice_is_named_and_the_others_come_in(exchange: Exchange) -> None:
    exchange.erp.spoil_invoice("F-1")
    exchange.bring_in()
    assert exchange.invoice("F-2")["balance"] == 5_000
    told = exchange.company.central("erp_cursor:invoices")["unreadable"]
    assert [bad["key"] for bad in told] == ["F-1"]


def test_an_unreadable_invoice_stays_named_until_it_is_corrected(exchange: Exchange) -> None:
    exchange.erp.spoil_invoice("F-1")
    exchange.bring_in()
    exchange.erp.add_invoice("F-3", "C0001", 100, changed=NOON + timedelta(hours=1))
    exchange.bring_in()
    exchange.bring_in()
    told = exchange.company.central("erp_cursor:invoices")["unreadable"]
    assert [bad["key"] for bad in told] == ["F-1"]
    exchange.erp.correct_invoice("F-1", changed=NOON + timedelta(hours=2))
    exchange.bring_in()
    assert exchange.company.central("erp_cursor:invoices")["unreadable"] == []
    assert exchange.invoice("F-1")["balance"] == 10_000


class Overtaken:
    """A connector whose answer is old by the time it arrives: another import ran while it was on its way."""

    def __init__(self, exchange: Exchange) -> None:
        self._inner = exchange.erp.connector
        self._exchange = exchange
        self._done = False

    def read(self, kind: Kind, after: Cursor | None) -> Page:
        page = self._inner.read(kind, after)
        if kind is Kind.INVOICES and not self._done:
            self._done = True
            self._exchange.erp.pay_at_the_office("F-1", 2_500, changed=NOON + timedelta(minutes=30))
            self._exchange.bring_in()
        return page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_an_import_that_was_overtaken_leaves_nothing_old_behind(exchange: Exchange) -> None:
    run_import(exchange.couch, exchange.code, Overtaken(exchange), now=exchange.now)
    assert exchange.invoice("F-1")["balance"] == 7_500


def test_a_receipt_is_posted_and_its_number_and_balance_come_back(exchange: Exchange) -> None:
    exchange.bring_in()
    receipt = exchange.collect(1, {"F-1": 4_000, "F-2": 5_000})
    report = exchange.send_out()
    assert (report.posted, report.rejected, report.retry, report.over_allocated) == (1, 0, 0, 0)
    posting = exchange.posting(receipt)
    assert (posting["state"], posting["erp_number"], posting["attempts"]) == ("posted", "COB-000001", 1)
    assert posting["allocations"] == [
        {"invoice": "F-1", "amount": 4_000},
        {"invoice": "F-2", "amount": 5_000},
    ]
    exchange.bring_in()
    assert (exchange.invoice("F-1")["balance"], exchange.invoice("F-1")["reflects"]) == (6_000, [receipt])
    assert (exchange.invoice("F-2")["balance"], exchange.invoice("F-2")["state"]) == (0, "paid")


def test_posted_receipts_are_not_looked_at_again(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    exchange.send_out()
    before = exchange.revision()
    assert exchange.send_out().posted == 0
    assert exchange.revision() == before


def test_two_receipts_over_one_invoice_are_both_kept_and_the_excess_is_on_account(exchange: Exchange) -> None:
    exchange.bring_in()
    first = exchange.collect(1, {"F-1": 7_000}, created_at="2026-11-21T15:00:00Z")
    second = exchange.collect(2, {"F-1": 10_000}, collector="bruno", created_at="2026-11-21T15:30:00Z")
    assert exchange.send_out().over_allocated == 1
    assert exchange.posting(first)["allocations"] == [{"invoice": "F-1", "amount": 7_000}]
    assert exchange.posting(second)["allocations"] == [{"invoice": "F-1", "amount": 3_000}]
    assert exchange.posting(second)["on_account"] == 7_000
    assert exchange.erp.balance("F-1") == 0
    assert exchange.erp.on_account("C0001") == 7_000
    [exception] = exchange.company.exceptions("over_allocation")
    assert exception["_id"] == "exception:over_allocation:R0001-00000002"
    assert (exception["receipt"], exception["collector"], exception["state"]) == (second, "bruno", "open")
    assert exception["evidence"]["excess"] == 7_000


def test_device_time_orders_what_is_unposted(exchange: Exchange) -> None:
    exchange.bring_in()
    late = exchange.collect(2, {"F-2": 5_000}, created_at="2026-11-21T16:00:00Z")
    early = exchange.collect(1, {"F-2": 5_000}, created_at="2026-11-21T15:00:00Z")
    exchange.send_out()
    assert exchange.posting(early)["on_account"] == 0
    assert exchange.posting(late)["on_account"] == 5_000


def test_an_invoice_of_somebody_else_or_unknown_takes_nothing(exchange: Exchange) -> None:
    exchange.erp.add_customer("C0002")
    exchange.erp.add_invoice("F-9", "C0002", 5_000)
    exchange.bring_in()
    receipt = exchange.collect(1, {"F-9": 1_000, "F-8": 2_000})
    exchange.send_out()
    assert (exchange.posting(receipt)["allocations"], exchange.posting(receipt)["on_account"]) == ([], 3_000)
    assert exchange.erp.on_account("C0001") == 3_000


def test_a_refusal_comes_back_in_the_erps_words_with_an_exception(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.erp.block("C0001", "cheque protestado")
    receipt = exchange.collect(1, {"F-1": 1_000})
    assert exchange.send_out().rejected == 1
    posting = exchange.posting(receipt)
    assert (posting["state"], posting["erp_number"]) == ("rejected", None)
    assert "cheque protestado" in posting["reason"]
    [exception] = exchange.company.exceptions("posting_rejected")
    assert (exception["detail"], exception["customer"]) == (posting["reason"], "C0001")


def test_a_rejected_receipt_leaves_its_invoice_to_the_next_one(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.erp.block("C0001", "cheque protestado")
    exchange.collect(1, {"F-1": 10_000})
    exchange.send_out()
    exchange.erp.unblock("C0001")
    second = exchange.collect(2, {"F-1": 10_000})
    exchange.send_out()
    assert exchange.posting(second)["on_account"] == 0
    assert exchange.erp.balance("F-1") == 0


def test_while_the_erp_is_away_receipts_wait_and_are_posted_in_order(exchange: Exchange) -> None:
    exchange.bring_in()
    receipts = [exchange.collect(counter, {"F-1": 1_000}) for counter in (1, 2, 3)]
    exchange.erp.move_away()
    with pytest.raises(ErpUnavailable):
        exchange.send_out()
    waiting = exchange.posting(receipts[0])
    assert (waiting["state"], waiting["retry_at"]) == ("retry", "2026-11-21T20:00:15Z")
    assert exchange.couch.get(exchange.code, "posting:R0001:00000002") is None
    exchange.later(seconds=20)
    with pytest.raises(ErpUnavailable):
        exchange.send_out()
    assert (exchange.posting(receipts[0])["attempts"], exchange.posting(receipts[0])["retry_at"]) == (
        2,
        "2026-11-21T20:00:50Z",
    )
    exchange.erp.come_back()
    exchange.later(hours=2)
    assert exchange.send_out().posted == 3
    assert [exchange.posting(receipt)["erp_number"] for receipt in receipts] == [
        "COB-000001",
        "COB-000002",
        "COB-000003",
    ]


def test_a_lost_answer_is_asked_for_and_not_sent_again(exchange: Exchange) -> None:
    exchange.bring_in()
    receipt = exchange.collect(1, {"F-1": 1_000})
    bad_line = LosesAnswers(exchange.erp.connector)
    with pytest.raises(ErpUnavailable):
        exchange.send_out(bad_line)
    assert (bad_line.lost, exchange.posting(receipt)["state"]) == (1, "retry")
    exchange.later(minutes=1)
    assert exchange.send_out(bad_line).posted == 1, "the earlier answer is found without a second posting"
    assert exchange.posting(receipt)["erp_number"] == "COB-000001"
    assert exchange.erp.postings() == [(receipt, 1_000)]


def test_two_jobs_at_once_post_everything_once_and_over_allocate_nothing(exchange: Exchange) -> None:
    exchange.bring_in()
    for counter in range(1, 13):
        exchange.collect(counter, {"F-1": 1_500})
    jobs = [exchange.send_out_elsewhere() for _ in range(2)]
    for job in jobs:
        job.join(60)
    exchange.send_out()
    assert len(exchange.erp.postings()) == 12
    assert sum(total for _, total in exchange.erp.postings()) == 18_000
    assert exchange.erp.balance("F-1") == 0
    assert exchange.erp.on_account("C0001") == 8_000
    assert exchange.company.exceptions("posting_rejected") == []


def test_a_receipt_that_is_none_is_parked_and_holds_nobody_up(exchange: Exchange) -> None:
    exchange.bring_in()
    broken = exchange.collect(1, {"F-1": 1_000}, total=999)
    good = exchange.collect(2, {"F-1": 1_000})
    assert exchange.send_out().posted == 1
    assert exchange.posting(good)["state"] == "posted"
    assert exchange.couch.get(exchange.code, "posting:R0001:00000001") is None
    [exception] = exchange.company.exceptions("poisoned")
    assert exception["receipt"] == broken


def test_an_invoice_that_cannot_be_read_takes_nothing_and_holds_nobody_up(exchange: Exchange) -> None:
    exchange.bring_in()
    exchange.company.put(exchange.invoice("F-1") | {"currency": "usd"})
    on_it, on_another = exchange.collect(1, {"F-1": 1_000}), exchange.collect(2, {"F-2": 1_000})
    assert exchange.send_out().posted == 2
    assert (exchange.posting(on_it)["allocations"], exchange.posting(on_it)["on_account"]) == ([], 1_000)
    assert exchange.posting(on_another)["on_account"] == 0
    [exception] = exchange.company.exceptions("over_allocation")
    assert exception["receipt"] == on_it


def test_a_receipt_that_cannot_be_claimed_waits_while_the_others_go_on(exchange: Exchange) -> None:
    exchange.bring_in()
    spoiled = {
        "_id": "posting:R0009:00000001", "schema": 1, "receipt": "receipt:R0009:00000001",
        "state": "posted", "allocations": [{"invoice": "F-1", "amount": "mucho"}],
    }  # fmt: skip
    exchange.company.put(spoiled)
    stuck, other = exchange.collect(1, {"F-1": 1_000}), exchange.collect(2, {"F-2": 1_000})
    report = exchange.send_out()
    assert (report.posted, report.failed) == (1, 1)
    assert exchange.posting(other)["state"] == "posted"
    [exception] = exchange.company.exceptions("posting_failed")
    assert exception["receipt"] == stuck
    assert exchange.send_out().failed == 1
    exchange.company.remove(spoiled["_id"])
    assert exchange.send_out().posted == 1
    assert exchange.posting(stuck)["state"] == "posted"
    before = exchange.revision()
    assert exchange.send_out().failed == 0
    assert exchange.revision() == before


def test_a_posting_whose_receipt_is_gone_holds_nobody_up(exchange: Exchange) -> None:
    exchange.bring_in()
    orphan = {
        "_id": "posting:R0009:00000001", "schema": 1, "receipt": "receipt:R0009:00000001", "attempts": 1,
        "state": "sending", "allocations": [], "on_account": 1, "claimed_at": "2026-11-21T20:00:00Z",
    }  # fmt: skip
    exchange.company.put(orphan)
    good = exchange.collect(1, {"F-1": 1_000})
    assert exchange.send_out().posted == 1
    assert exchange.posting(good)["state"] == "posted"
    [exception] = exchange.company.exceptions("posting_failed")
    assert exception["receipt"] == "receipt:R0009:00000001"


class StumblesOver:
    """A real connector that breaks over one receipt, in a way that nobody foresaw."""

    def __init__(self, inner: Any, receipt: str) -> None:
        self._inner = inner
        self._receipt = receipt

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        if receipt.receipt_id == self._receipt:
            raise KeyError("drawer")
        return self._inner.post_receipt(receipt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_a_receipt_over_which_the_connector_stumbles_is_told_and_holds_nobody_up(exchange: Exchange) -> None:
    exchange.bring_in()
    stuck, other = exchange.collect(1, {"F-1": 1_000}), exchange.collect(2, {"F-2": 1_000})
    report = exchange.send_out(StumblesOver(exchange.erp.connector, stuck))
    assert (report.posted, report.failed, report.retry) == (1, 1, 1)
    assert exchange.posting(other)["state"] == "posted"
    assert exchange.posting(stuck)["state"] == "retry"
    [exception] = exchange.company.exceptions("posting_failed")
    assert (exception["receipt"], exception["detail"]) == (stuck, "KeyError: 'drawer'")
    exchange.later(hours=2)
    assert exchange.send_out().posted == 1
    assert dict(exchange.erp.postings()) == {stuck: 1_000, other: 1_000}

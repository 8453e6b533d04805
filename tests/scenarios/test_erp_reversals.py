"""Voids, bounced cheques and rejections put right, on their way to a real ERP: each once, in either order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.port import Answer, ErpUnavailable
from backend.killpoints import KILL_STATUS
from backend.services.corrections import NotPossible
from backend.services.withholding_checks import decide
from tests.support.erp_exchange import Exchange, LosesAnswers, an_exchange
from tests.support.reconciling import a_server
from tests.support.stack import Stack

CHEQUE = {
    "method": "cheque", "amount": 6_000, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vera", "cheque_on": "2026-11-21",
}  # fmt: skip
CASH = {"method": "cash", "amount": 3_000}


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
        made.bring_in()
        yield made


def balances(exchange: Exchange) -> tuple[int, int, int]:
    return exchange.erp.balance("F-1"), exchange.erp.balance("F-2"), exchange.erp.on_account("C0001")


def test_a_void_of_a_posted_receipt_reaches_the_erp_as_a_reversal(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000, "F-2": 5_000}, on_account=100)
    exchange.send_out()
    exchange.void(receipt)
    assert exchange.send_out().reversed == 1
    assert balances(exchange) == (10_000, 5_000, 0)
    reversal = exchange.reversal(receipt)
    assert (reversal["state"], reversal["total"], reversal["collector"]) == ("posted", 9_100, "ana")
    assert exchange.erp.postings() == [(receipt, 9_100), (reversal["_id"], -9_100)]
    exchange.bring_in()
    assert exchange.invoice("F-1")["reflects"] == [receipt, reversal["_id"]]
    before = exchange.revision()
    assert exchange.send_out().reversed == 0
    assert exchange.revision() <= before + 1


def test_a_receipt_voided_before_it_was_posted_never_gets_there(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.void(receipt)
    exchange.send_out()
    assert exchange.posting(receipt)["state"] == "voided"
    assert (balances(exchange), exchange.erp.postings()) == ((10_000, 5_000, 0), [])


def test_a_void_that_arrives_before_its_receipt_keeps_it_out(exchange: Exchange) -> None:
    exchange.void("receipt:R0001:00000001")
    exchange.send_out()
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    assert (exchange.posting(receipt)["state"], exchange.erp.postings()) == ("voided", [])


def test_a_void_of_a_rejected_receipt_ends_it(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.erp.block("C0001", "en legal")
    exchange.send_out()
    exchange.void(receipt)
    exchange.send_out()
    assert exchange.posting(receipt)["state"] == "voided"
    with pytest.raises(NotPossible):
        exchange.send_again(receipt)


def test_a_void_while_the_answer_is_lost_waits_for_it_and_takes_everything_back(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    with pytest.raises(ErpUnavailable):
        exchange.send_out(LosesAnswers(exchange.erp.connector))
    exchange.void(receipt)
    exchange.later(minutes=1)
    exchange.send_out()
    exchange.send_out()
    assert exchange.posting(receipt)["state"] == "posted"
    assert exchange.reversal(receipt)["state"] == "posted"
    assert balances(exchange) == (10_000, 5_000, 0)


def test_a_bounced_cheque_takes_back_its_part_and_a_void_the_rest(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000, "F-2": 5_000}, payments=[CASH, CHEQUE])
    exchange.send_out()
    exchange.bounce(receipt, 2)
    assert exchange.send_out().reversed == 1
    assert balances(exchange) == (7_000, 5_000, 0)
    assert exchange.reversal(receipt, "cheque-2")["payments"] == [CHEQUE]
    exchange.void(receipt)
    exchange.send_out()
    void = exchange.reversal(receipt)
    assert (void["total"], void["payments"]) == (3_000, [CASH])
    assert balances(exchange) == (10_000, 5_000, 0)
    assert sum(total for _, total in exchange.erp.postings()) == 0


def test_a_cheque_bounces_once_and_only_a_cheque_does(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000, "F-2": 5_000}, payments=[CASH, CHEQUE])
    exchange.send_out()
    exchange.bounce(receipt, 2)
    with pytest.raises(NotPossible, match="cheque_bounced"):
        exchange.bounce(receipt, 2)
    with pytest.raises(NotPossible, match="payment_no_cheque"):
        exchange.bounce(receipt, 1)
    exchange.send_out()
    assert balances(exchange) == (7_000, 5_000, 0)


def test_a_cheque_of_a_receipt_on_its_way_waits_for_it(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000, "F-2": 5_000}, payments=[CASH, CHEQUE])
    exchange.erp.block("C0001", "en legal")
    exchange.send_out()
    exchange.bounce(receipt, 2)
    exchange.send_out()
    exchange.erp.unblock("C0001")
    exchange.send_again(receipt)
    exchange.send_out()
    assert balances(exchange) == (7_000, 5_000, 0)


def test_a_lost_answer_to_a_reversal_takes_back_once(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    exchange.void(receipt)
    with pytest.raises(ErpUnavailable):
        exchange.send_out(LosesAnswers(exchange.erp.connector))
    exchange.later(minutes=1)
    assert exchange.send_out().reversed == 1
    assert sum(total for _, total in exchange.erp.postings()) == 0
    assert balances(exchange) == (10_000, 5_000, 0)


@pytest.mark.parametrize(
    "point", ["reversal.claimed", "erp.sql.processed", "erp.out.sent", "erp.out.sending"]
)
def test_a_job_killed_while_it_takes_back_is_finished_by_the_next(exchange: Exchange, point: str) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    exchange.void(receipt)
    job = exchange.send_out_elsewhere(point)
    job.join(60)
    assert job.exitcode == KILL_STATUS
    exchange.send_out()
    assert exchange.reversal(receipt)["state"] == "posted"
    assert balances(exchange) == (10_000, 5_000, 0)
    assert [total for _, total in exchange.erp.postings()] == [4_000, -4_000]


def test_a_refused_reversal_is_told_and_taken_once_the_erp_is_put_right(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    exchange.erp.block("C0001", "en legal")
    exchange.void(receipt)
    assert exchange.send_out().rejected == 1
    [told] = exchange.company.exceptions("reversal_rejected")
    assert "en legal" in told["detail"]
    exchange.erp.unblock("C0001")
    exchange.send_again(receipt)
    assert exchange.send_out().reversed == 1
    assert balances(exchange) == (10_000, 5_000, 0)


def test_a_rejected_receipt_is_sent_again_with_what_is_open_then(exchange: Exchange) -> None:
    first = exchange.collect(1, {"F-1": 10_000})
    exchange.erp.block("C0001", "en legal")
    exchange.send_out()
    exchange.erp.unblock("C0001")
    exchange.collect(2, {"F-1": 7_000})
    exchange.send_out()
    exchange.send_again(first)
    [told] = exchange.company.exceptions("posting_rejected")
    assert (told["state"], told["closed_by"]) == ("closed", "sofia@andina.example")
    assert exchange.send_out().posted == 1
    assert exchange.posting(first)["allocations"] == [{"invoice": "F-1", "amount": 3_000}]
    assert balances(exchange) == (0, 5_000, 7_000)
    assert [total for _, total in exchange.erp.postings()] == [10_000, 7_000]


def test_a_receipt_rejected_again_is_told_again(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 10_000})
    exchange.erp.block("C0001", "en legal")
    exchange.send_out()
    exchange.erp.block("C0001", "sin documentos")
    exchange.send_again(receipt)
    exchange.send_out()
    [told] = exchange.company.exceptions("posting_rejected")
    assert told["state"] == "open"
    assert "sin documentos" in told["detail"]


def test_what_was_not_rejected_is_not_sent_again(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    with pytest.raises(NotPossible, match="receipt_not_rejected"):
        exchange.send_again(receipt)


def test_a_job_killed_between_the_wish_to_send_again_and_its_record_posts_once(exchange: Exchange) -> None:
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.erp.block("C0001", "en legal")
    exchange.send_out()
    exchange.erp.unblock("C0001")
    exchange.send_again(receipt)
    job = exchange.send_out_elsewhere("erp.out.sent")
    job.join(60)
    assert job.exitcode == KILL_STATUS
    exchange.send_out()
    assert exchange.posting(receipt)["state"] == "posted"
    assert exchange.erp.postings() == [(receipt, 4_000)]


def test_a_receipt_sent_again_while_its_posting_is_written_to_goes_out(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A withholding may be decided in the very instant: the posting has another revision, the same state."""
    receipt = exchange.collect(1, {"F-1": 4_000})
    exchange.erp.block("C0001", "en legal")
    assert exchange.send_out().rejected == 1
    exchange.erp.unblock("C0001")
    decided = [{"line": 0, "state": "accepted", "reasons": [], "comment": "vista"}]

    def meanwhile(point: str) -> None:
        posting = exchange.posting(receipt)
        if point == "erp.out.announced" and "withholdings" not in posting:
            exchange.company.put(posting | {"withholdings": decided})

    monkeypatch.setattr("backend.killpoints.reach", meanwhile)
    exchange.send_again(receipt)
    assert exchange.posting(receipt)["claim"] == 2
    assert exchange.send_out().posted == 1


class Remembers:
    """A real connector, and what it was given."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.given: list[OutgoingReceipt | OutgoingReversal] = []

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        self.given.append(receipt)
        return self._inner.post_receipt(receipt)

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        self.given.append(reversal)
        return self._inner.post_reversal(reversal)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.mark.parametrize("decided_in_between", [False, True])
def test_a_withholding_is_taken_back_from_where_it_was_posted(
    exchange: Exchange, decided_in_between: bool
) -> None:
    """Pending ones stand in an account of their own, whatever the office says of them later."""
    withheld = {"method": "withholding", "amount": 1_000, "number": "001-001-000000044", "tax": "iva"}
    receipt = exchange.collect(1, {"F-1": 4_000}, payments=[CASH, withheld])
    connector = Remembers(exchange.erp.connector)
    exchange.send_out(connector)
    if decided_in_between:
        said = {"decision": "accepted", "comment": "vista", "by": "sofia@andina.example"}
        assert decide(exchange.couch, exchange.code, "R0001-00000001", 1, **said, now=exchange.now)
    exchange.void(receipt)
    assert exchange.send_out(connector).reversed == 1
    posted, taken_back = connector.given
    assert [line.get("validated") for line in posted.payments] == [None, False]
    assert list(taken_back.payments) == list(posted.payments)


def test_amounts_that_are_whole_in_another_spelling_are_posted_and_taken_back(exchange: Exchange) -> None:
    """JSON knows no integers: 4000.0 is what some clients make of 4000, and the database admits it."""
    spelt = [{**CASH, "amount": 3000.0}, {**CHEQUE, "amount": 6000.0}]
    receipt = exchange.collect(1, {"F-1": 4000.0, "F-2": 5000.0}, payments=spelt)
    assert exchange.send_out().posted == 1
    assert balances(exchange) == (6_000, 0, 0)
    exchange.bounce(receipt, 2)
    assert exchange.send_out().reversed == 1
    exchange.void(receipt)
    assert exchange.send_out().reversed == 1
    assert balances(exchange) == (10_000, 5_000, 0)
    assert type(exchange.reversal(receipt, "cheque-2")["total"]) is int

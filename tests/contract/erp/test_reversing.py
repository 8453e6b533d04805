"""What every ERP must do with the reversal of a receipt: open the invoices again, once, and say so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal, ReversalKind
from backend.erp.port import ErpUnavailable, Kind, Posted, Rejected
from tests.contract.erp.test_reading import read_all
from tests.support.erps import ErpUnderTest, decided, outgoing, reversal

RECEIPT = "receipt:R0001:00000001"
VOID = "receipt_void:ana:01K00000000000000000000000"


def posted(
    erp: ErpUnderTest, allocations: dict[str, int], on_account: int = 0
) -> tuple[OutgoingReceipt, str]:
    receipt = outgoing(1, "C0001", allocations, on_account=on_account)
    answer = decided(erp, receipt)
    assert isinstance(answer, Posted)
    return receipt, answer.number


@pytest.fixture
def books(erp: ErpUnderTest) -> ErpUnderTest:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    return erp


def test_a_void_takes_everything_back(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400, "B": 1000}, on_account=50)
    answer = decided(books, reversal(receipt, number))
    assert isinstance(answer, Posted)
    assert answer.number
    assert answer.number != number
    assert (books.balance("A"), books.balance("B"), books.on_account("C0001")) == (1000, 1000, 0)
    assert books.postings() == [(RECEIPT, 1450), (VOID, -1450)]


def test_the_same_reversal_again_changes_nothing(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    first = decided(books, reversal(receipt, number))
    assert books.connector.post_reversal(reversal(receipt, number)) == first
    assert books.connector.find(VOID) == first
    books.work()
    assert books.balance("A") == 1000
    assert books.postings() == [(RECEIPT, 400), (VOID, -400)]


def test_two_jobs_at_once_reverse_once(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    same: list[OutgoingReversal] = [reversal(receipt, number)] * 6
    with ThreadPoolExecutor(3) as jobs:
        list(jobs.map(books.connector.post_reversal, same))
    books.work()
    assert isinstance(books.connector.find(VOID), Posted)
    assert books.postings() == [(RECEIPT, 400), (VOID, -400)]


def test_a_receipt_is_not_posted_again_after_its_reversal(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    decided(books, reversal(receipt, number))
    assert isinstance(decided(books, receipt), Posted)
    assert books.balance("A") == 1000


def test_a_bounced_cheque_takes_back_its_part(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400, "B": 600})
    bounced = reversal(receipt, number, kind=ReversalKind.BOUNCED_CHEQUE, allocations={"B": 500})
    assert isinstance(decided(books, bounced), Posted)
    assert (books.balance("A"), books.balance("B")) == (600, 900)


def test_a_bounced_cheque_and_a_void_of_the_rest(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400, "B": 600}, on_account=100)
    bounced = reversal(
        receipt, number, kind=ReversalKind.BOUNCED_CHEQUE, allocations={"B": 500}, on_account=100
    )
    assert isinstance(decided(books, bounced), Posted)
    rest = reversal(receipt, number, allocations={"A": 400, "B": 100}, on_account=0)
    assert isinstance(decided(books, rest), Posted)
    assert (books.balance("A"), books.balance("B"), books.on_account("C0001")) == (1000, 1000, 0)
    assert sum(total for _, total in books.postings()) == 0


def test_a_void_brings_a_small_difference_back(books: ErpUnderTest) -> None:
    receipt = outgoing(1, "C0001", {"A": 997, "B": 600}, write_offs={"A": 3})
    answer = decided(books, receipt)
    assert isinstance(answer, Posted)
    assert isinstance(decided(books, reversal(receipt, answer.number)), Posted)
    assert (books.balance("A"), books.balance("B")) == (1000, 1000)
    found = {record.key: record.body() for record in read_all(books.connector, Kind.INVOICES)[0]}
    assert (found["A"]["balance"], found["A"]["state"]) == (1000, "open")
    assert sorted(found["A"]["reflects"]) == sorted([RECEIPT, VOID])


def test_a_bounced_cheque_brings_the_difference_of_what_it_paid_back(books: ErpUnderTest) -> None:
    receipt = outgoing(1, "C0001", {"A": 997, "B": 998}, write_offs={"A": 3, "B": 2})
    answer = decided(books, receipt)
    assert isinstance(answer, Posted)
    bounced = reversal(
        receipt,
        answer.number,
        kind=ReversalKind.BOUNCED_CHEQUE,
        allocations={"B": 500},
        write_offs={"B": 2},
    )
    assert isinstance(decided(books, bounced), Posted)
    assert (books.balance("A"), books.balance("B")) == (0, 502)
    rest = reversal(
        receipt, answer.number, allocations={"A": 997, "B": 498}, on_account=0, write_offs={"A": 3}
    )
    assert isinstance(decided(books, rest), Posted)
    assert (books.balance("A"), books.balance("B")) == (1000, 1000)


def test_a_balance_names_the_receipt_and_what_reversed_it(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400, "B": 600})
    decided(books, reversal(receipt, number, kind=ReversalKind.BOUNCED_CHEQUE, allocations={"B": 600}))
    found = {record.key: record.body() for record in read_all(books.connector, Kind.INVOICES)[0]}
    bounce = "cheque_bounce:office:01K00000000000000000000000"
    assert (found["A"]["balance"], found["A"]["reflects"]) == (600, [RECEIPT])
    assert (found["B"]["balance"], found["B"]["reflects"]) == (1000, [bounce, RECEIPT])
    assert found["B"]["state"] == "open"


def test_a_reversal_makes_its_invoices_be_read_again(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    _, cursor = read_all(books.connector, Kind.INVOICES)
    decided(books, reversal(receipt, number))
    assert [record.key for record in read_all(books.connector, Kind.INVOICES, cursor)[0]] == ["A"]


def test_a_refused_reversal_is_taken_once_the_erp_is_put_right(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    books.block("C0001", "en proceso legal")
    answer = decided(books, reversal(receipt, number))
    assert isinstance(answer, Rejected)
    assert "en proceso legal" in answer.reason
    assert (books.balance("A"), books.postings()) == (600, [(RECEIPT, 400)])
    books.unblock("C0001")
    assert isinstance(decided(books, reversal(receipt, number)), Posted)
    assert books.balance("A") == 1000


def test_what_was_never_posted_is_not_reversed(books: ErpUnderTest) -> None:
    receipt = outgoing(1, "C0001", {"A": 400})
    assert isinstance(decided(books, reversal(receipt, "COB-999999")), Rejected)
    assert (books.balance("A"), books.postings()) == (1000, [])


def test_more_than_was_received_is_not_reversed(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    posted_elsewhere = outgoing(2, "C0001", {"A": 300})
    decided(books, posted_elsewhere)
    assert isinstance(decided(books, reversal(receipt, number, allocations={"A": 401})), Rejected)
    assert books.balance("A") == 300


def test_a_reversal_to_an_erp_that_is_away_says_so(books: ErpUnderTest) -> None:
    receipt, number = posted(books, {"A": 400})
    books.go_away()
    with pytest.raises(ErpUnavailable):
        books.connector.post_reversal(reversal(receipt, number))

"""What every ERP must do with a receipt: take it once or refuse it in its own words, and remember which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from backend.erp.port import Posted, Rejected
from tests.support.erps import ErpUnderTest, decided, outgoing

RECEIPT = "receipt:R0001:00000001"


def test_a_receipt_is_posted_under_a_number_and_lowers_its_invoices(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    answer = decided(erp, outgoing(1, "C0001", {"A": 400}))
    assert isinstance(answer, Posted)
    assert answer.number
    assert answer.posted_at.tzinfo is not None
    assert erp.balance("A") == 600
    assert erp.postings() == [(RECEIPT, 400)]


def test_the_same_receipt_again_gets_the_same_answer_and_no_second_posting(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    first = decided(erp, outgoing(1, "C0001", {"A": 400}))
    assert erp.connector.post_receipt(outgoing(1, "C0001", {"A": 400})) == first
    assert erp.connector.find(RECEIPT) == first
    erp.work()
    assert erp.balance("A") == 600
    assert erp.postings() == [(RECEIPT, 400)]


def test_a_receipt_handed_over_twice_before_the_erp_decides_is_posted_once(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    for _ in range(2):
        erp.connector.post_receipt(outgoing(1, "C0001", {"A": 400}))
    erp.work()
    assert isinstance(erp.connector.find(RECEIPT), Posted)
    assert erp.postings() == [(RECEIPT, 400)]


def test_two_jobs_at_once_post_a_receipt_once(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 100_000)
    receipts = [outgoing(counter, "C0001", {"A": 100}) for counter in range(1, 9) for _ in range(2)]
    with ThreadPoolExecutor(4) as jobs:
        list(jobs.map(erp.connector.post_receipt, receipts))
    erp.work()
    answers = {erp.connector.find(receipt.receipt_id) for receipt in receipts}
    assert len(answers) == 8
    assert all(isinstance(answer, Posted) for answer in answers)
    assert [total for _, total in erp.postings()] == [100] * 8
    assert erp.balance("A") == 100_000 - 800


def test_money_on_account_is_the_customers_and_pays_no_invoice(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 1000}, on_account=250)), Posted)
    assert (erp.balance("A"), erp.on_account("C0001")) == (0, 250)
    assert erp.postings() == [(RECEIPT, 1250)]


def test_a_receipt_may_be_wholly_on_account(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    assert isinstance(decided(erp, outgoing(1, "C0001", {}, on_account=250)), Posted)
    assert erp.on_account("C0001") == 250


def test_several_invoices_are_paid_by_one_receipt_to_the_cent(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    for number, total in (("A", 33_333), ("B", 1), ("C", 10_000_001)):
        erp.add_invoice(number, "C0001", total)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 33_333, "B": 1, "C": 10_000_000})), Posted)
    assert [erp.balance(number) for number in "ABC"] == [0, 0, 1]


def test_a_small_difference_settles_its_invoice_and_is_no_money(erp: ErpUnderTest) -> None:
    assert erp.connector.takes_write_offs()
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.add_invoice("B", "C0001", 1000)
    answer = decided(erp, outgoing(1, "C0001", {"A": 997, "B": 600}, write_offs={"A": 3}))
    assert isinstance(answer, Posted)
    assert (erp.balance("A"), erp.balance("B"), erp.on_account("C0001")) == (0, 400, 0)
    assert decided(erp, outgoing(1, "C0001", {"A": 997, "B": 600}, write_offs={"A": 3})) == answer
    assert (erp.balance("A"), len(erp.postings())) == (0, 1)


def test_a_difference_beyond_the_balance_is_refused(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 998}, write_offs={"A": 3})), Rejected)
    assert (erp.balance("A"), erp.postings()) == (1000, [])


def test_a_refusal_is_in_the_erps_words_and_leaves_nothing_in_the_books(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.block("C0001", "cheque protestado")
    answer = decided(erp, outgoing(1, "C0001", {"A": 400}))
    assert isinstance(answer, Rejected)
    assert "cheque protestado" in answer.reason
    assert erp.connector.find(RECEIPT) in (answer, None)
    assert (erp.balance("A"), erp.postings()) == (1000, [])


def test_a_refused_receipt_is_taken_once_the_erp_is_put_right(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    erp.block("C0001", "cheque protestado")
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 400})), Rejected)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 400})), Rejected)
    erp.unblock("C0001")
    answer = decided(erp, outgoing(1, "C0001", {"A": 300}, on_account=100))
    assert isinstance(answer, Posted)
    assert decided(erp, outgoing(1, "C0001", {"A": 400})) == answer
    assert (erp.balance("A"), erp.on_account("C0001"), erp.postings()) == (700, 100, [(RECEIPT, 400)])


def test_more_than_the_balance_is_refused(erp: ErpUnderTest) -> None:
    erp.add_customer("C0001")
    erp.add_invoice("A", "C0001", 1000)
    assert isinstance(decided(erp, outgoing(1, "C0001", {"A": 1001})), Rejected)
    assert (erp.balance("A"), erp.postings()) == (1000, [])


def test_a_receipt_of_an_unknown_customer_is_refused(erp: ErpUnderTest) -> None:
    assert isinstance(decided(erp, outgoing(1, "C0001", {}, on_account=100)), Rejected)
    assert erp.postings() == []


def test_a_receipt_never_sent_is_unknown(erp: ErpUnderTest) -> None:
    assert erp.connector.find(RECEIPT) is None

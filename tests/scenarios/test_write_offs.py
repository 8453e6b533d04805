"""Small differences from a collector's receipt to a real ERP and back: settled, capped, refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.erp.port import Answer
from backend.services.erp_comparison import run_comparison
from backend.services.erp_posting import run_postings
from receivables.balances import provisional_open_items
from tests.support.erp_exchange import Exchange, an_exchange
from tests.support.reconciling import a_server
from tests.support.stack import Stack

CHEQUE = {
    "method": "cheque", "amount": 9_997, "bank": "Pichincha", "account": "2100", "number": "000123",
    "drawer": "Rosa Vera", "cheque_on": "2026-11-21",
}  # fmt: skip


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
        tolerate(made, 5)
        yield made


def tolerate(exchange: Exchange, minor: int) -> None:
    standing = exchange.couch.get(exchange.code, "policy:collection") or {"_id": "policy:collection"}
    exchange.couch.put(exchange.code, {**standing, "currency": "USD", "write_off_tolerance": minor})


def almost(exchange: Exchange, paid: int = 9_997, forgone: int = 3, **fields: Any) -> str:
    """A receipt over F-1 that forgoes what little it leaves."""
    lines = [{"invoice": "F-1", "amount": forgone}]
    return exchange.collect(1, {"F-1": paid}, write_offs=lines, **fields)


def reasons(exchange: Exchange) -> list[str]:
    return [each["detail"] for each in exchange.company.exceptions("write_off_refused")]


def test_a_difference_within_the_tolerance_settles_the_invoice_everywhere(exchange: Exchange) -> None:
    receipt = almost(exchange)
    assert exchange.send_out().posted == 1
    posting = exchange.posting(receipt)
    assert posting["write_offs"] == [{"invoice": "F-1", "amount": 3}]
    assert (posting["allocations"], posting["on_account"]) == ([{"invoice": "F-1", "amount": 9_997}], 0)
    assert exchange.erp.balance("F-1") == 0
    before = provisional_open_items([exchange.invoice("F-1")], [exchange.company.central(receipt)])
    exchange.bring_in()
    after = provisional_open_items([exchange.invoice("F-1")], [exchange.company.central(receipt)])
    assert before == after == []
    report = run_comparison(
        exchange.couch, exchange.code, exchange.erp.connector, on="2026-11-21", clock=exchange.clock
    )
    assert (report["agrees"], report["receipts"]["checked"], reasons(exchange)) == (True, 1, [])


def test_the_ledger_books_the_difference_apart_and_balances(exchange: Exchange) -> None:
    almost(exchange)
    exchange.send_out()
    rows = exchange.erp.ask("SELECT cuenta, sum(debe), sum(haber) FROM asientos GROUP BY cuenta ORDER BY 1")
    assert rows == [
        ("CAJA Y BANCOS EFECTIVO", 9_997, 0),
        ("CLIENTES", 0, 10_000),
        ("DIFERENCIAS EN COBROS", 3, 0),
    ]


def test_above_the_tolerance_the_money_is_posted_and_the_rest_stays_open(exchange: Exchange) -> None:
    receipt = almost(exchange, paid=9_990, forgone=10)
    assert exchange.send_out().posted == 1
    posting = exchange.posting(receipt)
    assert "write_offs" not in posting
    assert posting["refused_write_offs"][0]["code"] == "write_off_over_tolerance"
    assert exchange.erp.balance("F-1") == 10
    [words] = reasons(exchange)
    assert "0,10 en la factura F-1 pasa de lo que la empresa da por saldado (USD\u00a00,05)" in words


def test_without_a_tolerance_nothing_is_written_off(exchange: Exchange) -> None:
    tolerate(exchange, 0)
    almost(exchange)
    exchange.send_out()
    assert exchange.erp.balance("F-1") == 3
    assert len(reasons(exchange)) == 1


def test_an_invoice_that_owes_more_by_now_is_not_settled_by_a_difference(exchange: Exchange) -> None:
    almost(exchange, paid=9_000, forgone=3)
    exchange.send_out()
    assert exchange.erp.balance("F-1") == 1_000
    [words] = reasons(exchange)
    assert "En la factura F-1 quedan USD\u00a010,00, no USD\u00a00,03" in words


def test_where_others_paid_meanwhile_only_what_is_left_is_written_off(exchange: Exchange) -> None:
    exchange.collect(2, {"F-1": 1}, created_at="2026-11-21T10:00:00Z")
    almost(exchange)
    assert exchange.send_out().posted == 2
    assert exchange.erp.balance("F-1") == 0
    assert exchange.posting("receipt:R0001:00000001")["write_offs"] == [{"invoice": "F-1", "amount": 2}]
    assert (reasons(exchange), exchange.company.exceptions("over_allocation")) == ([], [])


def test_what_was_written_off_can_be_taken_by_nobody_else(exchange: Exchange) -> None:
    almost(exchange)
    exchange.send_out()
    exchange.collect(2, {"F-1": 3})
    report = exchange.send_out()
    assert (report.posted, report.over_allocated) == (1, 1)
    assert exchange.erp.on_account("C0001") == 3


def test_a_void_gives_the_difference_back(exchange: Exchange) -> None:
    receipt = almost(exchange)
    exchange.send_out()
    exchange.void(receipt)
    assert exchange.send_out().reversed == 1
    assert exchange.reversal(receipt)["write_offs"] == [{"invoice": "F-1", "amount": 3}]
    assert exchange.reversal(receipt)["total"] == 9_997
    assert exchange.erp.balance("F-1") == 10_000


def test_a_bounced_cheque_gives_the_difference_back(exchange: Exchange) -> None:
    receipt = almost(exchange, payments=[CHEQUE])
    exchange.send_out()
    exchange.bounce(receipt, 1)
    assert exchange.send_out().reversed == 1
    assert exchange.erp.balance("F-1") == 10_000
    exchange.void(receipt)
    exchange.send_out()
    assert exchange.erp.balance("F-1") == 10_000


def test_an_erp_without_a_place_for_differences_gets_the_money_and_a_person_hears_of_the_rest(
    exchange: Exchange,
) -> None:
    receipt = almost(exchange)
    report = run_postings(exchange.couch, exchange.code, Plain(exchange.erp.connector), clock=exchange.clock)
    assert report.posted == 1
    assert exchange.erp.balance("F-1") == 3
    posting = exchange.posting(receipt)
    assert posting["write_offs"] == []
    assert posting["refused_write_offs"][0]["code"] == "write_off_not_in_erp"
    assert reasons(exchange) == [
        "El sistema contable no tiene dónde registrar la diferencia de la factura F-1: queda pendiente."
    ]


class Plain:
    """A real ERP whose mapping says nothing of small differences."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def takes_write_offs(self) -> bool:
        return False

    def post_receipt(self, receipt: Any) -> Answer:
        assert not receipt.write_offs
        answer: Answer = self._inner.post_receipt(receipt)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

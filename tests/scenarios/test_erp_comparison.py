"""The nightly comparison with a real ERP: its balances win, our receipts win, a person hears of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.companies import DDOC
from backend.couch.client import Json
from backend.erp.port import ErpUnavailable, Held, Kind
from backend.services import erp_comparison, erp_sync
from backend.services.erp_comparison import Standing, compare, latest_report, run_comparison
from backend.services.erp_sync import import_from_erp, post_to_erp
from tests.support.erp_exchange import Exchange, an_exchange
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
        for number in ("F-1", "F-2", "F-3"):
            made.erp.add_invoice(number, "C0001", 10_000)
        made.bring_in()
        yield made


def compared(exchange: Exchange) -> Json:
    return run_comparison(
        exchange.couch, exchange.code, exchange.erp.connector, on="2026-11-21", clock=exchange.clock
    )


def test_an_erp_that_agrees_is_said_to(exchange: Exchange) -> None:
    exchange.collect(1, {"F-1": 4_000})
    exchange.send_out()
    report = compared(exchange)
    assert (report["agrees"], report["left"], report["receipts"]["checked"]) == (True, {}, 1)
    assert exchange.company.exceptions("erp_drift") == []
    assert latest_report(exchange.couch, exchange.code) == exchange.company.central("erp_drift:2026-11-21")


def test_a_balance_that_the_erp_changed_without_a_stamp_is_found_and_wins(exchange: Exchange) -> None:
    exchange.erp.pay_at_the_office("F-1", 2_500, changed=NOON - timedelta(days=30))
    exchange.bring_in()
    assert exchange.invoice("F-1")["balance"] == 10_000
    report = compared(exchange)
    assert report["found"]["invoices"]["differing"] == ["F-1"]
    [row] = report["customers"]
    assert row == {"customer": "C0001", "erp": 3, "erp_open": 27_500, "here": 3, "here_open": 30_000}
    assert (exchange.invoice("F-1")["balance"], report["agrees"]) == (7_500, True)


def test_a_record_that_vanished_leaves_and_one_that_never_came_comes(exchange: Exchange) -> None:
    exchange.erp.vanish("F-2")
    exchange.erp.add_invoice("F-0", "C0001", 700, changed=NOON - timedelta(days=30))
    report = compared(exchange)
    assert report["found"]["invoices"]["gone"] == ["F-2"]
    assert report["found"]["invoices"]["missing"] == ["F-0"]
    assert exchange.couch.get(exchange.code, "invoice:F-2") is None
    assert exchange.invoice("F-0")["balance"] == 700
    assert report["agrees"]


class SellsWhileItIsRead:
    """A real connector; the first two times that its invoices are read, one more is sold and imported."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._inner = exchange.erp.connector
        self.sold: list[str] = []

    def snapshot(self, kind: Kind) -> Iterator[Held] | None:
        held = self._inner.snapshot(kind)
        if held is None or kind is not Kind.INVOICES or len(self.sold) == 2:
            return held
        there = list(held)
        self.sold.append(f"F-9{len(self.sold)}")
        self._exchange.erp.add_invoice(self.sold[-1], "C0001", 500)
        self._exchange.bring_in()
        return iter(there)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_what_comes_in_while_the_erp_is_read_is_not_taken_for_gone(exchange: Exchange) -> None:
    connector = SellsWhileItIsRead(exchange)
    run_comparison(exchange.couch, exchange.code, connector, on="2026-11-21", clock=exchange.clock)
    assert connector.sold
    for number in connector.sold:
        assert exchange.invoice(number)["balance"] == 500


def test_an_erp_that_suddenly_has_nothing_removes_nothing_and_a_person_hears(exchange: Exchange) -> None:
    for number in ("F-1", "F-2", "F-3"):
        exchange.erp.vanish(number)
    report = compared(exchange)
    assert (report["agrees"], report["kept_back"]) == (False, ["invoices"])
    assert exchange.invoice("F-1")["balance"] == 10_000
    [told] = exchange.company.exceptions("erp_drift")
    assert (told["detail"], told["evidence"]["report"]) == ("invoices", "erp_drift:2026-11-21")


def test_a_receipt_that_the_erp_lost_goes_out_again_and_is_in_the_books_once(exchange: Exchange) -> None:
    lost = exchange.collect(1, {"F-1": 4_000})
    kept = exchange.collect(2, {"F-2": 1_000})
    exchange.send_out()
    exchange.erp.restore_without(lost)
    report = compared(exchange)
    assert (report["receipts"]["lost"], report["receipts"]["sent_again"]) == ([lost], 1)
    assert [told["kind"] for told in exchange.company.exceptions("erp_drift")] == ["erp_drift"]
    exchange.send_out()
    assert dict(exchange.erp.postings()) == {lost: 4_000, kept: 1_000}
    assert exchange.erp.balance("F-1") == 6_000
    exchange.bring_in()
    assert compared(exchange)["agrees"]


def test_an_erp_that_lost_too_much_is_not_posted_to(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erp_comparison, "BELIEVABLE_COUNT", 1)
    receipts = [exchange.collect(counter, {"F-1": 100}) for counter in (1, 2, 3)]
    exchange.send_out()
    for receipt in receipts[:2]:
        exchange.erp.restore_without(receipt)
    report = compared(exchange)
    assert (report["receipts"]["lost_count"], report["receipts"]["sent_again"]) == (2, 0)
    assert exchange.posting(receipts[0])["state"] == "posted"


def test_counts_and_open_amounts_are_compared_by_customer() -> None:
    there = {"A": Standing("C1", 100), "B": Standing("C2", 5), "C": Standing("C3", 7)}
    here = {"A": Standing("C1", 90), "C": Standing("C3", 7), "D": Standing("C2", 8)}
    drift = compare(there, here)
    assert (drift.differing, drift.missing, drift.gone) == (["A"], ["B"], ["D"])
    assert [(row["customer"], row["erp_open"], row["here_open"]) for row in drift.customers] == [
        ("C1", 100, 90),
        ("C2", 5, 8),
    ]


def test_an_inactive_customer_may_be_in_the_erp_or_not() -> None:
    here = {"C1": Standing("", 0, retired=True), "C2": Standing("", 0, retired=True)}
    drift = compare({"C1": Standing("", 0)}, here)
    assert (drift.agrees, drift.erp, drift.here) == (True, 1, 1)


def job(exchange: Exchange, run: object) -> None:
    assert callable(run)
    run(exchange.couch, exchange.code, folder=exchange.erp.config, environment={}, clock=exchange.clock)


@pytest.fixture
def named(exchange: Exchange) -> Exchange:
    """The ERP's mapping file bears the company's code."""
    (exchange.erp.config / "andina.toml").rename(exchange.erp.config / f"{exchange.code}.toml")
    return exchange


@pytest.mark.parametrize("run", [import_from_erp, post_to_erp])
def test_an_erp_that_is_away_for_long_is_told_once_until_it_answers(named: Exchange, run: object) -> None:
    named.collect(1, {"F-1": 1_000})
    named.erp.move_away()
    for minutes in (0, 5, 6, 7):
        named.later(minutes=minutes)
        with suppress(ErpUnavailable):
            job(named, run)
        open_now = [each["state"] for each in named.company.exceptions("erp_away")]
        assert open_now == ([] if minutes in {0, 5} else ["open"])
    named.erp.come_back()
    named.later(days=3)
    job(named, run)
    [told] = named.company.exceptions("erp_away")
    assert (told["state"], told["closed_by"]) == ("closed", "erp")


def test_after_a_large_import_nobody_waits_for_a_view(
    named: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erp_sync, "MANY_DOCUMENTS", 1)
    named.erp.add_customer("C0002")
    job(named, import_from_erp)
    indexed_without_asking = named.couch.view(named.code, DDOC, "customers_by_name", update="false")
    assert [row["id"] for row in indexed_without_asking] == ["customer:C0001", "customer:C0002"]


def test_days_without_the_erp_lose_nothing_and_go_in_by_their_order(exchange: Exchange) -> None:
    exchange.erp.move_away()
    receipts = []
    asked = 0
    for hour in range(72):
        for minute in (1, 31):
            counter = hour * 2 + minute // 31 + 1
            moment = (exchange.now).strftime("%Y-%m-%dT%H:%M:%SZ")
            receipts.append(exchange.collect(counter, {"F-1": 10}, created_at=moment))
            exchange.later(minutes=30)
            try:
                assert exchange.send_out().postponed == 1
            except ErpUnavailable:
                asked += 1
    assert 0 < asked <= 80, "it backs off"
    exchange.erp.come_back()
    exchange.later(hours=1)
    assert exchange.send_out().posted == len(receipts)
    order = exchange.erp.ask("SELECT recibo FROM cobros ORDER BY numero")
    assert [row[0] for row in order] == receipts
    assert exchange.erp.balance("F-1") == 10_000 - 10 * len(receipts)


def test_the_kinds_of_the_demos_erp_are_all_compared(exchange: Exchange) -> None:
    report = compared(exchange)
    assert {Kind.CUSTOMERS, Kind.INVOICES, Kind.CREDIT_NOTES, Kind.WITHHOLDINGS} <= report["found"].keys()


def test_a_record_that_cannot_be_read_is_not_gone_and_the_rest_is_compared(exchange: Exchange) -> None:
    exchange.erp.pay_at_the_office("F-1", 1_000, changed=NOON - timedelta(days=1))
    exchange.erp.do("UPDATE facturas SET total = 1 << 60, saldo = 1 << 60 WHERE numero = 'F-2'")
    report = compared(exchange)
    assert exchange.invoice("F-1")["balance"] == 9_000
    assert exchange.invoice("F-2")["balance"] == 10_000, "what was known of it stays"
    left = report["left"]["invoices"]
    assert (left["gone"], left["missing"], left["differing"]) == ([], [], ["F-2"])

"""Thousands of receipts into PostgreSQL while the job is killed again and again and answers are lost.

As many postings as receipts, no more, no fewer, and the ERP's own ledger agrees to the cent.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend.killpoints import KILL_STATUS, POINTS
from tests.support.builders import a_receipt
from tests.support.erp_exchange import Exchange, an_exchange
from tests.support.reconciling import a_server
from tests.support.server_erps import PostgresErp
from tests.support.stack import Stack

OUT_POINTS = [point for point in POINTS if point.startswith(("erp.out.", "erp.sql."))]
LOST_ANSWERS = 10  # every tenth
# Reached once in a run, however much there is to do.
ONCE_A_RUN = frozenset({"erp.out.page_done", "erp.out.exception_raised", "erp.out.retry_recorded"})
CUSTOMERS = 50
OWED = 10_000_000_000
BLOCKED = "C9999"
SEED = 20261126


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    with an_exchange(house, tmp_path, lambda folder: PostgresErp(folder, page_size=500)) as made:
        yield made


class Field:
    """Receipts that come in by portions, each with one of a blocked customer, and what was collected."""

    def __init__(self, exchange: Exchange, dice: Random) -> None:
        self._exchange = exchange
        self._dice = dice
        self._written = 0
        self.portions = 0
        self.collected: Counter[str] = Counter()
        for place in range(CUSTOMERS):
            exchange.erp.add_customer(f"C{place:04d}")
            exchange.erp.add_invoice(f"F-{place}", f"C{place:04d}", OWED)
        exchange.erp.add_customer(BLOCKED)
        exchange.bring_in()
        exchange.erp.block(BLOCKED, "cheque protestado")

    def bring(self, receipts: int) -> None:
        documents = [self._receipt() for _ in range(receipts)]
        documents.append(self._write({}, on_account=100, customer=BLOCKED))
        self.portions += 1
        self._dice.shuffle(documents)
        answers = self._exchange.couch.bulk(self._exchange.code, documents)
        assert not [each for each in answers if each.get("error")]

    def _receipt(self) -> dict[str, Any]:
        place = self._dice.randrange(CUSTOMERS)
        amount, surplus = self._dice.randint(1, 99_999), self._dice.choice([0, 0, self._dice.randint(1, 500)])
        self.collected[f"F-{place}"] += amount
        self.collected["on account"] += surplus
        return self._write({f"F-{place}": amount}, on_account=surplus, customer=f"C{place:04d}")

    def _write(self, allocations: dict[str, int], **fields: Any) -> dict[str, Any]:
        self._written += 1
        second = self._written
        moment = f"2026-11-21T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
        return a_receipt(
            second, allocations=allocations, company=self._exchange.code, created_at=moment, **fields
        )


def kill_again_and_again(exchange: Exchange, field: Field, kills: int, portion: int, dice: Random) -> None:
    """Every other kill is at a named point, the rest at any instant. How many fell where is printed."""
    fell: Counter[str] = Counter()
    in_hand: Counter[str] = Counter()
    points = itertools.cycle(OUT_POINTS)
    for kill in range(kills):
        field.bring(portion)
        point = next(points) if kill % 2 else ""
        occurrence = 1 if point in ONCE_A_RUN else dice.randint(1, portion)
        job = exchange.send_out_elsewhere(f"{point}:{occurrence}" if point else "", loses=LOST_ANSWERS)
        if not point:
            job.join(dice.uniform(0.05, 0.1 + portion / 40))
            job.kill()
        job.join(600)
        if job.exitcode == 0:
            fell["none: it was through"] += 1
            continue
        fell[point if job.exitcode == KILL_STATUS else "any instant"] += 1
        for posting in left_in_hand(exchange):
            answer = exchange.erp.connector.find(posting["receipt"])
            in_hand[f"{posting['state']}, ERP: {type(answer).__name__ if answer else 'unknown'}"] += 1
        exchange.later(hours=2)
    print(f"seed {SEED}; kills {dict(sorted(fell.items()))}")
    print(f"in hand when killed {dict(sorted(in_hand.items()))}")
    assert set(OUT_POINTS) <= fell.keys()
    assert fell["any instant"] >= kills // 4


def left_in_hand(exchange: Exchange) -> list[dict[str, Any]]:
    return [
        row["doc"]
        for state in ("sending", "retry")
        for row in exchange.couch.view(
            exchange.code, "recaudo", "postings_by_state", reduce=False, include_docs=True,
            start_key=[state], end_key=[state, {}],
        )
    ]  # fmt: skip


def assert_exactly_once(exchange: Exchange, field: Field, receipts: int) -> None:
    erp, collected = exchange.erp, field.collected
    assert erp.ask("SELECT count(*), count(DISTINCT recibo) FROM cobros WHERE numero IS NOT NULL") == [
        (receipts, receipts)
    ]
    postings = erp.postings()
    assert (len(postings), sum(total for _, total in postings)) == (receipts, collected.total())
    [(debit, credit)] = erp.ask("SELECT sum(debe), sum(haber) FROM asientos")
    assert (erp.minor(debit), erp.minor(credit)) == (collected.total(), collected.total())
    for place in range(CUSTOMERS):
        assert erp.balance(f"F-{place}") == OWED - collected[f"F-{place}"]
    on_account = sum(erp.on_account(f"C{place:04d}") for place in range(CUSTOMERS))
    assert on_account == collected["on account"]
    rows = exchange.couch.view(exchange.code, "recaudo", "postings_by_state", group_level=1)
    counts = {row["key"][0]: row["value"] for row in rows}
    assert counts == {"posted": receipts, "rejected": field.portions}


def prove(exchange: Exchange, *, receipts: int, kills: int) -> None:
    dice = Random(SEED)
    began = time.monotonic()
    field = Field(exchange, dice)
    kill_again_and_again(exchange, field, kills, receipts // kills, dice)
    exchange.later(hours=2)
    job = exchange.send_out_elsewhere(loses=LOST_ANSWERS)
    job.join(3600)
    assert job.exitcode == 0
    assert_exactly_once(exchange, field, receipts)
    print(f"{receipts} receipts, {kills} kills, {time.monotonic() - began:.0f} s")


def test_two_hundred_receipts_and_twenty_kills(exchange: Exchange) -> None:
    prove(exchange, receipts=200, kills=20)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_ten_thousand_receipts_and_two_hundred_kills(exchange: Exchange) -> None:
    prove(exchange, receipts=10_000, kills=200)


def test_a_job_that_dies_while_the_erp_works_on_its_posting_and_is_restarted_at_once(
    exchange: Exchange,
) -> None:
    exchange.erp.add_customer("C0001")
    exchange.erp.add_invoice("F-1", "C0001", 10_000)
    exchange.bring_in()
    receipt = exchange.collect(1, {"F-1": 4_000})
    assert isinstance(exchange.erp, PostgresErp)
    with exchange.erp.invoice_in_use("F-1"):
        first = exchange.send_out_elsewhere()
        exchange.erp.await_postings_at_work(1)
        first.kill()
        first.join()
        second = exchange.send_out_elsewhere()
        exchange.erp.await_postings_at_work(2)
    second.join(60)
    exchange.now += timedelta(hours=2)
    exchange.send_out()
    assert exchange.erp.postings() == [(receipt, 4_000)]
    assert (exchange.erp.balance("F-1"), exchange.posting(receipt)["state"]) == (6_000, "posted")

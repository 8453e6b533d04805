"""The ERP job, killed between any two of its writes and with answers lost: every receipt is in the books
exactly once.

Besides, each allocation was decided once, and what is on the ERP's ledger is what was collected, to the cent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from backend.erp.port import ErpUnavailable
from backend.killpoints import KILL_STATUS, POINTS
from tests.support.erp_exchange import Exchange, LosesAnswers, an_exchange
from tests.support.erps import NOON
from tests.support.reconciling import a_server
from tests.support.stack import Stack

# The one point that is reached only while the ERP is away has a test of its own.
AWAY_POINT = "erp.out.retry_recorded"
OUT_POINTS = [point for point in POINTS if point.startswith(("erp.out.", "erp.sql.")) and point != AWAY_POINT]
IN_POINTS = [point for point in POINTS if point.startswith("erp.in.")]

# F-1 is paid by three phones, of which the second is paid in part and the third not at all; C0002 is blocked.
RECEIPTS = (
    (1, "C0001", {"F-1": 6_000}),
    (2, "C0001", {"F-1": 6_000, "F-2": 1_000}),
    (3, "C0002", {"F-9": 2_000}),
    (4, "C0001", {"F-1": 5_000}),
)
COLLECTED = {
    "receipt:R0001:00000001": 6_000,
    "receipt:R0001:00000002": 7_000,
    "receipt:R0001:00000004": 5_000,
}
ON_ACCOUNT = 2_000 + 5_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    with an_exchange(house, tmp_path) as made:
        for customer in ("C0001", "C0002"):
            made.erp.add_customer(customer)
        made.erp.add_invoice("F-1", "C0001", 10_000)
        made.erp.add_invoice("F-2", "C0001", 5_000)
        made.erp.add_invoice("F-9", "C0002", 5_000)
        made.bring_in()
        made.erp.block("C0002", "cheque protestado")
        for counter, customer, allocations in RECEIPTS:
            made.collect(counter, allocations, customer=customer, created_at=f"2026-11-21T15:0{counter}:00Z")
        yield made


def assert_everything_is_posted_once(exchange: Exchange) -> None:
    assert dict(exchange.erp.postings()) == COLLECTED
    assert (exchange.erp.balance("F-1"), exchange.erp.balance("F-2"), exchange.erp.balance("F-9")) == (
        0,
        4_000,
        5_000,
    )
    assert exchange.erp.on_account("C0001") == ON_ACCOUNT
    states = {
        receipt: exchange.posting(f"receipt:R0001:{receipt:08d}")["state"] for receipt, _, _ in RECEIPTS
    }
    assert states == {1: "posted", 2: "posted", 3: "rejected", 4: "posted"}
    numbers = [exchange.posting(receipt)["erp_number"] for receipt in COLLECTED]
    assert sorted(numbers) == ["COB-000001", "COB-000002", "COB-000003"]
    raised = {exception["_id"] for exception in exchange.company.exceptions()}
    assert raised == {
        "exception:over_allocation:R0001-00000002",
        "exception:over_allocation:R0001-00000004",
        "exception:posting_rejected:R0001-00000003",
    }


def decided(exchange: Exchange) -> dict[str, object]:
    rows = exchange.couch.all_docs(
        exchange.code, start_key="posting:", end_key="posting:\ufff0", include_docs=True
    )
    return {row["id"]: (row["doc"]["allocations"], row["doc"]["on_account"]) for row in rows}


def finish(exchange: Exchange) -> None:
    exchange.later(hours=3)
    exchange.send_out()


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("point", OUT_POINTS)
def test_a_job_killed_at_a_point_is_finished_by_the_next(exchange: Exchange, point: str, nth: int) -> None:
    job = exchange.send_out_elsewhere(f"{point}:{nth}")
    job.join(60)
    reached_less_often = {"erp.out.page_done": 1, "erp.out.exception_raised": 1}
    expected = 0 if nth > reached_less_often.get(point, nth) else KILL_STATUS
    assert job.exitcode == expected
    before = decided(exchange)
    finish(exchange)
    assert_everything_is_posted_once(exchange)
    after = decided(exchange)
    assert {posting: after[posting] for posting in before} == before, "an allocation is decided once"


def test_a_job_killed_after_it_wrote_that_it_will_try_again(exchange: Exchange) -> None:
    exchange.erp.move_away()
    job = exchange.send_out_elsewhere(AWAY_POINT)
    job.join(60)
    assert job.exitcode == KILL_STATUS
    exchange.erp.come_back()
    finish(exchange)
    assert_everything_is_posted_once(exchange)


def test_every_second_answer_is_lost(exchange: Exchange) -> None:
    bad_line = LosesAnswers(exchange.erp.connector, nth=2)
    for _ in range(20):
        try:
            exchange.send_out(bad_line)
            break
        except ErpUnavailable:
            exchange.later(minutes=30)
    assert bad_line.lost > 0
    assert_everything_is_posted_once(exchange)


def test_a_job_restarted_while_the_erp_still_works_on_a_posting(exchange: Exchange) -> None:
    """The first job dies with its posting begun and not committed.

    Its lock is still held when the next one comes.
    """
    with exchange.erp.busy_with("receipt:R0001:00000001"):
        first = exchange.send_out_elsewhere()
        second = exchange.send_out_elsewhere()
        first.join(1)
        first.kill()
    second.join(60)
    first.join()
    finish(exchange)
    assert_everything_is_posted_once(exchange)


@pytest.mark.parametrize("point", IN_POINTS)
def test_an_import_killed_at_a_point_is_finished_by_the_next(exchange: Exchange, point: str) -> None:
    for place in range(8):
        exchange.erp.add_invoice(f"G-{place}", "C0001", 1_000, changed=NOON + timedelta(hours=1))
    exchange.later(seconds=5)
    job = exchange.bring_in_elsewhere(f"{point}:2")
    job.join(60)
    assert job.exitcode == KILL_STATUS
    exchange.bring_in()
    assert [exchange.invoice(f"G-{place}")["balance"] for place in range(8)] == [1_000] * 8
    exchange.bring_in()
    assert sum(report.written for report in exchange.bring_in()) == 0


@pytest.mark.slow
def test_fifty_seeded_kills_while_receipts_keep_coming(exchange: Exchange) -> None:
    """Half of the kills at named points, half at any instant. How many fell where is printed."""
    dice = Random(20261121)
    exchange.erp.add_invoice("BIG", "C0001", 100_000)
    exchange.bring_in()
    fell: Counter[str] = Counter()
    for kill in range(50):
        exchange.collect(10 + kill, {"BIG": 3_000}, created_at=f"2026-11-21T16:{kill:02d}:00Z")
        point = dice.choice(OUT_POINTS) if kill % 2 else ""
        job = exchange.send_out_elsewhere(point)
        if not point:
            job.join(dice.uniform(0.02, 0.25))
            if job.is_alive():
                job.kill()
                fell["any instant"] += 1
        job.join(60)
        if point and job.exitcode == KILL_STATUS:
            fell[point] += 1
    finish(exchange)
    print(dict(sorted(fell.items())))
    posted = dict(exchange.erp.postings())
    assert len(posted) == 50 + len(COLLECTED)
    assert sum(posted.values()) == 50 * 3_000 + sum(COLLECTED.values())
    assert exchange.erp.balance("BIG") == 0
    assert exchange.erp.on_account("C0001") == 50 * 3_000 - 100_000 + ON_ACCOUNT
    assert sum(fell.values()) >= 30

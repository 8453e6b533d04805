"""The ERP job and an ERP that takes files away: killed anywhere, each receipt is delivered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from backend.killpoints import KILL_STATUS, POINTS
from tests.support.erp_exchange import Exchange, an_exchange
from tests.support.files_erp import FilesErp
from tests.support.reconciling import a_server
from tests.support.stack import Stack

KILL_POINTS = [point for point in POINTS if point.startswith("erp.files.")] + [
    "erp.out.sending",
    "erp.out.sent",
    "erp.out.recorded",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    with an_exchange(house, tmp_path, FilesErp) as made:
        made.erp.add_customer("C0001")
        made.erp.add_invoice("F-1", "C0001", 100_000)
        made.bring_in()
        yield made


def collect(exchange: Exchange, count: int) -> dict[str, int]:
    worth = {}
    for counter in range(1, count + 1):
        amount = 100 + counter
        receipt = exchange.collect(
            counter, {"F-1": amount}, created_at=f"2026-11-21T15:{counter % 60:02d}:{counter // 60:02d}Z"
        )
        worth[receipt] = amount
    return worth


def assert_each_was_delivered_and_posted_once(exchange: Exchange, worth: dict[str, int]) -> None:
    assert dict(exchange.erp.postings()) == worth
    assert exchange.erp.balance("F-1") == 100_000 - sum(worth.values())
    assert len(list(exchange.erp.taken.iterdir())) == len(exchange.erp.deliveries) == len(worth)
    assert {exchange.posting(receipt)["state"] for receipt in worth} == {"posted"}
    exchange.bring_in()
    assert exchange.invoice("F-1")["reflects"] == sorted(worth)


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", KILL_POINTS)
def test_a_job_killed_at_a_point_delivers_nothing_twice(exchange: Exchange, point: str, nth: int) -> None:
    worth = collect(exchange, 4)
    job = exchange.send_out_elsewhere(f"{point}:{nth}")
    job.join(60)
    if point != "erp.out.recorded":
        assert job.exitcode == KILL_STATUS
    exchange.erp.take()
    job = exchange.send_out_elsewhere(f"{point}:{nth}")
    job.join(60)
    exchange.erp.work()
    for _ in range(2):
        exchange.later(hours=2)
        exchange.send_out()
        exchange.erp.work()
    exchange.send_out()
    assert_each_was_delivered_and_posted_once(exchange, worth)


def test_two_jobs_and_an_erp_that_takes_files_away_while_they_are_killed(exchange: Exchange) -> None:
    dice = Random(44)
    worth = collect(exchange, 40)
    fell: Counter[str] = Counter()
    for _ in range(12):
        jobs = [exchange.send_out_elsewhere() for _ in range(2)]
        jobs[0].join(dice.uniform(0.05, 0.6))
        exchange.erp.take()
        for job in jobs:
            if job.is_alive():
                job.kill()
                fell["killed"] += 1
            job.join(60)
        if dice.random() < 0.3:
            exchange.erp.work()
    print(dict(fell))
    for _ in range(2):
        exchange.later(hours=2)
        exchange.send_out()
        exchange.erp.work()
    exchange.send_out()
    assert fell["killed"] >= 4
    assert_each_was_delivered_and_posted_once(exchange, worth)

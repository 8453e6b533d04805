"""The ERP job against a running Tryton, killed between any two of its writes and with answers lost: Tryton's
books hold every receipt once, and agree to the cent.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random

import pytest

from backend.couch.client import connect
from backend.erp.port import ErpUnavailable, Kind
from backend.erp.registry import open_connector
from backend.killpoints import KILL_STATUS, POINTS
from backend.services.erp_posting import run_postings
from tests.support.erp_exchange import Exchange, LosesAnswers, an_exchange
from tests.support.reconciling import a_server
from tests.support.stack import Stack
from tests.support.tryton_erp import ENVIRONMENT, TrytonErp

SEEN_OUTSIDE = {"erp.out.retry_recorded", "erp.out.exception_raised", "erp.out.page_done"}
KILL_POINTS = [p for p in POINTS if p.startswith(("erp.out.", "erp.tryton.")) and p not in SEEN_OUTSIDE]
INVOICES = [f"F-{place}" for place in range(6)]
OWED = 200_000
RUNS = 400  # far more than are needed; a job that gets nowhere ends the test instead of hanging it


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with a_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def exchange(house: Stack, tmp_path: Path) -> Iterator[Exchange]:
    with an_exchange(house, tmp_path, lambda folder: TrytonErp(folder, page_size=50)) as made:
        for place, number in enumerate(INVOICES):
            made.erp.add_customer(customer_of(place))
            made.erp.add_invoice(number, customer_of(place), OWED)
        made.bring_in()
        yield made


def customer_of(place: int) -> str:
    return f"C{place % len(INVOICES):04d}"


def collect(exchange: Exchange, count: int, dice: Random) -> dict[str, int]:
    """So many receipts, every fifth with money on account; what each is worth, by id."""
    worth = {}
    for counter in range(1, count + 1):
        place = dice.randrange(len(INVOICES))
        amount, surplus = dice.randrange(1, 900), dice.randrange(1, 99) if counter % 5 == 0 else 0
        created_at = f"2026-11-21T{10 + counter // 60:02d}:{counter % 60:02d}:00Z"
        receipt = exchange.collect(
            counter, {INVOICES[place]: amount}, on_account=surplus, customer=customer_of(place),
            created_at=created_at,
        )  # fmt: skip
        worth[receipt] = amount + surplus
    return worth


def work(
    exchange: Exchange, kill_at: str = "", lose_every: int = 10, asked: Synchronized[int] | None = None
) -> ForkProcess:
    """One run of the job in a process of its own. It ends with 3 where Tryton's answer did not arrive."""

    def run() -> None:
        os.environ["RECAUDO_KILL_AT"] = kill_at
        connector = open_connector(exchange.erp.config, "andina", environment=ENVIRONMENT)
        with connect(exchange.company.settings) as couch:
            bad_line = LosesAnswers(connector, lose_every, asked)
            try:
                run_postings(couch, exchange.code, bad_line, clock=exchange.clock)
            except ErpUnavailable:
                os._exit(3)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    return process


def post_all(exchange: Exchange, dice: Random, *, kills: int, lose_every: int) -> Counter[str]:
    """Run the job until nothing is left to do; how it ended each time."""
    fell: Counter[str] = Counter()
    asked = multiprocessing.Value("i", 0)
    for run in range(RUNS):
        killing = run < kills
        point = f"{dice.choice(KILL_POINTS)}:{dice.randrange(1, 7)}" if killing and run % 3 else ""
        job = work(exchange, point, lose_every, asked)
        if killing and not point:
            job.join(dice.uniform(0.5, 4))
            if job.is_alive():
                job.kill()
                fell["at any instant"] += 1
        job.join(300)
        if job.exitcode == KILL_STATUS:
            fell[point.partition(":")[0]] += 1
        fell["answer lost"] += job.exitcode == 3
        exchange.later(hours=2)
        if job.exitcode == 0 and not point and not killing:
            return fell
    raise AssertionError(f"not finished after {RUNS} runs: {fell}")


def assert_the_books_agree(exchange: Exchange, worth: dict[str, int]) -> None:
    erp = exchange.erp
    assert dict(erp.postings()) == worth
    assert len(erp.postings()) == len(worth)
    erp.connector.find(next(iter(worth)))
    assert erp.drafts() == 0
    states = Counter(exchange.posting(receipt)["state"] for receipt in worth)
    assert states == {"posted": len(worth)}
    applied = {number: OWED - erp.balance(number) for number in INVOICES}
    on_account = sum(erp.on_account(customer_of(place)) for place in range(len(INVOICES)))
    assert sum(applied.values()) + on_account == sum(worth.values())
    expected: Counter[str] = Counter()
    for receipt in worth:
        for allocation in exchange.posting(receipt)["allocations"]:
            expected[allocation["invoice"]] += allocation["amount"]
    assert applied == {number: expected[number] for number in INVOICES}
    reflected = [name for record in _invoices(exchange) for name in record["reflects"]]
    assert sorted(reflected) == sorted(worth)


def _invoices(exchange: Exchange) -> list[dict[str, object]]:
    page = exchange.erp.connector.read(Kind.INVOICES, None)
    assert page.last
    return [record.body() for record in page.records]


def test_receipts_are_posted_once_while_the_job_is_killed_and_answers_are_lost(exchange: Exchange) -> None:
    dice = Random(8202)
    worth = collect(exchange, 24, dice)
    fell = post_all(exchange, dice, kills=12, lose_every=4)
    print(dict(sorted(fell.items())))
    assert fell["answer lost"] >= 2
    assert fell.total() - fell["answer lost"] >= 4
    assert_the_books_agree(exchange, worth)


@pytest.mark.slow
def test_three_hundred_receipts_are_posted_once_through_sixty_kills(exchange: Exchange) -> None:
    """How many kills fell where is printed."""
    dice = Random(20261125)
    worth = collect(exchange, 300, dice)
    fell = post_all(exchange, dice, kills=90, lose_every=10)
    print(dict(sorted(fell.items())))
    assert sum(count for point, count in fell.items() if point != "answer lost") >= 60
    assert fell["answer lost"] >= 20
    assert set(KILL_POINTS) - set(fell) == set(), "every point was reached"
    assert_the_books_agree(exchange, worth)


def test_a_job_restarted_while_tryton_still_works_on_a_posting(exchange: Exchange) -> None:
    """The first job dies while Tryton waits for the lock of its database; the next one looks too early."""
    worth = collect(exchange, 2, Random(1))
    with exchange.erp.busy_with("receipt:R0001:00000001"):
        first, second = work(exchange), work(exchange)
        first.join(3)
        first.kill()
    second.join(300)
    first.join()
    exchange.later(hours=2)
    exchange.send_out()
    assert_the_books_agree(exchange, worth)

"""A thousand collectors with five hundred customers each: what one event costs, whatever their number, how
fast facts arrive, and how long catching up takes.

The customers are loaded in bulk, as reconcile would have left them; a sample is then compared in full. Costs
are counted at the client, as requests and as documents in their answers and bodies.
Loading takes most of the time, about two seconds of processor for each collector; `python -m bench.reconcile
10 100 --customers 50` measures with fewer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backend.companies import CompanyProfile, create_company
from backend.config import Settings
from backend.couch.client import connect
from backend.reconcile.audit import audit
from backend.reconcile.holdings import Holding
from backend.reconcile.reconciler import Reconciler
from backend.reconcile.sharding import Shard
from backend.reconcile.state import Checkpoints
from bench.figures import Figure, table
from receivables.identifiers import collector_database
from tests.support.builders import an_invoice
from tests.support.reconciling import Company, a_server
from tests.support.stack import Stack

STEPS = (10, 100, 1000)
CUSTOMERS = 500
REPEATED = 10
"""Events of a kind that are timed, each with another collector, of whom the process has met one before."""

DELAYED = 300
DELAYED_PER_SECOND = 5.0
SUSTAINED = 3000
OUTAGE_FACTS_PER_COLLECTOR = 6
"""An hour of a busy collector: three visits, each begun, and three receipts, all written at once."""

LISTS = ("_changes", "_all_docs", "_bulk_get")
QUIET_SECONDS = 120.0


class Field:
    """A company that grows from step to step."""

    def __init__(self, house: Stack, customers: int) -> None:
        settings = Settings.from_environment(house.env)
        self.couch = connect(settings)
        self.company = Company(settings, self.couch, "banco")
        create_company(self.couch, CompanyProfile(code=self.company.code, name="Banco de pruebas"))
        self.collectors: list[str] = []
        self.customers = customers
        self.loading_seconds = 0.0
        self._counters: Counter[str] = Counter()

    def grow(self, to: int) -> Reconciler:
        began = time.monotonic()
        fresh = [f"k{number:04d}" for number in range(len(self.collectors), to)]
        self.company.hire(*fresh)
        Reconciler(self.couch, self.company.code).sweep(now())
        for collector in fresh:
            self._load(collector)
        self.collectors += fresh
        moved = self.couch.database_info(self.company.code) or {}
        Checkpoints(self.couch, self.company.code, Shard()).save_feed(str(moved["update_seq"]))
        reconciler = Reconciler(self.couch, self.company.code)
        reconciler.sweep(now())
        self.loading_seconds += time.monotonic() - began
        self._prove(random.Random(to).sample(self.collectors, 2))
        return reconciler

    def _load(self, collector: str) -> None:
        papers, rest = [], []
        for number in range(self.customers):
            code = customer_of(collector, number)
            named = {"code": code, "name": f"Cliente {code}", "currency": "USD"}
            papers += [
                {"_id": f"customer:{code}", "schema": 1, **named},
                an_invoice(f"F-{code}", customer=code),
            ]
            rest += [
                {"_id": f"assignment:{code}", "schema": 1, "customer": code, "collector": collector},
                Holding(customer=code, rev=None, complete={}).to_json({collector: True}, None),
            ]
        revs = {row["id"]: row["rev"] for row in self.couch.bulk(self.company.code, [*papers, *rest])}
        self.couch.bulk(
            collector_database(self.company.code, collector),
            [paper | {"source_rev": revs[paper["_id"]]} for paper in papers],
        )

    def _prove(self, collectors: Sequence[str]) -> None:
        drifts = audit(self.couch, self.company.code, now(), collectors=collectors)
        assert not drifts, f"loaded otherwise than reconcile does: {drifts[0]}"

    def receipt(self, collector: str) -> dict[str, Any]:
        self._counters[collector] += 1
        counter = self._counters[collector]
        customer = customer_of(collector, counter % self.customers)
        return self.company.receipt(collector, counter, customer=customer, allocations={f"F-{customer}": 1})


def now() -> datetime:
    return datetime.now(UTC)


def customer_of(collector: str, number: int) -> str:
    return f"{collector}n{number:03d}"


class Counted:
    """Requests, and documents or rows in their answers and bodies, while `counting`."""

    def __init__(self) -> None:
        self.requests = self.read = self.written = 0

    def note(self, response: Any, **_: Any) -> None:
        self.requests += 1
        request = response.request
        last = request.path_url.partition("?")[0].rpartition("/")[2]
        if last == "_bulk_docs":
            packed = request.headers.get("Content-Encoding") == "gzip"
            body = gzip.decompress(request.body) if packed else request.body
            self.written += len(json.loads(body)["docs"])
        elif request.method == "PUT":
            self.written += 1
        elif last in LISTS or "/_view/" in request.path_url:
            answer = response.json()
            self.read += len(answer.get("results", answer.get("rows", ())))
        else:
            self.read += 1

    def as_tuple(self) -> tuple[int, int, int]:
        return self.requests, self.read, self.written


@contextmanager
def counting(field: Field) -> Iterator[Counted]:
    counted = Counted()
    hooks = field.couch.service.get_http_client().hooks["response"]
    hooks.append(counted.note)
    try:
        yield counted
    finally:
        hooks.remove(counted.note)


def _cost(
    field: Field, reconciler: Reconciler, event: Callable[[str], None], *, moves: bool
) -> tuple[tuple[int, int, int], float]:
    """Of one event, in the middle of several: what was counted, and milliseconds."""
    costs: list[tuple[int, int, int]] = []
    milliseconds = []
    for collector in _chosen(field):
        event(collector)
        with counting(field) as counted:
            began = time.perf_counter()
            reconciler.follow([collector] if moves else [], now())
            milliseconds.append((time.perf_counter() - began) * 1000)
        costs.append(counted.as_tuple())
    return statistics.median_low(costs), statistics.median(milliseconds)


def _chosen(field: Field) -> list[str]:
    return random.Random(1).sample(field.collectors, min(REPEATED, len(field.collectors)))


def _events(field: Field, reconciler: Reconciler) -> Iterator[tuple[str, tuple[int, int, int], float]]:
    def bill(collector: str) -> None:
        customer = customer_of(collector, random.randrange(field.customers))
        field.company.bill(customer, f"F-{customer}", balance=random.randrange(1, 9999))

    def pay(collector: str) -> None:
        field.company.push(collector, field.receipt(collector))

    for name, event, moves in (("a changed invoice", bill, False), ("a new receipt", pay, True)):
        for collector in _chosen(field):
            event(collector)
        reconciler.follow(_chosen(field), now())
        cost, milliseconds = _cost(field, reconciler, event, moves=moves)
        yield name, cost, milliseconds


class Supervisor:
    """Sees receipts in the central database the moment they arrive, by its feed."""

    def __init__(self, field: Field) -> None:
        self.seen: dict[str, float] = {}
        self._field = field
        info = field.couch.database_info(field.company.code) or {}
        self._since = str(info["update_seq"])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        with connect(self._field.company.settings) as couch:
            while not self._over.is_set():
                page = couch.changes(
                    self._field.company.code, since=self._since, limit=1000, wait_seconds=1.0
                )
                instant = time.perf_counter()
                self._since = page.last_seq
                for row in page.results:
                    self.seen.setdefault(row["id"], instant)

    def wait_for(self, ids: Sequence[str]) -> None:
        end = time.monotonic() + QUIET_SECONDS
        while any(one not in self.seen for one in ids):
            if time.monotonic() > end:
                raise AssertionError("a receipt did not arrive")
            time.sleep(0.02)

    def close(self) -> None:
        self._over.set()
        self._thread.join()


def _delays(house: Stack, field: Field) -> list[float]:
    """Milliseconds from a phone's push to the supervisor's feed, with the process running as it does."""
    field.couch.create_database("_global_changes")
    house.spawn("reconcile", ["-m", "backend", "reconcile", "--company", field.company.code])
    supervisor = Supervisor(field)
    pushed: dict[str, float] = {}
    chance = random.Random(2)
    try:
        first = field.receipt(field.collectors[0])
        field.company.push(field.collectors[0], first)
        supervisor.wait_for([first["_id"]])
        for _ in range(DELAYED):
            collector = chance.choice(field.collectors)
            receipt = field.receipt(collector)
            pushed[receipt["_id"]] = time.perf_counter()
            field.company.push(collector, receipt)
            time.sleep(chance.expovariate(DELAYED_PER_SECOND))
        supervisor.wait_for(list(pushed))
    finally:
        supervisor.close()
        house.stop("reconcile")
    return [(supervisor.seen[one] - instant) * 1000 for one, instant in pushed.items()]


def _burst(field: Field, facts: int) -> float:
    """Seconds until so many facts, spread evenly, are at the centre and their collectors told of it."""
    each = max(1, facts // len(field.collectors))
    writing = field.collectors[: max(1, facts // each)]

    def write(collector: str) -> None:
        field.company.push(collector, *(field.receipt(collector) for _ in range(each)))

    for collector in writing:
        write(collector)
    before = len(field.company.facts())
    reconciler = Reconciler(field.couch, field.company.code)
    began = time.monotonic()
    report = reconciler.sweep(now())
    seconds = time.monotonic() - began
    assert report.facts_copied == each * len(writing) == len(field.company.facts()) - before
    return seconds


def figures(steps: Sequence[int] = STEPS, customers: int = CUSTOMERS) -> Iterator[Figure]:
    shared_memory = Path("/dev/shm")
    with (
        TemporaryDirectory(dir=shared_memory if shared_memory.is_dir() else None) as folder,
        a_server(Path(folder)) as house,
    ):
        field = Field(house, customers)
        costs: dict[str, dict[int, tuple[int, int, int]]] = {}
        times: dict[str, dict[int, float]] = {}
        for step in steps:
            reconciler = field.grow(step)
            print(f"{step} collectors loaded after {field.loading_seconds:.0f} s", flush=True)
            for name, cost, milliseconds in _events(field, reconciler):
                costs.setdefault(name, {})[step] = cost
                times.setdefault(name, {})[step] = milliseconds
                print(f"{step} collectors: {name} costs {cost}, {milliseconds:.0f} ms", flush=True)
        yield from _costs(costs, times)
        delays = statistics.quantiles(_delays(house, field), n=100)
        yield Figure(name="phone to supervisor, p50", value=delays[49], unit="ms", beside={"p99": delays[98]})
        Reconciler(field.couch, field.company.code).sweep(now())
        seconds = _burst(field, SUSTAINED)
        yield Figure(name="facts taken up, sustained", value=SUSTAINED / seconds, unit="/s")
        facts = OUTAGE_FACTS_PER_COLLECTOR * len(field.collectors)
        seconds = _burst(field, facts)
        yield Figure(
            name="caught up after an hour's outage", value=seconds, unit="s", beside={"facts": facts}
        )
        field.couch.close()


def _costs(
    costs: dict[str, dict[int, tuple[int, int, int]]], times: dict[str, dict[int, float]]
) -> Iterator[Figure]:
    for name, by_step in costs.items():
        first = next(iter(by_step.values()))
        for place, what in enumerate(("requests", "documents read", "documents written")):
            values = {f"{step} collectors": float(cost[place]) for step, cost in by_step.items()}
            yield Figure(
                name=f"{name}: {what}",
                value=values.popitem()[1],
                unit="",
                beside=values,
                target="the same",
                met=all(cost[place] == first[place] for cost in by_step.values()),
            )
        timed = {f"{step} collectors": milliseconds for step, milliseconds in times[name].items()}
        yield Figure(name=f"{name}: time", value=timed.popitem()[1], unit="ms", beside=timed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    parser.add_argument("steps", nargs="*", type=int, help="numbers of collectors, growing")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="of each collector")
    given = parser.parse_args()
    print(table(list(figures(tuple(given.steps) or STEPS, given.customers))))

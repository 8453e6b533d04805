"""The ERP job on PostgreSQL: a first import of 200,000 invoices, the same unchanged, and receipts out.

Beside it the bare query of the same rows through the same driver, and the bare procedure of the ERP.
`BENCH_ERP_INVOICES` and `BENCH_ERP_RECEIPTS` change the sizes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.companies import DDOC
from backend.couch.client import connect
from backend.couch.errors import Unreachable
from backend.erp.port import Kind
from backend.erp.registry import open_connector
from backend.services.erp_import import import_kind, reread, run_import
from backend.services.erp_posting import run_postings
from bench.figures import Figure, Lacking
from tests.support.builders import a_receipt
from tests.support.erp_exchange import Exchange, an_exchange
from tests.support.erps import outgoing
from tests.support.reconciling import a_server
from tests.support.server_erps import PostgresErp

INVOICES = int(os.environ.get("BENCH_ERP_INVOICES", "200000"))
RECEIPTS = int(os.environ.get("BENCH_ERP_RECEIPTS", "1000"))
CUSTOMERS = 2_000

STOCK = (
    "INSERT INTO clientes (codigo, razon_social, identificacion, sucursal, telefonos, direccion, sector,"
    " ciudad, plazo_dias, modificado)"
    " SELECT 'C' || lpad(n::text, 6, '0'), 'Cliente ' || n, '17' || n, 'Matriz', '', 'Av. Quito', 'Centro',"
    " 'Quito', 30, '2026-11-20T12:00:00Z'"
    " FROM generate_series(1, :customers) n",
    "INSERT INTO facturas (numero, cliente, emision, vencimiento, total, saldo, modificado)"
    " SELECT 'F' || lpad(n::text, 8, '0'), 'C' || lpad((n % :customers + 1)::text, 6, '0'), '2026-09-01',"
    " '2026-10-01', 100, 100, '2026-01-01T12:00:00Z'::timestamptz + n * interval '1 minute'"
    " FROM generate_series(1, :invoices) n",
)


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory(prefix="recaudo-bench-") as name, a_server(Path(name)) as house:
        try:
            with an_exchange(house, Path(name), lambda folder: PostgresErp(folder, page_size=1000)) as made:
                yield from _measured(made)
        except pytest.skip.Exception as reason:
            raise Lacking(str(reason)) from reason


def _measured(exchange: Exchange) -> Iterable[Figure]:
    for statement in STOCK:
        sizes = {"customers": CUSTOMERS, "invoices": INVOICES}
        exchange.erp.do(statement, **{key: size for key, size in sizes.items() if f":{key}" in statement})
    began = time.perf_counter()
    exchange.erp.ask("SELECT * FROM facturas ORDER BY modificado, numero")
    bare = INVOICES / (time.perf_counter() - began)
    first, memory = _apart(exchange, _import_everything)
    yield _rate("ERP in, first run", INVOICES / first, {"bare SELECT": bare})
    yield Figure(name="ERP in, first run, peak memory", value=memory, unit="MB")
    again, memory = _apart(exchange, _read_again)
    yield _rate("ERP in, all of it unchanged", INVOICES / again, {"bare SELECT": bare})
    yield Figure(name="ERP in, all of it unchanged, peak memory", value=memory, unit="MB")
    nothing, _ = _apart(exchange, _import_everything)
    yield Figure(name="ERP in, a run that finds nothing new", value=1000 * nothing, unit="ms")

    yield Figure(name="views of the central database, built after it", value=_index(exchange), unit="s")

    began = time.perf_counter()
    for counter in range(RECEIPTS // 10):
        number = f"F{counter + 1:08d}"
        customer = f"C{(counter + 1) % CUSTOMERS + 1:06d}"
        exchange.erp.connector.post_receipt(outgoing(90_000_000 + counter, customer, {number: 1}))
    procedure = RECEIPTS // 10 / (time.perf_counter() - began)
    receipts = [
        a_receipt(
            counter, allocations={f"F{counter:08d}": 50}, company=exchange.code,
            customer=f"C{counter % CUSTOMERS + 1:06d}",
        )
        for counter in range(1, RECEIPTS + 1)
    ]  # fmt: skip
    exchange.couch.bulk(exchange.code, receipts)
    out, memory = _apart(exchange, _post)
    yield _rate("ERP out, receipts", RECEIPTS / out, {"connector alone": procedure})
    yield Figure(name="ERP out, peak memory", value=memory, unit="MB")


def _index(exchange: Exchange) -> float:
    """Seconds until the first view answers: longer than one request waits, so it is asked again."""
    began = time.perf_counter()
    while True:
        try:
            exchange.couch.view(exchange.code, DDOC, "postings_by_state", group_level=1)
        except Unreachable:
            continue
        return time.perf_counter() - began


def _rate(name: str, value: float, beside: dict[str, float]) -> Figure:
    return Figure(name=name, value=value, unit="/s", beside=beside)


def _import_everything(exchange: Exchange, couch: Any, connector: Any) -> None:
    run_import(couch, exchange.code, connector, now=datetime.now(UTC))


def _read_again(exchange: Exchange, couch: Any, connector: Any) -> None:
    report = reread(couch, exchange.code, connector, Kind.INVOICES, now=datetime.now(UTC))
    assert (report.read, report.written) == (INVOICES, 0)
    import_kind(couch, exchange.code, connector, Kind.CUSTOMERS, now=datetime.now(UTC))


def _post(exchange: Exchange, couch: Any, connector: Any) -> None:
    report = run_postings(couch, exchange.code, connector, clock=lambda: datetime.now(UTC))
    assert report.posted == RECEIPTS


def _apart(exchange: Exchange, work: Callable[[Exchange, Any, Any], None]) -> tuple[float, float]:
    """Seconds and peak MB of some work in a process of its own."""
    processes = multiprocessing.get_context("fork")
    answer = processes.SimpleQueue()
    process = processes.Process(target=_measure, args=(exchange, work, answer))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise Lacking("the ERP job failed")
    seconds, kilobytes = answer.get()
    return seconds, kilobytes / 1024


def _measure(exchange: Exchange, work: Callable[[Exchange, Any, Any], None], answer: Any) -> None:
    connector = open_connector(exchange.erp.config, "andina", environment={})
    began = time.perf_counter()
    with connect(exchange.company.settings) as couch:
        work(exchange, couch, connector)
    answer.put((time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    connector.close()
    os._exit(0)

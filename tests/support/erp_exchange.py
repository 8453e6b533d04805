"""A company and its real ERP: receipts arrive at the centre, and the job carries them over."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from backend.couch.client import connect
from backend.erp.outgoing import OutgoingReceipt, OutgoingReversal
from backend.erp.port import Answer, Connector, ErpUnavailable
from backend.erp.registry import open_connector
from backend.services.corrections import bounce_cheque, send_again
from backend.services.erp_import import ImportReport, run_import
from backend.services.erp_posting import PostingReport, run_postings
from receivables.identifiers import posting_id, reversal_id
from tests.support.builders import a_receipt
from tests.support.reconciling import Company, a_company
from tests.support.sql_erps import SqliteErp
from tests.support.stack import Stack

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)

Json = dict[str, Any]


class Exchange:
    """The centre of one company and the ERP beside it. `later` moves the clock."""

    def __init__(self, company: Company, erp: Any) -> None:
        self.company = company
        self.couch = company.couch
        self.code = company.code
        self.erp = erp
        self.now = NOW

    def clock(self) -> datetime:
        return self.now

    def later(self, **units: float) -> None:
        self.now += timedelta(**units)

    def bring_in(self) -> list[ImportReport]:
        return run_import(self.couch, self.code, self.erp.connector, now=self.now)

    def send_out(self, connector: Connector | None = None) -> PostingReport:
        return run_postings(self.couch, self.code, connector or self.erp.connector, clock=self.clock)

    def send_out_elsewhere(self, kill_at: str = "", *, loses: int = 0) -> ForkProcess:
        """The same in a process of its own, which ends itself at a kill point where one is named.

        With `loses` every so many answers of the ERP are lost, and it goes on until everything is through.
        """
        process = multiprocessing.get_context("fork").Process(target=_send_out, args=(self, kill_at, loses))
        process.start()
        return process

    def bring_in_elsewhere(self, kill_at: str = "") -> ForkProcess:
        process = multiprocessing.get_context("fork").Process(target=_bring_in, args=(self, kill_at))
        process.start()
        return process

    def collect(self, counter: int, allocations: dict[str, int], **fields: Any) -> str:
        """A receipt reaches the central database; returns its id."""
        receipt = a_receipt(counter, allocations=allocations, company=self.code, **fields)
        self.company.put(receipt)
        return str(receipt["_id"])

    def void(self, receipt_id: str, *, collector: str = "ana") -> str:
        """The collector's void reaches the central database."""
        return self._fact("receipt_void", {"receipt": receipt_id, "reason": "wrong_amount"}, collector)

    def bounce(self, receipt_id: str, payment: int) -> None:
        """The office records that the bank did not pay a cheque."""
        number = receipt_id.removeprefix("receipt:").replace(":", "-")
        assert bounce_cheque(
            self.couch, self.code, number, payment=payment, reason="sin fondos", by="sofia@andina.example",
            now=self.now, zone=UTC,
        )  # fmt: skip

    def send_again(self, receipt_id: str) -> None:
        number = receipt_id.removeprefix("receipt:").replace(":", "-")
        assert send_again(self.couch, self.code, number, by="sofia@andina.example", now=self.now)

    def reversal(self, receipt_id: str, name: str = "void") -> Json:
        return self.company.central(reversal_id(receipt_id, name))

    def _fact(self, kind: str, body: Json, collector: str) -> str:
        fact = self.company.fact(kind, collector, **body)
        self.company.put(fact)
        return str(fact["_id"])

    def posting(self, receipt_id: str) -> Json:
        return self.company.central(posting_id(receipt_id))

    def invoice(self, number: str) -> Json:
        return self.company.central(f"invoice:{number}")

    def revision(self) -> int:
        """How often the central database was written: the number before the dash of its sequence."""
        info = self.couch.database_info(self.code)
        assert info is not None
        return int(str(info["update_seq"]).partition("-")[0])


class LosesAnswers:
    """A real connector on a bad line: it carries out every posting, and every `nth` answer never arrives.

    `asked` counts them, for several processes on one line.
    """

    def __init__(self, inner: Connector, nth: int = 1, asked: Synchronized[int] | None = None) -> None:
        self._inner = inner
        self._nth = nth
        self.lost = 0
        self._asked = asked or multiprocessing.Value("i", 0)

    def post_receipt(self, receipt: OutgoingReceipt) -> Answer:
        return self._lose(self._inner.post_receipt(receipt))

    def post_reversal(self, reversal: OutgoingReversal) -> Answer:
        return self._lose(self._inner.post_reversal(reversal))

    def _lose(self, answer: Answer) -> Answer:
        with self._asked.get_lock():
            self._asked.value += 1
            last = self._asked.value % self._nth == 0
        if last:
            self.lost += 1
            raise ErpUnavailable("the line went dead")
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextmanager
def an_exchange(house: Stack, folder: Path, make: Callable[[Path], Any] = SqliteErp) -> Iterator[Exchange]:
    """`make` an ERP with the hands of `ErpUnderTest`, and some more where a test asks for them."""
    erp = make(folder)
    with a_company(house) as company:
        try:
            yield Exchange(company, erp)
        finally:
            erp.close()


def _send_out(exchange: Exchange, kill_at: str, loses: int) -> None:
    os.environ["RECAUDO_KILL_AT"] = kill_at
    connector: Any = open_connector(exchange.erp.config, "andina", environment={})
    connector = LosesAnswers(connector, nth=loses) if loses else connector
    with connect(exchange.company.settings) as couch:
        while True:
            try:
                run_postings(couch, exchange.code, connector, clock=exchange.clock)
            except ErpUnavailable:
                if not loses:
                    raise
                exchange.later(hours=2)
            else:
                break
    os._exit(0)


def _bring_in(exchange: Exchange, kill_at: str) -> None:
    os.environ["RECAUDO_KILL_AT"] = kill_at
    connector = open_connector(exchange.erp.config, "andina", environment={})
    with connect(exchange.company.settings) as couch:
        run_import(couch, exchange.code, connector, now=exchange.now)
    os._exit(0)

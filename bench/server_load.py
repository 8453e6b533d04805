"""Two hundred phones on one embedded server: each follows its own database and pushes one receipt a second.

The phones live in a process of their own, so that the server's processor time can be told apart. Everything
that was acknowledged is counted again at the end, from the databases.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.figures import Figure
from tests.support.couch import start_couch

PHONES = 200
SECONDS = 60


class Phone:
    """Pushes a receipt each second and reads its own change back from a longpoll."""

    def __init__(self, number: int, netloc: str, authorization: str) -> None:
        self.database = f"/andina-c-p{number:03}"
        self._netloc, self._headers = (
            netloc,
            {"Authorization": authorization, "Content-Type": "application/json"},
        )
        self.milliseconds: list[float] = []
        self.acknowledged = 0
        self.failed = 0
        self.noticed = 0
        self._over = threading.Event()

    def push(self, start_at: float) -> None:
        connection = HTTPConnection(self._netloc, timeout=60)
        time.sleep(max(start_at - time.monotonic(), 0))
        for second in range(SECONDS):
            body = json.dumps(
                {"docs": [{"_id": f"receipt:R:{second:08}", "total": second, "text": "x" * 600}]}
            )
            began = time.perf_counter()
            try:
                connection.request("POST", f"{self.database}/_bulk_docs", body, self._headers)
                answer = connection.getresponse()
                answer.read()
                self.acknowledged += answer.status == 201
                self.failed += answer.status != 201
            except (OSError, HTTPException):
                self.failed += 1
                connection.close()
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            time.sleep(max(start_at + second + 1 - time.monotonic(), 0))
        connection.close()
        self._over.set()

    def follow(self) -> None:
        connection = HTTPConnection(self._netloc, timeout=90)
        since = "0"
        while not self._over.is_set():
            path = f"{self.database}/_changes?feed=longpoll&heartbeat=20000&since={since}"
            try:
                connection.request("GET", path, headers=self._headers)
                told = json.loads(connection.getresponse().read())
            except (OSError, ValueError, HTTPException):
                connection.close()
                continue
            self.noticed += len(told["results"])
            since = told["last_seq"]
        connection.close()


def _phones(netloc: str, authorization: str, report: Connection) -> None:
    """The clients' process."""
    phones = [Phone(number, netloc, authorization) for number in range(PHONES)]
    for phone in phones:
        threading.Thread(target=phone.follow, daemon=True).start()
    start_at = time.monotonic() + 2
    pushers = [
        threading.Thread(target=phone.push, args=(start_at + number / PHONES,))
        for number, phone in enumerate(phones)
    ]
    for pusher in pushers:
        pusher.start()
    for pusher in pushers:
        pusher.join()
    report.send(
        {
            "milliseconds": [one for phone in phones for one in phone.milliseconds],
            "acknowledged": sum(phone.acknowledged for phone in phones),
            "failed": sum(phone.failed for phone in phones),
            "noticed": sum(phone.noticed for phone in phones),
            "cpu": time.process_time(),
        }
    )


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def figures() -> Iterator[Figure]:
    with TemporaryDirectory() as folder, start_couch(Path(folder) / "couch") as couch:
        netloc = urlsplit(couch.url).netloc
        authorization = "Basic " + base64.b64encode(f"{couch.user}:{couch.password}".encode()).decode()
        headers = {"Authorization": authorization}
        connection = HTTPConnection(netloc, timeout=60)
        for number in range(PHONES):
            connection.request("PUT", f"/andina-c-p{number:03}?q=1", headers=headers)
            connection.getresponse().read()
        mine, theirs = multiprocessing.Pipe()
        before = _cpu_seconds(couch.pid)
        clients = multiprocessing.get_context("spawn").Process(
            target=_phones, args=(netloc, authorization, theirs)
        )
        clients.start()
        told = mine.recv()
        clients.join()
        cpu = _cpu_seconds(couch.pid) - before
        stored = 0
        for number in range(PHONES):
            connection.request("GET", f"/andina-c-p{number:03}", headers=headers)
            stored += json.loads(connection.getresponse().read())["doc_count"]
        connection.close()
        peak = _peak_megabytes(couch.pid)
    lost = told["acknowledged"] - stored
    p99 = statistics.quantiles(told["milliseconds"], n=100)[98]
    minutes = SECONDS / 60
    yield Figure(
        name=f"{PHONES} phones, one receipt a second each, {SECONDS} s: acknowledged",
        value=told["acknowledged"],
        unit="receipts",
        beside={"lost": lost, "failed": told["failed"], "noticed by longpoll": told["noticed"]},
        target="none lost",
        met=lost == 0,
    )
    yield Figure(
        name="… a push, p99",
        value=p99,
        unit="ms",
        beside={"p50": statistics.median(told["milliseconds"])},
    )
    yield Figure(
        name="… processor of the server",
        value=cpu / minutes,
        unit="s/min",
        beside={"of the phones": told["cpu"] / minutes},
    )
    yield Figure(name="… peak memory of the server", value=peak, unit="MB")

"""A run that knows when there is more to do is run again then, besides its own hours."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.date import DateTrigger

from backend.couch.client import Couch
from receivables.documents import rfc3339
from schedulers.jobs import AGAIN_AT, Job, Outcome, utc_now
from schedulers.process import SchedulerProcess
from schedulers.settings import SchedulerSettings


@pytest.fixture
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_a_run_that_asks_to_be_run_again_is(tmp_path: Path) -> None:
    runs: list[str] = []

    def run(_settings: SchedulerSettings, _couch: Couch, company: str) -> Outcome:
        runs.append(company)
        if len(runs) > 1:
            os.kill(os.getpid(), signal.SIGTERM)
            return {}
        return {AGAIN_AT: rfc3339(utc_now() + timedelta(seconds=1))}

    job = Job(
        id="mail",
        what="mails that had to wait",
        run=run,
        companies=lambda _settings, _couch: ["andina"],
        trigger=lambda _settings, _couch, _company: DateTrigger(utc_now() + timedelta(seconds=0.2)),
        grace_seconds=3600,
    )
    environment = {"COUCHDB_USER": "admin", "COUCHDB_PASSWORD": "x", "RECAUDO_DATA": str(tmp_path)}
    SchedulerProcess(SchedulerSettings.from_environment(environment), [job]).run()
    assert runs == ["andina", "andina"]

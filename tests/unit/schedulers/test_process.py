"""Runs beside each other: again at the instant that one asks for, and alive while all of them are busy."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.date import DateTrigger

from backend.couch.client import Couch
from receivables.documents import rfc3339
from schedulers.jobs import AGAIN_AT, Job, Outcome, utc_now
from schedulers.process import THREADS, SchedulerProcess
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

    SchedulerProcess(settings_in(tmp_path), [a_job(run, ["andina"])]).run()
    assert runs == ["andina", "andina"]


@pytest.mark.usefixtures("signals")
def test_the_process_is_alive_while_every_company_keeps_it_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that took it for dead would end the very runs that it was waiting for."""
    monkeypatch.setattr("schedulers.process.BEAT_SECONDS", 1)
    settings = settings_in(tmp_path)
    busy, beats = threading.Semaphore(0), threading.Event()

    def run(_settings: SchedulerSettings, _couch: Couch, _company: str) -> Outcome:
        busy.release()
        beats.wait(60)
        return {}

    seen: set[int] = set()

    def watch() -> None:
        for _ in range(THREADS):
            busy.acquire()
        first = settings.heartbeat.stat().st_mtime_ns if settings.heartbeat.exists() else 0
        for _ in range(100):
            if beats.wait(0.1):
                break
            if settings.heartbeat.exists() and (now := settings.heartbeat.stat().st_mtime_ns) != first:
                seen.add(now)
        beats.set()
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=watch)
    watcher.start()
    SchedulerProcess(settings, [a_job(run, [f"c{number:02d}" for number in range(2 * THREADS)])]).run()
    watcher.join()
    assert len(seen) > 2


@pytest.mark.usefixtures("signals")
def test_a_company_whose_hours_cannot_be_told_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    runs: list[str] = []

    def run(_settings: SchedulerSettings, _couch: Couch, company: str) -> Outcome:
        runs.append(company)
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    def hours(_settings: SchedulerSettings, _couch: Couch, company: str) -> DateTrigger:
        if company == "andina":
            raise KeyError("timezone")
        return DateTrigger(utc_now() + timedelta(seconds=0.2))

    job = replace(a_job(run, ["andina", "bahia"]), trigger=hours)
    watch = threading.Timer(20, lambda: os.kill(os.getpid(), signal.SIGTERM))
    watch.start()
    SchedulerProcess(settings_in(tmp_path), [job]).run()
    watch.cancel()
    assert runs == ["bahia"]


def settings_in(folder: Path) -> SchedulerSettings:
    environment = {"COUCHDB_USER": "admin", "COUCHDB_PASSWORD": "x", "RECAUDO_DATA": str(folder)}
    return SchedulerSettings.from_environment(environment)


def a_job(run: Callable[[SchedulerSettings, Couch, str], Outcome], companies: list[str]) -> Job:
    return Job(
        id="mail",
        what="mails that had to wait",
        run=run,
        companies=lambda _settings, _couch: companies,
        trigger=lambda _settings, _couch, _company: DateTrigger(utc_now() + timedelta(seconds=0.2)),
        grace_seconds=3600,
    )

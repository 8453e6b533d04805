"""Runs the table of jobs: every job once for each company, side by side, until SIGTERM.

Each company's job is one of APScheduler's, so that a company whose ERP hangs or fails keeps nobody else
waiting. Companies are looked up again and again, because they come and go while the process lives.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from backend.config import SettingError
from backend.couch.client import Couch, connect
from backend.couch.errors import CouchError
from backend.erp.port import ErpError
from receivables.documents import parse_instant
from schedulers.heartbeat import BEAT_SECONDS, Heartbeat
from schedulers.jobs import AGAIN_AT, JOBS, Job, Outcome, utc_now
from schedulers.settings import SchedulerSettings

log = logging.getLogger("recaudo.scheduler")

# A new company waits this long for its first run; a minute is nothing beside what setting one up takes.
COMPANIES_SECONDS = 30
# ERPs answer slowly and databases answer fast: threads mostly wait.
THREADS = 10
# Its own beat and the look for companies wait behind nobody: a process whose threads are busy is not dead.
OWN, OWN_THREADS = "own", 2

# What an operator can act on without a stack trace.
EXPECTED = (ErpError, CouchError, SettingError)


def run_once(settings: SchedulerSettings, job: Job) -> bool:
    """Run one job now for each of its companies; False when it failed for any."""
    with connect(settings.backend) as couch:
        companies = job.companies(settings, couch)
    if not companies:
        log.warning("%s has no company to run for", job.id)
    heartbeat = Heartbeat(settings.heartbeat)
    outcomes = [run_job(settings, job, company, heartbeat) for company in companies]
    return None not in outcomes


def run_job(settings: SchedulerSettings, job: Job, company: str, heartbeat: Heartbeat) -> Outcome | None:
    """One run of one job for one company, and what it did.

    What goes wrong ends here, in the log and the heartbeat, with None.
    """
    began = time.monotonic()
    name = f"{job.id}:{company}"
    about: dict[str, Any] = {"job": job.id, "company": company}
    try:
        with connect(settings.backend) as couch:
            outcome = job.run(settings, couch, company)
    except Exception as error:
        expected = isinstance(error, EXPECTED)
        log.error("%s failed: %s", name, error, exc_info=None if expected else error, extra=about)  # noqa: TRY400
        heartbeat.note(name, now=utc_now(), outcome=None, error=str(error))
        return None
    about |= {"outcome": dict(outcome), "seconds": round(time.monotonic() - began, 3)}
    log.log(logging.INFO if any(outcome.values()) else logging.DEBUG, "%s ran", name, extra=about)
    heartbeat.note(name, now=utc_now(), outcome=outcome, error=None)
    return outcome


class SchedulerProcess:
    def __init__(self, settings: SchedulerSettings, jobs: Sequence[Job] = JOBS) -> None:
        self._settings = settings
        self._jobs = jobs
        self._heartbeat = Heartbeat(settings.heartbeat)
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS), OWN: ThreadPoolExecutor(OWN_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1},
            timezone="UTC",
        )

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then let running jobs finish."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self._every(COMPANIES_SECONDS, "companies", self._follow_companies)
        self._every(BEAT_SECONDS, "heartbeat", lambda: self._heartbeat.beat(now=utc_now()))
        self._scheduler.start()
        log.info("scheduler started", extra={"outcome": {"jobs": [job.id for job in self._jobs]}})
        self._stop.wait()
        log.info("scheduler stopping")
        self._scheduler.shutdown(wait=True)
        self._heartbeat.stop()

    def _every(self, seconds: int, name: str, run: Callable[[], None]) -> None:
        self._scheduler.add_job(
            run,
            "interval",
            seconds=seconds,
            id=name,
            executor=OWN,
            next_run_time=utc_now(),
            misfire_grace_time=None,
        )

    def _run(self, job: Job, company: str) -> None:
        """Run it, and once more at the instant that it asks for by `AGAIN_AT`, besides its own hours."""
        outcome = run_job(self._settings, job, company, self._heartbeat) or {}
        again_at = outcome.get(AGAIN_AT)
        if again_at is not None:
            self._scheduler.add_job(
                self._run,
                "date",
                run_date=parse_instant(again_at),
                args=(job, company),
                id=f"again:{job.id}:{company}",
                replace_existing=True,
                misfire_grace_time=job.grace_seconds,
            )

    def _follow_companies(self) -> None:
        try:
            with connect(self._settings.backend) as couch:
                for job in self._jobs:
                    self._follow(couch, job)
        except CouchError as error:
            log.warning("the companies cannot be read: %s", error)

    def _follow(self, couch: Couch, job: Job) -> None:
        wanted = {f"{job.id}:{company}": company for company in job.companies(self._settings, couch)}
        running = {known.id for known in self._scheduler.get_jobs() if known.id.startswith(f"{job.id}:")}
        for name in running - wanted.keys():
            self._scheduler.remove_job(name)
        for name in sorted(wanted.keys() - running):
            try:
                trigger = job.trigger(self._settings, couch, wanted[name])
            except CouchError:
                raise
            except Exception:
                # A company without a zone, say, waits until somebody gives it one; the others do not.
                log.exception("%s cannot be planned", name)
                continue
            self._scheduler.add_job(
                self._run,
                trigger,
                args=(job, wanted[name]),
                id=name,
                misfire_grace_time=job.grace_seconds,
            )

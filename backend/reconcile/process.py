"""`python -m backend reconcile`: the process that keeps central and collectors' databases true, for all
companies.

Notices wake it, sweeps at intervals make up for lost ones. A company or a collector in trouble does not stop
the others; a database that is away is asked again with growing pauses.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from backend.companies import company_codes
from backend.config import SettingError, Settings
from backend.couch.client import Couch, connect
from backend.couch.errors import CouchError
from backend.logs import log_to_stdout
from backend.reconcile.audit import audit
from backend.reconcile.notices import Notices
from backend.reconcile.reconciler import Reconciler, Report, run_once
from backend.reconcile.sharding import Shard
from backend.reconcile.tuning import BACKOFF_SECONDS, SWEEP_SECONDS
from receivables.identifiers import is_code, parse_collector_database

log = logging.getLogger("recaudo.reconcile")

Clock = Callable[[], datetime]


class Loop:
    """All companies of one server, or only `company`, until `stop` is set."""

    def __init__(
        self,
        couch: Couch,
        *,
        stop: threading.Event,
        clock: Clock,
        shard: Shard,
        sweep_seconds: float,
        company: str | None = None,
    ) -> None:
        self._couch = couch
        self._stop = stop
        self._clock = clock
        self._shard = shard
        self._sweep_seconds = sweep_seconds
        self._company = company
        self._notices = Notices(couch)
        self._reconcilers: dict[str, Reconciler] = {}
        self._no_companies: set[str] = set()
        self._failures = 0

    def run(self) -> None:
        """Return once `stop` is set and what was read is durable."""
        self._notices.start()
        next_sweep = 0.0
        while not self._stop.is_set():
            moved = self._notices.wait(next_sweep - time.monotonic())
            if self._stop.is_set():
                break
            if moved is None or time.monotonic() >= next_sweep or self._mentions_a_new_company(moved):
                done = self._sweep()
                next_sweep = time.monotonic() + self._sweep_seconds
            else:
                done = self._follow(moved)
            self._failures = 0 if done else self._failures + 1
            if not done:
                next_sweep = min(next_sweep, time.monotonic() + self._pause())
        self._notices.stop()
        for reconciler in self._reconcilers.values():
            self._guard(reconciler.company, reconciler.save)

    def wake(self) -> None:
        """Let `run` look at `stop` now."""
        self._notices.stop()

    def _pause(self) -> float:
        seconds = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS)) - 1]
        return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, hides nothing

    def _mentions_a_new_company(self, moved: set[str]) -> bool:
        known = self._reconcilers.keys() | self._no_companies
        return self._company is None and any(is_code(name) and name not in known for name in moved)

    def _sweep(self) -> bool:
        found: list[str] = []
        if not self._guard("*", lambda: found.extend(self._companies())):
            return False
        known = self._reconcilers
        self._reconcilers = {
            code: known.get(code) or Reconciler(self._couch, code, self._shard) for code in found
        }
        return self._all(
            {code: partial(each.sweep, self._clock()) for code, each in self._reconcilers.items()}
        )

    def _companies(self) -> list[str]:
        if self._company is not None:
            return [self._company]
        codes = company_codes(self._couch)
        self._no_companies = set(self._couch.all_dbs()) - set(codes)
        return codes

    def _follow(self, moved: set[str]) -> bool:
        by_company: dict[str, set[str]] = {name: set() for name in moved if name in self._reconcilers}
        for name in moved:
            if (parsed := parse_collector_database(name)) and parsed[0] in self._reconcilers:
                by_company.setdefault(parsed[0], set()).add(parsed[1])
        now = self._clock()
        return self._all(
            {
                code: partial(self._reconcilers[code].follow, collectors, now)
                for code, collectors in sorted(by_company.items())
            }
        )

    def _all(self, works: Mapping[str, Callable[[], Report]]) -> bool:
        """Do every work, whatever becomes of the others; False where one has to be done again."""
        results = [self._tell(company, work) for company, work in works.items()]
        return all(results)

    def _tell(self, company: str, work: Callable[[], Report]) -> bool:
        reports: list[Report] = []
        started = time.monotonic()
        if not self._guard(company, lambda: reports.append(work())):
            # what it remembers may be what is wrong: the next one reads it again
            self._reconcilers.pop(company, None)
            return False
        if reports[0]:
            _log_report(company, reports[0], time.monotonic() - started)
        return not reports[0].failed

    def _guard(self, company: str, work: Callable[[], object]) -> bool:
        """Whatever goes wrong with one company stays with it."""
        try:
            work()
        except CouchError as error:
            log.warning("database failed", extra={"company": company, "error": str(error)})
            return False
        except Exception:
            log.exception("reconcile failed", extra={"company": company})
            return False
        return True


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        settings = Settings.from_environment(os.environ)
        with connect(settings) as couch:
            if options.audit or options.repair:
                return _audit(couch, options)
            if options.once:
                for company in _chosen(couch, options):
                    _log_report(company, run_once(couch, company, _utc_now(), options.shard), seconds=0.0)
                return 0
            _run_until_told(couch, options)
    except (SettingError, CouchError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the operator's answer
        return 1
    return 0


def _run_until_told(couch: Couch, options: argparse.Namespace) -> None:
    stop = threading.Event()
    loop = Loop(
        couch,
        stop=stop,
        clock=_utc_now,
        shard=options.shard,
        sweep_seconds=options.sweep_seconds,
        company=options.company,
    )

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        loop.wake()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    log.info("started", extra={"shard": str(options.shard)})
    loop.run()
    log.info("stopped", extra={"shard": str(options.shard)})


def _audit(couch: Couch, options: argparse.Namespace) -> int:
    """Tell what disagrees; 1 where something does and was not repaired."""
    agreed = True
    for company in _chosen(couch, options):
        for drift in audit(couch, company, _utc_now(), repair=options.repair):
            agreed = False
            log.warning("drift", extra={"company": company, "repaired": options.repair, **asdict(drift)})
    return 0 if agreed or options.repair else 1


def _chosen(couch: Couch, options: argparse.Namespace) -> list[str]:
    return [options.company] if options.company else company_codes(couch)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend reconcile", description="Keep the central and the collectors' databases true."
    )
    parser.add_argument("--audit", action="store_true", help="compare everything, change nothing; 1 on drift")
    parser.add_argument("--repair", action="store_true", help="compare everything and put it right")
    parser.add_argument("--company", help="only this company; otherwise every one there is")
    parser.add_argument("--once", action="store_true", help="do what is pending and end")
    parser.add_argument(
        "--shard", type=Shard.parse, default=Shard(), metavar="I/N", help="the share of collectors"
    )
    parser.add_argument(
        "--sweep-seconds", type=float, default=SWEEP_SECONDS, help="how often all databases are compared"
    )
    return parser


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _log_report(company: str, report: Report, seconds: float) -> None:
    done = {name: value for name, value in asdict(report).items() if value}
    log.info("reconciled", extra={"company": company, **done, "seconds": round(seconds, 3)})

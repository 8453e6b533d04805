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
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from backend.config import SettingError, Settings
from backend.couch.client import Couch, connect
from backend.couch.errors import CouchError
from backend.reconcile.notices import Notices
from backend.reconcile.reconciler import Reconciler, Report, run_once
from backend.reconcile.registry import companies
from backend.reconcile.sharding import Shard
from backend.reconcile.tuning import BACKOFF_SECONDS, POLL_SECONDS, SWEEP_SECONDS
from receivables.identifiers import parse_collector_database

log = logging.getLogger("recaudo.reconcile")

Clock = Callable[[], datetime]


class Loop:
    """All companies of one server, until `stop` is set."""

    def __init__(
        self, couch: Couch, *, stop: threading.Event, clock: Clock, shard: Shard, sweep_seconds: float
    ) -> None:
        self._couch = couch
        self._stop = stop
        self._clock = clock
        self._shard = shard
        self._sweep_seconds = sweep_seconds
        self._notices = Notices(couch)
        self._reconcilers: dict[str, Reconciler] = {}
        self._failures = 0

    def run(self) -> None:
        """Return once `stop` is set and what was read is durable."""
        self._notices.start()
        next_sweep = 0.0
        while not self._stop.is_set():
            if time.monotonic() >= next_sweep:
                moved, next_sweep = None, time.monotonic() + self._sweep_seconds
            else:
                moved = self._notices.wait(min(self._pause(), next_sweep - time.monotonic()))
            if self._stop.is_set():
                break
            if moved is None or moved or not self._notices.listening:
                next_sweep = min(
                    next_sweep, time.monotonic() + self._work(moved if self._notices.listening else None)
                )
        self._notices.stop()
        for reconciler in self._reconcilers.values():
            self._guard(reconciler.company, reconciler.save)

    def wake(self) -> None:
        """Let `run` look at `stop` now."""
        self._notices.stop()

    def _pause(self) -> float:
        return self._sweep_seconds if self._notices.listening else POLL_SECONDS

    def _work(self, moved: set[str] | None) -> float:
        """Sweep everything (None), or follow what moved. Return the seconds until the next sweep."""
        done = self._sweep() if moved is None else self._follow(moved)
        self._failures = 0 if done else self._failures + 1
        if done:
            return self._sweep_seconds
        pause = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS)) - 1]
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, hides nothing

    def _sweep(self) -> bool:
        found: list[str] = []
        if not self._guard("*", lambda: found.extend(companies(self._couch))):
            return False
        known = self._reconcilers
        self._reconcilers = {
            code: known.get(code) or Reconciler(self._couch, code, self._shard) for code in found
        }
        done = True
        for reconciler in self._reconcilers.values():
            done = self._tell(reconciler, partial(reconciler.sweep, self._clock())) and done
        return done

    def _follow(self, moved: set[str]) -> bool:
        by_company: dict[str, set[str]] = {name: set() for name in moved if name in self._reconcilers}
        for name in moved:
            if (parsed := parse_collector_database(name)) and parsed[0] in self._reconcilers:
                by_company.setdefault(parsed[0], set()).add(parsed[1])
        done = True
        for code, collectors in sorted(by_company.items()):
            reconciler = self._reconcilers[code]
            done = self._tell(reconciler, partial(reconciler.follow, collectors, self._clock())) and done
        return done

    def _tell(self, reconciler: Reconciler, work: Callable[[], Report]) -> bool:
        reports: list[Report] = []
        started = time.monotonic()
        done = self._guard(reconciler.company, lambda: reports.append(work()))
        if reports and reports[0]:
            _log_report(reconciler.company, reports[0], time.monotonic() - started)
        return done and not any(report.failed for report in reports)

    def _guard(self, company: str, work: Callable[[], object]) -> bool:
        """Whatever goes wrong with one company stays with it."""
        try:
            work()
        except CouchError as error:
            log.warning("database failed company=%s error=%s", company, error)
            return False
        except Exception:
            log.exception("reconcile failed company=%s", company)
            return False
        return True


def run(
    couch: Couch,
    *,
    stop: threading.Event,
    clock: Clock,
    shard: Shard | None = None,
    sweep_seconds: float = SWEEP_SECONDS,
) -> None:
    """Keep all companies true until `stop` is set."""
    Loop(couch, stop=stop, clock=clock, shard=shard or Shard(), sweep_seconds=sweep_seconds).run()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_environment(os.environ)
    except SettingError as error:
        log.error("settings error=%s", error)  # noqa: TRY400 - the sentence says it all
        return 2
    with connect(settings) as couch:
        if options.once:
            for company in companies(couch):
                _log_report(company, run_once(couch, company, _utc_now(), options.shard), 0.0)
            return 0
        stop = threading.Event()
        loop = Loop(
            couch, stop=stop, clock=_utc_now, shard=options.shard, sweep_seconds=options.sweep_seconds
        )

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()
            loop.wake()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        log.info("started shard=%s", options.shard)
        loop.run()
        log.info("stopped shard=%s", options.shard)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend reconcile", description="Keep the central and the collectors' databases true."
    )
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
    done = " ".join(f"{name}={value}" for name, value in asdict(report).items() if value)
    log.info("reconciled company=%s %s seconds=%.3f", company, done or "nothing=1", seconds)

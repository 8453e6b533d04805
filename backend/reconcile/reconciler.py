"""One company, one process: what to do about collectors that moved and about the central feed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from backend.companies import collectors_of
from backend.couch.client import Couch, Json
from backend.couch.errors import CouchError, NotFound, Unreachable
from backend.couch.feeds import NOTHING_SEEN
from backend.killpoints import reach
from backend.reconcile.audience import audience_of
from backend.reconcile.collector_database import CollectorDatabases, Placed
from backend.reconcile.derived import derive
from backend.reconcile.facts import SeriesOwners, take_facts
from backend.reconcile.fullness import Fullness
from backend.reconcile.manifest import write_manifests
from backend.reconcile.placement import Wanted
from backend.reconcile.portfolio import read_assigned, read_equipment
from backend.reconcile.projections import Down
from backend.reconcile.sharding import Shard
from backend.reconcile.state import Checkpoints, Progress, goes_back
from backend.reconcile.tuning import CHANGES_PER_BATCH
from backend.zones import ZONE_PREFIX, ZoneIndex, read_zones
from receivables.identifiers import collector_database

log = logging.getLogger("recaudo.reconcile")


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run did. `failed` are collectors to come back to: their databases gave an error."""

    facts_copied: int = 0
    facts_parked: int = 0
    derived: int = 0
    written: int = 0
    removed: int = 0
    moved: int = 0
    equipped: int = 0
    failed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Did anything happen?"""
        return any(getattr(self, field.name) for field in fields(self))


class Reconciler:
    """Keeps what it has read in memory; a new one finds everything in the central database."""

    def __init__(self, couch: Couch, company: str, shard: Shard | None = None) -> None:
        self.company = company
        self._couch = couch
        self._shard = shard or Shard()
        self._checkpoints = Checkpoints(couch, company, self._shard)
        self._owners = SeriesOwners(couch, company)
        self._fullness = Fullness(couch, company)
        self._since: str | None = None
        self._zones: ZoneIndex | None = None

    def sweep(self, now: datetime) -> Report:
        """Compare all collectors' databases with what was read of them. Raise `CouchError`."""
        report = Report()
        collectors = [code for code in collectors_of(self._couch, self.company) if self._shard.owns(code)]
        infos = self._couch.dbs_info([collector_database(self.company, code) for code in collectors])
        for code in collectors:
            info = infos.get(collector_database(self.company, code))
            if info is not None:
                self._each(code, report, now, info)
        self._checkpoints.save()
        self._fullness.look(
            {code: infos.get(collector_database(self.company, code)) for code in collectors}, now
        )
        self._carry_down(report, now)
        return report

    def follow(self, collectors: Iterable[str], now: datetime) -> Report:
        """Deal with collectors whose databases moved, then with the central feed. Raise `CouchError`."""
        report = Report()
        for code in sorted(set(collectors)):
            if self._shard.owns(code):
                self._each(code, report, now, None)
        self._carry_down(report, now)
        return report

    def save(self) -> None:
        """Make durable how far everything was read, before a pause."""
        self._checkpoints.save()

    def _each(self, collector: str, report: Report, now: datetime, info: Json | None) -> None:
        """A database in trouble is for later; only where no database answers the rest is not tried."""
        try:
            self._take_up(collector, report, now, info)
        except Unreachable:
            raise
        except CouchError as error:
            database = collector_database(self.company, collector)
            if isinstance(error, NotFound) and self._couch.database_info(database) is None:
                return  # deleted in between; what it should hold waits centrally
            about = {"company": self.company, "collector": collector, "error": str(error)}
            log.warning("collector failed", extra=about)
            report.failed += (collector,)

    def _take_up(self, collector: str, report: Report, now: datetime, info: Json | None) -> None:
        progress = self._checkpoints.of(collector)
        if progress is None or info is not None:
            db = collector_database(self.company, collector)
            info = info or self._couch.database_info(db)
            if info is None:
                return
            instance = str(info.get("instance_start_time", ""))
            seen = str(info["update_seq"])
            if progress is None or progress.instance != instance or goes_back(progress.since, seen):
                progress = self._start_over(collector, instance, report, now)
            if progress.seen == seen:
                return
        else:
            seen = progress.seen
        self._read_to_the_end(collector, progress, seen, report, now)

    def _start_over(self, collector: str, instance: str, report: Report, now: datetime) -> Progress:
        """Fill a database that was never seen, created again or restored; all of it is to be read."""
        self._equip(collector, report, now)
        progress = Progress(since=NOTHING_SEEN, instance=instance, seen="")
        self._checkpoints.note(collector, progress)
        self._checkpoints.save()
        return progress

    def _read_to_the_end(
        self, collector: str, progress: Progress, seen: str, report: Report, now: datetime
    ) -> None:
        """Take the facts batch by batch; `seen` is true only once the last batch is durable.

        Past a batch that holds something back nothing is remembered: it is read again next time.
        """
        more, held = True, 0
        while more:
            taken = take_facts(
                self._couch, self.company, collector, since=progress.since, owners=self._owners, now=now
            )
            report.facts_copied += taken.copied
            report.facts_parked += taken.parked
            if goes_back(progress.since, taken.last_seq):
                # restored since it was last compared: facts that came before this notice were never read
                progress, seen, more = self._start_over(collector, progress.instance, report, now), "", True
                continue
            more, held = taken.more, held + taken.held
            progress = replace(progress, since=taken.last_seq, seen=progress.seen if more else seen)
            if not held:
                self._checkpoints.note(collector, progress)
            if taken.copied or taken.parked:
                self._checkpoints.save()
        if held:
            about = {"company": self.company, "collector": collector, "receipts": held}
            log.warning("series unissued", extra=about)
            report.failed += (collector,)

    def _equip(self, collector: str, report: Report, now: datetime) -> None:
        """Bring what is for everyone, what names the collector, and its customers."""
        placed = Placed()
        down = self._down(now, placed)
        documents = read_equipment(self._couch, self.company, collector, now.date())
        CollectorDatabases(self._couch, self.company, now, placed).place(
            collector, {doc["_id"]: Wanted(doc) for doc in documents if audience_of(doc)}
        )
        down.bring_all(collector, read_assigned(self._couch, self.company, collector))
        reach("reconcile.equipped")
        _add(report, placed)
        report.equipped += 1

    def _carry_down(self, report: Report, now: datetime) -> None:
        """Follow the central feed to its end, through what this itself adds to it."""
        since = self._since or self._checkpoints.feed()
        while True:
            page = self._couch.changes(
                self.company, since=since, limit=CHANGES_PER_BATCH, include_docs=True, style="all_docs"
            )
            derived, placed = 0, Placed()
            if page.results:
                if any(row["id"].startswith(ZONE_PREFIX) for row in page.results):
                    self._zones = None
                derived = derive(
                    self._couch,
                    self.company,
                    page.results,
                    shard=self._shard,
                    zones=self._read_zones,
                    now=now,
                )
                derived += write_manifests(
                    self._couch, self.company, page.results, shard=self._shard, on=now.date()
                )
                self._down(now, placed).carry(page.results)
                self._checkpoints.save_feed(page.last_seq)
            self._since = since = page.last_seq
            report.derived += derived
            _add(report, placed)
            if len(page.results) < CHANGES_PER_BATCH and not derived:
                return

    def _read_zones(self) -> ZoneIndex:
        """The company's zones, read once and again after the feed has shown a change of one."""
        if self._zones is None:
            self._zones = ZoneIndex.of_documents(read_zones(self._couch, self.company))
        return self._zones

    def _down(self, now: datetime, placed: Placed) -> Down:
        databases = CollectorDatabases(self._couch, self.company, now, placed)
        return Down(
            self._couch, self.company, databases=databases, placed=placed, shard=self._shard, on=now.date()
        )


def run_once(couch: Couch, company: str, now: datetime, shard: Shard | None = None) -> Report:
    """Do everything pending for a company, as a process that has just started does. Raise `CouchError`."""
    reconciler = Reconciler(couch, company, shard)
    report = reconciler.sweep(now)
    reconciler.save()
    return report


def _add(report: Report, placed: Placed) -> None:
    report.written += placed.written
    report.removed += placed.removed
    report.facts_parked += placed.parked
    report.moved += placed.moved

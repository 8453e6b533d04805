"""How far reconcile has come, kept in local documents of the central database and nowhere else.

A phone reads and overwrites every `_local` document of its own database, so no checkpoint may stand there. A
checkpoint is written after what it covers is durable; one that is lost or overwritten by an older one costs
work, never a fact.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.couch.client import Couch, Json
from backend.couch.errors import Conflict
from backend.couch.feeds import NOTHING_SEEN
from backend.killpoints import reach
from backend.reconcile.sharding import Shard, bucket_of
from backend.reconcile.tuning import ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one collector's database was read.

    `instance` tells a recreated database from the one that was read. `seen` is its `update_seq` when it was
    last compared: while that stays, nothing happened there.
    """

    since: str
    instance: str
    seen: str


def goes_back(since: str, now: str) -> bool:
    """Does a database stand before what was read of it, as one does that was restored from a backup?

    A sequence is opaque but for the number that it begins with, which grows with every write.
    """
    before, after = since.partition("-")[0], now.partition("-")[0]
    return before.isdecimal() and after.isdecimal() and int(after) < int(before)


class Checkpoints:
    """The checkpoints of one company as one process sees them."""

    def __init__(self, couch: Couch, company: str, shard: Shard) -> None:
        self._couch = couch
        self._company = company
        self._feed_key = (
            "reconcile-down" if shard.count == 1 else f"reconcile-down-{shard.index}-{shard.count}"
        )
        self._collectors: dict[str, Progress] = {}
        self._loaded: set[int] = set()
        self._changed: set[int] = set()
        self._standing: dict[str, Json] = {}
        self._saved_feed: str | None = None

    def of(self, collector: str) -> Progress | None:
        """None where the collector's database was never seen."""
        bucket = bucket_of(collector)
        if bucket not in self._loaded:
            for code, entry in (self._read(_bucket_key(bucket)) or {}).get("collectors", {}).items():
                self._collectors.setdefault(code, _from_json(entry))
            self._loaded.add(bucket)
        return self._collectors.get(collector)

    def note(self, collector: str, progress: Progress) -> None:
        """Remember; durable at the next `save`."""
        if self.of(collector) != progress:
            self._collectors[collector] = progress
            self._changed.add(bucket_of(collector))

    def save(self) -> None:
        """Write what changed since the last time: one local document per bucket concerned."""
        for bucket in sorted(self._changed):
            mine = {
                code: _to_json(progress)
                for code, progress in self._collectors.items()
                if bucket_of(code) == bucket
            }
            self._merge(_bucket_key(bucket), {"collectors": mine})
            self._changed.discard(bucket)
            reach("reconcile.up_checkpointed")

    def feed(self) -> str:
        """Since where the central changes feed is to be read."""
        return str((self._read(self._feed_key) or {}).get("since", NOTHING_SEEN))

    def save_feed(self, since: str) -> None:
        if since == self._saved_feed:
            return
        self._merge(self._feed_key, {"since": since})
        self._saved_feed = since
        reach("reconcile.down_checkpointed")

    def _read(self, key: str) -> Json | None:
        document = self._couch.get_local(self._company, key)
        self._standing[key] = document or {}
        return document

    def _merge(self, key: str, fields: Json) -> None:
        """Put `fields` over what stands; two processes may do so at once, and either's word is true."""
        for _ in range(ATTEMPTS):
            standing = self._standing[key] if key in self._standing else self._read(key) or {}
            merged = {name: value for name, value in standing.items() if name != "_id"} | fields
            if "collectors" in fields:
                merged["collectors"] = standing.get("collectors", {}) | fields["collectors"]
            try:
                rev = self._couch.put_local(self._company, key, merged)
            except Conflict:
                del self._standing[key]
                continue
            self._standing[key] = merged | {"_rev": rev}
            return
        raise Conflict(f"{self._company}/_local/{key}", "conflict", "another process keeps writing it")


def _bucket_key(bucket: int) -> str:
    return f"reconcile-up-{bucket:02d}"


def _from_json(entry: Json) -> Progress:
    return Progress(since=entry["since"], instance=entry["instance"], seen=entry["seen"])


def _to_json(progress: Progress) -> Json:
    return {"since": progress.since, "instance": progress.instance, "seen": progress.seen}

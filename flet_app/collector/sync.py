"""Brings facts up and projections down whenever there is a network, and says truthfully how far that is.

Receipts go first, then every other fact, then what the centre has to tell, then photos: one step of a live
session of the engine, which is run in a thread and never blocks a screen. A step that fails changes nothing
but the status, because replication continues from its checkpoints.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from flet_app.collector.api import NoNetwork, Revoked, SignInAgain
from flet_app.collector.bootstrap import World
from flet_app.collector.clock_watch import ClockWatch
from flet_app.collector.forgetting import forget_old_facts
from flet_app.collector.session import TokenKeeper
from flet_app.collector.standing import Centre, unsent
from flet_app.collector.store import Store
from receivables.documents import PROJECTION_TYPES, Json, is_fact, new_fact
from replica import (
    BearerAuth,
    Forbidden,
    LiveReplication,
    Progress,
    PushClass,
    RemoteDatabase,
    ReplicaError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    list_refusals,
    retry_refused,
)
from replica.peer import PeerInfo

log = logging.getLogger(__name__)

BUSY_SECONDS = 5  # between rounds while a fact is on its way: the ERP's answer shows soon after it exists
QUIET_SECONDS = 15  # between rounds when nothing is on its way: a new route or a new customer
LONGEST_SECONDS = 30  # back-off without a network; a nudge or a new fact cuts it short
CLOSING_SECONDS = 3.0  # how long a closing app waits for a request before it cuts it off
REFUSAL_TEXT = 64 * 1024  # bytes of a refused document that its refusal may carry (data-model.md)

RECEIPTS = "receipts-1"
OTHERS = "other-facts-2"
PHOTOS = "photos-1"
CLASSES = (
    PushClass(name=RECEIPTS, accepts=lambda document: str(document["_id"]).startswith("receipt:")),
    PushClass(
        name=OTHERS,
        accepts=lambda document: is_fact(str(document["_id"])) and not _is_photo(str(document["_id"])),
    ),
    PushClass(
        name=PHOTOS,
        accepts=lambda document: _is_photo(str(document["_id"])),
        batch_size=1,
        after_pull=True,
    ),
)
"""What goes up, in this order; photos one by one, so that a receipt waits for one at most. The names are part
of the replications' identity: a changed rule takes a new one.
"""


def _is_photo(document_id: str) -> bool:
    return document_id.startswith("photo:")


def _is_projection(document_id: str) -> bool:
    return document_id.partition(":")[0] in PROJECTION_TYPES


class SyncPhase(StrEnum):
    SIGNED_OUT = "signed_out"
    WAITING = "waiting"  # nothing to do until the next beat
    RUNNING = "running"
    UNREACHABLE = "unreachable"
    SIGN_IN_AGAIN = "sign_in_again"
    LOCKED_OUT = "locked_out"  # the office revoked this device
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """What the edge of every screen shows."""

    phase: SyncPhase = SyncPhase.SIGNED_OUT
    last_success_at: datetime | None = None
    documents: int = 0
    """Read so far in the running round."""
    sending: bool = False
    unsent: dict[str, int] = dataclasses.field(default_factory=dict)
    reason: str = ""

    @property
    def unsent_count(self) -> int:
        return sum(self.unsent.values())

    @property
    def unsent_photos(self) -> int:
        """Of them, those that go up when everything else has."""
        return self.unsent.get("photo", 0)


def connect(keeper: TokenKeeper) -> RemoteDatabase:
    """The collector's database at the centre, with a token that renews itself."""
    enrolment = keeper.enrolment
    return RemoteDatabase(f"{enrolment.couchdb_url}/{enrolment.database}", auth=BearerAuth(keeper.token))


class SyncDriver:
    """One per enrolment. `publish` and `changed` are called on the event loop only."""

    def __init__(
        self,
        store: Store,
        keeper: TokenKeeper,
        *,
        world: World,
        zone: tzinfo,
        publish: Callable[[SyncStatus], None],
        changed: Callable[[], None],
        clock: ClockWatch | None = None,
        connect: Callable[[TokenKeeper], RemoteDatabase] = connect,
    ) -> None:
        self._store, self._keeper, self._world, self._zone = store, keeper, world, zone
        self._publish, self._changed, self._connect = publish, changed, connect
        self._clock = clock or ClockWatch(world.reading)
        self._loop = asyncio.get_running_loop()
        self._nudged = asyncio.Event()
        self._cancelled = threading.Event()
        self._again: set[str] = set()
        self._status = SyncStatus(phase=SyncPhase.WAITING, last_success_at=store.last_contact)
        self._failures = 0
        self._sending = False
        self._session: LiveReplication | None = None
        self._remote: RemoteDatabase | None = None
        self._ahead = ThreadPoolExecutor(1, "sync-ahead")
        self._refreshing: asyncio.Task[None] | None = None
        self._forgotten: date | None = None

    def nudge(self) -> None:
        self._nudged.set()

    def ask_again(self, fact_id: str) -> None:
        self._again.add(fact_id)
        self.nudge()

    def cancel(self) -> None:
        """Let the running round stop at its next step."""
        self._cancelled.set()

    async def run(self) -> None:
        """Rounds until cancelled: money must travel, whatever went wrong with the last one."""
        try:
            while not self._cancelled.is_set():  # a nudge at the same moment makes `wait_for` lose a cancel
                self._nudged.clear()
                pause = float(LONGEST_SECONDS)
                try:
                    pause = await self._beat()
                except Exception:
                    # Of the disk or of a screen: what comes from the network is told in the beat.
                    log.exception("synchronisation stumbled and goes on")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._nudged.wait(), pause)
        finally:
            self._ahead.shutdown(wait=False)
            if self._remote:
                self._remote.close()

    async def _beat(self) -> float:
        """One round, and how it went. Return the seconds to the next."""
        self._tell(phase=SyncPhase.RUNNING, documents=0)
        failure: Exception | None
        heard = False
        try:
            heard, failure = await self._run_round(self._to_send())
            if heard:
                now = self._world.now()
                await asyncio.to_thread(self._store.keep_contact, now)
                self._tell(last_success_at=now)
            if failure is None:
                self._failures = 0
                self._tell(phase=SyncPhase.WAITING, reason="", sending=False)
        except Exception as error:
            failure = error
        if failure is not None:
            self._failures += 1
            if passed := self._clock.gone_on():
                await asyncio.to_thread(self._store.keep_clock, passed)
            self._tell(**_explain(failure, heard=heard))
            if not isinstance(failure, NoNetwork | Unreachable):
                log.warning("synchronisation failed: %r", failure)
        await self._store.refresh()
        self._changed()
        if failure is None:
            await self._forget()
        return self._pause(failure)

    async def _forget(self) -> None:
        """Let go of old facts, once for each day up to which the centre says that it has everything."""
        since = self._store.portfolio.kept_since
        if since is not None and since != self._forgotten:
            await forget_old_facts(self._store)
            self._forgotten = since

    async def _run_round(self, waiting: dict[str, int]) -> tuple[bool, Exception | None]:
        """One round in its thread. When cancelled, wait for the thread: the database is closed next."""
        running = asyncio.ensure_future(asyncio.to_thread(self._round, bool(waiting)))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._cancelled.set()
            await asyncio.wait({running}, timeout=CLOSING_SECONDS)
            if not running.done() and self._remote:
                self._remote.close()  # cuts off a request that nobody answers
                await asyncio.wait({running}, timeout=CLOSING_SECONDS)
            if running.done():
                running.exception()  # looked at: the round was ending anyway
            raise

    def _to_send(self) -> dict[str, int]:
        """What goes up without being asked for; what was refused goes at times of its own."""
        outbox = self._store.outbox
        return unsent(self._store.portfolio, outbox, but=outbox.refused)

    def _pause(self, failure: Exception | None) -> float:
        """Seconds to the next round."""
        if failure is not None:
            asked = failure.retry_after if isinstance(failure, TooManyRequests) else None
            grown = min(LONGEST_SECONDS, BUSY_SECONDS * 2.0 ** min(self._failures - 1, 6))
            return max(asked or 0.0, grown)
        portfolio = self._store.portfolio
        on_its_way = any(
            fact not in portfolio.postings or portfolio.postings[fact]["state"] in {"sending", "retry"}
            for fact in portfolio.receipts.keys() - self._store.outbox.refused.keys()
        )
        return BUSY_SECONDS if on_its_way or self._to_send() else QUIET_SECONDS

    # -- one round, in a thread ---------------------------------------------------------------
    def _round(self, sending: bool) -> tuple[bool, ReplicaError | None]:
        """Bring up what waits and down what is new.

        Return whether all but the photos went both ways, and what stood in the way.
        """
        again, self._again = self._again, set()
        if again:
            retry_refused(self._store.database, again)
        self._session = self._session or self._begin()
        self._sending = sending
        now = self._world.now()
        status = self._session.step(now)
        return status.last_sync_at == now, status.error

    def _begin(self) -> LiveReplication:
        """The session of this enrolment: its connection and its memory outlive a round."""
        self._remote = self._connect(self._keeper)
        return LiveReplication(
            self._store.database,
            self._remote,
            push=CLASSES,
            manifest=f"manifest:{self._keeper.enrolment.collector}",
            replaces=_is_projection,
            progress=self._on_progress,
            cancel=self._cancelled.is_set,
            met=self._meet,
            offered=self._keep_mark,
            ahead=self._ahead,
        )

    def _meet(self, info: PeerInfo) -> None:
        """Is the centre's database another or an earlier one than before? Then what it held is unsent again.

        The marks are this phone's word alone: a server that was lost and restored is filled again from here.
        """
        if info.said_at and (known := self._clock.met(info.said_at)):
            self._store.keep_clock(known)
        before = self._store.outbox
        centre = Centre(instance=info.incarnation, changes=info.changes)
        lost = before.centre is not None and centre.has_lost_since(before.centre)
        outbox = dataclasses.replace(before, centre=centre)
        if lost:
            log.warning("the centre's database is not the one that it was: everything is offered again")
            self._store.keep_outbox(dataclasses.replace(outbox, receipts=0, others=0, photos=0))
        else:
            self._store.outbox = outbox  # written down with the next push
        if lost or self._sending:
            # Somebody has answered: a screen may say "sending".
            self._from_thread(sending=self._sending)

    def _keep_mark(self, name: str, mark: int) -> None:
        """Everything of one class up to `mark` was offered: what was refused for good the office hears of."""
        missing = list_refusals(self._store.database)
        refused = {each.id: each.reason for each in missing if each.is_stubborn}
        before = self._store.outbox
        facts = [
            self._refusal(fact, reason)
            for fact, reason in refused.items()
            if fact not in before.refused and not fact.startswith("refusal:")
        ]
        outbox = dataclasses.replace(
            before,
            receipts=mark if name == RECEIPTS else before.receipts,
            others=mark if name == OTHERS else before.others,
            photos=mark if name == PHOTOS else before.photos,
            refused=refused,
            held=frozenset(each.id for each in missing) - refused.keys(),
        )
        self._store.keep_outbox(outbox, tuple(facts))
        if name == OTHERS:
            self._sending = False
            self._from_thread(sending=False)

    def _refusal(self, fact: str, reason: str) -> Json:
        enrolment = self._keeper.enrolment
        text = json.dumps(self._store.database.get(fact), ensure_ascii=False).encode()[:REFUSAL_TEXT]
        return new_fact(
            "refusal",
            {"of": fact, "reason": reason, "document": text.decode(errors="ignore")},
            company=enrolment.company,
            collector=enrolment.collector,
            device=enrolment.device,
            ulid=self._world.ulid(),
            now=self._world.now(),
            zone=self._zone,
        )

    # -- telling the screens ------------------------------------------------------------------
    def _on_progress(self, progress: Progress) -> None:
        if not self._sending:
            self._from_thread(documents=progress.docs_written)

    def _from_thread(self, **changes: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: the app is closing
            self._loop.call_soon_threadsafe(self._during_round, changes)

    def _during_round(self, changes: dict[str, Any]) -> None:
        self._tell(**changes)
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = self._loop.create_task(self._fold())

    async def _fold(self) -> None:
        if await self._store.refresh():
            self._changed()

    def _tell(self, **changes: Any) -> None:
        waiting = unsent(self._store.portfolio, self._store.outbox)
        self._status = dataclasses.replace(self._status, unsent=waiting, **changes)
        self._publish(self._status)


def _explain(error: Exception, *, heard: bool) -> dict[str, Any]:
    """What to show of a failure; a photo that did not get through is no lost office where `heard`."""
    away = SyncPhase.WAITING if heard else SyncPhase.UNREACHABLE
    match error:
        case SignInAgain() | Unauthorized():
            phase = SyncPhase.SIGN_IN_AGAIN
        case Forbidden() | Revoked():
            phase = SyncPhase.LOCKED_OUT
        case NoNetwork() | Unreachable() | TooManyRequests():
            phase = away
        case ReplicaError() if error.status >= 500:
            phase = away
        case _:
            phase = SyncPhase.FAILED
    return {"phase": phase, "reason": str(error), "sending": False}

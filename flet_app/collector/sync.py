"""Brings facts up and projections down whenever there is a network, and says truthfully how far that is.

Receipts go first, then every other fact, then what the centre has to tell. A round runs in a thread and
never blocks a screen; a round that fails changes nothing but the status, because replication continues from
its checkpoints.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from flet_app.collector.api import NoNetwork, Refused, Revoked, SignInAgain
from flet_app.collector.bootstrap import World
from flet_app.collector.session import TokenKeeper
from flet_app.collector.standing import Centre, unsent
from flet_app.collector.store import Store
from receivables.documents import PROJECTION_TYPES, Json, is_fact, new_fact
from replica import BearerAuth, RemoteDatabase, replicate
from replica.errors import Forbidden, ReplicaError, TooManyRequests, Unauthorized, Unreachable
from replica.peer import PeerInfo
from replica.replication.refusals import list_refusals, retry_refused

log = logging.getLogger(__name__)

BUSY_SECONDS = 5  # between rounds while a fact is on its way: the ERP's answer shows soon after it exists
QUIET_SECONDS = 15  # between rounds when nothing is on its way: a new route or a new customer
SWEEP_SECONDS = (
    300  # everything is offered anew so often, and after every failure; unchanged, it is two checks
)
LONGEST_SECONDS = 30  # back-off without a network; a nudge or a new fact cuts it short
ATTEMPTS = 2  # within a round; between rounds the pause grows
CLOSING_SECONDS = 3.0  # how long a closing app waits for a request before it cuts it off
REFUSAL_TEXT = 64 * 1024  # bytes of a refused document that its refusal may carry (data-model.md)

RECEIPTS = "receipts-1"
OTHERS = "other-facts-1"
"""Names of the filters below, part of their replications' identity: a changed filter takes a new one."""


def _is_receipt(document: Json) -> bool:
    return str(document["_id"]).startswith("receipt:")


def _is_other_fact(document: Json) -> bool:
    return is_fact(str(document["_id"])) and not _is_receipt(document)


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
        connect: Callable[[TokenKeeper], RemoteDatabase] = connect,
    ) -> None:
        self._store, self._keeper, self._world, self._zone = store, keeper, world, zone
        self._publish, self._changed, self._connect = publish, changed, connect
        self._loop = asyncio.get_running_loop()
        self._nudged = asyncio.Event()
        self._cancelled = threading.Event()
        self._again: set[str] = set()
        self._status = SyncStatus(phase=SyncPhase.WAITING, last_success_at=store.last_contact)
        self._failures = 0
        self._swept_at: float | None = None
        self._remote: RemoteDatabase | None = None
        self._refreshing: asyncio.Task[None] | None = None

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
        while not self._cancelled.is_set():  # a nudge at the same moment makes `wait_for` lose a cancellation
            self._nudged.clear()
            pause = float(LONGEST_SECONDS)
            try:
                await self._beat()
                pause = self._pause()
            except (
                Exception
            ):  # of the disk or of a screen, as what comes from the network is told in the beat
                log.exception("synchronisation stumbled and goes on")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), pause)

    async def _beat(self) -> None:
        """One round, and how it went."""
        self._tell(phase=SyncPhase.RUNNING, documents=0)
        began = self._loop.time()
        sweep = self._swept_at is None or began - self._swept_at >= SWEEP_SECONDS
        try:
            await self._run_round(self._to_send(), sweep=sweep)
            now = self._world.now()
            await asyncio.to_thread(self._store.keep_contact, now)
        except Exception as error:
            self._failures += 1
            self._swept_at = None
            self._tell(**_explain(error))
            if not isinstance(error, NoNetwork | Unreachable):
                log.warning("synchronisation failed: %r", error)
        else:
            self._failures = 0
            self._swept_at = began if sweep else self._swept_at
            self._tell(phase=SyncPhase.WAITING, last_success_at=now, reason="")
        await self._store.refresh()
        self._changed()

    async def _run_round(self, waiting: dict[str, int], *, sweep: bool) -> None:
        """One round in its thread. When cancelled, wait for the thread: the database is closed next."""
        running = asyncio.ensure_future(asyncio.to_thread(self._round, waiting, sweep))
        try:
            await asyncio.shield(running)
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

    def _pause(self) -> float:
        """Seconds to the next round."""
        if self._failures:
            return float(min(LONGEST_SECONDS, BUSY_SECONDS * 2 ** min(self._failures - 1, 6)))
        portfolio = self._store.portfolio
        on_its_way = any(
            fact not in portfolio.postings or portfolio.postings[fact]["state"] in {"sending", "retry"}
            for fact in portfolio.receipts.keys() - self._store.outbox.refused.keys()
        )
        return BUSY_SECONDS if on_its_way or self._to_send() else QUIET_SECONDS

    # -- one round, in a thread ---------------------------------------------------------------
    def _round(self, waiting: dict[str, int], sweep: bool) -> None:
        database = self._store.database
        again, self._again = self._again, set()
        if again:
            retry_refused(database, again)
        now = self._world.now()
        everything = sweep or any(refusal.is_due(now) for refusal in list_refusals(database))
        with self._connect(self._keeper) as remote:
            self._remote = remote
            # Somebody answers before a screen says "sending".
            everything = self._meet(remote.info()) or everything
            if waiting.pop("receipt", 0) or everything:
                self._push(remote, RECEIPTS, _is_receipt)
            if waiting or everything:
                self._push(remote, OTHERS, _is_other_fact)
            if not self._cancelled.is_set():
                replicate(
                    remote,
                    database,
                    attachments=False,
                    replaces=_is_projection,
                    progress=self._on_progress,
                    cancel=self._cancelled.is_set,
                    attempts=ATTEMPTS,
                )

    def _meet(self, info: PeerInfo) -> bool:
        """Is the centre's database another or an earlier one than before? Then what it held is unsent again.

        The marks are this phone's word alone: a server that was lost and restored is filled again from here.
        """
        before = self._store.outbox
        number = str(info.update_seq).partition("-")[0]
        centre = Centre(
            instance=f"{info.uuid} {info.instance_start_time}", changes=int(number) if number.isdigit() else 0
        )
        lost = before.centre is not None and centre.has_lost_since(before.centre)
        outbox = dataclasses.replace(before, centre=centre)
        if lost:
            log.warning("the centre's database is not the one that it was: everything is offered again")
            self._store.keep_outbox(dataclasses.replace(outbox, receipts=0, others=0))
            self._from_thread()
        else:
            self._store.outbox = outbox  # written down with the next push
        return lost

    def _push(self, remote: RemoteDatabase, name: str, wanted: Callable[[Json], bool]) -> None:
        """Send one class of facts; its mark moves only after everything up to it was offered."""
        self._from_thread(sending=True)
        database = self._store.database
        mark = database.update_seq
        try:
            replicate(
                database,
                remote,
                document_filter=wanted,
                filter_name=name,
                cancel=self._cancelled.is_set,
                attempts=ATTEMPTS,
            )
        finally:
            self._from_thread(sending=False)
        if self._cancelled.is_set():
            return
        missing = list_refusals(database)
        refused = {each.id: each.reason for each in missing if each.is_stubborn}
        told = self._store.outbox.refused
        facts = [
            self._refusal(fact, reason)
            for fact, reason in refused.items()
            if fact not in told and not fact.startswith("refusal:")
        ]
        before = self._store.outbox
        outbox = dataclasses.replace(
            before,
            receipts=mark if name == RECEIPTS else before.receipts,
            others=mark if name == OTHERS else before.others,
            refused=refused,
            held=frozenset(each.id for each in missing) - refused.keys(),
        )
        self._store.keep_outbox(outbox, tuple(facts))

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
    def _on_progress(self, progress: Any) -> None:
        self._from_thread(documents=int(getattr(progress, "docs_written", 0)))

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


def _explain(error: Exception) -> dict[str, Any]:
    match error:
        case SignInAgain() | Unauthorized():
            phase = SyncPhase.SIGN_IN_AGAIN
        case Forbidden() | Revoked():
            phase = SyncPhase.LOCKED_OUT
        case NoNetwork() | Unreachable() | TooManyRequests():
            phase = SyncPhase.UNREACHABLE
        case ReplicaError() if error.status >= 500:
            phase = SyncPhase.UNREACHABLE
        case Refused():
            phase = SyncPhase.FAILED
        case _:
            phase = SyncPhase.FAILED
    return {"phase": phase, "reason": str(error), "sending": False}

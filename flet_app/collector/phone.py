"""The phone: one process, one enrolment, one database, one synchronisation, however many windows look at it.

A window (a browser tab, or the only screen of an Android phone) subscribes and is told when something
changed. The phone opens on what it holds; it never asks the network before showing anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flet_app.collector.api import Api, Refused
from flet_app.collector.bootstrap import Settings, World
from flet_app.collector.clock_codes import ClockCodes
from flet_app.collector.clock_watch import ClockWatch
from flet_app.collector.folder import FolderLock
from flet_app.collector.office import Office
from flet_app.collector.pin import PinLock
from flet_app.collector.portfolio import Json, Portfolio
from flet_app.collector.session import (
    DeviceKey,
    Enrolment,
    EnrolmentFile,
    TokenKeeper,
    companies_collected_for,
    enrol,
)
from flet_app.collector.standing import unsent
from flet_app.collector.store import Store
from flet_app.collector.sync import SyncDriver, SyncPhase, SyncStatus
from flet_app.collector.tile_packs import TilePacks
from flet_app.collector.wipe_journal import keep_left
from flet_app.collector.wiping import Wiping
from receivables.contact_expiry import DEFAULT_DAYS, ContactJudgement, Reach, judge_silence
from receivables.documents import local_on
from receivables.tracking import Trail


class FactsUnsent(Exception):
    """Signing out now would leave facts on a phone that nobody collects with any more."""


class Phone:
    """Everything that outlives a window."""

    def __init__(self, settings: Settings, world: World) -> None:
        self.settings = settings
        self.world = world
        self.file = EnrolmentFile(settings.data)
        self.office = Office(settings.data, settings.api_url)
        self.enrolment: Enrolment | None = None
        self.store: Store | None = None
        self.status = SyncStatus()
        self.pin = PinLock(settings.data, uptime=world.uptime, random_bytes=world.random_bytes)
        self.clock = ClockWatch(world.reading)
        self.clock_codes: ClockCodes | None = None
        self.trail = Trail()
        self.followed_since: datetime | None = None
        """Since when the collector is followed; None while nobody is."""
        self.maps = TilePacks(settings.data / "maps")
        self.writing = asyncio.Lock()  # two windows record one after the other, none while companies change
        self.wiping = Wiping(self)
        self._driver: SyncDriver | None = None
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()  # one company after the other; asked for after `writing`
        self._pending_login: Json = {}
        self._listeners: set[Callable[[], None]] = set()
        self._heard_at: datetime | None = None
        self._started = False
        self._lock: FolderLock | None = None
        self._api: Api | None = None

    # -- life -------------------------------------------------------------------------------
    async def start(self) -> None:
        """Open what this phone holds, if anybody has signed in; further calls do nothing.

        Raise FolderInUse where another process is this phone.
        """
        if self._started:
            return
        self._lock = FolderLock(self.settings.data)
        self._started = True
        await asyncio.to_thread(self.maps.open)
        await self.wiping.begin()
        enrolment = await asyncio.to_thread(self.file.read)
        if enrolment:
            await self._open(enrolment)
        self.wiping.watch()

    async def stop(self) -> None:
        """Close everything and let go of the folder; nothing recorded depends on this being called."""
        await self.wiping.end()
        async with self._changing:
            await self._close()
        await asyncio.to_thread(self.maps.close)
        if self._lock:
            self._lock.release()
        self._lock, self._started = None, False

    async def _close(self) -> None:
        if self._driver:
            self._driver.cancel()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._warming:
            self._warming.cancel()
        if self._keeping:
            await asyncio.wait({self._keeping})
        if self._api:
            await asyncio.to_thread(self._api.close)
        if self.store:
            await asyncio.to_thread(self.store.close)
        self.store, self._task, self._driver, self._api = None, None, None, None
        self.trail, self.followed_since = Trail(), None

    async def _open(self, enrolment: Enrolment) -> None:
        store = await asyncio.to_thread(Store.open, self.settings.data / f"{enrolment.database}.sqlite")
        await asyncio.to_thread(store.begin_series, enrolment.series)
        await asyncio.to_thread(store.load_outbox, enrolment.devices)
        await asyncio.to_thread(store.load_preferences)
        await asyncio.to_thread(store.load_drafts)
        await store.refresh()
        clock = ClockWatch(self.world.reading, await asyncio.to_thread(store.load_clock))
        self._api = await asyncio.to_thread(Api, self.office.address)  # reads the system's certificates
        codes = await asyncio.to_thread(self._codes_of, enrolment, store, clock)
        self.enrolment, self.store, self.clock, self.clock_codes = enrolment, store, clock, codes
        self._heard_at = store.last_contact
        keeper = TokenKeeper(enrolment, self.file, api=self._api, uptime=self.world.uptime)
        self._driver = SyncDriver(
            store, keeper, world=self.world, zone=self.zone, publish=self._publish, changed=self.announce,
            clock=self.clock,
        )  # fmt: skip
        self._task = asyncio.create_task(self._driver.run())
        self._warming = asyncio.create_task(store.overviews.freshen(self.today()))
        self.announce()

    def _codes_of(self, enrolment: Enrolment, store: Store, clock: ClockWatch) -> ClockCodes:
        key = DeviceKey(self.settings.data, enrolment.company)
        shared = key.shared_with(enrolment.recovery_key) if enrolment.recovery_key else None
        return ClockCodes(
            store=store, clock=clock, device=enrolment.device, shared=shared,
            random_bytes=self.world.random_bytes,
        )  # fmt: skip

    # -- windows ----------------------------------------------------------------------------
    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the event loop after every change; the answer ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def announce(self) -> None:
        if self.store:
            self.status = dataclasses.replace(
                self.status, unsent=unsent(self.store.portfolio, self.store.outbox)
            )
        for listener in list(self._listeners):
            # Flet notes the page in the running context; without a copy, the acting window would go on as
            # another.
            contextvars.copy_context().run(listener)

    def _publish(self, status: SyncStatus) -> None:
        self.status = status
        if status.phase is SyncPhase.LOCKED_OUT and self.enrolment:
            self.wiping.suspect(self.enrolment.company)
        if status.phase is SyncPhase.LOCKED_OUT or status.last_success_at != self._heard_at:
            self._heard_at = status.last_success_at
            self._keep_lock(status.phase is SyncPhase.LOCKED_OUT)
        self.announce()

    def _keep_lock(self, revoked: bool) -> None:
        """Remember over restarts that the office shut this phone out, until the office takes it again."""
        if self.enrolment and self.enrolment.revoked != revoked:
            self.enrolment = dataclasses.replace(self.enrolment, revoked=revoked)
            kept = asyncio.to_thread(self.file.change, self.enrolment.company, revoked=revoked)
            self._keeping = asyncio.create_task(kept)

    @property
    def locked(self) -> bool:
        """Has the office shut this phone out? It then records nothing and shows nothing of its customers."""
        return self.enrolment is not None and self.enrolment.revoked

    @property
    def contact(self) -> ContactJudgement:
        """How the phone stands with its office; after too long without it, it shows nothing of customers."""
        if self.store is None:
            return ContactJudgement(reach=Reach.OPEN)
        policy, heard = self.store.portfolio.policy, self.store.last_contact
        silent = self.clock.silence()
        if silent is None and heard is not None:  # it was heard before anybody counted
            silent = self.now() - heard
        return judge_silence(silent, policy.contact_days if policy else DEFAULT_DAYS)

    def nudge(self) -> None:
        """Something was recorded, or a person asked: send now instead of at the next beat."""
        if self._driver:
            self._driver.nudge()

    def ask_again(self, fact_id: str) -> None:
        """Offer a refused fact to the centre once more."""
        if self._driver:
            self._driver.ask_again(fact_id)

    # -- who --------------------------------------------------------------------------------
    async def sign_in(self, email: str, password: str, *, language: str, code: str = "") -> list[Json] | None:
        """Sign in and enrol; where the person collects for several companies, return them to choose from.

        `code` is the office's, which a phone needs that is new to the company. Raise what `Api.login` and
        `session` raise; nothing is kept until the enrolment is complete.
        """
        api = await asyncio.to_thread(Api, self.office.address, language=language)
        try:
            login = await asyncio.to_thread(api.login, email.strip(), password)
            companies = companies_collected_for(login)
            if len(companies) > 1:
                self._pending_login = login
                return companies
            await self._enrol(api, login, companies[0], code)
            return None
        finally:
            await asyncio.to_thread(api.close)

    async def change_password(self, email: str, password: str, new: str, *, language: str) -> None:
        """Have `new` count at the office in the place of a password for one use; raise what `Api` raises."""
        api = Api(self.office.address, language=language)
        try:
            await asyncio.to_thread(api.change_password, email.strip(), password, new)
        finally:
            await asyncio.to_thread(api.close)

    async def choose_company(self, company: Json, *, language: str, code: str = "") -> None:
        """Go on with one of the companies that `sign_in` returned; raise what it raises."""
        api = await asyncio.to_thread(Api, self.office.address, language=language)
        try:
            await self._enrol(api, self._pending_login, company, code)
        finally:
            await asyncio.to_thread(api.close)

    async def _enrol(self, api: Api, login: Json, company: Json, code: str) -> None:
        before = (await asyncio.to_thread(self.file.all)).get(company["code"])
        try:
            enrolment = await asyncio.to_thread(
                enrol, api, login, company,
                device_name=self.settings.device_name, folder=self.settings.data, before=before, code=code,
            )  # fmt: skip
        except Refused as refused:
            if refused.code == "phone_to_be_wiped":
                self.wiping.suspect(company["code"])
            raise
        await asyncio.to_thread(self.file.write, enrolment)
        self._pending_login, self.office.code = {}, ""  # spent
        if self.pin.closed:  # the password says who it is, where the PIN was forgotten
            await asyncio.to_thread(self.pin.remove)
        async with self.writing, self._changing:
            await self._use(enrolment.company)

    def companies(self) -> list[Enrolment]:
        """The companies for which this person has enrolled the phone, by name."""
        if self.enrolment is None:
            return []
        own = [each for each in self.file.all().values() if each.email == self.enrolment.email]
        return sorted(own, key=lambda each: each.company_name)

    async def switch(self, company: str) -> None:
        """Collect for another company of this person from now on, with or without a network.

        Each has its own database, key, series and tokens. What waits in the other is sent when it is in use
        again. Nothing happens where this person has no such company, or has signed out meanwhile.
        """
        async with self.writing, self._changing:
            if any(each.company == company for each in self.companies()):
                await self._use(company)

    async def _use(self, company: str) -> None:
        await asyncio.to_thread(self.file.activate, company)
        await self._close()
        self.status = SyncStatus()
        await self._open(self.file.all()[company])

    async def let_go(self, company: str) -> Enrolment | None:
        """Have the company in use no more and return how it stood; its files stay.

        Another company of this phone is in use then.
        """
        async with self._changing:
            in_use = self.enrolment is not None and self.enrolment.company == company
            if in_use:
                await self._close()
            latest = (await asyncio.to_thread(self.file.all)).get(company)
            await asyncio.to_thread(self.file.drop, company)
            if in_use:
                self.enrolment, self.status = None, SyncStatus(phase=SyncPhase.SIGNED_OUT)
                if other := await asyncio.to_thread(self.file.read):
                    await self._open(other)
        self.announce()
        return latest

    async def take_up(self, enrolment: Enrolment) -> None:
        """Have a company again that was let go; it is in use where no other is."""
        async with self._changing:
            await asyncio.to_thread(self.file.write, enrolment)
            if self.store is None:
                await self._use(enrolment.company)

    async def sign_out(self) -> None:
        """Forget who collects here, in every company; the databases stay.

        Raise FactsUnsent while something is only here.
        """
        async with self.writing, self._changing:
            await self._sign_out()

    async def _sign_out(self) -> None:
        if self.store and unsent(self.store.portfolio, self.store.outbox):
            raise FactsUnsent
        for enrolment in (await asyncio.to_thread(self.file.all)).values():
            if enrolment.database != self._open_database and await self._waits_in(enrolment):
                raise FactsUnsent
        left = (await asyncio.to_thread(self.file.all)).values()
        await asyncio.to_thread(keep_left, self.settings.data, left)
        await self._close()
        await asyncio.to_thread(self.file.remove)
        await asyncio.to_thread(self.pin.remove)
        self.enrolment, self.status = None, SyncStatus(phase=SyncPhase.SIGNED_OUT)
        self.announce()

    @property
    def _open_database(self) -> str:
        return self.enrolment.database if self.enrolment else ""

    async def _waits_in(self, enrolment: Enrolment) -> bool:
        """Is anything only on this phone in a company that is not in use?"""
        store = await asyncio.to_thread(Store.open, self.settings.data / f"{enrolment.database}.sqlite")
        try:
            await asyncio.to_thread(store.load_outbox, enrolment.devices)
            await store.refresh()
            return bool(unsent(store.portfolio, store.outbox))
        finally:
            await asyncio.to_thread(store.close)

    @property
    def key(self) -> DeviceKey:
        """The key of this phone in the company that is in use."""
        if self.enrolment is None:
            raise RuntimeError("nobody has signed in on this phone")
        return DeviceKey(self.settings.data, self.enrolment.company)

    # -- where and when ---------------------------------------------------------------------
    @property
    def portfolio(self) -> Portfolio:
        return self.store.portfolio if self.store else Portfolio()

    @property
    def zone(self) -> ZoneInfo:
        name = self.enrolment.timezone if self.enrolment else "America/Guayaquil"
        return ZoneInfo(str(self.portfolio.company.get("timezone") or name))

    def now(self) -> datetime:
        return self.world.now()

    def today(self) -> date:
        return local_on(self.world.now(), self.zone)

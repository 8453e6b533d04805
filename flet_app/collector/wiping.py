"""Erases a company from this phone when its office orders it, after everything is with the office.

The office is asked when it shuts the phone out, when a sign-in is refused for it, and once an hour for
companies that are not in use. From the order on nothing of the company is shown or recorded; what is only
here goes up, the office says that it holds every fact, and only then are files removed. Each step is on disk
before the next begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from flet_app.collector import wipe_journal
from flet_app.collector.api import ApiError, Json
from flet_app.collector.session import KEY_FILE, Enrolment
from flet_app.collector.wipe_files import erase, holdings, portions
from flet_app.collector.wipe_journal import Stage, WipeJournal
from flet_app.collector.wipe_letters import Pen, Sealed, as_text, from_text, send
from receivables.documents import rfc3339
from receivables.wiping import Step

if TYPE_CHECKING:
    from flet_app.collector.phone import Phone

log = logging.getLogger(__name__)

AGAIN_SECONDS = 30.0
ASK_SECONDS = 3600.0


class TakenBack(Exception):
    """The office wants the company to stay, or has given another order: `order` is that one, or None."""

    def __init__(self, order: str | None) -> None:
        super().__init__(order or "nothing is to be erased")
        self.order = order


class Wiping:
    """One for each phone; what it changes is told to the phone's windows."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._journals: dict[str, WipeJournal] = {}
        self._suspected: set[str] = set()
        self._asked_at: dict[str, float] = {}
        self._later: set[str] = set()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    # -- life -------------------------------------------------------------------------------
    async def begin(self) -> None:
        """Go on where a phone that died had stopped; what is acknowledged is gone when this returns."""
        self._journals = await asyncio.to_thread(wipe_journal.read_journals, self._folder)
        for journal in list(self._journals.values()):
            await self._out_of_use(journal)
            if journal.stage is Stage.ACKNOWLEDGED:
                await self._erase(journal)

    def watch(self) -> None:
        """Ask and carry out from now on, until `end`."""
        self._ended = False
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        self._ended = True
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._task = None

    def suspect(self, company: str) -> None:
        """The phone was refused in a way that may mean an order: ask now."""
        self._suspected.add(company)
        self._nudged.set()

    def nudge(self) -> None:
        """A person asked to try now."""
        self._nudged.set()

    # -- what a window shows ----------------------------------------------------------------
    @property
    def shown(self) -> WipeJournal | None:
        """The company about whose erasing the collector is to read, or None."""
        waiting = (each for each in self._journals.values() if not each.seen)
        return next((each for each in waiting if each.company not in self._later), None)

    async def read(self, company: str) -> None:
        """The collector has read it. While it is not done it is shown again when it is."""
        journal = self._journals[company]
        if journal.stage is Stage.TOLD:
            await self._forget(company)
        elif journal.stage is Stage.ERASED:
            await self._keep(dataclasses.replace(journal, seen=True))
        else:
            self._later.add(company)
        self._phone.announce()

    # -- the work ---------------------------------------------------------------------------
    async def _run(self) -> None:
        while not self._ended:  # a nudge at the same moment makes `wait_for` lose a cancel
            self._nudged.clear()
            try:
                await self._look()
            except Exception:
                log.exception("the erasing stumbled and goes on")
            unfinished = any(each.stage is not Stage.TOLD for each in self._journals.values())
            with contextlib.suppress(TimeoutError):
                pause = AGAIN_SECONDS if unfinished or self._suspected else ASK_SECONDS
                await asyncio.wait_for(self._nudged.wait(), pause)

    async def _look(self) -> None:
        for company, enrolment in (await asyncio.to_thread(self._known)).items():
            if company not in self._journals and self._is_due(company):
                with contextlib.suppress(ApiError):
                    await self._ask(enrolment)
        for journal in list(self._journals.values()):
            with contextlib.suppress(ApiError):
                await self._carry_on(journal)

    def _known(self) -> dict[str, Enrolment]:
        known = {**wipe_journal.read_left(self._folder), **self._phone.file.all()}
        return {
            company: each
            for company, each in known.items()
            if each.recovery_key and (self._folder / KEY_FILE.format(company=company)).exists()
        }

    def _is_due(self, company: str) -> bool:
        """Of the company in use a refused synchronisation tells."""
        if company in self._suspected:
            return True
        in_use = self._phone.enrolment is not None and self._phone.enrolment.company == company
        asked = self._asked_at.get(company)
        return not in_use and (asked is None or self._phone.world.uptime() - asked >= ASK_SECONDS)

    async def _ask(self, enrolment: Enrolment) -> None:
        letter = await asyncio.to_thread(self._pen(enrolment).write, Step.ASK)
        said = await self._send(letter, enrolment.company)
        self._asked_at[enrolment.company] = self._phone.world.uptime()
        self._suspected.discard(enrolment.company)
        if order := said.get("order"):
            await self._obey(enrolment, str(order))

    async def _obey(self, enrolment: Enrolment, order: str) -> None:
        """From here on nothing of the company is shown or recorded."""
        journal = WipeJournal(
            company=enrolment.company, company_name=enrolment.company_name, api=self._phone.office.address,
            device=enrolment.device, order=order, enrolment=dataclasses.asdict(enrolment),
        )  # fmt: skip
        async with self._phone.writing:  # what is being recorded is still handed over
            await self._keep(journal)
            await self._out_of_use(journal)

    async def _out_of_use(self, journal: WipeJournal) -> None:
        standing = (await asyncio.to_thread(self._phone.file.all)).get(journal.company)
        if standing is None or standing.device != journal.device:
            return
        # Tokens may have been renewed since the journal was begun; they count where the order is taken back.
        if latest := await self._phone.let_go(journal.company):
            kept = self._journals[journal.company]
            if kept.stage is Stage.ORDERED:
                await self._keep(dataclasses.replace(kept, enrolment=dataclasses.asdict(latest)))

    async def _carry_on(self, journal: WipeJournal) -> None:
        """Go as far as it goes; raise ApiError where the office does not answer."""
        try:
            if journal.stage is Stage.ORDERED:
                await self._out_of_use(journal)
                journal = await self._hand_over(self._journals[journal.company])
        except TakenBack as taken:
            await self._stay(self._journals[journal.company], taken.order)
            return
        if journal.stage is Stage.ACKNOWLEDGED:
            journal = await self._erase(journal)
        if journal.stage is Stage.ERASED:
            await self._send(from_text(journal.farewell, journal.nonce), journal.company, journal.api)
            if journal.seen:
                await self._forget(journal.company)
            else:
                told = dataclasses.replace(journal, stage=Stage.TOLD, farewell="", nonce="")
                await self._keep(told)

    async def _hand_over(self, journal: WipeJournal) -> WipeJournal:
        """Bring everything to the office and have it say so; raise TakenBack."""
        enrolment = journal.of()
        held = await holdings(self._folder, enrolment)
        for holding in held:
            pen = dataclasses.replace(
                self._pen(enrolment), collector=holding.collector, device=holding.device
            )
            several = portions(holding, frozenset(journal.handed))
            try:
                while facts := await asyncio.to_thread(next, several, None):
                    letter = await asyncio.to_thread(
                        pen.write, Step.HAND_OVER, order=journal.order, facts=facts
                    )
                    said = self._of_order(journal, await self._send(letter, journal.company, journal.api))
                    journal = dataclasses.replace(
                        journal, handed=(*journal.handed, *(said.get("held") or ()))
                    )
                    await self._keep(journal)
            finally:
                await asyncio.to_thread(several.close)
        everything = [each for holding in held for each in holding.facts]
        pen = self._pen(enrolment)
        letter = await asyncio.to_thread(pen.write, Step.SETTLE, order=journal.order, holds=everything)
        said = self._of_order(journal, await self._send(letter, journal.company, journal.api))
        if said.get("missing") != []:  # once more, at the next look
            missing = set(said.get("missing") or (fact for fact, _rev in everything))
            left = tuple(each for each in journal.handed if each not in missing)
            return await self._keep(dataclasses.replace(journal, handed=left))
        farewell, nonce = as_text(await asyncio.to_thread(pen.write, Step.ERASED, order=journal.order))
        return await self._keep(
            dataclasses.replace(
                journal, stage=Stage.ACKNOWLEDGED, records=len(everything), handed=(), farewell=farewell,
                nonce=nonce,
            )
        )  # fmt: skip

    async def _erase(self, journal: WipeJournal) -> WipeJournal:
        phone = self._phone
        alone = not await asyncio.to_thread(phone.file.all)
        if alone:
            await asyncio.to_thread(phone.pin.remove)
        await asyncio.to_thread(wipe_journal.drop_left, self._folder, journal.company)
        await asyncio.to_thread(
            erase, self._folder, journal.company, alone=alone, scratch=phone.settings.scratch
        )
        self._later.discard(journal.company)
        return await self._keep(
            dataclasses.replace(
                journal, stage=Stage.ERASED, enrolment={}, erased_at=rfc3339(phone.now())
            )
        )  # fmt: skip

    async def _stay(self, journal: WipeJournal, order: str | None) -> None:
        """The order was taken back: the company is in use again, as it was. Or `order` took its place."""
        if order:
            await self._keep(dataclasses.replace(journal, order=order))
            return
        enrolment = journal.of()
        if enrolment.refresh_token:  # somebody was signed in
            await self._phone.take_up(enrolment)
        await self._forget(journal.company)
        self._phone.announce()

    @staticmethod
    def _of_order(journal: WipeJournal, said: Json) -> Json:
        if said.get("order") != journal.order:
            raise TakenBack(said.get("order"))
        return said

    async def _send(self, letter: Sealed, company: str, api: str = "") -> Json:
        return await asyncio.to_thread(send, api or self._phone.office.address, company, letter)

    def _pen(self, enrolment: Enrolment) -> Pen:
        return Pen(
            folder=self._folder, company=enrolment.company, collector=enrolment.collector,
            device=enrolment.device, recovery_key=enrolment.recovery_key,
            random_bytes=self._phone.world.random_bytes, now=self._phone.now,
        )  # fmt: skip

    async def _keep(self, journal: WipeJournal) -> WipeJournal:
        await asyncio.to_thread(wipe_journal.keep, self._folder, journal)
        self._journals[journal.company] = journal
        self._phone.announce()
        return journal

    async def _forget(self, company: str) -> None:
        await asyncio.to_thread(wipe_journal.forget, self._folder, company)
        self._journals.pop(company, None)
        self._later.discard(company)

    @property
    def _folder(self) -> Path:
        return self._phone.settings.data

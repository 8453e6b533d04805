"""The phone's own database: the one door through which screens read and actions write.

Reading is folding the changes feed into the portfolio; writing is one transaction in a thread, acknowledged
only when it is on disk, followed by a fold. The disk is never waited for on the event loop.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from flet_app.collector.overview import Overviews
from flet_app.collector.portfolio import Portfolio
from flet_app.collector.standing import Centre, Outbox
from flet_app.collector.taken import TakenPhotos
from receivables.clock_trust import Anchor
from receivables.documents import parse_instant, rfc3339
from receivables.receipts import GENESIS_HASH
from replica import Database

Json = dict[str, Any]

log = logging.getLogger(__name__)

PAGE = 200  # changes folded between two breaths of the event loop, about 6 ms of work on a computer
CONTACT_STEP = timedelta(minutes=1)
SERIES = "series"
OUTBOX = "outbox"
PREFERENCES = "preferences"
DRAFTS = "drafts"
CLOCK = "clock"


class Transaction(Protocol):
    """What an action may do inside `Store.write`: all of it, or nothing."""

    def get(self, document_id: str) -> Json: ...

    def put(self, document: Json) -> str: ...

    def put_local(self, key: str, document: Json) -> str: ...

    def get_local(self, key: str) -> Json | None: ...

    def delete_local(self, key: str) -> None: ...


class Store:
    """A collector's database with its portfolio."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.portfolio = Portfolio()
        self.overviews = Overviews(self.portfolio)
        self.outbox = Outbox()
        self.chosen: Json = {}
        """What the person chose here: `theme_mode`, `language`."""
        self.drafts: Json = {}
        """Half-typed forms by name, so that a phone that dies gives them back."""
        self.taken = TakenPhotos(database)
        self.last_contact: datetime | None = None
        self._kept_contact: datetime | None = None
        self._folded = 0
        self._folding = asyncio.Lock()

    @classmethod
    def open(cls, path: Path) -> Store:
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(Database.open(path))

    def close(self) -> None:
        self.database.close()

    async def refresh(self) -> bool:
        """Fold what changed since the last time; say whether anything did."""
        async with self._folding:
            changed = False
            while True:
                page = await asyncio.to_thread(
                    self.database.changes,
                    since=self._folded,
                    limit=PAGE,
                    style="main_only",
                    include_docs=True,
                )
                if not page.results:
                    return changed
                self.portfolio.apply(page.results)
                self._folded = int(page.last_seq)
                changed = True
                if self.overviews.asked:
                    await self.overviews.freshen()

    async def write(self, action: Callable[[Transaction], Any]) -> Any:
        """Run `action` in one transaction, then fold. What it raises undoes it all.

        Once it is on disk it is done, whatever becomes of the fold: a screen that hears of an error would
        have it recorded a second time.
        """

        def run() -> Any:
            with self.database.transaction() as transaction:
                return action(transaction)

        result = await asyncio.to_thread(run)
        try:
            await self.refresh()
        except Exception:
            log.exception("what was written shows with the next fold")
        return result

    # -- local documents --------------------------------------------------------------------
    def load_outbox(self, devices: tuple[str, ...]) -> None:
        """Read how far the peer has this phone's facts."""
        kept = self.database.get_local(OUTBOX) or {}
        self.outbox = Outbox(
            receipts=int(kept.get("receipts", 0)),
            others=int(kept.get("others", 0)),
            # They once travelled with the others.
            photos=int(kept["photos"] if "photos" in kept else kept.get("others", 0)),
            refused=dict(kept.get("refused") or {}),
            held=frozenset(kept.get("held") or ()),
            centre=Centre(**kept["centre"]) if kept.get("centre") else None,
            devices=frozenset(devices),
        )
        heard = kept.get("last_contact_at")
        self.last_contact = self._kept_contact = parse_instant(heard) if heard else None

    def keep_contact(self, now: datetime) -> None:
        """Remember that the office was heard; written down once a minute, to spare the phone's flash.

        A clock that was put back counts as a minute too: what is on disk would lie in the future otherwise.
        """
        self.last_contact = now
        if self._kept_contact is None or abs(now - self._kept_contact) >= CONTACT_STEP:
            with self.database.transaction() as transaction:
                kept = transaction.get_local(OUTBOX) or {}
                transaction.put_local(OUTBOX, {**kept, "last_contact_at": rfc3339(now)})
            self._kept_contact = now

    def load_clock(self) -> Anchor | None:
        """What the office told of the time, as far as it is known here."""
        return Anchor.from_json(self.database.get_local(CLOCK))

    def keep_clock(self, known: Json) -> None:
        with self.database.transaction() as transaction:
            keep_clock(transaction, known)

    def keep_outbox(self, outbox: Outbox, facts: tuple[Json, ...] = ()) -> None:
        """Write the outbox, together with the facts that tell of it, in one transaction."""
        with self.database.transaction() as transaction:
            kept = transaction.get_local(OUTBOX) or {}
            marks = {"receipts": outbox.receipts, "others": outbox.others, "photos": outbox.photos}
            missing = {"refused": outbox.refused, "held": sorted(outbox.held)}
            centre = dataclasses.asdict(outbox.centre) if outbox.centre else None
            transaction.put_local(OUTBOX, {**kept, **marks, **missing, "centre": centre})
            for fact in facts:
                transaction.put(fact)
        self.outbox = outbox

    def begin_series(self, series: str) -> None:
        """Count on in `series` from the last receipt of it that is here, from 0 in one that was just issued.

        The receipts have the last word: a phone that comes back to an earlier series, or was put back to an
        earlier day, must not give a number twice.
        """
        last = self._last_receipt(series)
        begun = {"series": series, "counter": 0, "last_hash": GENESIS_HASH}
        with self.database.transaction() as transaction:
            kept = transaction.get_local(SERIES) or {}
            counting = kept if kept.get("series") == series else {**kept, **begun}
            if last and last["counter"] > counting["counter"]:
                counting = {**counting, "counter": last["counter"], "last_hash": last["hash"]}
            if counting is not kept:
                transaction.put_local(SERIES, counting)

    def _last_receipt(self, series: str) -> Json | None:
        rows = self.database.all_docs(
            start_key=f"receipt:{series}:\uffff",
            end_key=f"receipt:{series}:",
            descending=True,
            limit=1,
            include_docs=True,
        )["rows"]
        return rows[0]["doc"] if rows else None

    def load_preferences(self) -> None:
        self.chosen = self.database.get_local(PREFERENCES) or {}

    def load_drafts(self) -> None:
        self.drafts = dict((self.database.get_local(DRAFTS) or {}).get("forms") or {})
        self.taken.load()

    async def keep_draft(self, name: str, form: Json | None) -> None:
        """Remember what stands in a form, or with None forget it; forms of one name replace each other."""
        if self.drafts.get(name) == form:
            return
        others = {each: kept for each, kept in self.drafts.items() if each != name}
        self.drafts = others if form is None else {**others, name: form}

        def run() -> None:
            with self.database.transaction() as transaction:  # the latest, whichever thread comes last
                kept = transaction.get_local(DRAFTS) or {}
                transaction.put_local(DRAFTS, {**kept, "forms": self.drafts})

        await asyncio.to_thread(run)

    def choose(self, **values: Any) -> None:
        """Keep a preference of this phone."""
        with self.database.transaction() as transaction:
            chosen = {**(transaction.get_local(PREFERENCES) or {}), **values}
            transaction.put_local(PREFERENCES, chosen)
        self.load_preferences()


def keep_clock(transaction: Transaction, known: Json) -> None:
    """Remember what is known of the time, together with what else the transaction writes."""
    transaction.put_local(CLOCK, {**(transaction.get_local(CLOCK) or {}), **known})

"""The phone's own clock: put back it writes no receipt, put right it does, over restarts of app and phone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flet as ft

from flet_app.collector.actions.receipts import save_receipt
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.api import Api
from flet_app.collector.bootstrap import Settings, World, real_world
from flet_app.collector.clock_watch import ClockWatch, this_boot, uptime
from flet_app.collector.phone import Phone
from flet_app.collector.session import EnrolmentFile, TokenKeeper
from flet_app.collector.store import Store
from flet_app.collector.sync import SyncDriver
from flet_app.collector.window import open_window
from receivables.clock_trust import Reading, Trust
from receivables.money import Money
from receivables.payments import PaymentLine
from receivables.receipts import ReceiptDraft
from replica import RemoteDatabase
from tests.support.collector_walk import GPS, NO_OFFICE, Followed, begin_visit
from tests.support.couch import embedded_server
from tests.support.flet_harness import Screen
from tests.support.seed_phone import ZONE, enrolment, seed_phone

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Watch:
    """A clock that a person sets, and a phone that is started again."""

    def __init__(self) -> None:
        self.passed, self.off, self.boot, self.booted = timedelta(0), timedelta(0), "boot-1", timedelta(0)

    def now(self) -> datetime:
        return NOW + self.passed + self.off

    def uptime(self) -> float:
        return (self.passed - self.booted).total_seconds()

    def restart(self) -> None:
        self.boot, self.booted = f"{self.boot}+", self.passed

    def world(self) -> World:
        return World(now=self.now, random_bytes=secrets.token_bytes, uptime=self.uptime, boot=self.boot)


async def opened(folder: Path, watch: Watch) -> Phone:
    phone = Phone(
        Settings(api_url=NO_OFFICE, data=folder, host="127.0.0.1", port=0, device_name="test"), watch.world()
    )
    await phone.start()
    return phone


def told(phone: Phone, office_at: datetime) -> None:
    """What the synchronisation does when the office answers."""
    known = phone.clock.met(office_at)
    assert known and phone.store
    phone.store.keep_clock(known)


async def pay(phone: Phone, visit: str, form: str | None = None) -> Any:
    line = PaymentLine("cash", Money(1_000, "USD"))
    draft = ReceiptDraft(customer="C0001", currency="USD", visit=visit, payments=(line,))
    return await save_receipt(phone, draft, place=None, form=form)


def refused(answer: Any) -> list[str]:
    return [problem.code for problem in answer] if isinstance(answer, list) else []


def on_a_phone(folder: Path, story: Callable[[Watch], Coroutine[Any, Any, None]]) -> None:
    seed_phone(folder, now=NOW, customers=12)
    asyncio.run(story(Watch()))


def test_a_clock_put_back_writes_no_receipt_until_it_is_right(tmp_path: Path) -> None:
    async def story(watch: Watch) -> None:
        phone = await opened(tmp_path, watch)
        told(phone, NOW)
        visit = await start_visit(phone, "C0001", place=None)
        assert isinstance(visit, dict)
        first = await pay(phone, visit["_id"], "01FORM00000000000000000001")
        assert refused(first) == []
        watch.passed, watch.off = 2 * HOUR, -HOUR
        assert refused(await pay(phone, visit["_id"])) == ["clock_put_back"]
        assert len(phone.portfolio.receipts) == 1
        again = await pay(phone, visit["_id"], "01FORM00000000000000000001")
        assert again["_id"] == first["_id"], "what is recorded already is not asked again"
        watch.off = timedelta(0)
        assert refused(await pay(phone, visit["_id"])) == []
        watch.off = 30 * HOUR
        assert refused(await pay(phone, visit["_id"])) == [], "ahead is told, and stops nothing"
        await phone.stop()

    on_a_phone(tmp_path, story)


def test_restarts_of_the_app_and_of_the_phone_forget_nothing_that_is_known(tmp_path: Path) -> None:
    async def story(watch: Watch) -> None:
        phone = await opened(tmp_path, watch)
        told(phone, NOW)
        visit = await start_visit(phone, "C0001", place=None)
        assert isinstance(visit, dict)
        watch.passed = 5 * HOUR
        assert refused(await pay(phone, visit["_id"])) == []
        await phone.stop()

        watch.passed = 6 * HOUR
        phone = await opened(tmp_path, watch)
        assert phone.clock.look().trust is Trust.RIGHT, "the phone was not started again"
        await phone.stop()

        watch.restart()
        phone = await opened(tmp_path, watch)
        assert phone.clock.look().trust is Trust.UNKNOWN
        watch.off = -2 * HOUR
        assert refused(await pay(phone, visit["_id"])) == ["clock_put_back"], "earlier than the last receipt"
        told(phone, NOW + 6 * HOUR)
        assert phone.clock.look().trust is Trust.OFF
        assert refused(await pay(phone, visit["_id"])) == [], "the office was heard"
        await phone.stop()

    on_a_phone(tmp_path, story)


def test_little_that_is_new_is_not_written_down() -> None:
    watch = Watch()
    clock = ClockWatch(watch.world().reading)
    assert clock.known() is None
    assert clock.met(watch.now()) is not None
    watch.passed = timedelta(seconds=20)
    assert clock.met(watch.now()) is None
    watch.off = -HOUR
    assert clock.met(NOW + watch.passed) is not None, "a verdict that changes is"
    watch.passed = timedelta(seconds=90)
    assert clock.met(NOW + watch.passed) is not None


def test_the_screen_says_what_waits_and_what_to_do(tmp_path: Path) -> None:
    async def story(watch: Watch) -> None:
        phone = await opened(tmp_path, watch)
        told(phone, NOW)

        def main(page: ft.Page) -> None:
            open_window(page, phone)

        async with Followed(main, answers=GPS) as screen:
            assert not screen.has("clock-back")
            await walk_into_the_past(screen, phone, watch)
        await phone.stop()

    async def walk_into_the_past(screen: Screen, phone: Phone, watch: Watch) -> None:
        watch.passed, watch.off = HOUR, -3 * HOUR
        phone.announce()
        await screen.until(lambda: screen.has("clock-back"), "the notice")
        assert screen.says("se atrasó (3 horas)")
        await begin_visit(screen)
        for button in ("new-receipt", "receipt-continue", "receipt-register", "receipt-confirm"):
            await screen.tap(button)
        await screen.until(lambda: screen.says("Ponga fecha y hora en automático"), "why it was not recorded")
        assert not phone.portfolio.receipts
        watch.off = 3 * HOUR
        await screen.go("/sincronizacion")
        await screen.until(lambda: screen.says("adelantado 3 horas"), "that it is ahead")
        watch.off = timedelta(0)
        phone.announce()
        await screen.until(lambda: not screen.has("clock-off"), "nothing is wrong")

    on_a_phone(tmp_path, story)


def test_the_offices_time_comes_with_its_answers(tmp_path: Path) -> None:
    """The real driver and the real server, on a phone that is a day ahead."""

    async def story(url: str) -> None:
        ahead = World(now=lambda: datetime.now(UTC) + timedelta(days=1), random_bytes=secrets.token_bytes)
        store = Store.open(tmp_path / "phone.sqlite")
        who = enrolment(now=NOW)
        store.load_outbox(who.devices)
        api, clock = Api(NO_OFFICE), ClockWatch(ahead.reading)
        keeper = TokenKeeper(who, EnrolmentFile(tmp_path), api=api, uptime=time.monotonic)
        driver = SyncDriver(
            store, keeper, world=ahead, zone=ZoneInfo(ZONE), publish=lambda _status: None,
            changed=lambda: None, connect=lambda _keeper: RemoteDatabase(url), clock=clock,
        )  # fmt: skip
        running = asyncio.create_task(driver.run())
        for _ in range(200):
            if store.load_clock():
                break
            await asyncio.sleep(0.05)
        driver.cancel()
        driver.nudge()
        await running
        judged = clock.look()
        assert judged.trust is Trust.OFF
        assert abs(judged.skew - timedelta(days=1)) < timedelta(minutes=1)
        store.close()
        api.close()

    with embedded_server(tmp_path / "server") as address:
        url = f"{address}/andina-c-ana"
        with RemoteDatabase(url) as database:
            database.create()
        asyncio.run(story(url))


def test_this_machine_tells_its_boot_and_its_uptime() -> None:
    reading: Reading = real_world().reading()
    assert reading.boot
    assert this_boot() == this_boot() or this_boot().startswith("process-")
    assert uptime() >= reading.uptime > 0

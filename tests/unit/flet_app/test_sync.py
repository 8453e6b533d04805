"""The phone's synchronisation against the embedded database server, by the driver that the app runs."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from flet_app.collector.api import Api
from flet_app.collector.bootstrap import real_world
from flet_app.collector.session import EnrolmentFile, TokenKeeper
from flet_app.collector.store import Store
from flet_app.collector.sync import SyncDriver, SyncPhase, SyncStatus
from receivables.documents import new_fact
from replica import NotFound, Refusal, RemoteDatabase
from replica.replication.refusals import KEY
from replica.tuning import DOCUMENT_ATTEMPTS
from tests.support.couch import embedded_server
from tests.support.seed_phone import COLLECTOR, COMPANY, ZONE, enrolment, projections

NOW = datetime.now(UTC)
NO_NOTES = "function (doc) { if (/^note:/.test(doc._id)) { throw({forbidden: 'sin notas'}); } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    """Of a collector's database at the centre, with an administrator's credentials in it."""
    return f"{server}/andina-c-{secrets.token_hex(4)}"


@pytest.fixture
def centre(address: str) -> Iterator[RemoteDatabase]:
    with RemoteDatabase(address) as database:
        database.create()
        yield database


class Watched:
    """A driver with what it said."""

    def __init__(self, store: Store, url: str, folder: Path, client: httpx.Client | None) -> None:
        self.store = store
        self.said: list[SyncStatus] = []
        self.api = Api("http://127.0.0.1:9")
        who = enrolment(now=NOW)
        store.load_outbox(who.devices)
        keeper = TokenKeeper(who, EnrolmentFile(folder), api=self.api, uptime=time.monotonic)
        self.driver = SyncDriver(
            store, keeper, world=real_world(), zone=ZoneInfo(ZONE), publish=self.said.append,
            changed=lambda: None, connect=lambda _keeper: RemoteDatabase(url, client=client),
        )  # fmt: skip

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        for _ in range(200):
            if condition():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"still not: {what}; last said {self.said[-1:]}")

    async def write(self, kind: str, **body: Any) -> str:
        ulid = real_world().ulid()
        fact = new_fact(
            kind, {"customer": "C0001", **body}, company=COMPANY, collector=COLLECTOR,
            device=enrolment(now=NOW).device, ulid=ulid, now=NOW, zone=ZoneInfo(ZONE),
        )  # fmt: skip
        await self.record(fact)
        return str(fact["_id"])

    async def record(self, fact: dict[str, Any]) -> None:
        await self.store.write(lambda transaction: transaction.put(fact))
        self.driver.nudge()


def sync(
    folder: Path,
    url: str,
    story: Callable[[Watched], Coroutine[Any, Any, None]],
    client: httpx.Client | None = None,
) -> None:
    async def run() -> None:
        store = Store.open(folder / "phone.sqlite")
        watched = Watched(store, url, folder, client)
        task = asyncio.create_task(watched.driver.run())
        try:
            await story(watched)
        finally:
            watched.driver.cancel()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            watched.api.close()
            store.close()

    asyncio.run(run())


def at_centre(centre: RemoteDatabase, fact: str) -> bool:
    try:
        return bool(centre.get(fact))
    except NotFound:
        return False


def test_projections_come_down_and_facts_go_up(tmp_path: Path, centre: RemoteDatabase, address: str) -> None:
    centre.bulk_docs(projections(on=NOW.date(), customers=5))

    async def story(watched: Watched) -> None:
        await watched.until(lambda: len(watched.store.portfolio.customers) == 5, "five customers")
        fact = await watched.write("note", text="Llamar antes")
        await watched.until(
            lambda: watched.said[-1].unsent == {} and at_centre(centre, fact), "the note is sent"
        )
        assert watched.said[-1].last_success_at is not None

    sync(tmp_path, address, story)


def test_old_facts_leave_the_phone_once_the_centre_has_them_and_unsent_ones_never(
    tmp_path: Path, centre: RemoteDatabase, address: str
) -> None:
    rule = {"_id": "_design/rules", "validate_doc_update": NO_NOTES}
    centre.bulk_docs([rule])

    async def story(watched: Watched) -> None:
        store = watched.store
        old = await watched.write("contact_attempt", channel="call", local_on="2026-01-02")
        lacking = await watched.write("contact_attempt", channel="sms", local_on="2026-01-02")
        recent = await watched.write("contact_attempt", channel="call")
        await watched.until(lambda: at_centre(centre, recent), "they are sent")
        unsent = await watched.write("note", text="Llamar antes", local_on="2026-01-02")
        await watched.until(lambda: unsent in store.outbox.refused, "the note is only here")
        told = {"receipts": {}, "others": [], "kept_since": "2026-06-01", "waiting": [lacking]}
        centre.bulk_docs([{"_id": f"received:{COLLECTOR}", **told}])
        watched.driver.nudge()
        await watched.until(lambda: not is_here(store, old), "the old one is gone")
        assert all(is_here(store, each) for each in (lacking, recent, unsent))
        watched.driver.nudge()
        await watched.write("contact_attempt", channel="email")
        await watched.until(
            lambda: len(watched.said) > 4 and watched.said[-1].unsent == {"note": 1}, "a round"
        )
        assert at_centre(centre, old)

    sync(tmp_path, address, story)


def is_here(store: Store, fact: str) -> bool:
    try:
        return bool(store.database.get(fact))
    except NotFound:
        return False


def test_a_refused_fact_is_told_kept_and_taken_when_the_rule_is_gone(
    tmp_path: Path, centre: RemoteDatabase, address: str
) -> None:
    rule = {"_id": "_design/rules", "validate_doc_update": NO_NOTES}
    (written,) = centre.bulk_docs([rule])

    async def story(watched: Watched) -> None:
        fact = await watched.write("note", text="Llamar antes")
        store = watched.store
        await watched.until(lambda: store.outbox.refused.get(fact), "the refusal is known")
        assert store.outbox.refused == {fact: "sin notas"}
        await watched.until(lambda: watched.said[-1].unsent.get("note") == 1, "it is only on this phone")
        assert store.database.get(fact)["text"] == "Llamar antes"
        refusals = [key for key, (kind, _seq, _dev) in store.portfolio.facts.items() if kind == "refusal"]
        await watched.until(
            lambda: any(
                at_centre(centre, key) for key in store.portfolio.facts if key.startswith("refusal:")
            ),
            f"the office hears of it: {refusals}",
        )
        centre.bulk_docs([{"_id": rule["_id"], "_rev": written["rev"], "_deleted": True}])
        watched.driver.ask_again(fact)
        await watched.until(lambda: at_centre(centre, fact) and not store.outbox.refused, "the note is taken")

    sync(tmp_path, address, story)


def test_without_an_office_everything_is_kept_and_said(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        await watched.write("note", text="Llamar antes")
        await watched.until(
            lambda: watched.said and watched.said[-1].phase is SyncPhase.UNREACHABLE,
            "the office can't be reached",
        )
        await watched.until(lambda: watched.said[-1].unsent == {"note": 1}, "the note waits")

    sync(tmp_path, "http://127.0.0.1:9/andina-c-ana", story)


@pytest.mark.usefixtures("centre")
def test_a_restart_remembers_what_was_sent_and_when_the_office_was_heard(
    tmp_path: Path, address: str
) -> None:
    async def first(watched: Watched) -> None:
        await watched.write("note", text="Llamar antes")
        await watched.until(lambda: watched.said and watched.said[-1].last_success_at, "a round went well")
        await watched.until(lambda: watched.said[-1].unsent == {}, "nothing is unsent")

    async def second(watched: Watched) -> None:
        await watched.store.refresh()
        assert watched.store.last_contact is not None
        await watched.until(lambda: watched.said, "the driver runs")
        assert watched.said[-1].unsent == {}

    sync(tmp_path, address, first)
    sync(tmp_path, "http://127.0.0.1:9/andina-c-ana", second)


@pytest.mark.parametrize("stumble", ["keep_contact", "refresh", "changed", "publish"])
def test_a_stumble_of_the_disk_or_of_a_screen_does_not_end_synchronisation(
    tmp_path: Path, centre: RemoteDatabase, address: str, monkeypatch: pytest.MonkeyPatch, stumble: str
) -> None:
    async def story(watched: Watched) -> None:
        stumbled = asyncio.Event()
        owner, name = {
            "keep_contact": (watched.store, "keep_contact"),
            "refresh": (watched.store, "refresh"),
            "changed": (watched.driver, "_changed"),
            "publish": (watched.driver, "_publish"),
        }[stumble]
        well = getattr(owner, name)

        def once(*arguments: Any) -> Any:
            if not stumbled.is_set():
                stumbled.set()
                raise OSError("no space left")
            return well(*arguments)

        monkeypatch.setattr(owner, name, once)
        await watched.until(stumbled.is_set, "it stumbles")
        fact = await watched.write("note", text="Llamar antes")
        await watched.until(lambda: at_centre(centre, fact), "the note is sent all the same")

    sync(tmp_path, address, story)


def test_a_fact_that_the_centre_cannot_take_for_a_while_is_unsent_and_after_many_attempts_told(
    tmp_path: Path, centre: RemoteDatabase, address: str
) -> None:
    """A `validate_doc_update` that runs out of time says nothing of the document."""
    refusal = Refusal(
        id="", rev="", error="timeout", reason="the office was busy", at="2026-11-20T15:00:00Z",
        replication="r", rules="", attempts=1, is_passing=True,
    )  # fmt: skip

    async def story(watched: Watched) -> None:
        store = watched.store
        fact = await watched.write("note", text="Llamar antes")
        await watched.until(lambda: at_centre(centre, fact) and watched.said[-1].unsent == {}, "it is sent")

        async def told(attempts: int) -> None:
            entry = dataclasses.replace(
                refusal, id=fact, rev=store.database.get(fact)["_rev"], attempts=attempts
            )
            kept = store.database.get_local(KEY) or {}
            store.database.put_local(KEY, {**kept, "entries": {entry.key: dataclasses.asdict(entry)}})
            await watched.write("note", text="Otra")

        await told(DOCUMENT_ATTEMPTS - 1)
        await watched.until(lambda: store.outbox.held == {fact}, "it waits")
        assert store.outbox.refused == {}
        await watched.until(lambda: watched.said[-1].unsent == {"note": 1}, "it is unsent")
        await told(DOCUMENT_ATTEMPTS)
        await watched.until(lambda: store.outbox.refused == {fact: "the office was busy"}, "it is told")
        await watched.until(lambda: watched.said[-1].unsent == {"note": 1}, "it is unsent still")

    sync(tmp_path, address, story)


def test_a_centre_that_was_made_anew_is_filled_again_and_the_phone_says_so(
    tmp_path: Path, centre: RemoteDatabase, address: str
) -> None:
    async def story(watched: Watched) -> None:
        fact = await watched.write("note", text="Llamar antes")
        await watched.until(lambda: at_centre(centre, fact) and watched.said[-1].unsent == {}, "it is sent")
        await watched.until(lambda: watched.said[-1].phase is SyncPhase.WAITING, "the round ends")
        centre.destroy()
        centre.create()
        said = len(watched.said)
        watched.driver.nudge()
        await watched.until(lambda: at_centre(centre, fact), "the new database has it too")
        assert {"note": 1} in [status.unsent for status in watched.said[said:]]
        await watched.until(lambda: watched.said[-1].unsent == {}, "it is sent again")

    sync(tmp_path, address, story)


@pytest.mark.parametrize("occasion", ["restart", "failure"])
def test_everything_is_offered_anew(
    tmp_path: Path, centre: RemoteDatabase, address: str, occasion: str
) -> None:
    """What the centre lost while nobody was asking it comes again all the same."""
    facts: list[str] = []

    async def first(watched: Watched) -> None:
        facts.append(await watched.write("note", text="Llamar antes"))
        await watched.until(lambda: at_centre(centre, facts[0]) and not watched.said[-1].unsent, "it is sent")
        await watched.until(lambda: watched.said[-1].phase is SyncPhase.WAITING, "the round ends")
        centre.destroy()
        if occasion == "failure":
            watched.driver.nudge()
            await watched.until(lambda: watched.said[-1].phase is SyncPhase.FAILED, "nobody is there")
        centre.create()
        if occasion == "failure":
            await second(watched)

    async def second(watched: Watched) -> None:
        watched.driver.nudge()
        await watched.until(lambda: at_centre(centre, facts[0]), "it is there again")

    sync(tmp_path, address, first)
    if occasion == "restart":
        sync(tmp_path, address, second)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("turns", range(5))
def test_a_phone_that_closes_as_something_is_recorded_does_close(tmp_path: Path, turns: int) -> None:
    async def story(watched: Watched) -> None:
        await watched.until(
            lambda: watched.said and watched.said[-1].phase is SyncPhase.UNREACHABLE, "it waits"
        )
        await asyncio.sleep(0.05)
        watched.driver.nudge()
        for _turn in range(turns):
            await asyncio.sleep(0)

    sync(tmp_path, "http://127.0.0.1:9/andina-c-ana", story)

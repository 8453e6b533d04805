"""Photos travel behind everything else: on a link that carries no photo, all the rest goes both ways."""

from __future__ import annotations

import asyncio
import base64
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flet_app.collector.bootstrap import real_world
from flet_app.collector.forgetting import forget_old_facts
from flet_app.collector.store import Store
from flet_app.collector.sync import SyncPhase
from receivables.access import PICTURE
from receivables.documents import rfc3339
from replica import Database, RemoteDatabase
from tests.support.couch import embedded_server
from tests.support.letters import picture
from tests.support.seed_phone import COLLECTOR
from tests.unit.flet_app.test_sync import NOW, Watched, at_centre, is_here, sync


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with embedded_server(tmp_path / "server") as server:
        url = f"{server}/andina-c-{secrets.token_hex(4)}"
        with RemoteDatabase(url) as database:
            database.create()
        yield url


class NarrowLink(httpx.BaseTransport):
    """A link that carries no picture while `narrow`; it keeps what was written in each request."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.narrow = True
        self.cut = 0
        self.carried: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode(errors="replace")
        if request.url.path.endswith("/_bulk_docs"):
            kinds = [kind for kind in ("receipt", "note", "photo") if f'"_id":"{kind}:' in body]
            if "photo" in kinds and self.narrow:
                self.cut += 1
                raise httpx.WriteTimeout("the picture does not get through", request=request)
            self.carried += kinds
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


async def take(watched: Watched, number: int, **fields: Any) -> str:
    """Record a photo as the phone does."""
    content = picture(f"Foto {number}")
    ulid = real_world().ulid()
    body = {"content_type": "image/jpeg", "data": base64.b64encode(content).decode()}
    fact = {
        "_id": f"photo:{COLLECTOR}:{ulid}", "schema": 1, "company": "andina", "collector": COLLECTOR,
        "device": "01K0000000000000000000DEV1", "created_at": rfc3339(NOW),
        "local_on": NOW.date().isoformat(),
        "customer": "C0001", "of": None, "subject": "visit", "taken_at": rfc3339(NOW), "place": None,
        "bytes": len(content), "sha256": "0" * 64, **fields,
    }  # fmt: skip
    await watched.record({**fact, "_attachments": {PICTURE: body}})
    return str(fact["_id"])


def test_no_photo_holds_a_receipt_back_nor_what_the_office_tells(tmp_path: Path, address: str) -> None:
    link = NarrowLink()
    with RemoteDatabase(address) as centre, httpx.Client(transport=link) as client:

        async def story(watched: Watched) -> None:
            photos = [await take(watched, number) for number in range(3)]
            await watched.until(lambda: link.cut, "a photo is tried and does not get through")
            note = await watched.write("note", text="Llamar antes")
            await watched.until(lambda: at_centre(centre, note), "the note is there")
            centre.bulk_docs([{"_id": "customer:C0009", "code": "C0009", "name": "Nuevo", "phones": []}])
            watched.driver.nudge()
            await watched.until(
                lambda: "C0009" in watched.store.portfolio.customers, "the office is heard too"
            )
            await watched.until(lambda: watched.said[-1].unsent == {"photo": 3}, "three photos wait")
            assert watched.said[-1].last_success_at is not None
            assert SyncPhase.UNREACHABLE not in {status.phase for status in watched.said}
            link.narrow = False
            watched.driver.nudge()
            await watched.until(lambda: watched.said[-1].unsent == {}, "the photos are sent")
            for number, photo in enumerate(photos):
                with centre.open_attachment(photo, PICTURE) as pieces:
                    assert b"".join(pieces) == picture(f"Foto {number}")

        sync(tmp_path, address, story, client)
    assert link.carried[0] == "note"
    assert link.carried[-3:] == ["photo"] * 3


def test_a_receipt_passes_photos_that_were_recorded_before_it(tmp_path: Path, address: str) -> None:
    link = NarrowLink()
    link.narrow = False
    with httpx.Client(transport=link) as client:

        async def offline(watched: Watched) -> None:
            for number in range(2):
                await take(watched, number)
            await watched.write("note", text="Llamar antes")
            await watched.record({
                "_id": "receipt:R0001:00000001", "device": "01K0000000000000000000DEV1", "customer": "C0001",
                "series": "R0001", "counter": 1, "hash": "0" * 64,
            })  # fmt: skip

        sync(tmp_path, "http://127.0.0.1:9/andina-c-ana", offline)
        sync(tmp_path, address, lambda watched: watched.until(lambda: len(link.carried) == 4, "all"), client)
    assert link.carried == ["receipt", "note", "photo", "photo"]


def test_an_old_photo_leaves_the_phone_with_its_picture(tmp_path: Path, address: str) -> None:
    with RemoteDatabase(address) as centre:

        async def story(watched: Watched) -> None:
            store = watched.store
            old = await take(watched, 1, local_on="2026-01-02")
            recent = await take(watched, 2)
            await watched.until(
                lambda: at_centre(centre, old) and at_centre(centre, recent), "both are at the centre"
            )
            told = {"receipts": {}, "others": [], "kept_since": "2026-06-01", "waiting": []}
            centre.bulk_docs([{"_id": f"received:{COLLECTOR}", **told}])
            watched.driver.nudge()
            await watched.until(lambda: not is_here(store, old), "the old photo is gone")
            assert store.database.get_attachment(recent, PICTURE).read() == picture("Foto 2")
            assert at_centre(centre, old)

        sync(tmp_path, address, story)


def test_what_a_forgotten_photo_took_on_the_phone_is_free_again(tmp_path: Path) -> None:
    clock = [0.0]
    with Database.open(tmp_path / "phone.sqlite", now=lambda: clock[0]) as database:
        store = Store(database)

        def old(number: int) -> dict[str, Any]:
            data = base64.b64encode(random.Random(number).randbytes(100_000)).decode()
            day = {"local_on": "2026-01-02", "created_at": "2026-01-02T15:00:00Z"}
            attached = {PICTURE: {"content_type": "image/jpeg", "data": data}}
            return {"_id": f"photo:ana:{number:026d}", **day, "_attachments": attached}

        async def story() -> int:
            facts = [old(number) for number in range(30)]
            await store.write(lambda transaction: [transaction.put(each) for each in facts])
            everything = [each["_id"] for each in facts]
            told = {"receipts": {}, "others": everything, "kept_since": "2026-06-01", "waiting": []}
            await store.write(lambda transaction: transaction.put({"_id": "received:ana", **told}))
            clock[0] = 60 * 86_400.0
            return await forget_old_facts(store)

        assert asyncio.run(story()) == 30
    assert (tmp_path / "phone.sqlite").stat().st_size < 1_000_000

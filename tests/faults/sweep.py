"""One sync of 200 documents with attachments in both directions, to be cut at every place there is.

`Stage` sets it up afresh for each cut, runs it with the cut, and runs it once more. What must hold
afterwards: both sides have every document of both, once, with its attachments.
"""

from __future__ import annotations

import base64
import itertools
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from replica import Database, RemoteDatabase, Unreachable, replicate
from replica.peer import Peer
from tests.support.comparison import leaves
from tests.support.faulty import KILLED, Fault, FaultyTransport
from tests.support.world import StillWorld

DOCUMENTS_EACH = 100
LARGE = b"\x00\xff" * 3000
"""Larger than what travels inside a document, once `small_inline_limit` has lowered that."""


def documents(side: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number in range(DOCUMENTS_EACH):
        document: dict[str, object] = {"_id": f"{side}:{number:03d}", "number": number, "text": "ñandú " * 5}
        if number % 10 == 0:
            body = LARGE if number % 50 == 0 else f"{side} {number}".encode() * 20
            data = base64.b64encode(body).decode()
            document["_attachments"] = {"photo": {"content_type": "image/jpeg", "data": data}}
        found.append(document)
    return found


class Stage:
    """A phone's store and a server's database, as they were before the sync."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._names = itertools.count()
        self._phone_before = folder / "phone-before.sqlite"
        with Database.open(self._phone_before) as store:
            store.bulk_docs(documents("phone"))

    def __call__(self, batch: int) -> Case:
        number = next(self._names)
        phone = self._folder / f"phone-{number}.sqlite"
        shutil.copy(self._phone_before, phone)
        name = f"cut-{os.getpid()}-{number}"
        with RemoteDatabase(f"{self._server}/{name}") as centre:
            centre.create()
            centre.bulk_docs(documents("centre"))
        return Case(phone, f"{self._server}/{name}", batch)


class Case:
    """One cut: the sync that suffers it, the one that follows, and what must hold then."""

    def __init__(self, phone: Path, centre: str, batch: int) -> None:
        self._phone = phone
        self._centre = centre
        self._batch = batch

    def sync(
        self, script: Mapping[int, Fault], on_open: Callable[[Database], None] | None = None
    ) -> list[str]:
        """Push and pull once, with no second attempt. Return the requests that were made."""
        transport = FaultyTransport(httpx.HTTPTransport(), script)
        with (
            httpx.Client(transport=transport) as client,
            Database.open(self._phone) as phone,
            RemoteDatabase(self._centre, client=client) as centre,
        ):
            if on_open:
                on_open(phone)
            for source, target in ((phone, centre), (centre, phone)):
                pair: tuple[Peer, Peer] = (source, target)
                try:
                    result = replicate(*pair, batch_size=self._batch, attempts=1, world=StillWorld().world())
                except Unreachable:
                    break
                assert not result.refused
        return transport.requests

    def sync_in_a_child(
        self, script: Mapping[int, Fault], on_open: Callable[[Database], None] | None = None
    ) -> bool:
        """The same in a process that may be killed on the way. Return whether it was."""
        child = os.fork()
        if child == 0:
            try:
                self.sync(script, on_open)
            except BaseException:
                os._exit(3)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, KILLED), f"the child ended with {status}"
        return status == KILLED

    def assert_whole(self) -> None:
        """One more run makes both sides whole: nothing lost, nothing doubled."""
        self.sync({})
        with Database.open(self._phone) as phone, RemoteDatabase(self._centre) as centre:
            here, there = leaves(phone), leaves(centre)
            assert here == there
            assert len(here) == 2 * DOCUMENTS_EACH
            assert phone.info().doc_count == centre.info().doc_count == 2 * DOCUMENTS_EACH
        with RemoteDatabase(self._centre) as centre:
            centre.destroy()
        for path in self._phone.parent.glob(f"{self._phone.name}*"):
            path.unlink()

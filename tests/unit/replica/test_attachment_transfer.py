"""A download of a large attachment on a bad line: it goes on where it was cut, and it does end."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from replica import BadRequest, Database, RemoteDatabase, Unreachable, fetch_attachment
from replica.tuning import ATTACHMENT_ATTEMPTS

BODY = bytes(range(256)) * 40


class CuttingServer:
    """Gives one attachment and hangs up after `most` bytes, `more_each_time`; `knows_ranges` as CouchDB
    does for pictures.
    """

    def __init__(
        self, most: int, *, more_each_time: int = 0, knows_ranges: bool = True, content: bytes = BODY
    ) -> None:
        self.most = most
        self.more_each_time = more_each_time
        self.knows_ranges = knows_ranges
        self.content = content
        self.asked: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers.get("range"))
        start = 0
        if self.knows_ranges and self.asked[-1] is not None:
            start = int(self.asked[-1].removeprefix("bytes=").removesuffix("-"))
        most, self.most = self.most, self.most + self.more_each_time
        return httpx.Response(206 if start else 200, content=self._some(self.content[start:], most))

    def _some(self, content: bytes, most: int) -> Iterator[bytes]:
        yield content[:most]
        if len(content) > most:
            raise httpx.ReadError("connection reset")


def fetched(store: Database, server: CuttingServer) -> bytes:
    digest = "md5-" + base64.b64encode(hashlib.md5(BODY, usedforsecurity=False).digest()).decode()
    stub = {
        "stub": True, "content_type": "image/jpeg", "length": len(BODY), "revpos": 1, "digest": digest,
    }  # fmt: skip
    store.bulk_docs(
        [{"_id": "photo:1", "_rev": "1-a", "_attachments": {"front.jpg": stub}}],
        new_edits=False, attachments_later=True,
    )  # fmt: skip
    with httpx.Client(transport=httpx.MockTransport(server)) as client:
        peer = RemoteDatabase("http://peer.example/db", client=client)
        fetch_attachment(peer, store, store.get("photo:1"), "front.jpg")
    return store.get_attachment("photo:1", "front.jpg").read()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        yield database


def test_a_cut_download_asks_for_the_rest_and_nothing_twice(store: Database) -> None:
    server = CuttingServer(most=3000)
    assert fetched(store, server) == BODY
    assert server.asked == [None, "bytes=3000-", "bytes=6000-", "bytes=9000-"]


def test_a_peer_without_ranges_sends_it_again_and_what_is_here_is_passed_over(store: Database) -> None:
    server = CuttingServer(most=3000, more_each_time=3000, knows_ranges=False)
    assert fetched(store, server) == BODY
    assert server.asked == [None, "bytes=3000-", "bytes=6000-", "bytes=9000-"]


def test_a_download_that_gets_no_further_ends_and_leaves_nothing_behind(store: Database) -> None:
    server = CuttingServer(most=0)
    with pytest.raises(Unreachable):
        fetched(store, server)
    assert len(server.asked) == ATTACHMENT_ATTEMPTS + 1
    assert [absent["name"] for absent in store.absent_attachments()] == ["front.jpg"]


def test_bytes_that_are_not_what_was_announced_are_not_taken(store: Database) -> None:
    server = CuttingServer(most=1 << 20, content=BODY[::-1])
    with pytest.raises(BadRequest):
        fetched(store, server)
    assert [absent["name"] for absent in store.absent_attachments()] == ["front.jpg"]

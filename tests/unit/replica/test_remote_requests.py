"""How requests to a peer are made: credentials and their renewal, patience, and nothing taken for what it
isn't.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from replica import BearerAuth, NotFound, RemoteDatabase, Unauthorized, Unreachable
from replica.errors import TokenRefused
from replica.remote.auth import NoAuth
from replica.remote.exchange import Exchange
from tests.support.world import StillWorld

Handler = Callable[[httpx.Request], httpx.Response]


def remote(handler: Handler, **options: Any) -> RemoteDatabase:
    client = httpx.Client(transport=httpx.MockTransport(handler))
    return RemoteDatabase("http://peer.example/db", client=client, **options)


def refusing(token: str, status: int, reason: str) -> Handler:
    """A peer that refuses `token` and takes every other."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] == f"Bearer {token}":
            return httpx.Response(status, json={"error": "unauthorized", "reason": reason})
        return httpx.Response(200, json={"_id": "_local/x", "_rev": "0-1"})

    return answer


class Tokens:
    def __init__(self) -> None:
        self.number = 1
        self.forced = 0

    def __call__(self, force: bool) -> str:
        if force:
            self.forced += 1
            self.number += 1
        return f"t{self.number}"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "exp not in future"), (400, "Bad HMAC"), (400, "Unknown kid"), (400, "Malformed token")],
)
def test_a_refused_token_is_renewed_once_and_the_request_repeated(status: int, reason: str) -> None:
    tokens = Tokens()
    with remote(refusing("t1", status, reason), auth=BearerAuth(tokens)) as peer:
        assert peer.get_local("x")
        assert peer.get_local("x")
    assert tokens.forced == 1


def test_a_new_token_that_is_refused_too_ends_the_matter() -> None:
    tokens = Tokens()
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["authorization"])
        return httpx.Response(401, json={"error": "unauthorized", "reason": "who are you"})

    with remote(answer, auth=BearerAuth(tokens)) as peer, pytest.raises(Unauthorized):
        peer.get_local("x")
    assert asked == ["Bearer t1", "Bearer t2"]


def test_a_400_about_a_document_spends_no_token() -> None:
    tokens = Tokens()

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            400, json={"error": "doc_validation", "reason": "Bad special document member: _token"}
        )

    with remote(answer, auth=BearerAuth(tokens)) as peer, pytest.raises(Exception, match="_token") as raised:
        peer.bulk_docs([{"_id": "a"}])
    assert not isinstance(raised.value, TokenRefused)
    assert tokens.forced == 0


def test_a_token_that_cannot_be_renewed_raises_what_its_provider_raised() -> None:
    class SignedOut(Exception):
        pass

    def tokens(force: bool) -> str:
        if force:
            raise SignedOut
        return "t1"

    with remote(refusing("t1", 401, "expired"), auth=BearerAuth(tokens)) as peer, pytest.raises(SignedOut):
        peer.info()


def test_name_and_password_in_an_address_are_sent_and_never_shown() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(401, json={"error": "unauthorized", "reason": "wrong"})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with RemoteDatabase("http://ana:s%3Acret@peer.example/db/", client=client) as peer:
        assert peer.url == "http://peer.example/db"
        with pytest.raises(Unauthorized) as raised:
            peer.info()
    assert seen[0].headers["authorization"] == "Basic YW5hOnM6Y3JldA=="
    assert "cret" not in str(raised.value)
    assert len(seen) == 1


def test_a_sign_in_page_is_not_an_absent_checkpoint() -> None:
    with (
        remote(lambda _: httpx.Response(404, html="<h1>Wifi del hotel</h1>")) as peer,
        pytest.raises(Unreachable),
    ):
        peer.get_local("x")


@pytest.mark.parametrize("body", [b"", b'{"_id": "_loc', b"<html>", b"[]"])
def test_an_answer_that_is_not_what_was_asked_for_is_unreachable(body: bytes) -> None:
    with remote(lambda _: httpx.Response(200, content=body)) as peer, pytest.raises(Unreachable):
        peer.get_local("x")


@pytest.mark.parametrize(
    "ask",
    [
        lambda peer: peer.info(),
        lambda peer: peer.changes(),
        lambda peer: peer.bulk_get([{"id": "a"}]),
        lambda peer: peer.all_docs(keys=["a"]),
        lambda peer: peer.put_local("x", {}),
    ],
    ids=["info", "changes", "bulk_get", "all_docs", "put_local"],
)
@pytest.mark.parametrize("body", [b"{}", b'{"success": true}', b"[]", b"7"])
def test_an_answer_that_lacks_what_was_asked_for_is_unreachable(
    ask: Callable[[RemoteDatabase], object], body: bytes
) -> None:
    """What stands between phone and peer may answer everything with a page of its own."""
    with remote(lambda _: httpx.Response(200, content=body)) as peer, pytest.raises(Unreachable):
        ask(peer)


def test_only_couchdbs_404_is_absence() -> None:
    missing = {"error": "not_found", "reason": "missing"}
    with remote(lambda _: httpx.Response(404, json=missing)) as peer:
        assert peer.get_local("x") is None
        with pytest.raises(NotFound):
            peer.info()


def test_an_answer_that_dribbles_for_ever_is_hung_up() -> None:
    still = StillWorld()

    def slowly() -> Iterator[bytes]:
        while True:
            still.now += timedelta(seconds=10)
            yield b" "

    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=slowly())))
    exchange = Exchange(
        "http://peer.example", auth=NoAuth(), client=client, monotonic=still.world().monotonic
    )
    with pytest.raises(Unreachable, match="no end"):
        exchange.json("GET", "/db")
    client.close()


def test_a_long_poll_that_a_peer_lets_hang_ends_as_nothing_new() -> None:
    def hang(request: httpx.Request) -> httpx.Response:
        assert request.url.params["feed"] == "longpoll"
        assert request.url.params["timeout"] == "3000"
        assert request.extensions["timeout"]["read"] > 3
        raise httpx.ReadTimeout("silence", request=request)

    with remote(hang) as peer:
        assert peer.changes(since="7-x", wait_seconds=3) == ([], "7-x", 0)


def test_every_request_has_timeouts() -> None:
    seen: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        everything = {"rows": [], "results": [], "last_seq": 0, "update_seq": 0, "uuid": "u", "db_name": "db"}
        return httpx.Response(200, json=everything)

    with remote(answer) as peer:
        peer.info()
        peer.changes()
        peer.revs_diff({"a": ["1-a"]})
        peer.bulk_get([])
        peer.all_docs(keys=["a"])
    assert len(seen) == 5
    assert all(limit is not None for timeouts in seen for limit in timeouts.values())


def test_ids_and_sequences_are_quoted_as_couchdb_wants_them() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        return httpx.Response(200, json={"results": [], "last_seq": 0})

    with remote(answer) as peer:
        peer.get("a/b ñ?#")
        peer.get("_design/x/y")
        peer.get_local("k/1")
        peer.changes(since=[1, "x"])
    assert paths[:3] == ["/db/a%2Fb%20%C3%B1%3F%23", "/db/_design/x%2Fy", "/db/_local/k%2F1"]
    assert "since=%5B1%2C%22x%22%5D" in paths[3]


def test_a_lone_surrogate_travels_escaped() -> None:
    bodies: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(201, json=[])

    with remote(answer) as peer:
        peer.bulk_docs([{"_id": "a", "text": "\ud800 ñ"}], new_edits=False)
    assert bodies[0]["docs"][0]["text"] == "\ud800 ñ"


def test_the_uuid_of_a_peer_survives_a_change_of_host_name() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(200, json={"couchdb": "Welcome", "version": "3.5.0", "uuid": "u1"})
        return httpx.Response(
            200, json={"db_name": "db", "instance_start_time": "9", "update_seq": "1-x", "doc_count": 1}
        )

    with remote(answer) as peer:
        assert peer.info().uuid == "u1/db"
        assert peer.info().instance_start_time == "9"


def test_a_peer_that_hides_its_root_is_known_by_its_address() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(403, json={"error": "forbidden", "reason": "no"})
        return httpx.Response(200, json={"db_name": "db", "doc_count": 1, "update_seq": "1-x"})

    with remote(answer) as peer:
        assert peer.info().uuid == "http://peer.example/db"


def test_large_bodies_are_compressed_when_asked() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json=[])

    with remote(answer, compress=True) as peer:
        peer.bulk_docs([{"_id": "a", "text": "ñandú " * 1000}], new_edits=False)
        peer.bulk_docs([{"_id": "b"}], new_edits=False)
    assert seen[0].headers["content-encoding"] == "gzip"
    assert len(seen[0].content) < 1000
    assert json.loads(gzip.decompress(seen[0].content))["docs"][0]["text"] == "ñandú " * 1000
    assert "content-encoding" not in seen[1].headers

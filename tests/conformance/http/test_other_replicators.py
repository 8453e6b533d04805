"""Other servers' own replicators, pouchdb-server's and CouchDB's, in both directions against ours."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.conformance.http.conftest import JSON, Peer, bulk
from tests.support.couch import start_couch
from tests.support.node_peers import lacking, pouchdb_server

PHOTO = bytes(range(256)) * 40


@dataclass(frozen=True, slots=True)
class Server:
    """One that is given orders, or that they speak of; `there` is how another one writes its databases."""

    client: httpx.Client
    there: Callable[[str], str]


@contextmanager
def server(url: str, auth: tuple[str, str] | None = None) -> Iterator[Server]:
    host = url.removeprefix("http://")
    pair = "" if auth is None else f"{quote(auth[0])}:{quote(auth[1])}@"
    with httpx.Client(base_url=url, auth=auth, headers=JSON, timeout=60) as client:
        yield Server(client, lambda db: f"http://{pair}{host}{db}")


@pytest.fixture(params=["pouchdb-server", "couchdb"])
def other(request: pytest.FixtureRequest, peer: Peer) -> Iterator[Server]:
    """The server whose replicator runs."""
    if request.param == "pouchdb-server":
        if reason := lacking("pouchdb-server", "server"):
            pytest.skip(reason)
        with pouchdb_server() as url, server(url) as found:
            yield found
    elif peer.is_ours:
        pytest.skip("COUCHDB_URL names no CouchDB")
    else:
        with server(peer.url, peer.auth) as found:
            yield found


@pytest.fixture
def ours(other: Server, peer: Peer, tmp_path: Path) -> Iterator[Server]:
    """Our server, which the other one reads and writes."""
    if peer.is_ours:
        with server(peer.url, peer.auth) as found:
            yield found
        return
    if urlsplit(str(other.client.base_url)).hostname not in ("127.0.0.1", "localhost"):
        pytest.skip("that server is on another machine and can not reach ours")
    with start_couch(tmp_path / "couch") as couch, server(couch.url, couch.auth) as found:
        yield found


@pytest.fixture
def pair(other: Server, ours: Server) -> Iterator[tuple[str, str]]:
    """A database there and one here, both empty."""
    names = f"/t{secrets.token_hex(6)}", f"/t{secrets.token_hex(6)}"
    for place, name in zip((other, ours), names, strict=True):
        assert place.client.put(name).status_code in (201, 202)
    yield names
    for place, name in zip((other, ours), names, strict=True):
        place.client.delete(name)


def fill(place: Server, db: str) -> None:
    """Three hundred documents, one in conflict, one deleted, one with a photo."""
    written = bulk(place.client, db, [{"_id": f"d{n:03}", "n": n} for n in range(300)])
    place.client.delete(f"{db}/d000", params={"rev": written[0]["rev"]})
    twins = [{"_id": "twin", "_rev": f"1-{digest * 32}", "side": digest} for digest in "ab"]
    bulk(place.client, db, twins, new_edits=False)
    stored = place.client.put(f"{db}/photo/p.bin", content=PHOTO, headers={"Content-Type": "image/x-test"})
    assert stored.status_code == 201, stored.text


def assert_filled(place: Server, db: str) -> None:
    listed = [row["id"] for row in place.client.get(f"{db}/_all_docs").json()["rows"]]
    assert listed == [*(f"d{n:03}" for n in range(1, 300)), "photo", "twin"]
    twin = place.client.get(f"{db}/twin", params={"conflicts": "true"}).json()
    assert (twin["side"], twin["_conflicts"]) == ("b", [f"1-{'a' * 32}"])
    assert place.client.get(f"{db}/photo/p.bin").content == PHOTO


@pytest.mark.peers
@pytest.mark.parametrize("direction", ["pulls", "pushes"])
def test_what_others_replicate_arrives_whole(
    other: Server, ours: Server, pair: tuple[str, str], direction: str
) -> None:
    there, here = pair
    ends = [(ours, here), (other, there)] if direction == "pulls" else [(other, there), (ours, here)]
    (source, source_db), (target, target_db) = ends
    fill(source, source_db)
    order = {"source": source.there(source_db), "target": target.there(target_db)}
    told = other.client.post("/_replicate", json=order)
    assert told.json()["ok"] is True, told.text
    assert_filled(target, target_db)
    again = other.client.post("/_replicate", json=order).json()
    assert again["ok"] is True
    assert again.get("no_changes") or not again.get("docs_written")

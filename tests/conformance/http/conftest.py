"""The contract suite's peer: our server as a process of its own, or the CouchDB that COUCHDB_URL names.

Every file here states what CouchDB's API reference says, so the same assertions hold for both. What a cluster
does a moment after it has answered (caches of design documents and of accounts, a database made again) is
waited for with `until`.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.support.couch import start_couch

JSON = {"Accept": "application/json"}
# One shard in one copy: its feed has one order, and what was written is read at once, whatever the cluster.
ONE_FILE = {"q": 1, "n": 1}
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    url: str
    user: str
    password: str
    is_ours: bool

    @property
    def auth(self) -> tuple[str, str]:
        return self.user, self.password

    @property
    def socket(self) -> tuple[str, int]:
        """Host and port, for those who speak HTTP by hand."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    def with_credentials(self, path: str = "") -> str:
        """The address of `path` with the administrator's name and password in it."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{rest}{path}"


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    if url := os.environ.get("COUCHDB_URL"):
        yield Peer(
            url=url.rstrip("/"),
            user=os.environ.get("COUCHDB_USER", "admin"),
            password=os.environ.get("COUCHDB_PASSWORD", ""),
            is_ours=False,
        )
        return
    with start_couch(tmp_path_factory.mktemp("couch") / "data") as couch:
        yield Peer(url=couch.url, user=couch.user, password=couch.password, is_ours=True)


@pytest.fixture(scope="session")
def admin(peer: Peer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=peer.url, auth=peer.auth, headers=JSON, timeout=30) as client:
        for name in ("_users", "_replicator", "_global_changes"):
            client.put(f"/{name}")
        if not peer.is_ours:
            # CouchDB puts the rules of its accounts there by itself, some seconds after the database.
            until(lambda: client.get("/_users/_design/_auth").status_code == 200, "`_users` has its rules")
        yield client


@pytest.fixture
def db(admin: httpx.Client) -> Iterator[str]:
    """A new, empty database: its path."""
    name = f"t{secrets.token_hex(6)}"
    assert admin.put(f"/{name}", params=ONE_FILE).status_code == 201
    yield f"/{name}"
    admin.delete(f"/{name}")


class Person:
    """An account of `_users` and a client that signs in with it."""

    def __init__(self, client: httpx.Client, name: str, password: str) -> None:
        self.client = client
        self.name = name
        self.password = password


@pytest.fixture
def person(peer: Peer, admin: httpx.Client) -> Iterator[Person]:
    name, password = f"p{secrets.token_hex(6)}", "a long password"
    path = f"/_users/org.couchdb.user:{name}"
    body = {"name": name, "password": password, "roles": ["tester"], "type": "user"}
    written = admin.put(path, json=body)
    assert written.status_code == 201
    with httpx.Client(base_url=peer.url, auth=(name, password), headers=JSON, timeout=30) as client:
        yield Person(client, name, password)
    stored = admin.get(path)
    if stored.status_code == 200:
        admin.delete(path, params={"rev": stored.json()["_rev"]})


@pytest.fixture
def anonymous(peer: Peer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=peer.url, headers=JSON, timeout=30) as client:
        yield client


def put(client: httpx.Client, db: str, doc_id: str, **body: Any) -> str:
    """Store a document and return its revision."""
    answer = client.put(f"{db}/{doc_id}", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["rev"])


def bulk(client: httpx.Client, db: str, docs: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    answer = client.post(f"{db}/_bulk_docs", json={"docs": docs, **options})
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def until(found: Callable[[], Any], what: str) -> Any:
    """What `found` returns once that is something. Fail where it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    pytest.fail(f"never: {what}")


def only_ours(peer: Peer, why: str) -> None:
    """End the test here where the peer is a CouchDB, which is `why` not asked the rest."""
    if not peer.is_ours:
        pytest.skip(why)


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, error word and reason of a failure."""
    body = answer.json()
    return answer.status_code, body["error"], body["reason"]

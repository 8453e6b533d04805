"""An open feed does not outlive the right to read it. (CouchDB's does: docs/couchdb-compatibility.md.)"""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Iterator

import httpx
import jwt
import pytest

from tests.conformance.http.conftest import Peer

KEY = secrets.token_bytes(32)


@pytest.fixture
def ours(peer: Peer, admin: httpx.Client) -> Iterator[Peer]:
    if not peer.is_ours:
        pytest.skip("CouchDB's feeds go on until the proxy cuts them")
    path = "/_node/_local/_config/jwt_keys/hmac:feeds"
    admin.put(path, json=base64.b64encode(KEY).decode())
    yield peer
    admin.delete(path)


class Reader:
    """A continuous feed with a phone's token; `lasted` is how many seconds it went on."""

    def __init__(self, peer: Peer, db: str, *, seconds: float) -> None:
        claims = {"sub": "phone", "exp": time.time() + seconds, "_couchdb.roles": ["d:phone"]}
        token = jwt.encode(claims, KEY, algorithm="HS256", headers={"kid": "feeds"})
        self.text = ""
        self.lasted = 0.0
        self._url, self._headers = f"{peer.url}{db}/_changes", {"Authorization": f"Bearer {token}"}
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        began = time.monotonic()
        params = {"feed": "continuous", "since": "now", "heartbeat": "60000"}
        with httpx.stream("GET", self._url, params=params, headers=self._headers, timeout=40) as answer:
            self.text = "".join(answer.iter_text())
        self.lasted = time.monotonic() - began

    def ended(self) -> float:
        self._thread.join(40)
        assert not self._thread.is_alive()
        return self.lasted


def admit_phone(admin: httpx.Client, db: str, role: str) -> None:
    admin.put(f"{db}/_security", json={"members": {"roles": [role]}, "admins": {"roles": ["_admin"]}})


def test_feed_ends_when_its_token_expires(ours: Peer, admin: httpx.Client, db: str) -> None:
    admit_phone(admin, db, "d:phone")
    reader = Reader(ours, db, seconds=2)
    assert 0.5 < reader.ended() < 15
    assert "last_seq" in reader.text


def test_feed_ends_when_its_device_is_revoked(ours: Peer, admin: httpx.Client, db: str) -> None:
    admit_phone(admin, db, "d:phone")
    reader = Reader(ours, db, seconds=600)
    time.sleep(1)
    admit_phone(admin, db, "d:another")
    admin.put(f"{db}/secret", json={})
    assert reader.ended() < 15
    assert "secret" not in reader.text


def test_feed_ends_when_its_database_goes(ours: Peer, admin: httpx.Client, db: str) -> None:
    admit_phone(admin, db, "d:phone")
    reader = Reader(ours, db, seconds=600)
    time.sleep(1)
    admin.delete(db)
    assert reader.ended() < 15


def test_browsers_of_listed_origins_may_read(ours: Peer, admin: httpx.Client, db: str) -> None:
    config = "/_node/_local/_config"
    admin.put(f"{config}/chttpd/enable_cors", json="true")
    admin.put(f"{config}/cors/origins", json="https://app.example")
    try:
        asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
        answer = httpx.options(f"{ours.url}{db}/a", headers=asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert "access-control-allow-origin" in admin.get(db, headers=asked).headers
        stranger = admin.get(db, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
    finally:
        admin.delete(f"{config}/chttpd/enable_cors")
        admin.delete(f"{config}/cors/origins")

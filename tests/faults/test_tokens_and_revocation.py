"""A phone with a short-lived token: expired, forged, renewed in the middle, and its device revoked."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from replica import BearerAuth, Database, LiveReplication, RemoteDatabase
from replica.replication.live import Link
from tests.support.comparison import leaves
from tests.support.couch import embedded_server
from tests.support.world import START, StillWorld

SECRET = b"a secret of the tests, 32 bytes or more"
ROLE = "d:phone-1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_server(tmp_path_factory.mktemp("server")) as url, httpx.Client() as client:
        key = base64.b64encode(SECRET).decode()
        config = f"{url}/_node/_local/_config"
        client.put(f"{config}/jwt_keys/hmac:k1", json=key).raise_for_status()
        yield url


@pytest.fixture
def centre(server: str) -> Iterator[RemoteDatabase]:
    """The collector's database as the office sees it."""
    with RemoteDatabase(f"{server}/andina-c-ana") as database:
        database.create()
        secure(server, [ROLE])
        yield database
        database.destroy()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        yield database


def secure(server: str, roles: list[str]) -> None:
    with httpx.Client() as client:
        members = {"members": {"roles": roles, "names": []}, "admins": {"roles": ["_admin"], "names": []}}
        client.put(f"{server}/andina-c-ana/_security", json=members).raise_for_status()


def token(*, expires_in: float = 3600, secret: bytes = SECRET, kid: str = "k1") -> str:
    claims = {"sub": "ana@example.com", "exp": int(time.time() + expires_in), "_couchdb.roles": [ROLE]}
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid})


class Wallet:
    """Hands out tokens in order; a forced renewal goes on to the next."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.renewals = 0

    def __call__(self, force: bool) -> str:
        if force:
            self.renewals += 1
            if len(self._tokens) > 1:
                del self._tokens[0]
        return self._tokens[0]


def as_phone(server: str, wallet: Wallet) -> RemoteDatabase:
    return RemoteDatabase(f"http://{server.rpartition('@')[2]}/andina-c-ana", auth=BearerAuth(wallet))


def live(phone: Database, remote: RemoteDatabase) -> LiveReplication:
    return LiveReplication(phone, remote, world=StillWorld().world())


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(token(expires_in=-60), id="expired"),
        pytest.param(token(secret=b"another secret of at least 32 bytes!"), id="bad HMAC"),
        pytest.param(token(kid="k2"), id="unknown kid"),
        pytest.param("not.a.token", id="malformed"),
    ],
)
def test_a_refused_token_is_renewed_once_and_nothing_is_noticed(
    server: str, centre: RemoteDatabase, phone: Database, bad: str
) -> None:
    phone.put({"_id": "receipt:1"})
    wallet = Wallet(bad, token())
    with as_phone(server, wallet) as remote:
        assert live(phone, remote).step(START).link is Link.UP_TO_DATE
    assert wallet.renewals == 1
    assert leaves(centre) == leaves(phone)


def test_a_token_that_expires_between_two_steps_is_renewed(
    server: str, centre: RemoteDatabase, phone: Database
) -> None:
    wallet = Wallet(token(expires_in=2), token())
    with as_phone(server, wallet) as remote:
        session = live(phone, remote)
        assert session.step(START).link is Link.UP_TO_DATE
        assert wallet.renewals == 0
        time.sleep(3)
        phone.put({"_id": "receipt:1"})
        assert session.step(START).pushed == 1
    assert wallet.renewals == 1


def test_without_a_good_token_the_session_asks_to_sign_in(
    server: str, centre: RemoteDatabase, phone: Database
) -> None:
    phone.put({"_id": "receipt:1"})
    with as_phone(server, Wallet(token(expires_in=-60))) as remote:
        status = live(phone, remote).step(START)
    assert (status.link, status.unsent) == (Link.SIGN_IN, 1)


def test_a_revoked_device_is_told_so_and_keeps_what_it_has_not_sent(
    server: str, centre: RemoteDatabase, phone: Database
) -> None:
    with as_phone(server, Wallet(token())) as remote:
        session = live(phone, remote)
        assert session.step(START).link is Link.UP_TO_DATE
        secure(server, ["d:phone-2"])
        phone.put({"_id": "receipt:1"})
        status = session.step(START)
        assert (status.link, status.unsent, status.refused) == (Link.FORBIDDEN, 1, ())
        secure(server, [ROLE])
        assert session.step(START).unsent == 0

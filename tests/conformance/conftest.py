"""The peers that the same suite runs against: the embedded server, PouchDB's server, and the CouchDB of
COUCHDB_URL.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from replica import Database, RemoteDatabase
from tests.support.couch import embedded_server
from tests.support.node_peers import lacking, pouchdb_server

PATIENCE_SECONDS = 30.0
SERVERS = [
    pytest.param("embedded"),
    pytest.param("pouchdb-server", marks=pytest.mark.peers),
    pytest.param("couchdb", marks=pytest.mark.couchdb),
]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with an administrator's credentials in it."""
    with ExitStack() as running:
        match request.param:
            case "embedded":
                yield running.enter_context(embedded_server(tmp_path_factory.mktemp("server")))
            case "pouchdb-server":
                if reason := lacking("pouchdb-server", "server"):
                    pytest.skip(reason)
                yield running.enter_context(pouchdb_server())
            case "couchdb":
                if "COUCHDB_URL" not in os.environ:
                    pytest.skip("no CouchDB: set COUCHDB_URL, COUCHDB_USER and COUCHDB_PASSWORD")
                parts = urlsplit(os.environ["COUCHDB_URL"])
                user, password = quote(os.environ["COUCHDB_USER"]), quote(os.environ["COUCHDB_PASSWORD"])
                yield f"{parts.scheme}://{user}:{password}@{parts.netloc}{parts.path.rstrip('/')}"


def make(database: RemoteDatabase) -> None:
    """Create it in one copy: in a cluster, what was written to several is read from one a moment later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not database.create(n="1"):
        # It was there before, and a cluster forgets it only now.
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def remote(server: str) -> Iterator[RemoteDatabase]:
    with RemoteDatabase(f"{server}/conformance-{secrets.token_hex(6)}") as database:
        make(database)
        yield database
        database.destroy()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        yield database


@pytest.fixture
def other_phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "other-phone.sqlite") as database:
        yield database

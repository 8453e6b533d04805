"""A database that keeps a job waiting is given up in bounded time: the job's thread is needed again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.erp.sql.engine import open_engine, snapshot, writing
from tests.support.erp_servers import Server, mariadb, postgresql

PATIENCE = 15.0
"""Far above the limits of these tests, far below for ever."""


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mysql+pymysql"])
def test_a_server_that_says_nothing_is_away(
    silent: int, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("TIMEOUT_SECONDS", "STATEMENT_SECONDS"):
        monkeypatch.setattr(f"backend.erp.sql.engine.{limit}", 2)
    engine, began = open_engine(f"{driver}://erp@127.0.0.1:{silent}/erp"), time.monotonic()
    with pytest.raises(DBAPIError), snapshot(engine):
        pass
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    ("server", "sleeps"), [(postgresql, "SELECT pg_sleep(60)"), (mariadb, "SELECT SLEEP(60)")]
)
@pytest.mark.parametrize("transaction", [snapshot, writing])
def test_a_statement_that_does_not_end_is_given_up(
    server: Callable[[], Server], sleeps: str, transaction: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.erp.sql.engine.STATEMENT_SECONDS", 1)
    engine = open_engine(server().url)
    began = time.monotonic()
    try:
        with pytest.raises(DBAPIError), transaction(engine) as connection:
            connection.execute(text(sleeps))
        assert time.monotonic() - began < PATIENCE
        with transaction(engine) as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    finally:
        engine.dispose()


def test_what_the_url_says_of_time_outs_counts(silent: int) -> None:
    engine = open_engine(f"postgresql+psycopg://erp@127.0.0.1:{silent}/erp?connect_timeout=2")
    began = time.monotonic()
    with pytest.raises(DBAPIError), snapshot(engine):
        pass
    assert time.monotonic() - began < PATIENCE

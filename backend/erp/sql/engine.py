"""The connection to a SQL ERP, with the two kinds of transaction that the connector needs.

A *snapshot* sees one state of the ERP however many statements it runs; a *posting* is all or nothing and
takes its write lock first, so that two jobs cannot both believe that a receipt is new.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import DataError
from psycopg.abc import Buffer
from psycopg.types.datetime import DateLoader
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from backend.erp.port import ErpUnavailable

# An ERP that does not answer within this time is treated as away: the run ends and the next one tries again.
TIMEOUT_SECONDS = 15
# A statement may wait for the ERP's own locks or read a long table; whoever waits longer waits for ever, in
# one of the few threads that all companies share.
STATEMENT_SECONDS = 300

SERVER_POOL: Mapping[str, Any] = {"pool_pre_ping": True, "pool_size": 1, "max_overflow": 10}


def open_engine(url: str) -> Engine:
    """An engine whose connections live as long as the run that opened it.

    Each is asked for a sign of life before it is used: an ERP may restart in the middle of a run. SQLite's
    are opened anew, because its file may be replaced. What the URL says of time-outs counts before ours.
    """
    limits = {name: value for name, value in _limits(url).items() if name not in make_url(url).query}
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args=limits,
        **({"poolclass": NullPool} if url.startswith("sqlite") else SERVER_POOL),
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    elif engine.driver == "psycopg":
        event.listen(engine, "connect", _bound_statements)
        event.listen(engine, "connect", _read_every_date)
    return engine


def _limits(url: str) -> dict[str, int]:
    """How long the driver waits for a connection, and for an answer where the driver can tell."""
    match make_url(url).get_driver_name():
        case "psycopg":
            # libpq has no limit for an answer: the server keeps one, and the kernel asks whether it is there
            alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
            return {"connect_timeout": TIMEOUT_SECONDS, **alive}
        case "pymysql":  # whose limit for an answer is also that for the server's greeting
            answer = {"read_timeout": STATEMENT_SECONDS, "write_timeout": STATEMENT_SECONDS}
            return {"connect_timeout": TIMEOUT_SECONDS, **answer}
    return {}


def _bound_statements(connection: psycopg.Connection, _record: Any) -> None:
    # said after connecting, because a pooler such as PgBouncer takes no options at the start
    connection.execute(f"SET statement_timeout = {STATEMENT_SECONDS * 1000}".encode())
    connection.commit()


class _AnyDate(DateLoader):
    """PostgreSQL has dates that Python has not (`infinity`, BC).

    They are read as text, so that they spoil their row and not its page.
    """

    def load(self, data: Buffer) -> Any:
        try:
            return super().load(data)
        except DataError:
            return bytes(data).decode()


def _read_every_date(connection: psycopg.Connection, _record: Any) -> None:
    connection.adapters.register_loader("date", _AnyDate)


def _leave_transactions_to_us(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own mode opens no transaction for SELECT, so two of them would see two states of the ERP.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {TIMEOUT_SECONDS * 1000}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("recaudo_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Read several statements from one state of the database."""
    with _transaction(
        engine, {} if _is_sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
    ) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write all or nothing."""
    with _transaction(engine, {"recaudo_writes": True} if _is_sqlite(engine) else {}) as connection:
        yield connection


@contextmanager
def _transaction(engine: Engine, options: dict[str, Any]) -> Iterator[Connection]:
    try:
        with engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection
    except DBAPIError:
        raise
    except SQLAlchemyError as error:
        raise ErpUnavailable(str(error)) from error


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"

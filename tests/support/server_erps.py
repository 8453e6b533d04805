"""The small ERP on real PostgreSQL and MariaDB servers, each in a database and under a user of its own."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.erp_servers import Server, mariadb, postgresql
from tests.support.sql_erps import SqlErp

SCHEMAS = Path(__file__).with_name("erp_schemas")

_numbers = itertools.count(1)


class ServerErp(SqlErp):
    """Money in decimals, and a server that can lock the ERP's user out for a while."""

    def __init__(self, server: Server, name: str, folder: Path, *, page_size: int) -> None:
        self.server = server
        self.name = name
        super().__init__(server.url_of(name, name), self.mapping(), folder, page_size=page_size)

    @classmethod
    def mapping(cls) -> str:
        raise NotImplementedError

    def money(self, minor: int) -> Any:
        return Decimal(minor) / 100

    def minor(self, value: Any) -> int:
        return int(Decimal(value or 0) * 100)

    @contextmanager
    def busy_with(self, receipt_id: str) -> Iterator[None]:
        """Hold the receipt's key half in, as a posting does whose caller has died; given up at the end."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            _stage(connection, receipt_id)
            yield
            connection.rollback()
        engine.dispose()


class PostgresErp(ServerErp):
    def __init__(self, folder: Path, *, page_size: int = 3) -> None:
        server = postgresql()
        name = f"erp_{os.getpid()}_{next(_numbers)}"
        server.administer(f"CREATE ROLE {name} LOGIN", f"CREATE DATABASE {name} OWNER {name}")
        # In the driver's own words: only without parameters does PostgreSQL take a script of many statements.
        address = server.url_of(name, name).replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            connection.execute((SCHEMAS / "postgresql.sql").read_bytes())
        super().__init__(server, name, folder, page_size=page_size)

    @classmethod
    def mapping(cls) -> str:
        return (SCHEMAS / "postgresql.toml").read_text(encoding="utf-8")

    def instant(self, moment: datetime) -> Any:
        return moment

    def spoil_invoice(self, number: str) -> None:
        self.do("UPDATE facturas SET vencimiento = 'infinity' WHERE numero = :numero", numero=number)

    def move_away(self) -> None:
        self.server.administer(f"ALTER ROLE {self.name} NOLOGIN", self._throw_out())

    def come_back(self) -> None:
        self.server.administer(f"ALTER ROLE {self.name} LOGIN")

    def cut_connections(self) -> None:
        self.server.administer(self._throw_out())

    def go_away(self) -> None:
        self.server.administer(f"DROP DATABASE {self.name} WITH (FORCE)")

    @contextmanager
    def invoice_in_use(self, number: str) -> Iterator[None]:
        """Somebody in the ERP holds the invoice: a posting of it begins, and waits inside the ERP."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(
                text("SELECT saldo FROM facturas WHERE numero = :numero FOR UPDATE"), {"numero": number}
            )
            yield
            connection.rollback()
        engine.dispose()

    def await_postings_at_work(self, count: int) -> None:
        """Until the ERP works on this many of our postings, each waiting for a lock."""
        until = time.monotonic() + 60
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND wait_event_type = 'Lock'"
        while self.ask(waiting, name=self.name)[0][0] < count:
            assert time.monotonic() < until, "the ERP does not get to work"
            time.sleep(0.05)

    def _throw_out(self) -> str:
        return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{self.name}'"


class MariadbErp(ServerErp):
    def __init__(self, folder: Path, *, page_size: int = 3) -> None:
        server = mariadb()
        name = f"erp_{os.getpid()}_{next(_numbers)}"
        server.administer(
            f"CREATE DATABASE {name}", f"CREATE USER {name}@'127.0.0.1'",
            f"GRANT ALL ON {name}.* TO {name}@'127.0.0.1'",
        )  # fmt: skip
        schema = (SCHEMAS / "mariadb.sql").read_text(encoding="utf-8")
        tables, _, procedures = schema.partition("DELIMITER //")
        statements = [*tables.split(";\n"), *procedures.partition("DELIMITER ;")[0].split("END //")]
        with create_engine(server.url_of(name, name), poolclass=NullPool).begin() as connection:
            for statement in statements:
                words = statement.strip()
                if words:
                    ending = "\nEND" if words.startswith("CREATE PROCEDURE") else ""
                    connection.exec_driver_sql(words.replace("%", "%%") + ending)
        super().__init__(server, name, folder, page_size=page_size)

    @classmethod
    def mapping(cls) -> str:
        return (SCHEMAS / "mariadb.toml").read_text(encoding="utf-8")

    def instant(self, moment: datetime) -> Any:
        return moment.astimezone(UTC).replace(tzinfo=None)

    def spoil_invoice(self, number: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("SET SESSION sql_mode = ''"))
            connection.execute(
                text("UPDATE facturas SET vencimiento = '0000-00-00' WHERE numero = :numero"),
                {"numero": number},
            )

    def move_away(self) -> None:
        self.server.administer(f"ALTER USER {self.name}@'127.0.0.1' ACCOUNT LOCK")
        self.cut_connections()

    def come_back(self) -> None:
        self.server.administer(f"ALTER USER {self.name}@'127.0.0.1' ACCOUNT UNLOCK")

    def cut_connections(self) -> None:
        self.server.administer(f"KILL USER {self.name}@'127.0.0.1'")

    def go_away(self) -> None:
        self.server.administer(f"DROP DATABASE {self.name}")


def _stage(connection: Connection, receipt_id: str) -> None:
    connection.execute(
        text(
            "INSERT INTO cobros"
            " (recibo, numero_recibo, cliente, cobrador, creado, fecha, moneda, total, a_cuenta)"
            " VALUES (:recibo, '', '', '', '2026-11-21 10:00:00', '2026-11-21', 'USD', 0, 0)"
        ),
        {"recibo": receipt_id},
    )

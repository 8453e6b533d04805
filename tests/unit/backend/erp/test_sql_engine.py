"""The two transactions of the connector, on a real database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from backend.erp.port import Rejected
from backend.erp.sql.answers import refusal_in
from backend.erp.sql.engine import open_engine, snapshot, writing


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(sqlite3.connect(tmp_path / "erp.sqlite")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL)")
        database.execute("INSERT INTO t VALUES ('a', 1)")
        database.execute(
            "CREATE TRIGGER no BEFORE INSERT ON t WHEN NEW.v < 0"
            " BEGIN SELECT RAISE(ABORT, 'Cupo excedido.'); END"
        )
        database.commit()
    made = open_engine(f"sqlite:///{tmp_path}/erp.sqlite")
    yield made
    made.dispose()


def write(engine: Engine, value: int) -> None:
    assert engine.url.database
    with closing(sqlite3.connect(engine.url.database)) as database, database:
        database.execute("UPDATE t SET v = ?", (value,))


def test_a_snapshot_sees_one_state_however_often_it_looks(engine: Engine) -> None:
    with snapshot(engine) as connection:
        before = connection.execute(text("SELECT v FROM t")).scalar()
        write(engine, 2)
        assert connection.execute(text("SELECT v FROM t")).scalar() == before == 1
    with snapshot(engine) as connection:
        assert connection.execute(text("SELECT v FROM t")).scalar() == 2


def test_a_posting_that_breaks_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE t SET v = 5"))
        connection.execute(text("INSERT INTO t VALUES ('a', 1)"))
    with snapshot(engine) as connection:
        assert connection.execute(text("SELECT v FROM t")).scalar() == 1


def error_of(engine: Engine, statement: str) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught, writing(engine) as connection:
        connection.execute(text(statement))
    return caught.value


def test_what_a_trigger_says_is_a_refusal_in_its_words(engine: Engine) -> None:
    assert refusal_in(error_of(engine, "INSERT INTO t VALUES ('b', -1)")) == Rejected(reason="Cupo excedido.")


def test_a_broken_constraint_is_a_refusal(engine: Engine) -> None:
    refusal = refusal_in(error_of(engine, "INSERT INTO t VALUES ('b', NULL)"))
    assert refusal == Rejected(reason="NOT NULL constraint failed: t.v")


def test_a_missing_table_says_nothing_about_the_receipt(engine: Engine) -> None:
    error = error_of(engine, "INSERT INTO gone VALUES (1)")
    assert isinstance(error, OperationalError)
    assert refusal_in(error) is None

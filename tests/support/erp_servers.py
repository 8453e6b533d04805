"""Real PostgreSQL and MariaDB servers for tests: Debian's programs, on loopback, in a temporary directory.

Each is started once for a test process, as a user without rights, and stopped with it. Where the programs are
missing the test is skipped with one line; tests/support/ensure_databases.sh installs them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

NOBODY = 65534
STARTS_WITHIN = 60.0

POSTGRESQL_SETTINGS = (
    "listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "synchronous_commit=off",
    "max_connections=60", "shared_buffers=32MB", "unix_socket_directories=",
)  # fmt: skip


@cache
def postgresql() -> Server:
    """The PostgreSQL server of this test process."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder, port = _folder("postgresql"), _free_port()
    binaries, data = programs[-1].parent, folder / "data"
    _run([binaries / "initdb", "-D", data, "-U", "admin", "--auth=trust", "-E", "UTF8", "--no-sync"], folder)
    settings = [part for setting in POSTGRESQL_SETTINGS for part in ("-c", setting)]
    process = _start([binaries / "postgres", "-D", data, "-p", port, *settings], folder)
    return Server(process, f"postgresql+psycopg://admin@127.0.0.1:{port}/postgres", folder)


@cache
def mariadb() -> Server:
    """The MariaDB server of this test process."""
    program = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or shutil.which("my_print_defaults") is None:
        pytest.skip("MariaDB is not installed (Debian: apt-get install mariadb-server)")
    folder, port = _folder("mariadb"), _free_port()
    data = folder / "data"
    prepare = [
        "mariadb-install-db", "--no-defaults", f"--datadir={data}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ]  # fmt: skip
    _run(prepare, folder)
    process = _start(
        [
            program, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--socket={folder}/socket", f"--tmpdir={folder}", "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=64M", "--skip-name-resolve", "--character-set-server=utf8mb4",
            "--default-time-zone=+00:00", "--innodb-use-native-aio=0",
        ],
        folder,
    )  # fmt: skip
    return Server(process, f"mysql+pymysql://root@127.0.0.1:{port}/mysql", folder)


class Server:
    """A running server; `url` is its administrator's."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._owner = os.getpid()
        self.url = url
        atexit.register(self.stop)
        self._await()

    def url_of(self, database: str, user: str) -> str:
        host = self.url.partition("@")[2].partition("/")[0]
        return f"{self.url.partition('://')[0]}://{user}@{host}/{database}"

    def administer(self, *statements: str) -> None:
        engine = self._engine()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def stop(self) -> None:
        if os.getpid() != self._owner:  # a fork of the test process
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.kill() if "mysql" in self.url else None
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _engine(self) -> Engine:
        return create_engine(self.url, poolclass=NullPool)

    def _await(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                self._engine().connect().close()
                return
            except DBAPIError:
                log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
                assert self._process.poll() is None, f"the server ended:\n{log}"
                assert time.monotonic() < until, f"the server does not answer:\n{log}"
                time.sleep(0.1)


def _folder(name: str) -> Path:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix=f"recaudo-{name}-", dir=memory if memory.is_dir() else None))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(arguments: Sequence[object]) -> list[str]:
    words = [str(argument) for argument in arguments]
    if os.geteuid() != 0:
        return words
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


def _run(arguments: Sequence[object], folder: Path) -> None:
    done = subprocess.run(_command(arguments), cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def _start(arguments: Sequence[object], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(_command(arguments), cwd=folder, stdout=log, stderr=log)

"""A running trytond for tests, and the company in its database.

Making a database with its company takes half a minute, so it is done once into `build/tryton` and copied. One
server serves all tests of a process; between tests its database is put back as the company was founded.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import httpx

from backend.erp.tryton.rpc import Tryton
from tests.support import tryton_company

ROOT = Path(__file__).parents[2]
VENV = ROOT / "build" / "tryton-venv"
CACHE = ROOT / "build" / "tryton"
DATABASE = "andina"
ADMIN = "tryton-admin-of-the-tests"
MODULES = ("account_invoice", "account_credit_limit")
START_SECONDS = 120

# With a worker Tryton leaves printing to it, and there is none: its own printing costs a second per invoice.
CONFIG = """[database]
uri = sqlite://
path = {folder}
[web]
listen = 127.0.0.1:{port}
[queue]
worker = True
"""


def is_installed() -> bool:
    return (VENV / ".installed").exists()


class TrytonServer:
    """One trytond process and its folder."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(prefix="tryton-", dir=memory if memory.is_dir() else None))
        self.path = self._folder / f"{DATABASE}.sqlite"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """On a free port, and on the same one again after `stop`."""
        port = int(self.url.rpartition(":")[2]) if self.url else _free_port()
        self.url = f"http://127.0.0.1:{port}"
        config = self._folder / "trytond.conf"
        config.write_text(CONFIG.format(folder=self._folder, port=port), encoding="utf-8")
        with (self._folder / "trytond.log").open("ab") as log:
            self._process = subprocess.Popen(
                [VENV / "bin" / "trytond", "-c", config, "-d", DATABASE], stdout=log, stderr=log
            )
        _wait_for(self.url, self._process)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def restore(self, base: Path) -> None:
        """Put the database back, under the running server."""
        with (
            closing(sqlite3.connect(base)) as source,
            closing(sqlite3.connect(self.path, timeout=30)) as target,
        ):
            source.backup(target)

    def session(self, user: str, password: str) -> Tryton:
        return Tryton(self.url, DATABASE, user, password, context={"language": "en"})

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def company_database() -> Path:
    """The database of a company that has just been founded; made by whoever comes first."""
    recipe = Path(tryton_company.__file__).read_bytes() + Path(__file__).read_bytes()
    base = CACHE / f"company-{sha256(recipe).hexdigest()[:12]}.sqlite"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not base.exists():
            _make(base)
    return base


def _make(base: Path) -> None:
    server = TrytonServer()
    try:
        server.path.touch()
        password = server.path.with_name("password")
        password.write_text(ADMIN, encoding="utf-8")
        config = server.path.with_name("admin.conf")
        config.write_text(CONFIG.format(folder=server.path.parent, port=0), encoding="utf-8")
        subprocess.run(
            [VENV / "bin" / "trytond-admin", "-c", config, "-d", DATABASE, "-u", *MODULES,
             "--activate-dependencies", "-l", "es", "--email", "admin@andina.example"],
            env={**os.environ, "TRYTONPASSFILE": str(password)}, check=True, capture_output=True,
        )  # fmt: skip
        server.start()
        with closing(server.session("admin", ADMIN)) as admin:
            tryton_company.found_company(admin)
        server.stop()
        unfinished = base.with_suffix(".new")
        with closing(sqlite3.connect(server.path)) as made, closing(sqlite3.connect(unfinished)) as target:
            made.execute("DELETE FROM ir_session")
            made.commit()
            made.backup(target)
        unfinished.replace(base)
    finally:
        server.remove()


_servers: list[TrytonServer] = []


def running_server() -> TrytonServer:
    """This process's server, as the company was founded."""
    base = company_database()
    if not _servers:
        _servers.append(TrytonServer())
        atexit.register(_servers[0].remove)
    server = _servers[0]
    server.restore(base)
    if not server.is_running:
        server.start()
    return server


@contextmanager
def a_server() -> Iterator[TrytonServer]:
    """A server of one's own, with a company just founded."""
    server = TrytonServer()
    try:
        server.restore(company_database())
        server.start()
        yield server
    finally:
        server.remove()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.post(f"{url}/rpc/", json={"id": 0, "method": "common.server.version", "params": []})
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("trytond did not start")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(0 if company_database().exists() else 1)

"""Starts `python -m replica.server` as a process of its own, as it runs in production, and stops it by its
pid.

with start_couch(tmp_path) as couch:
    httpx.get(f"{couch.url}/_up")
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
LISTENS = re.compile(r"listens on (http://\S+?)/?$")
START_SECONDS = 30
STOP_SECONDS = 10


class CouchProcess:
    """A running server. `url` has neither credentials nor a final slash; `log` is what it wrote to stderr."""

    def __init__(self, process: subprocess.Popen[str], url: str, user: str, password: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.user = user
        self.password = password
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def auth(self) -> tuple[str, str]:
        return self.user, self.password

    def stop(self) -> int:
        """SIGTERM, as a platform stops a process; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self._gone()

    def kill(self) -> int:
        """SIGKILL: the process gets no chance to put anything in order."""
        if self.process.poll() is None:
            self.process.kill()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def start_couch(
    data_dir: Path,
    *,
    port: int = 0,
    user: str = "admin",
    password: str = "correct horse",
    config: Path | None = None,
    environment: dict[str, str] | None = None,
) -> CouchProcess:
    """Start a server over `data_dir` and return once it accepts connections. Port 0 picks a free one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir.parent / f"{data_dir.name}.log"
    command = [
        sys.executable,
        "-m",
        "replica.server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--data",
        str(data_dir),
    ]
    if config is not None:
        command += ["--config", str(config)]
    with log.open("a", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "COUCHDB_USER": user, "COUCHDB_PASSWORD": password, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    return CouchProcess(process, _address(process, log), user, password, log)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """The address that the server prints once it listens."""
    assert process.stdout is not None
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if found := LISTENS.search(line.strip()):
                return found[1]
    finally:
        watchdog.cancel()
    process.wait(STOP_SECONDS)
    process.stdout.close()
    raise RuntimeError(
        f"replica.server ended with {process.returncode}: {log.read_text(encoding='utf-8')[-2000:]}"
    )


@contextmanager
def embedded_server(folder: Path) -> Iterator[str]:
    """A server over `folder` while the block runs: its address with the administrator's credentials in it."""
    with start_couch(folder, password=secrets.token_hex(8)) as couch:
        yield f"http://{couch.user}:{couch.password}@{couch.url.removeprefix('http://')}"

"""The Node peers that `make peers` installs: PouchDB's server as a process, and whether they are there."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PEERS = Path(__file__).parents[2] / "build" / "peers"
START_SECONDS = 30.0


def lacking(package: str, folder: str) -> str | None:
    """Return why `package` cannot be used, None where it can."""
    if shutil.which("node") is None:
        return "Node is not installed; then `make peers`"
    if not (PEERS / folder / "node_modules" / package).exists():
        return f"{package} is not installed: run `make peers`"
    return None


@contextmanager
def pouchdb_server() -> Iterator[str]:
    """Yield the address of a pouchdb-server that keeps everything in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            "node",
            "-r",
            "./guard.cjs",
            "node_modules/.bin/pouchdb-server",
            "-p",
            str(port),
            "-n",
            "--in-memory",
        ],
        cwd=PEERS / "server",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return

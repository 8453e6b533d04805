"""Real processes for the tests that need the whole house: in a folder of their own, on free loopback ports,
ended by process id.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

import httpx

ROOT = Path(__file__).parents[2]
PASSWORD = "prueba-2026-recaudo"
START_SECONDS = 60.0
STOP_SECONDS = 10.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Stack:
    """The processes of one company on one machine. `start` and `stop` take the names of `COMMANDS`."""

    COMMANDS: ClassVar[dict[str, list[str]]] = {
        "api": ["-m", "backend", "serve"],
        "reconcile": ["-m", "backend", "reconcile"],
        "scheduler": ["-m", "schedulers"],
        "supervisor": ["-m", "flet_app.supervisor"],
    }

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("couchdb", "api", "supervisor", "smtp")}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, IO[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("RECAUDO_", "COUCHDB_", "SMTP_"))},
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            "RECAUDO_DATA": str(folder),
            "COUCHDB_URL": f"http://127.0.0.1:{self.ports['couchdb']}",
            "COUCHDB_USER": "admin",
            "COUCHDB_PASSWORD": secrets.token_hex(16),
            "RECAUDO_JWT_SECRET": "c2VjcmV0LW9mLXRoZS10ZXN0cy13aXRoLTMyLWJ5dGVzISE=",
            "RECAUDO_API_PORT": str(self.ports["api"]),
            "RECAUDO_API_URL": self.api_url,
            "RECAUDO_DEMO_PASSWORD": PASSWORD,
            "RECAUDO_ERP_SECONDS": "1",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.ports["smtp"]),
            "MAIL_FROM": "cobranzas@andina.example",
        }
        if external := os.environ.get("COUCHDB_URL"):
            self.env |= {name: os.environ[name] for name in ("COUCHDB_USER", "COUCHDB_PASSWORD")}
            self.env["COUCHDB_URL"] = external

    @property
    def couchdb_url(self) -> str:
        return self.env["COUCHDB_URL"]

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['api']}"

    def url_of(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the house to its end; its output is in the error when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.env | extra,
            capture_output=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done

    def issue_code(self, collector: str, *, company: str = "andina") -> str:
        """A one-time code for a new phone of the collector."""
        said = self.run("-m", "backend", "issue-code", collector, "--company", company).stdout.decode()
        return said.split()[0]

    def start_couchdb(self) -> None:
        if "COUCHDB_URL" in os.environ:
            return
        port = str(self.ports["couchdb"])
        self.spawn(
            "couchdb",
            [
                "-m",
                "replica.server",
                "--host",
                "127.0.0.1",
                "--port",
                port,
                "--data",
                str(self.folder / "couchdb"),
            ],
        )
        self.wait("couchdb", f"{self.couchdb_url}/_up")

    def start(self, *names: str, **extra: str) -> None:
        for name in names:
            if name == "couchdb":
                self.start_couchdb()
                continue
            if name == "supervisor":
                extra = extra | {"RECAUDO_WEB_PORT": str(self.ports["supervisor"])}
            self.spawn(name, self.COMMANDS[name], **extra)
            if name == "api":
                self.wait("api", f"{self.api_url}/api/v1/health")
            if name == "supervisor":
                self.wait("supervisor", f"{self.url_of('supervisor')}/health")

    def start_phone(self, name: str, **extra: str) -> str:
        """One app process with storage of its own, the same again for the same name; returns its address."""
        port = self.ports.setdefault(f"phone-{name}", free_port())
        storage = self.folder / "phones" / name
        storage.mkdir(parents=True, exist_ok=True)
        self.spawn(
            f"phone-{name}",
            ["-m", "flet_app.collector"],
            FLET_APP_STORAGE_DATA=str(storage),
            RECAUDO_WEB_PORT=str(port),
            **extra,
        )
        url = f"http://127.0.0.1:{port}"
        self.wait(f"phone-{name}", f"{url}/health")
        return url

    def spawn(self, name: str, arguments: list[str], **extra: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.env | extra, stdout=log, stderr=subprocess.STDOUT
        )
        self._running[name], self._logs[name] = process, log
        return process

    @property
    def running(self) -> frozenset[str]:
        return frozenset(self._running)

    def process(self, name: str) -> subprocess.Popen[bytes]:
        return self._running[name]

    def wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if (code := self._running[name].poll()) is not None:
                raise AssertionError(f"{name} ended with {code}\n{self.log_of(name)}")
            try:
                if httpx.get(url, timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{name} is not healthy at {url}\n{self.log_of(name)}")

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def stop(self, *names: str) -> None:
        for name in names:
            self._running[name].send_signal(signal.SIGTERM)
        for name in names:
            process = self._running.pop(name)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise AssertionError(f"{name} did not stop on SIGTERM\n{self.log_of(name)}") from None
            finally:
                self._logs.pop(name).close()

    def kill(self, *names: str) -> None:
        """kill -9: no process gets to say goodbye."""
        for name in names:
            process = self._running.pop(name)
            process.kill()
            process.wait()
            self._logs.pop(name).close()

    def close(self) -> None:
        self.kill(*list(self._running))

    def get(self, path: str) -> Any:
        """Read from CouchDB as its administrator: what a test asserts on."""
        answer = httpx.get(
            f"{self.couchdb_url}/{path}",
            auth=(self.env["COUCHDB_USER"], self.env["COUCHDB_PASSWORD"]),
            timeout=30,
        )
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        """Write to CouchDB as its administrator."""
        answer = httpx.post(
            f"{self.couchdb_url}/{path}",
            json=body,
            auth=(self.env["COUCHDB_USER"], self.env["COUCHDB_PASSWORD"]),
            timeout=30,
        )
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    whole = Stack(folder)
    try:
        yield whole
    finally:
        whole.close()


def eventually(condition: Any, *, seconds: float = 60.0, what: str) -> Any:
    """Poll until `condition()` is true and return it; `what` is the sentence of the failure."""
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.25)

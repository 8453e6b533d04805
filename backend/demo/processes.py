"""The demo's processes: started in order, waited for until healthy, restarted when they die, stopped
together.

Each is the leader of a process group of its own, so that Ctrl-C reaches only us and nothing is left behind
when we stop them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]

# A process that has work in hand, such as a posting, needs a moment to end it.
STOP_SECONDS = 12.0
POLL_SECONDS = 0.2
# A process that dies is started again, as a platform would, each time a little later.
RESTART_SECONDS = (1.0, 2.0, 5.0, 15.0)
# After a life of this length a death is a new story.
LONG_LIFE_SECONDS = 60.0
# A process that cannot start dies within this time: a missing setting, a missing module.
STEADY_SECONDS = 1.5
# Dying this often before it was ever healthy is not bad luck.
STILLBORN = 3
LOG_TAIL = 15


@dataclass(slots=True, kw_only=True)
class Child:
    """One process. `optional` ones may be missing: the demo goes on and says so."""

    name: str
    command: str
    log: Path
    environment: Mapping[str, str]
    is_ready: Callable[[], bool]
    url: str | None = None
    optional: bool = False
    started_at: float = 0.0
    was_ready: bool = False
    deaths: int = 0
    restart_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {self.command}"],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def returncode(self) -> int | None:
        return self.process.poll() if self.process else None

    def look(self) -> bool:
        """Is it, or was it ever, ready? One that has just started may be about to die."""
        if not self.was_ready and self.is_running and time.monotonic() - self.started_at >= STEADY_SECONDS:
            self.was_ready = self.is_ready()
        return self.was_ready

    @property
    def gave_up(self) -> bool:
        return not self.was_ready and self.deaths >= STILLBORN

    def revive(self, now: float) -> bool:
        """Start it again when it died and its time has come; True when it has just been seen dead."""
        if self.process is None or self.is_running or self.gave_up:
            return False
        if self.restart_at == 0.0:
            if now - self.started_at > LONG_LIFE_SECONDS:
                self.deaths = 0
            self.restart_at = now + RESTART_SECONDS[min(self.deaths, len(RESTART_SECONDS) - 1)]
            self.deaths += 1
            return True
        if now >= self.restart_at:
            self.restart_at = 0.0
            self.start()
        return False

    def tail(self) -> str:
        lines = (
            self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        )
        return "\n".join(f"    {line}" for line in lines[-LOG_TAIL:])


def stop(children: Sequence[Child]) -> None:
    """SIGTERM to all, then SIGKILL to whoever did not listen."""
    running = [child for child in children if child.is_running]
    for child in running:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        assert child.process is not None
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.process.wait()
    for child in children:
        child.process = None


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process is not None:
        try:
            os.killpg(child.process.pid, number)
        except ProcessLookupError:
            child.process.poll()


def answers(url: str) -> Callable[[], bool]:
    """Ready when `url` answers 200."""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    return ask


def accepts(port: int) -> Callable[[], bool]:
    """Ready when somebody listens on the port."""
    return lambda: is_taken(port)


def writes(path: Path) -> Callable[[], bool]:
    """Ready when the process wrote `path` since now."""
    began = time.time()
    return lambda: path.exists() and path.stat().st_mtime >= began


def always() -> bool:
    """Ready as soon as it is steady: for processes that serve nobody."""
    return True


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def with_our_python(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `python` is the interpreter that runs us, as the Procfile expects."""
    folder = str(Path(sys.executable).parent)
    path = environment.get("PATH", os.defpath)
    return {**environment, "PATH": f"{folder}{os.pathsep}{path}"}

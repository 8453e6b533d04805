"""The file by which a platform sees that the scheduler lives, and an operator how each job went last."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from receivables.documents import parse_instant, rfc3339

BEAT_SECONDS = 10
# Three beats missed: slow disks and busy machines miss one.
SILENT_SECONDS = 35


class Heartbeat:
    """Written by the scheduler's threads, whole each time, so that a reader never sees half of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def note(self, name: str, *, now: datetime, outcome: Mapping[str, Any] | None, error: str | None) -> None:
        with self._lock:
            self._jobs[name] = {"at": rfc3339(now), "outcome": outcome, "error": error}

    def beat(self, *, now: datetime) -> None:
        with self._lock:
            content = json.dumps({"at": rfc3339(now), "jobs": self._jobs}, ensure_ascii=False, default=str)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._path.with_suffix(".tmp")
            unfinished.write_text(content, encoding="utf-8")
            unfinished.replace(self._path)

    def stop(self) -> None:
        self._path.unlink(missing_ok=True)


def is_alive(path: Path, *, now: datetime) -> tuple[bool, str]:
    """Is the scheduler of this data folder running, and what does it say?"""
    try:
        content = path.read_text(encoding="utf-8")
        at = parse_instant(json.loads(content)["at"])
    except FileNotFoundError:
        return False, "no scheduler is running"
    except (ValueError, KeyError) as error:
        return False, f"{path}: {error}"
    silent = now - at
    if silent > timedelta(seconds=SILENT_SECONDS):
        return False, f"silent for {silent.total_seconds():.0f} s"
    return True, content

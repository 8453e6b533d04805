"""The phone's folder belongs to one process at a time: two would count the same receipt series twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

FILE = "phone.lock"


class FolderInUse(Exception):
    """Another process is this phone."""


class FolderLock:
    """Held until `release` or the end of the process, however that comes about: the kernel lets go of it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; raise FolderInUse where another process has it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            raise FolderInUse(str(folder)) from error

    def release(self) -> None:
        os.close(self._handle)

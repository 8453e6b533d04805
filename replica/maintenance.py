"""Housekeeping of one file: compaction, purge, sizes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from replica.storage.connection import Connections

Json = dict[str, Any]


def compact(connections: Connections, *, now: Callable[[], float]) -> int:
    """Forget superseded bodies."""
    return 0


def purge(connection: sqlite3.Connection, revisions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Remove leaves."""
    return {}


def sizes(connection: sqlite3.Connection) -> Json:
    """Return `{file, active, external}` in bytes."""
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return {"file": page * pages, "active": page * (pages - free), "external": page * (pages - free)}

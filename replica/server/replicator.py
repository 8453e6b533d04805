"""Replications that this server runs itself."""

from __future__ import annotations

from typing import Any


class Replicator:
    def tasks(self) -> list[dict[str, Any]]:
        return []

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

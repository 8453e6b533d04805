"""What a run tells of itself: while it goes, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from replica.replication.refusals import Refusal


class State(StrEnum):
    NEW = "new"
    FIRST_SYNC = "first_sync"
    CATCHING_UP = "catching_up"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come. `bytes` went over the network, both ways; `pending` changes are left, None
    where unknown.
    """

    state: State
    docs_read: int
    docs_written: int
    doc_write_failures: int
    bytes: int
    pending: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationResult:
    """What a run came to. `refused` is what this run could not deliver; all of it: `list_refusals`."""

    state: State
    docs_read: int
    docs_written: int
    doc_write_failures: int
    last_seq: Any
    refused: list[Refusal]

    @property
    def ok(self) -> bool:
        return self.state is State.COMPLETE and not self.refused

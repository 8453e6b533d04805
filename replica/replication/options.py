"""How a replication is to run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from replica.replication.outcome import Progress
from replica.replication.selection import EVERYTHING, Selection
from replica.tuning import BATCH_DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a replication runs, whatever its two sides.

    `attachments` False leaves their bytes at the source until they are opened. `replaces(id)` names
    documents of one writer, whose unconnected new branch takes the old one's place. `manifest` is a
    document whose `ids` travel first. `ahead` reads the next batch while one is written; without it,
    everything happens in the caller's thread.
    """

    selection: Selection = EVERYTHING
    attachments: bool = True
    batch_documents: int = BATCH_DOCUMENTS
    replaces: Callable[[str], bool] | None = None
    manifest: str | None = None
    progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] = field(default=lambda: False)
    ahead: Executor | None = None

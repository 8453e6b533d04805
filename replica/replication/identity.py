"""The replication id: what must be equal for two runs to continue one another.

It names the checkpoints on both sides, so it must never drift: not with a host name, a token, the order of
a list, or the text of a function. It is versioned; a change adds a clause at the top, and the older ones
stay so that checkpoints made by released programs are still found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

from replica.peer import Json

VERSION = 1
"""Recorded in every checkpoint as `replication_id_version`."""


def replication_id(
    source_uuid: str,
    target_uuid: str,
    *,
    doc_ids: Sequence[str] | None = None,
    selector: Json | None = None,
    filter_name: str | None = None,
) -> str:
    """Return the key of this replication's checkpoints below `_local/`.

    `filter_name` stands for a filter that is a function of ours: its name is its identity, and a filter
    that begins to accept other documents needs another name (CouchDB replication protocol, "Generate
    Replication ID").
    """
    return _CLAUSES[0](source_uuid, target_uuid, doc_ids, selector, filter_name)


def _version_1(
    source: str, target: str, doc_ids: Sequence[str] | None, selector: Json | None, filter_name: str | None
) -> str:
    parts = [1, source, target, sorted(set(doc_ids)) if doc_ids is not None else None, selector, filter_name]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_Clause = Callable[[str, str, Sequence[str] | None, Json | None, str | None], str]
_CLAUSES: tuple[_Clause, ...] = (_version_1,)

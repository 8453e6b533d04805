"""Marks on what came from a peer, so that it is not offered back to it.

A mark names one incarnation of a peer, and holds only while that incarnation remembers. A peer that was
recreated has another start time; one that went back in time (restored from a backup) is found by its
checkpoints, and voids its marks: what it may have lost is offered again. A mark that we no longer know the
standing of, because our own local documents were lost, is never used again: its successor has a new name.

Going back can only be found out where a checkpoint tells of it. What was pulled after the last one is
therefore marked but offered nevertheless, until the next checkpoint confirms it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from replica.peer import Json, Peer, PeerInfo


@runtime_checkable
class Marking(Protocol):
    """A store that knows where its revisions came from: `replica.Database`, which takes `origin` with
    `bulk_docs` and `exclude_origin` with `changes`.
    """

    @property
    def update_seq(self) -> int: ...

    def forget_origin(self, peer: str) -> None: ...


class Origin:
    """The mark of one peer in one store of ours."""

    def __init__(
        self, store: Peer, info: PeerInfo, new_id: Callable[[], str], *, went_back: bool = False
    ) -> None:
        """`went_back` forgets what this peer was known to have."""
        self._store = store
        self._new_id = new_id
        self._incarnation = info.incarnation
        self._key = "origin-" + hashlib.sha256(info.uuid.encode()).hexdigest()[:32]
        if went_back:
            self._renew(store.get_local(self._key))

    def mark(self) -> str:
        """Return the mark that holds now; marks of an earlier incarnation are forgotten."""
        stored = self._store.get_local(self._key)
        if stored is not None and stored["incarnation"] == self._incarnation:
            return str(stored["mark"])
        return self._renew(stored)

    def confirmed_through(self) -> int:
        """Return up to which of our sequences the peer has what stands under its mark."""
        stored = self._store.get_local(self._key)
        return int(stored.get("through", 0)) if stored is not None else 0

    def confirm(self, through: int) -> None:
        """Note that a checkpoint on both sides covers all that was pulled up to our sequence `through`."""
        stored = self._store.get_local(self._key)
        if stored is not None and stored.get("through", 0) < through:
            self._store.put_local(self._key, {**stored, "through": through})

    def _renew(self, stored: Json | None) -> str:
        mark = f"{self._incarnation} {self._new_id()}"
        document: Json = {"incarnation": self._incarnation, "mark": mark}
        if stored:
            document["_rev"] = stored["_rev"]
        # The new mark first: a cut in between leaves rows that no mark names, and those are offered again.
        self._store.put_local(self._key, document)
        if stored and isinstance(self._store, Marking):
            self._store.forget_origin(stored["mark"])
        return mark


class Passed:
    """How far a push has looked and found nothing to send, kept on our side alone.

    After a first pull the feed is long and holds nothing for the peer it came from. Writing a checkpoint
    there for it would cost a request each time, and reading it all again would cost the more the larger
    the store.
    """

    def __init__(self, store: Peer, replication: str, mark: str) -> None:
        """`mark` is the one under which nothing was found to send."""
        self._store = store
        self._key = f"passed-{replication}"
        self._mark = mark

    def after(self, since: Any) -> Any:
        """Return where to look from, given the agreed checkpoint `since`."""
        stored = self._store.get_local(self._key)
        same = stored is not None and stored["since"] == since and stored["mark"] == self._mark
        return stored["through"] if stored is not None and same else since

    def record(self, since: Any, through: Any) -> None:
        stored = self._store.get_local(self._key)
        document: Json = {"since": since, "through": through, "mark": self._mark}
        if stored is not None:
            if all(stored.get(name) == value for name, value in document.items()):
                return
            document["_rev"] = stored["_rev"]
        self._store.put_local(self._key, document)

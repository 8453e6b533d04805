"""Which push classes have nothing to offer, so that a session that is called often asks the peer little.

This is a memory of one session, nothing that is relied upon: it ends with the process, with any failure and
after `OFFER_AGAIN_SECONDS`, and then every class is compared with the peer's checkpoint again. So even what
a peer has lost without a trace comes back to it.
"""

from __future__ import annotations

from typing import NamedTuple

from replica.peer import Peer, PeerInfo
from replica.replication.refusals import list_refusals
from replica.replication.world import World
from replica.tuning import OFFER_AGAIN_SECONDS


class _Offer(NamedTuple):
    through: int
    at: float


class Offered:
    """What was offered in this session, by class. Sequences are those of `store`."""

    def __init__(self, store: Peer, world: World) -> None:
        self._store = store
        self._world = world
        self._offers: dict[str, _Offer] = {}
        self._incarnation = ""
        self._changes = 0

    def meet(self, peer: PeerInfo) -> None:
        """Look at who answers: to another peer, or to one that has gone back, nothing was offered yet."""
        if peer.incarnation != self._incarnation or peer.changes < self._changes:
            self.forget()
        self._incarnation, self._changes = peer.incarnation, peer.changes

    def note(self, name: str, through: int) -> None:
        """Everything of class `name` up to `through` was offered."""
        self._offers[name] = _Offer(through, self._world.monotonic())

    def forget(self) -> None:
        """Offer all of it again."""
        self._offers.clear()

    def is_all(self, name: str, through: int) -> bool:
        """Whether nothing was written since class `name` was offered, and nothing is to be sent again."""
        offer = self._offers.get(name)
        return (
            offer is not None
            and offer.through == through
            and self._world.monotonic() - offer.at < OFFER_AGAIN_SECONDS
            and not any(refusal.is_due(self._world.now()) for refusal in list_refusals(self._store))
        )

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
    peer: str
    peer_changes: int
    through: int
    at: float


class Offered:
    """What was offered in this session, by class. Sequences are those of `store`."""

    def __init__(self, store: Peer, world: World) -> None:
        self._store = store
        self._world = world
        self._offers: dict[str, _Offer] = {}

    def note(self, name: str, peer: PeerInfo, through: int) -> None:
        """Everything of class `name` up to `through` was offered to `peer`."""
        self._offers[name] = _Offer(_incarnation(peer), _changes(peer), through, self._world.monotonic())

    def forget(self) -> None:
        """Something went wrong: offer all of it again."""
        self._offers.clear()

    def is_all(self, name: str, peer: PeerInfo, through: int) -> bool:
        """Whether nothing was written since, and `peer` still is what it was."""
        offer = self._offers.get(name)
        return (
            offer is not None
            and offer.through == through
            and offer.peer == _incarnation(peer)
            and offer.peer_changes <= _changes(peer)
            and self._world.monotonic() - offer.at < OFFER_AGAIN_SECONDS
            and not any(refusal.is_due(self._world.now()) for refusal in list_refusals(self._store))
        )


def _incarnation(peer: PeerInfo) -> str:
    return f"{peer.uuid} {peer.instance_start_time}"


def _changes(peer: PeerInfo) -> int:
    """The number that a sequence begins with and that grows, whatever else is in it."""
    number = str(peer.update_seq).partition("-")[0]
    return int(number) if number.isdigit() else 0

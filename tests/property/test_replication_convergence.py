"""Whatever happens to a few databases, once they have exchanged until quiet they hold the same.

A state machine writes, deletes and resolves on 2 to 4 peers, replicates between any two of them with cuts
anywhere, restarts and compacts them, loses their checkpoints and puts backups back. In the end all are
given time to exchange; then every leaf, winner and attachment is everywhere, and nothing that was
acknowledged is gone.

`make test` runs the profile dev; `make soak` runs ci, or night where RECAUDO_PROFILE=night says so.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from replica import Conflict, Database, NotFound, Unreachable, doctor, replicate
from replica.revision import parse_revision
from tests.support.comparison import leaves, winners
from tests.support.cutting import AsCentre, CuttingPeer
from tests.support.streaming import StreamingPeer
from tests.support.world import StillWorld

for name, examples, steps in (("dev", 12, 25), ("ci", 300, 60), ("night", 5000, 150)):
    settings.register_profile(
        f"convergence-{name}",
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
PEERS = st.integers(0, 3)
IDS = st.sampled_from(["a", "b", "c", "receipt:1", "photo:1"])
VALUES = st.integers(0, 5)


class Convergence(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="convergence-"))
        self.peers: list[Database] = []
        self.acknowledged: set[tuple[str, str]] = set()
        self.last_seqs: list[int] = []
        self.world = StillWorld().world()

    @initialize(count=st.integers(2, 4), centred=st.booleans())
    def open_peers(self, count: int, centred: bool) -> None:
        """With `centred`, peer 0 is what a phone pushes to: a database that keeps no marks."""
        self.centred = centred
        self.peers = [Database.open(self.folder / f"{number}.sqlite") for number in range(count)]
        self.last_seqs = [0] * count

    def peer(self, number: int) -> Database:
        return self.peers[number % len(self.peers)]

    def as_target(self, peer: Database) -> Any:
        return AsCentre(peer) if self.centred and peer is self.peers[0] else peer

    @rule(at=PEERS, id=IDS, value=VALUES)
    def write(self, at: int, id: str, value: int) -> None:
        peer = self.peer(at)
        document: dict[str, Any] = {"_id": id, "value": value, "at": at % len(self.peers)}
        try:
            stored = peer.get(id)
        except NotFound:
            pass
        else:
            document = {**stored, **document}
        self.acknowledged.add((id, peer.put(document)))

    @rule(at=PEERS, id=IDS, content=st.binary(min_size=1, max_size=30))
    def attach(self, at: int, id: str, content: bytes) -> None:
        peer = self.peer(at)
        try:
            rev = peer.get(id)["_rev"]
        except NotFound:
            return
        self.acknowledged.add((id, peer.put_attachment(id, "photo", content, "image/jpeg", rev)))

    @rule(at=PEERS, id=IDS)
    def delete(self, at: int, id: str) -> None:
        peer = self.peer(at)
        try:
            rev = peer.get(id)["_rev"]
        except NotFound:
            return
        self.acknowledged.add((id, peer.delete(id, rev)))

    @rule(at=PEERS)
    def resolve(self, at: int) -> None:
        """Keep the winner of every conflict, delete what lost."""
        peer = self.peer(at)
        for conflict in peer.conflicts():
            for rev in conflict["conflicts"]:
                try:
                    self.acknowledged.add((conflict["id"], peer.delete(conflict["id"], rev)))
                except Conflict:
                    continue

    @rule(source=PEERS, to=PEERS, calls=st.integers(0, 12), batch=st.integers(1, 4), delivered=st.booleans())
    def replicate_and_be_cut(self, source: int, to: int, calls: int, batch: int, delivered: bool) -> None:
        """After `calls` calls one side is gone; the last one may have arrived without its answer."""
        here, there = self.peer(source), self.peer(to)
        if here is there:
            return
        far = CuttingPeer(self.as_target(there), calls, delivered=delivered)
        try:
            replicate(here, far, batch_size=batch, attempts=1, world=self.world)
        except Unreachable:
            return

    @rule(source=PEERS, to=PEERS, batch=st.integers(1, 4))
    def exchange(self, source: int, to: int, batch: int) -> None:
        here, there = self.peer(source), self.peer(to)
        if here is not there:
            assert replicate(here, self.as_target(there), batch_size=batch, world=self.world).ok

    @rule(source=PEERS, to=PEERS, rows=st.integers(0, 6), batch=st.integers(1, 3))
    def stream_and_be_cut(self, source: int, to: int, rows: int, batch: int) -> None:
        """A first sync, where it is one, whose stream is gone after `rows` rows."""
        here, there = self.peer(source), self.peer(to)
        if here is there:
            return
        try:
            replicate(StreamingPeer(here, rows), there, batch_size=batch, attempts=1, world=self.world)
        except Unreachable:
            return

    @rule(at=PEERS)
    def forget_everything(self, at: int) -> None:
        """A peer begins again from nothing. What no other peer had is gone with it."""
        number = at % len(self.peers)
        self.peers[number].close()
        for path in self.folder.glob(f"{number}.sqlite*"):
            path.unlink()
        self.peers[number] = Database.open(self.folder / f"{number}.sqlite")
        self.last_seqs[number] = 0
        self.keep_what_is_known()

    @rule(at=PEERS)
    def compact(self, at: int) -> None:
        self.peer(at).compact()

    @rule(at=PEERS)
    def restart(self, at: int) -> None:
        number = at % len(self.peers)
        self.peers[number].close()
        self.peers[number] = Database.open(self.folder / f"{number}.sqlite")

    @rule(at=PEERS)
    def lose_checkpoints(self, at: int) -> None:
        """Every local document goes: checkpoints, marks and all."""
        peer = self.peer(at)
        for document in peer.local_docs():
            peer.delete_local(document["_id"].removeprefix("_local/"))

    @rule(at=PEERS)
    def back_up(self, at: int) -> None:
        number = at % len(self.peers)
        self.peers[number].close()
        shutil.copy(self.folder / f"{number}.sqlite", self.folder / f"{number}.backup")
        self.peers[number] = Database.open(self.folder / f"{number}.sqlite")

    @rule(at=PEERS)
    def restore(self, at: int) -> None:
        """A peer goes back to its backup. What another peer has, or the backup, must be back in the end."""
        number = at % len(self.peers)
        if not (self.folder / f"{number}.backup").exists():
            return
        self.peers[number].close()
        shutil.copy(self.folder / f"{number}.backup", self.folder / f"{number}.sqlite")
        self.peers[number] = Database.open(self.folder / f"{number}.sqlite")
        self.last_seqs[number] = 0
        self.keep_what_is_known()

    def keep_what_is_known(self) -> None:
        self.acknowledged = {
            (id, rev) for id, rev in self.acknowledged if any(is_known(peer, id, rev) for peer in self.peers)
        }

    @invariant()
    def sequences_only_grow(self) -> None:
        now = [peer.update_seq for peer in self.peers]
        assert all(before <= after for before, after in zip(self.last_seqs, now, strict=True))
        self.last_seqs = now

    @invariant()
    def winners_are_leaves(self) -> None:
        for peer in self.peers:
            assert set(winners(peer).items()) <= set(leaves(peer))

    def teardown(self) -> None:
        try:
            if self.peers:
                self.exchange_until_quiet()
                self.everything_is_everywhere()
        finally:
            for peer in self.peers:
                peer.close()
            shutil.rmtree(self.folder)

    def exchange_until_quiet(self) -> None:
        for _round in range(len(self.peers) + 1):
            written = 0
            for here in self.peers:
                for there in self.peers:
                    if here is not there:
                        result = replicate(here, self.as_target(there), world=self.world)
                        assert result.ok
                        written += result.docs_written
            if not written:
                return
        raise AssertionError("the peers never came to rest")

    def everything_is_everywhere(self) -> None:
        for number in range(len(self.peers)):
            assert doctor.examine(self.folder / f"{number}.sqlite") == []
        first = leaves(self.peers[0])
        for other in self.peers[1:]:
            assert leaves(other) == first
            assert winners(other) == winners(self.peers[0])
        for id, rev in self.acknowledged:
            # Some hold a history cut short by a first sync; who wrote it, or had it whole, still knows.
            known = any(is_known(peer, id, rev) for peer in self.peers)
            assert known, f"{rev} of {id} was acknowledged and is gone"


def is_known(peer: Database, id: str, rev: str) -> bool:
    """Whether a revision is a leaf or an ancestor of one."""
    wanted = parse_revision(rev)
    try:
        answers = peer.open_revisions(id, with_history=True)
    except NotFound:
        return False
    for answer in answers:
        revisions = answer["ok"]["_revisions"]
        depth = revisions["start"] - wanted.generation
        if 0 <= depth < len(revisions["ids"]) and revisions["ids"][depth] == wanted.digest:
            return True
    return False


TestConvergence = Convergence.TestCase
TestConvergence.settings = settings.get_profile("convergence-dev")


@pytest.mark.slow
@pytest.mark.timeout(24 * 3600)
class TestConvergenceForLong(Convergence.TestCase):  # type: ignore[misc, name-defined]
    """The profile that RECAUDO_PROFILE names: ci (the default, minutes) or night (hours)."""

    settings = settings.get_profile(f"convergence-{os.environ.get('RECAUDO_PROFILE', 'ci')}")

"""The refusals of one run: which are due to be sent again, what is refused now, and what has been settled."""

from __future__ import annotations

from collections.abc import Sequence

from replica.peer import Peer
from replica.replication.delivery import Failure
from replica.replication.refusals import Ledger, Refusal, rules_of
from replica.replication.world import World


class Docket:
    """Keeps the ledger in `ours`; asks the target for its rules at most once, and only where it matters."""

    def __init__(self, ours: Peer, target: Peer, replication: str, world: World) -> None:
        self._ledger = Ledger(ours, replication)
        self._target = target
        self._world = world
        self._rules: str | None = None
        self._open = {refusal.id for refusal in self._ledger.open()}
        self._refused: dict[str, Refusal] = {}

    @property
    def refused(self) -> list[Refusal]:
        """What this run could not deliver."""
        return list(self._refused.values())

    def due(self) -> list[Refusal]:
        return self._ledger.due(self._rules_now(), now=self._world.now()) if self._open else []

    def record(self, failures: Sequence[Failure]) -> None:
        """Write failures down. A checkpoint may pass their documents afterwards and not before."""
        if not failures:
            return
        at = self._world.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        for refusal in self._ledger.record(failures, at=at, rules=self._rules_now()):
            self._refused[refusal.key] = refusal
        self._open |= {failure.id for failure in failures}

    def settle(self, ids: set[str], failures: Sequence[Failure] = ()) -> None:
        """Forget older refusals of documents that were sent, but of the revisions in `failures`."""
        settled = ids & self._open
        if settled:
            self._ledger.settle(settled, refused=failures)
            self._open -= settled - {failure.id for failure in failures}

    def _rules_now(self) -> str:
        if self._rules is None:
            self._rules = rules_of(self._target)
        return self._rules

"""However local writes interleave with a pull, all of them reach the peer, and nothing pulled is offered
back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replica import Database, Unreachable, replicate
from tests.support.comparison import leaves
from tests.support.world import StillWorld


class Interleaving:
    """A peer during whose calls someone writes at the other side, and whose line may be cut."""

    def __init__(self, peer: Database, between: Callable[[], None], calls: int) -> None:
        self._peer = peer
        self._between = between
        self._left = calls
        self.offered: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "forget_origin":
            raise AttributeError(name)
        method = getattr(self._peer, name)
        if not callable(method):
            return method

        def call(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                raise Unreachable("cut")
            if name == "revs_diff":
                self.offered += arguments[0]
            answer = method(*arguments, **options)
            self._between()
            return answer

        return call


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    written=st.lists(st.sampled_from(["put", "edit pulled", "delete pulled", "nothing"]), max_size=25),
    batch=st.integers(1, 6),
    cut=st.integers(0, 30),
    pulled=st.integers(0, 12),
)
def test_every_local_write_reaches_the_peer_and_nothing_pulled_is_offered_back(
    written: list[str], batch: int, cut: int, pulled: int
) -> None:
    plan = iter(written)
    mine: set[str] = set()
    world = StillWorld().world()

    with (
        tempfile.TemporaryDirectory() as folder,
        Database.open(Path(folder) / "phone.sqlite") as phone,
        Database.open(Path(folder) / "centre.sqlite") as centre,
    ):
        centre.bulk_docs([{"_id": f"customer:{number}"} for number in range(pulled)])

        def write() -> None:
            match next(plan, "nothing"):
                case "put":
                    id = f"receipt:{len(mine)}"
                    phone.put({"_id": id})
                    mine.add(id)
                case "edit pulled" | "delete pulled" as verb:
                    for row in phone.all_docs(start_key="customer:", end_key="customer:~", limit=1)["rows"]:
                        document = {"_id": row["id"], "_rev": row["value"]["rev"], "mine": len(mine)}
                        phone.put({**document, "_deleted": True} if verb == "delete pulled" else document)
                        mine.add(row["id"])

        try:
            replicate(Interleaving(centre, write, cut), phone, batch_size=batch, attempts=1, world=world)
        except Unreachable:
            replicate(Interleaving(centre, write, 1000), phone, batch_size=batch, attempts=1, world=world)

        target = Interleaving(centre, lambda: None, 1000)
        assert replicate(phone, target, batch_size=batch, attempts=1, world=world).ok
        assert set(target.offered) <= mine
        assert leaves(centre) == leaves(phone)

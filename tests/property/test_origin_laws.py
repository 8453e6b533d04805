"""Marks of origin: a push is offered every leaf the peer does not have, and nothing that only ever came from
it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from replica import Database, NotFound

Json = dict[str, Any]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "delete", "pull", "pull on top", "pull from another", "purge", "replace"]),
        st.sampled_from("abc"),
        st.integers(0, 3),
    ),
    max_size=25,
)


class Journal:
    """What the peer has sent, and which documents were ever written by anybody else."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.sent: set[tuple[str, str]] = set()
        self.touched_here: set[str] = set()

    def leaves(self, name: str) -> list[str]:
        try:
            return [entry["ok"]["_rev"] for entry in self._db.open_revisions(name)]
        except NotFound:
            return []

    def step(self, kind: str, name: str, n: int) -> None:
        match kind:
            case "edit":
                leaves = self.leaves(name)
                rev = {"_rev": leaves[n % len(leaves)]} if leaves else {}
                self._db.put({"_id": name, "n": n, **rev})
                self.touched_here.add(name)
            case "delete":
                for rev in self.leaves(name)[:1]:
                    self.touched_here.add(name)
                    self._db.delete(name, rev)
            case "purge":
                self._db.purge({name: self.leaves(name)})
                self.touched_here.discard(name)
            case _:
                self.receive(kind, name, n)

    def receive(self, kind: str, name: str, n: int) -> None:
        ancestors = self.leaves(name)[:1] if kind == "pull on top" else []
        start = int(ancestors[0].partition("-")[0]) + 1 if ancestors else 1 + n
        digests = [f"{kind[:6].replace(' ', '-')}{n}", *(rev.partition("-")[2] for rev in ancestors)]
        rev = f"{start}-{digests[0]}"
        another = kind == "pull from another"
        if another:
            self.touched_here.add(name)
        else:
            self.sent |= {(name, sent) for sent in (rev, *ancestors)}
        self._db.bulk_docs(
            [{"_id": name, "_rev": rev, "_revisions": {"start": start, "ids": digests}}],
            new_edits=False,
            origin="another" if another else "peer",
            replaces=(lambda _: True) if kind == "replace" else None,
        )


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_a_push_is_offered_what_the_peer_lacks_and_not_what_only_it_wrote(
    steps: list[tuple[str, str, int]],
) -> None:
    with TemporaryDirectory() as folder, Database.open(Path(folder) / "a.sqlite") as db:
        journal = Journal(db)
        for step in steps:
            journal.step(*step)
        page = db.changes(exclude_origin="peer")
        offered = {row["id"] for row in page.results}
        assert page.last_seq == db.update_seq
        for name in "abc":
            leaves = journal.leaves(name)
            if any((name, rev) not in journal.sent for rev in leaves):
                assert name in offered
            if name not in journal.touched_here:
                assert name not in offered

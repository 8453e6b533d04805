"""The laws of revision trees: whatever arrives, in whatever pieces and order, everybody ends with the same
tree.
"""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from replica import Database, revtree
from replica.revision import RevisionId
from replica.revtree import Branch, Merged, Tree, merge, merge_trees, missing, precedence, stem

Histories = list[Branch]


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> Histories:
    """Every revision of one imaginary document with its whole ancestry: a random tree, some of it deleted."""
    size = draw(st.integers(1, most))
    branches: Histories = []
    for number in range(size):
        parent = draw(st.sampled_from(branches)) if branches and draw(st.integers(0, 9)) else None
        digest = f"{draw(st.integers(0, 255)):02x}{number:02d}"
        deleted = draw(st.integers(0, 3)) == 0
        history = parent.digests if parent else ()
        branches.append(Branch(len(history) + 1, (digest, *history), deleted))
    return branches


@st.composite
def pieces(draw: st.DrawFn, most: int = 14) -> Histories:
    """What peers of that document send: any of its branches, each cut at any depth, in any order, some
    twice.
    """
    whole = draw(histories(most))
    chosen = draw(st.lists(st.sampled_from(whole), min_size=1, max_size=2 * len(whole)))
    return [
        Branch(branch.start, branch.digests[: draw(st.integers(1, len(branch.digests)))], branch.deleted)
        for branch in chosen
    ]


def grown(branches: Histories) -> Tree:
    return reduce(lambda tree, branch: merge(tree, branch)[0], branches, ())


def revisions(tree: Tree) -> set[RevisionId]:
    return {revision for branch in tree for revision in branch.revisions()}


@given(pieces(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(branches: Histories, random: Any) -> None:
    shuffled = branches[:]
    random.shuffle(shuffled)
    assert grown(shuffled) == grown(branches)


@given(pieces())
def test_merging_is_idempotent(branches: Histories) -> None:
    tree = grown(branches)
    assert merge_trees(tree, tree) == tree
    assert all(merge(tree, branch) == (tree, Merged.KNOWN) for branch in branches)


@given(st.data(), pieces())
def test_merging_is_commutative_and_associative(data: st.DataObject, branches: Histories) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(branches)), min_size=2, max_size=2)))
    one, two, three = (
        grown(part) for part in (branches[: cuts[0]], branches[cuts[0] : cuts[1]], branches[cuts[1] :])
    )
    assert merge_trees(one, two) == merge_trees(two, one)
    assert merge_trees(merge_trees(one, two), three) == merge_trees(one, merge_trees(two, three))


@given(pieces())
def test_no_revision_is_lost(branches: Histories) -> None:
    tree = grown(branches)
    for branch in branches:
        assert missing(tree, branch.revisions()) == []


@given(pieces())
def test_leaves_are_exactly_what_nothing_continues(branches: Histories) -> None:
    ancestors = {revision for branch in branches for revision in list(branch.revisions())[1:]}
    assert {branch.leaf for branch in grown(branches)} == {branch.leaf for branch in branches} - ancestors


@given(pieces())
def test_the_winner_is_the_greatest_leaf(branches: Histories) -> None:
    tree = grown(branches)
    assert tree[0] == max(tree, key=precedence)
    living = [branch for branch in tree if not branch.deleted]
    assert not living or not tree[0].deleted
    assert list(tree) == sorted(tree, key=precedence, reverse=True)


@given(pieces())
def test_a_merge_says_what_it_did(branches: Histories) -> None:
    tree: Tree = ()
    for branch in branches:
        known = revtree.contains(tree, branch.leaf)
        merged, outcome = merge(tree, branch)
        assert (outcome is Merged.KNOWN) == known
        if outcome is Merged.NEW_BRANCH:
            assert len(merged) == len(tree) + 1
        elif tree:
            assert len(merged) <= len(tree)
        tree = merged


@given(pieces(), st.integers(1, 6))
def test_stemming_forgets_the_oldest_and_nothing_else(branches: Histories, limit: int) -> None:
    tree = grown(branches)
    stemmed = stem(tree, limit)
    assert revisions(stemmed) <= revisions(tree)
    assert [(branch.leaf, branch.deleted) for branch in stemmed] == [
        (branch.leaf, branch.deleted) for branch in tree
    ]
    assert all(len(branch.digests) <= limit for branch in stemmed)
    assert stem(stemmed, limit) == stemmed
    assert stem(tree, 1000) == tree


@given(pieces())
def test_purging_every_leaf_leaves_nothing(branches: Histories) -> None:
    tree = grown(branches)
    rest, gone = revtree.prune(tree, [branch.leaf for branch in tree])
    assert rest == ()
    assert gone == [branch.leaf for branch in tree]


def sent(branch: Branch) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": "receipt",
        "_rev": str(branch.leaf),
        "_revisions": {"start": branch.start, "ids": list(branch.digests)},
        "digest": branch.digests[0],
    }
    return {**document, "_deleted": True} if branch.deleted else document


@settings(max_examples=200, deadline=None)
@given(pieces(8), st.randoms(use_true_random=False), st.integers(1, 4))
def test_two_files_that_received_the_same_hold_the_same(branches: Histories, random: Any, batch: int) -> None:
    shuffled = branches[:]
    random.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        with Database.open(root / "one.sqlite") as one, Database.open(root / "two.sqlite") as two:
            assert one.bulk_docs([sent(branch) for branch in branches], new_edits=False) == []
            for start in range(0, len(shuffled), batch):
                part = [sent(branch) for branch in shuffled[start : start + batch]]
                assert two.bulk_docs(part, new_edits=False) == []
            assert held(one) == held(two)
            assert leaves(one) == leaves(two) == [branch.leaf for branch in grown(branches)]
            assert winner(one) == winner(two) == grown(branches)[0]._replace(digests=())
            seq = two.update_seq
            assert two.bulk_docs([sent(branch) for branch in branches], new_edits=False) == []
            assert two.update_seq == seq


def held(db: Database) -> Any:
    return db.open_revisions("receipt", with_history=True)


def winner(db: Database) -> Branch:
    """What the feed and the list of living documents say, which do not look at the tree."""
    rows = db.all_docs(keys=["receipt"])["rows"]
    rev = RevisionId(*_parts(rows[0]["value"]["rev"]))
    gone = "deleted" in rows[0]["value"]
    assert gone == bool(db.changes().results[0].get("deleted"))
    assert gone == (db.info().doc_count == 0)
    return Branch(rev.generation, (), gone)


def _parts(rev: str) -> tuple[int, str]:
    generation, _, digest = rev.partition("-")
    return int(generation), digest


def leaves(db: Database) -> list[RevisionId]:
    rows = db.changes(style="all_docs").results
    return [RevisionId(*_parts(change["rev"])) for change in rows[0]["changes"]]

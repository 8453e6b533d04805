"""Revision trees: every leaf of a document with what is remembered of its ancestry.

Pure values and functions.

A document's history is a tree, because two peers may edit the same revision without seeing each other. Peers
exchange *branches*: a leaf and its ancestors, newest first, of which the oldest may have been forgotten
("stemmed"). Here a tree is the set of its branches, the winner first, each in full: ancestors shared by two
leaves stand in both. Documents of one branch, nearly all of them, cost one tuple, and a branch is what the
wire calls `_revisions`.

`merge` joins a branch to a tree wherever they share a revision, so the order of arrival does not matter. A
branch that shares none stands beside the others: a conflict, or, where stemming cut too deep, two pieces that
a longer branch joins.

The winner is CouchDB's choice, the same on every peer without talking: a living leaf before a deleted one,
then the higher generation, then the higher digest ("Replication and conflict model", CouchDB).

A revision has one parent, since its digest covers it. Where a forged branch claims another, the higher digest
stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from replica.revision import RevisionId


class Branch(NamedTuple):
    """`start` is the leaf's generation; `digests` go from the leaf to the oldest ancestor remembered."""

    start: int
    digests: tuple[str, ...]
    deleted: bool = False

    @property
    def leaf(self) -> RevisionId:
        return RevisionId(self.start, self.digests[0])

    def revisions(self) -> Iterator[RevisionId]:
        """Yield leaf, parent, grandparent …"""
        for age, digest in enumerate(self.digests):
            yield RevisionId(self.start - age, digest)

    def holds(self, revision: RevisionId) -> bool:
        age = self.start - revision.generation
        return 0 <= age < len(self.digests) and self.digests[age] == revision.digest

    def upto(self, revision: RevisionId) -> Branch:
        """Return the piece of this branch that ends in `revision`, which it holds."""
        return Branch(revision.generation, self.digests[self.start - revision.generation :])


Tree = tuple[Branch, ...]
"""Branches sorted by `precedence`, winner first. The empty tree is the document that was never there."""


class Merged(StrEnum):
    """What a merge did: the caller decides what is a conflict."""

    KNOWN = "known"
    NEW_LEAF = "new_leaf"
    NEW_BRANCH = "new_branch"


def precedence(branch: Branch) -> tuple[bool, int, str]:
    """Sort key of the winner rule: the greatest wins."""
    return (not branch.deleted, branch.start, branch.digests[0])


def merge(tree: Tree, branch: Branch) -> tuple[Tree, Merged]:
    """Join `branch` to `tree`.

    `NEW_LEAF` continues a leaf (or begins the document), `NEW_BRANCH` stands beside them.
    """
    if not tree:
        return (branch,), Merged.NEW_LEAF
    if len(tree) == 1 and _continues(tree[0], branch):
        old = tree[0].digests
        history = old if len(old) >= len(branch.digests) - 1 else branch.digests[1:]
        return (Branch(branch.start, (branch.digests[0], *history), branch.deleted),), Merged.NEW_LEAF
    known = contains(tree, branch.leaf)
    joined = _join((*tree, branch))
    if known:
        return joined, Merged.KNOWN
    return joined, Merged.NEW_LEAF if len(joined) <= len(tree) else Merged.NEW_BRANCH


def merge_trees(one: Tree, other: Tree) -> Tree:
    """Return everything that either tree remembers."""
    return _join((*one, *other))


def _continues(old: Branch, new: Branch) -> bool:
    return new.start == old.start + 1 and len(new.digests) > 1 and new.digests[1] == old.digests[0]


def _join(branches: Iterable[Branch]) -> Tree:
    parents: dict[RevisionId, str | None] = {}
    deleted: dict[RevisionId, bool] = {}
    ancestors: set[RevisionId] = set()
    for branch in branches:
        leaf = branch.leaf
        deleted[leaf] = deleted.get(leaf, False) or branch.deleted
        oldest = len(branch.digests) - 1
        for age, revision in enumerate(branch.revisions()):
            parent = branch.digests[age + 1] if age < oldest else None
            known = parents.get(revision)
            parents[revision] = max(known, parent) if known and parent else known or parent
            if age:
                ancestors.add(revision)
    leaves = (leaf for leaf in deleted if leaf not in ancestors)
    return _sorted(Branch(leaf.generation, _ancestry(leaf, parents), deleted[leaf]) for leaf in leaves)


def _ancestry(leaf: RevisionId, parents: dict[RevisionId, str | None]) -> tuple[str, ...]:
    digests = [leaf.digest]
    generation, parent = leaf.generation, parents[leaf]
    while parent is not None:
        digests.append(parent)
        generation -= 1
        parent = parents[RevisionId(generation, parent)]
    return tuple(digests)


def _sorted(branches: Iterable[Branch]) -> Tree:
    return tuple(sorted(branches, key=precedence, reverse=True))


def stem(tree: Tree, limit: int) -> Tree:
    """Forget all but the `limit` newest revisions of every branch (`_revs_limit`, at least 1)."""
    if all(len(branch.digests) <= limit for branch in tree):
        return tree
    return tuple(Branch(branch.start, branch.digests[:limit], branch.deleted) for branch in tree)


def contains(tree: Tree, revision: RevisionId) -> bool:
    """Tell whether `revision` is remembered, as a leaf or as an ancestor."""
    return any(branch.holds(revision) for branch in tree)


def find_leaf(tree: Tree, revision: RevisionId) -> Branch | None:
    """Return the branch whose leaf is `revision`."""
    return next((branch for branch in tree if branch.leaf == revision), None)


def branch_to(tree: Tree, revision: RevisionId) -> Branch | None:
    """Return `revision` with its ancestry, whether it is a leaf or was continued.

    None where it is unknown.
    """
    leaf = find_leaf(tree, revision)
    if leaf is not None:
        return leaf
    return next((branch.upto(revision) for branch in tree if branch.holds(revision)), None)


def leaves_from(tree: Tree, revision: RevisionId) -> list[Branch]:
    """Return the branches that continue `revision` (`latest=true`), itself where it is a leaf."""
    return [branch for branch in tree if branch.holds(revision)]


def missing(tree: Tree, revisions: Iterable[RevisionId]) -> list[RevisionId]:
    """Return those of `revisions` that the tree does not remember, in their order."""
    return [revision for revision in revisions if not contains(tree, revision)]


def has_lost_its_beginning(tree: Tree, revision: RevisionId) -> bool:
    """Tell whether `revision` is remembered without its beginning, where an older leaf beside it may belong.

    A first sync and stemming leave such pieces: a deletion that stands beside what it deleted. Whoever
    offers the revision and knows more of its history joins the two.
    """
    return any(
        other.start <= branch.start - len(branch.digests)
        for branch in leaves_from(tree, revision)
        for other in tree
    )


def possible_ancestors(tree: Tree, absent: Sequence[RevisionId]) -> list[RevisionId]:
    """Return the leaves older than the newest of `absent`: what a sender may take as known (`_revs_diff`)."""
    newest = max(revision.generation for revision in absent)
    return [branch.leaf for branch in tree if branch.start < newest]


def conflicts(tree: Tree) -> list[RevisionId]:
    """Return the living leaves beside a living winner, in order of precedence (`_conflicts`)."""
    return [branch.leaf for branch in tree[1:] if not branch.deleted]


def prune(tree: Tree, revisions: Iterable[RevisionId]) -> tuple[Tree, list[RevisionId]]:
    """Remove leaves as if they had never come, with the ancestors only they had.

    Return what stays and which went.

    A revision that is not a leaf is left alone (`_purge`, CouchDB).
    """
    doomed = set(revisions)
    gone = [branch.leaf for branch in tree if branch.leaf in doomed]
    return tuple(branch for branch in tree if branch.leaf not in doomed), gone

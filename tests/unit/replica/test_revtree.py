"""Revision trees by example; the laws are in tests/property/test_revtree_laws.py."""

from __future__ import annotations

from replica import revtree
from replica.revision import RevisionId
from replica.revtree import Branch, Merged, Tree, merge

FIRST = Branch(1, ("a",))
SECOND = Branch(2, ("b", "a"))


def tree_of(*branches: Branch) -> Tree:
    tree: Tree = ()
    for branch in branches:
        tree = merge(tree, branch)[0]
    return tree


def test_an_edit_of_the_leaf_replaces_it() -> None:
    tree, outcome = merge((FIRST,), SECOND)
    assert tree == (SECOND,)
    assert outcome is Merged.NEW_LEAF


def test_an_edit_of_an_older_revision_stands_beside() -> None:
    tree, outcome = merge((SECOND,), Branch(2, ("c", "a")))
    assert [str(branch.leaf) for branch in tree] == ["2-c", "2-b"]
    assert outcome is Merged.NEW_BRANCH
    assert [str(revision) for revision in revtree.conflicts(tree)] == ["2-b"]


def test_a_piece_without_its_root_is_joined_when_the_link_arrives() -> None:
    apart = tree_of(Branch(2, ("b", "a")), Branch(4, ("d",)))
    assert len(apart) == 2
    tree, outcome = merge(apart, Branch(5, ("e", "d", "c", "b")))
    assert tree == (Branch(5, ("e", "d", "c", "b", "a")),)
    assert outcome is Merged.NEW_LEAF


def test_a_longer_history_of_a_known_leaf_is_remembered() -> None:
    assert merge((Branch(3, ("c", "b")),), Branch(3, ("c", "b", "a"))) == (
        (Branch(3, ("c", "b", "a")),),
        Merged.KNOWN,
    )


def test_a_living_leaf_wins_over_a_longer_deleted_one() -> None:
    tree = tree_of(Branch(5, ("e",), True), Branch(2, ("b", "a")), Branch(3, ("c",), True))
    assert [str(branch.leaf) for branch in tree] == ["2-b", "5-e", "3-c"]
    assert revtree.conflicts(tree) == []


def test_the_higher_digest_wins_in_one_generation() -> None:
    assert str(tree_of(Branch(2, ("ff",)), Branch(2, ("0f",)))[0].leaf) == "2-ff"


def test_what_a_sender_may_take_as_known_are_the_older_leaves() -> None:
    tree = tree_of(Branch(2, ("b", "a")), Branch(4, ("d",)))
    assert revtree.possible_ancestors(tree, [RevisionId(3, "x")]) == [RevisionId(2, "b")]
    assert revtree.possible_ancestors(tree, [RevisionId(2, "x")]) == []


def test_a_revision_is_found_with_its_ancestry() -> None:
    tree = tree_of(Branch(3, ("c", "b", "a")), Branch(3, ("d", "b", "a")))
    assert revtree.branch_to(tree, RevisionId(2, "b")) == Branch(2, ("b", "a"))
    assert revtree.branch_to(tree, RevisionId(2, "x")) is None
    assert {str(branch.leaf) for branch in revtree.leaves_from(tree, RevisionId(2, "b"))} == {"3-c", "3-d"}


def test_of_two_forged_parents_the_higher_stays_and_no_leaf_without_body_appears() -> None:
    one, two = Branch(2, ("b", "a1")), Branch(2, ("b", "a2"))
    assert tree_of(one, two) == tree_of(two, one) == (Branch(2, ("b", "a2")),)


def test_only_leaves_can_be_purged() -> None:
    tree = tree_of(Branch(3, ("c", "b", "a")), Branch(3, ("d", "b", "a")))
    rest, gone = revtree.prune(tree, [RevisionId(3, "d"), RevisionId(2, "b")])
    assert rest == (Branch(3, ("c", "b", "a")),)
    assert gone == [RevisionId(3, "d")]

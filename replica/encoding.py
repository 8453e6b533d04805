"""How a document lies in its row, and how it looks on the wire: the one place that knows both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from replica.revtree import Branch, Tree

Json = dict[str, Any]

_scan = json.JSONDecoder().raw_decode
"""Reads a body without looking for white space around it: we wrote it without."""

_dumps = json.JSONEncoder(separators=(",", ":")).encode


def encode_tree(tree: Tree) -> str | None:
    """Return the text of a tree; None where the winner, which has a column of its own, is all of it."""
    if len(tree) == 1 and len(tree[0].digests) == 1:
        return None
    return _dumps(tree)


def decode_tree(rev: str, deleted: bool, text: str | None) -> Tree:
    if text is None:
        generation, _, digest = rev.partition("-")
        return (Branch(int(generation), (digest,), deleted),)
    return tuple(Branch(start, tuple(digests), gone) for start, digests, gone in json.loads(text))


def has_one_branch(text: str | None) -> bool:
    """Tell whether the text of a tree says no more than one branch, without reading it."""
    return text is None or "],[" not in text


def encode_other_leaves(tree: Tree) -> str | None:
    """Return `[[rev, deleted], …]` without the winner; None where there is no other leaf."""
    if len(tree) == 1:
        return None
    return _dumps([(str(branch.leaf), branch.deleted) for branch in tree[1:]])


def decode_other_leaves(text: str | None) -> list[tuple[str, bool]]:
    return [(rev, deleted) for rev, deleted in json.loads(text)] if text else []


def document_from(document_id: str, rev: str, deleted: bool, body: str) -> Json:
    """Return a stored revision as a document."""
    if deleted:
        return {"_id": document_id, "_rev": rev, "_deleted": True, **_scan(body)[0]}
    return {"_id": document_id, "_rev": rev, **_scan(body)[0]}


def documents_from(living: Sequence[tuple[str, str, str]]) -> list[Json]:
    """Return stored (id, rev, body) of living documents as documents, a sixth faster than one by one.

    Their texts are parsed as one list, so that the parser is called once and keeps the names of the members,
    which are the same in one document after another.
    """
    parsed = _scan("[" + ",".join([body for _, _, body in living]) + "]")[0]
    return [
        {"_id": document_id, "_rev": rev, **body}
        for (document_id, rev, _), body in zip(living, parsed, strict=True)
    ]


def wire_revisions(branch: Branch) -> Json:
    """Return `_revisions`."""
    return {"start": branch.start, "ids": list(branch.digests)}

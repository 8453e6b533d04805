"""Writing a batch of edits inside one transaction: the rules of revisions on one side, rows on the other.

An *interactive* edit (`new_edits=true`) names the revision it was made from, which must still be a leaf:
otherwise somebody else was faster and it is a conflict. A *replicated* edit (`new_edits=false`) was accepted
elsewhere and is never refused for its place in the tree: it is joined to it, and may leave two leaves
("Replication and conflict model").

Each document of a batch is read once, changed in memory and written once, so that a batch costs a few
statements per document whatever its edits do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from replica import revtree
from replica.attaching import Attached, Inheritance, attach, record_uses
from replica.document import Edit
from replica.encoding import decode_tree, document_from, encode_other_leaves, encode_tree
from replica.errors import Conflict, Forbidden, MissingStub, ReplicaError, Unauthorized
from replica.indexing import IndexUpdates
from replica.revision import RevisionId, canonical_json, compact_json, new_revision, revision_digest
from replica.revtree import Branch, Merged, Tree
from replica.storage import documents as rows
from replica.storage.sequences import Sequences

Json = dict[str, Any]
Validate = Callable[[Json, Json | None], None]


class WriteOptions(NamedTuple):
    """How a batch is to be taken.

    `validate(new, old)` raises `Forbidden` or `Unauthorized` to refuse one document. `replaces(id)` tells
    whether a branch that does not connect takes the place of what is here instead of standing beside it:
    right for documents with one writer, whose history arrives stemmed. `origin` is the number of the peer the
    batch came from. `attachments_later` accepts stubs whose bytes are still at the peer.
    """

    revs_limit: int
    now: int
    validate: Validate | None = None
    replaces: Callable[[str], bool] | None = None
    origin: int | None = None
    attachments_later: bool = False


@dataclass(slots=True)
class Head:
    """One document while a batch changes it. `seq` and `stored_rev` are None where it is new."""

    id: str
    tree: Tree
    seq: int | None = None
    stored_rev: str | None = None
    stored_deleted: bool = False
    origin: int | None = None
    bodies: dict[str, tuple[bool, str]] = field(default_factory=dict)
    changed: bool = False
    replaced: bool = False


class Batch:
    """The documents that one call touches. `apply` each edit, then `flush` once."""

    def __init__(
        self, connection: sqlite3.Connection, indexes: IndexUpdates, options: WriteOptions, ids: Sequence[str]
    ) -> None:
        self._connection = connection
        self._indexes = indexes
        self._options = options
        self._takes_plain_ones = options.validate is None
        self._plain: dict[str, tuple[str, Edit]] = {}
        self._touched: dict[str, Head] = {}
        self._heads = {
            row.id: Head(
                id=row.id,
                tree=decode_tree(row.rev, bool(row.deleted), row.tree),
                seq=row.seq,
                stored_rev=row.rev,
                stored_deleted=bool(row.deleted),
                origin=row.origin,
            )
            for row in rows.heads(connection, ids)
        }

    def apply(self, edit: Edit) -> str | None:
        """Join one edit to its document. Return its revision, None where it was known already.

        Raise `Conflict`, `MissingStub`, or whatever `validate` raises; the document is then as before.
        """
        head = self._heads.get(edit.id)
        if head is None:
            if edit.id in self._plain:
                head = self._reconsidered(edit.id)
            elif self._takes_plain_ones and edit.parent is None and not edit.attachments:
                return self._begin(edit)
            else:
                head = Head(id=edit.id, tree=())
        if edit.branch is None:
            revision: RevisionId | None = self._interactive(head, edit)
        else:
            revision = self._replicated(head, edit, edit.branch)
        self._heads[edit.id] = head
        return str(revision) if revision is not None else None

    # -- the straight way ------------------------------------------------------------------------
    #
    # Most edits of a batch are the first of their document and carry no attachment: a first sync, an import,
    # a new receipt. There is no tree to join and nobody to conflict with, so that what the general way would
    # find out is known beforehand, and the edit waits as it came for its row. It leaves exactly what the
    # general way leaves (a property test compares the two).

    def _begin(self, edit: Edit) -> str:
        branch = edit.branch
        if branch is None:
            rev = f"1-{revision_digest(None, edit.deleted, edit.text)}"
        else:
            rev = f"{branch.start}-{branch.digests[0]}"
        self._plain[edit.id] = (rev, edit)
        return rev

    def _reconsidered(self, document_id: str) -> Head:
        """Return as a head what began straight, because another edit of the same document follows."""
        rev, edit = self._plain.pop(document_id)
        branch = edit.branch or Branch(1, (rev.partition("-")[2],), edit.deleted)
        head = Head(
            document_id, revtree.stem((branch,), self._options.revs_limit), origin=self._options.origin
        )
        head.bodies[rev] = (edit.deleted, edit.text)
        head.changed = True
        self._heads[document_id] = self._touched[document_id] = head
        return head

    def _plain_rows(self) -> list[rows.PlainRow]:
        origin, indexed = self._options.origin, self._indexes.any
        found: list[rows.PlainRow] = []
        for document_id, (rev, edit) in self._plain.items():
            branch, tree = edit.branch, None
            if branch is not None and len(branch.digests) > 1:
                tree = encode_tree(revtree.stem((branch,), self._options.revs_limit))
            if indexed and not edit.deleted:
                self._indexes.add(document_id, rev, edit.text)
            found.append((document_id, rev, 1 if edit.deleted else 0, origin, tree, edit.text))
        return found

    # -- the two kinds of edits ------------------------------------------------------------------

    def _interactive(self, head: Head, edit: Edit) -> RevisionId:
        parent = _parent_of(head.tree, edit)
        old = revtree.find_leaf(head.tree, parent) if parent else None
        self._validate(head, edit, parent, None)
        entries = self._attachments(head, edit, (parent,) if parent else ())
        revision = new_revision(parent, deleted=edit.deleted, canonical_body=_canonical(edit, entries))
        branch = Branch(revision.generation, (revision.digest, *(old.digests if old else ())), edit.deleted)
        self._store(head, edit, branch, entries)
        return revision

    def _replicated(self, head: Head, edit: Edit, branch: Branch) -> RevisionId | None:
        if revtree.contains(head.tree, branch.leaf):
            self._lengthen_history(head, branch)
            return None
        ancestors = tuple(branch.revisions())[1:]
        self._validate(head, edit, None, branch)
        entries = self._attachments(head, edit, ancestors)
        self._store(head, edit, branch, entries)
        return branch.leaf

    def _lengthen_history(self, head: Head, branch: Branch) -> None:
        """Remember more of a known revision's past. What stood beside it may turn out to be a part of that:
        then the document has a leaf less, perhaps another winner, and has changed.
        """
        tree = revtree.stem(revtree.merge(head.tree, branch)[0], self._options.revs_limit)
        if tree == head.tree:
            return
        before = {leaf.leaf for leaf in head.tree}
        if before != {leaf.leaf for leaf in tree}:
            head.origin = self._origin(head, tree, before, branch.leaf)
            head.changed = True
        head.tree = tree
        self._touched.setdefault(head.id, head)

    def _store(self, head: Head, edit: Edit, branch: Branch, entries: dict[str, Attached]) -> None:
        rev = str(branch.leaf)
        text = edit.text
        if entries:
            stubs = {name: entry.stub(branch.start) for name, entry in entries.items()}
            text = compact_json({**edit.body, "_attachments": stubs})
            record_uses(self._connection, head.id, rev, entries)
        before = {leaf.leaf for leaf in head.tree}
        tree = self._placed(head, branch)
        head.origin = self._origin(head, tree, before, branch.leaf)
        head.tree = revtree.stem(tree, self._options.revs_limit)
        head.bodies[rev] = (edit.deleted, text)
        head.changed = True
        self._touched.pop(head.id, None)
        self._touched[head.id] = head

    def _placed(self, head: Head, branch: Branch) -> Tree:
        tree, outcome = revtree.merge(head.tree, branch)
        replaces = self._options.replaces
        if outcome is not Merged.NEW_BRANCH or replaces is None or head.replaced or not replaces(head.id):
            return tree
        if any(revtree.contains(head.tree, revision) for revision in branch.revisions()):
            return tree
        # A second leaf of the same batch will stand beside this one: both are the owner's.
        head.replaced = True
        return (branch,)

    def _origin(self, head: Head, tree: Tree, before: set[RevisionId], new: RevisionId) -> int | None:
        """Return the peer that has every leaf after this edit, None where one of them may be ours alone."""
        origin = self._options.origin
        if origin is None:
            return None
        ours = before & {branch.leaf for branch in tree} - {new}
        return origin if not ours or head.origin == origin else None

    # -- validation and attachments ----------------------------------------------------------------

    def _validate(self, head: Head, edit: Edit, parent: RevisionId | None, branch: Branch | None) -> None:
        """Call the hook with what CouchDB's `validate_doc_update` sees: the document, its parent on disk."""
        validate = self._options.validate
        if validate is None:
            return
        new: Json = {"_id": edit.id}
        if branch is not None:
            new["_rev"] = str(branch.leaf)
            new["_revisions"] = {"start": branch.start, "ids": list(branch.digests)}
            candidates = [*branch.revisions()][1:]
        else:
            candidates = [parent] if parent else []
            if parent:
                new["_rev"] = str(parent)
        if edit.deleted:
            new["_deleted"] = True
        new.update(edit.body)
        if edit.attachments:
            new["_attachments"] = {
                name: {"content_type": entry.content_type, "stub": True}
                for name, entry in edit.attachments.items()
            }
        validate(new, self._first_on_disk(head, candidates))

    def _first_on_disk(self, head: Head, candidates: Sequence[RevisionId]) -> Json | None:
        for revision in candidates:
            if revtree.contains(head.tree, revision):
                held = self._body(head, str(revision))
                if held is not None:
                    return document_from(head.id, str(revision), held[0], held[1])
        return None

    def _body(self, head: Head, rev: str) -> tuple[bool, str] | None:
        if rev in head.bodies:
            return head.bodies[rev]
        if rev == head.stored_rev and head.seq is not None:
            return head.stored_deleted, rows.winner_body(self._connection, head.seq)
        return rows.revision(self._connection, head.id, rev) if head.seq is not None else None

    def _attachments(self, head: Head, edit: Edit, ancestors: Sequence[RevisionId]) -> dict[str, Attached]:
        if not edit.attachments:
            return {}
        inheritance = Inheritance(self._connection, lambda: self._bodies_of(head, ancestors))
        return attach(
            self._connection,
            edit,
            inheritance,
            now=self._options.now,
            attachments_later=self._options.attachments_later,
        )

    def _bodies_of(self, head: Head, revisions: Sequence[RevisionId]) -> Iterator[Json]:
        for revision in revisions:
            if revtree.contains(head.tree, revision):
                held = self._body(head, str(revision))
                if held is not None and '"_attachments"' in held[1]:
                    yield document_from(head.id, str(revision), held[0], held[1])

    # -- rows --------------------------------------------------------------------------------------

    def flush(self, sequences: Sequences) -> None:
        """Write every changed document once, each with the next sequence."""
        new: list[rows.NewRow] = []
        for head in self._touched.values():
            if head.seq is None:
                new.append(self._new_row(head, sequences))
            elif head.changed:
                self._move(head, head.seq, sequences)
            else:
                rows.set_tree(self._connection, head.seq, encode_tree(head.tree))
        if new:
            rows.insert(self._connection, new)
        if self._plain:
            plain = self._plain_rows()
            first = sequences.take_run([row[2] for row in plain])
            rows.insert_plain(self._connection, first, plain)
        self._indexes.flush(self._connection)
        sequences.flush(self._connection)

    def _new_row(self, head: Head, sequences: Sequences) -> rows.NewRow:
        tree = head.tree
        winner = tree[0]
        rev = f"{winner.start}-{winner.digests[0]}"
        body = head.bodies[rev][1]
        if len(head.bodies) > 1:
            self._archive_losers(head, rev)
        if self._indexes.any and not winner.deleted:
            self._indexes.add(head.id, rev, body)
        return (
            sequences.take(deleted=winner.deleted),
            head.id,
            rev,
            int(winner.deleted),
            head.origin,
            encode_other_leaves(tree),
            encode_tree(tree),
            body,
        )

    def _move(self, head: Head, old_seq: int, sequences: Sequences) -> None:
        winner = head.tree[0]
        rev = str(winner.leaf)
        sequences.leave(old_seq, deleted=head.stored_deleted)
        seq = sequences.take(deleted=winner.deleted)
        other_leaves, tree = encode_other_leaves(head.tree), encode_tree(head.tree)
        self._archive_losers(head, rev)
        if rev == head.stored_rev:
            rows.move(
                self._connection, old_seq, seq, origin=head.origin, other_leaves=other_leaves, tree=tree
            )
            return
        body = self._new_winner(head, rev)
        if self._indexes.any:
            self._index(head, old_seq, rev, winner.deleted, body)
        rows.archive_winner(self._connection, old_seq)
        row = (seq, head.id, rev, int(winner.deleted), head.origin, other_leaves, tree, body)
        rows.replace(self._connection, old_seq, row)

    def _archive_losers(self, head: Head, winner: str) -> None:
        for rev, (deleted, body) in head.bodies.items():
            if rev != winner:
                rows.put_revision(self._connection, head.id, rev, deleted=deleted, body=body)

    def _new_winner(self, head: Head, rev: str) -> str:
        if rev in head.bodies:
            return head.bodies[rev][1]
        held = rows.revision(self._connection, head.id, rev)
        if held is None:
            raise Conflict(f"{head.id}: the body of {rev} is not here")
        rows.drop_revision(self._connection, head.id, rev)
        return held[1]

    def _index(self, head: Head, old_seq: int, rev: str, deleted: bool, body: str) -> None:
        if not head.stored_deleted:
            old = rows.winner_body(self._connection, old_seq)
            self._indexes.remove(head.id, head.stored_rev or "", old)
        if not deleted:
            self._indexes.add(head.id, rev, body)


def _parent_of(tree: Tree, edit: Edit) -> RevisionId | None:
    """Return the leaf that an interactive edit continues, None where it begins the document.

    Raise `Conflict`.

    Without a revision it continues a tombstone: the document comes back on the branch that was deleted.
    """
    if edit.parent is not None:
        if revtree.find_leaf(tree, edit.parent) is None:
            raise Conflict
        return edit.parent
    if not tree:
        return None
    if not tree[0].deleted:
        raise Conflict
    return tree[0].leaf


def _canonical(edit: Edit, entries: dict[str, Attached]) -> str:
    if not entries:
        return edit.text
    named = [[name, entry.content_type, entry.digest] for name, entry in sorted(entries.items())]
    return edit.text + canonical_json(named)


def failure(document_id: str, error: ReplicaError) -> Json:
    """Return the entry of a `_bulk_docs` answer for a document that was not written."""
    return {"id": document_id, "error": error.error, "reason": error.reason}


PER_DOCUMENT = (Conflict, Forbidden, Unauthorized, MissingStub)
"""What refuses one document and lets the others of its batch go on."""

"""Is this file sound, and what can be saved from it?

For a phone whose memory is failing, before anything is thrown away.

    python -m replica.doctor ana.sqlite                      # says what is wrong
    python -m replica.doctor ana.sqlite --export ana.jsonl   # and writes what is readable, a line each

The exit status is 1 where something is wrong. Exported documents carry `_revisions`, so
`bulk_docs(new_edits=False)` into a new file restores them with their histories; local documents are among
them. Attachment bytes are not exported: their stubs say what was there.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from replica.encoding import decode_tree, document_from, encode_other_leaves, wire_revisions
from replica.errors import ReplicaError
from replica.revision import parse_revision
from replica.revtree import branch_to
from replica.storage import salvage
from replica.storage.connection import connect
from replica.storage.schema import check_version

Json = dict[str, Any]

MOST_PROBLEMS = 100
"""Told of one file: who reads more has understood already."""


class Exported(NamedTuple):
    """How many revisions and local documents were written, and how many rows could not be read."""

    written: int
    unreadable: int


def examine(path: str | Path) -> list[str]:
    """Return what is wrong with the file, nothing where it is sound.

    Raise `FileTooNew` where a newer program wrote it, `CorruptFile` where it cannot even be opened.
    """
    file = Path(path)
    if not file.exists():
        return [f"{file} does not exist"]
    with closing(connect(file, salvage.SALVAGE_PRAGMAS)) as connection:
        found = salvage.problems(connection)
        if not found:
            check_version(connection, file)
            found += islice(_disagreements(connection), MOST_PROBLEMS)
        return found


def _disagreements(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield each document whose row does not say what its tree of revisions says, or is no JSON."""
    for row in salvage.readable_rows(connection):
        if row is None:
            continue
        try:
            json.loads(row.body)
            tree = decode_tree(row.rev, bool(row.deleted), row.tree)
            told = (row.rev, bool(row.deleted), row.other_leaves)
            agrees = told == (str(tree[0].leaf), tree[0].deleted, encode_other_leaves(tree))
            held = {rev for rev, _, _ in salvage.other_revisions(connection, row.id)} if tree[1:] else set()
            bodiless = [str(branch.leaf) for branch in tree[1:] if str(branch.leaf) not in held]
        except (ValueError, TypeError) as error:
            yield f"{row.id}: {error}"
            continue
        if not agrees:
            yield f"{row.id}: its row and its tree of revisions do not agree"
        for rev in bodiless:
            yield f"{row.id}: the body of {rev} is lost"


def export(path: str | Path, out: TextIO) -> Exported:
    """Write every leaf and every local document that can be read, one JSON text per line."""
    written = unreadable = 0
    with closing(connect(Path(path), salvage.SALVAGE_PRAGMAS)) as connection:
        for row in salvage.readable_rows(connection):
            documents = list(_leaves(connection, row)) if row is not None else []
            unreadable += not documents
            for document in documents:
                out.write(json.dumps(document) + "\n")
                written += 1
        for key, counter, body in salvage.readable_locals(connection):
            out.write(json.dumps({"_id": f"_local/{key}", "_rev": f"0-{counter}", **json.loads(body)}) + "\n")
            written += 1
    return Exported(written, unreadable)


def _leaves(connection: sqlite3.Connection, row: salvage.SavedRow) -> Iterator[Json]:
    """Yield the readable leaves of one document; none where its row makes no sense."""
    bodies = {row.rev: (bool(row.deleted), row.body)}
    try:
        tree = decode_tree(row.rev, bool(row.deleted), row.tree)
        if len(tree) > 1:
            others = salvage.other_revisions(connection, row.id)
            bodies |= {rev: (bool(deleted), body) for rev, deleted, body in others}
        for rev, (deleted, body) in bodies.items():
            branch = branch_to(tree, parse_revision(rev))
            if branch is not None and branch in tree:
                document = document_from(row.id, rev, deleted, body)
                yield {**document, "_revisions": wire_revisions(branch)}
    except (ValueError, TypeError, ReplicaError):
        return


def main(arguments: list[str] | None = None) -> int:
    """Examine a file, and export it where asked. Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m replica.doctor", description="Is this file sound?")
    parser.add_argument("file", type=Path)
    parser.add_argument("--export", type=Path, metavar="FILE", help="write every readable document there")
    options = parser.parse_args(arguments)
    try:
        found = examine(options.file)
        sys.stdout.write("".join(f"{problem}\n" for problem in found) or f"{options.file} is sound\n")
        if options.export is not None:
            with options.export.open("w", encoding="utf-8") as out:
                exported = export(options.file, out)
            sys.stdout.write(f"{exported.written} documents written, {exported.unreadable} rows unreadable\n")
    except ReplicaError as error:
        sys.stderr.write(f"{error.reason}\n")
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

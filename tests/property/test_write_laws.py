"""The straight way of writing a new document leaves exactly what the general way leaves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from replica import Database

Json = dict[str, Any]

TABLES = ("documents", "revisions", "sequence_blocks", "index_entries", "local_documents")


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[bool, list[Json]]]:
    """Batches of first edits, later edits, tombstones, conflicts and repetitions, made here or elsewhere."""
    return draw(
        st.lists(st.tuples(st.booleans(), st.lists(edits(), min_size=1, max_size=6)), min_size=1, max_size=4)
    )


@st.composite
def edits(draw: st.DrawFn) -> Json:
    start = draw(st.integers(1, 3))
    digests = [f"{draw(st.integers(0, 1))}{generation}" for generation in range(start, 0, -1)]
    document: Json = {
        "_id": draw(st.sampled_from("abcdef")),
        "n": draw(st.integers(0, 3)),
        "history": {"start": start, "ids": digests[: draw(st.integers(1, start))]},
    }
    return {**document, "_deleted": True} if draw(st.integers(0, 4)) == 0 else document


def as_sent(document: Json, *, new_edits: bool) -> Json:
    sent = {name: value for name, value in document.items() if name != "history"}
    if not new_edits:
        sent["_revisions"] = document["history"]
        sent["_rev"] = f"{document['history']['start']}-{document['history']['ids'][0]}"
    return sent


@settings(max_examples=60, deadline=None)
@given(batches(), st.integers(1, 3))
def test_both_ways_leave_the_same_rows(given_batches: list[tuple[bool, list[Json]]], revs_limit: int) -> None:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("straight", "general")]
        answers: list[list[Any]] = []
        for file, validate in zip(files, (None, lambda new, old: None), strict=True):
            with Database.open(file, uuid="same", now=lambda: 0.0) as db:
                db.revs_limit = revs_limit
                db.create_index(["n"])
                answers.append(
                    [
                        db.bulk_docs(
                            [as_sent(document, new_edits=new_edits) for document in batch],
                            new_edits=new_edits,
                            validate=validate,
                            origin=None if new_edits else "peer",
                        )
                        for new_edits, batch in given_batches
                    ]
                )
        assert answers[0] == answers[1]
        straight, general = (rows_of(file) for file in files)
        assert straight == general


def rows_of(file: Path) -> dict[str, list[Any]]:
    """Return every row, but sequences as their order: the straight way puts new documents behind changed
    ones.
    """
    with closing(connect(file)) as connection:
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    rows["documents"] = sorted(row[1:] for row in rows["documents"])
    return rows

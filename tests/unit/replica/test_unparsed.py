"""Documents stored as the text they came in: the same as if they had been parsed, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replica import Database, Unreachable
from replica.document import UnparsedDocument
from replica.revision import strict_json
from replica.tuning import ROWS_IN_STATEMENT
from tests.support.comparison import leaves


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "store.sqlite") as database:
        yield database


def unparsed(id: str, members: str = '"n":1', rev: str = "3-a") -> UnparsedDocument:
    return UnparsedDocument('"7-x"', id, rev, members)


H = ROWS_IN_STATEMENT


@pytest.mark.parametrize("count", [1, 2, H - 1, H, H + 1, H + 2, 2 * H, 2 * H + 1, 2 * H + 5])
def test_every_document_of_a_batch_of_any_size_is_stored_in_order(store: Database, count: int) -> None:
    assert store.write_unparsed([unparsed(f"d{n}", f'"n":{n}') for n in range(count)]) == []
    rows = store.changes(include_docs=True).results
    assert [row["seq"] for row in rows] == list(range(1, count + 1))
    assert [row["doc"] for row in rows] == [{"_id": f"d{n}", "_rev": "3-a", "n": n} for n in range(count)]
    assert store.info().doc_count == store.update_seq == count


def test_sequences_go_on_after_what_was_purged(store: Database) -> None:
    store.put({"_id": "a"})
    rev = store.put({"_id": "b"})
    store.purge({"b": [rev]})
    store.write_unparsed([unparsed("c"), unparsed("d")])
    assert [row["seq"] for row in store.changes().results] == [1, 3, 4]


def test_a_document_that_is_here_already_is_joined_to_its_tree(store: Database) -> None:
    store.bulk_docs([{"_id": "a", "_rev": "3-a", "n": 1}], new_edits=False)
    store.put({"_id": "b", "ours": True})
    batch = [unparsed(id) for id in ("c", "a", "b", "d")]
    assert store.write_unparsed(batch) == []
    assert store.get("c")["n"] == store.get("d")["n"] == 1
    assert len(store.open_revisions("a")) == 1
    assert len(store.open_revisions("b")) == 2
    held = leaves(store)
    assert store.write_unparsed(batch) == []
    assert leaves(store) == held


def test_the_same_document_twice_in_one_batch_is_one_document(store: Database) -> None:
    assert store.write_unparsed([unparsed("a"), unparsed("a"), unparsed("a", '"n":2', "4-b")]) == []
    assert store.get("a")["_rev"] == "4-b"
    assert store.info().doc_count == 1


def test_what_is_not_json_is_asked_for_again_and_leaves_nothing(store: Database) -> None:
    with pytest.raises(Unreachable, match="bad"):
        store.write_unparsed([unparsed("good"), unparsed("bad", '"n":')])
    assert store.update_seq == 0
    assert store.all_docs()["rows"] == []


def test_what_arrives_is_found_by_a_declared_index(store: Database) -> None:
    store.create_index(["n"])
    store.write_unparsed([unparsed(f"d{n}", f'"n":{n}') for n in range(5)])
    assert [one["_id"] for one in store.find({"n": {"$gt": 2}})["docs"]] == ["d3", "d4"]


def test_what_came_from_a_peer_is_marked_as_its_own(store: Database) -> None:
    store.write_unparsed([unparsed("a")], origin="centre")
    store.put({"_id": "b"})
    assert [row["id"] for row in store.changes(exclude_origin="centre").results] == ["b"]


VALID = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data())
def test_sqlite_takes_for_json_what_the_protocol_does(tmp_path_factory: Any, data: st.DataObject) -> None:
    """JSON with a few characters changed: what is stored reads as it was sent, or it is refused."""
    value = data.draw(st.dictionaries(st.text().filter(lambda name: "_" not in name), VALID, max_size=3))
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))[1:-1]
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + data.draw(st.sampled_from(['"', "}", "{", "1", ",", "e", "\\", "\x01", "N"]))
            + text[at:]
        )
    try:
        text.encode()
        expected = strict_json(f"{{{text}}}")
    except (UnicodeEncodeError, ValueError):
        expected = None
    if expected is not None and any(name.startswith("_") for name in expected):
        return
    with Database.open(tmp_path_factory.mktemp("any") / "x.sqlite") as store:
        try:
            store.write_unparsed([unparsed("a", text)])
        except (Unreachable, UnicodeEncodeError):
            assert expected is None
            return
        stored = store.get("a")
        del stored["_id"], stored["_rev"]
        assert expected is None or stored == expected
        if expected is None:  # the rest of its row stood behind the document
            assert strict_json(f'{{"doc":{{{text}}}}}')["doc"] == stored

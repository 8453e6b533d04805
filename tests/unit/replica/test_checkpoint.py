"""Where two checkpoints agree, and what is written into them."""

from __future__ import annotations

from typing import Any

import pytest

from replica.errors import Conflict, Unreachable
from replica.replication.checkpoint import Checkpointer, Statistics, agree, has_forgotten
from tests.support.world import START


def checkpoint(*entries: tuple[str, int, int]) -> dict[str, Any]:
    """Sessions newest first, each (session, ordinal, recorded sequence)."""
    history = [{"session_id": s, "ordinal": o, "recorded_seq": seq} for s, o, seq in entries]
    return {"session_id": entries[0][0], "source_last_seq": entries[0][2], "history": history}


def test_no_checkpoint_on_either_side_means_from_the_beginning() -> None:
    assert agree(None, None) is None
    assert agree(checkpoint(("a", 1, 10)), None) is None
    assert agree(None, checkpoint(("a", 1, 10))) is None


def test_equal_checkpoints_go_on_from_their_sequence() -> None:
    both = checkpoint(("a", 2, 20))
    assert agree(both, both) == 20


def test_within_a_session_the_side_that_lags_is_believed() -> None:
    ahead, behind = checkpoint(("a", 3, 30)), checkpoint(("a", 2, 20))
    assert agree(ahead, behind) == 20
    assert agree(behind, ahead) == 20


def test_the_newest_common_session_decides_where_one_side_missed_the_last_one() -> None:
    ahead = checkpoint(("c", 1, 50), ("b", 4, 40), ("a", 1, 10))
    behind = checkpoint(("b", 4, 40), ("a", 1, 10))
    assert agree(ahead, behind) == 40
    assert agree(behind, ahead) == 40


def test_checkpoints_without_a_common_session_mean_from_the_beginning() -> None:
    assert agree(checkpoint(("a", 1, 10)), checkpoint(("b", 1, 10))) is None


def test_opaque_sequences_and_foreign_documents_are_taken_as_they_are() -> None:
    theirs = {"session_id": "x", "history": [{"session_id": "x", "recorded_seq": "12-g1AAA"}]}
    assert agree(theirs, theirs) == "12-g1AAA"
    assert agree({"history": "nonsense"}, theirs) is None
    assert agree({"history": [{"session_id": "x"}, 7]}, theirs) is None


def test_a_side_that_lost_our_last_word_has_forgotten() -> None:
    assert has_forgotten(None, checkpoint(("a", 1, 10)))
    assert has_forgotten(checkpoint(("a", 1, 10)), checkpoint(("a", 2, 20)))
    assert has_forgotten(checkpoint(("a", 1, 10)), checkpoint(("b", 1, 20), ("a", 1, 10)))


def test_a_side_that_is_ahead_of_us_has_not_forgotten() -> None:
    assert not has_forgotten(checkpoint(("a", 2, 20)), checkpoint(("a", 1, 10)))
    assert not has_forgotten(checkpoint(("b", 1, 20), ("a", 1, 10)), checkpoint(("a", 1, 10)))
    assert not has_forgotten(None, None)


def test_what_was_passed_over_is_agreed_upon_only_while_its_mark_holds() -> None:
    under = checkpoint(("a", 1, 10))
    under["history"][0]["mark"] = "m1"
    assert agree(under, under, "m1") == 10
    assert agree(under, under, "m2") is None
    assert agree(under, under) is None
    assert agree(checkpoint(("a", 1, 10)), checkpoint(("a", 1, 10)), "m1") == 10


class Shelf:
    """A side that keeps local documents, checks their revisions, and can be made to lose one answer."""

    def __init__(self, log: list[str], name: str) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.loses_next_answer = False
        self._log, self._name = log, name

    def get_local(self, key: str) -> dict[str, Any] | None:
        return self.documents.get(key)

    def put_local(self, key: str, document: dict[str, Any]) -> str:
        stored = self.documents.get(key)
        if document.get("_rev") != (stored["_rev"] if stored else None):
            raise Conflict
        rev = f"0-{int(stored['_rev'][2:]) + 1 if stored else 1}"
        self.documents[key] = {**document, "_rev": rev}
        self._log.append(self._name)
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise Unreachable("the answer was lost")
        return rev


def sides() -> tuple[Shelf, Shelf, list[str]]:
    log: list[str] = []
    return Shelf(log, "source"), Shelf(log, "target"), log


def checkpointer(source: Any, target: Any, ours: Any, session: str) -> Checkpointer:
    return Checkpointer(source, target, "key", ours=ours, session_id=session, started_at=START)


def test_our_side_is_written_last() -> None:
    source, target, log = sides()
    pull = checkpointer(source, target, target, "s1")
    pull.read()
    pull.write(5, Statistics(docs_read=3), now=START)
    push = checkpointer(source, target, source, "s2")
    push.read()
    push.write(6, Statistics(), now=START)
    assert log == ["source", "target", "target", "source"]


def test_a_checkpoint_has_couchdbs_history_form() -> None:
    source, target, _ = sides()
    writer = checkpointer(source, target, source, "s1")
    assert where(writer) is None
    writer.write(7, Statistics(missing_checked=9, docs_written=4), now=START)
    stored = target.documents["key"]
    assert stored["session_id"] == "s1"
    assert stored["source_last_seq"] == 7
    assert stored["replication_id_version"] == 1
    assert stored["history"] == [
        {
            "session_id": "s1",
            "start_time": "Sat, 21 Nov 2026 15:00:00 GMT",
            "end_time": "Sat, 21 Nov 2026 15:00:00 GMT",
            "start_last_seq": 0,
            "end_last_seq": 7,
            "recorded_seq": 7,
            "ordinal": 1,
            "missing_checked": 9,
            "missing_found": 0,
            "docs_read": 0,
            "docs_written": 4,
            "doc_write_failures": 0,
        }
    ]


def test_a_session_has_one_history_entry_and_older_sessions_stay_below_it() -> None:
    source, target, _ = sides()
    for session in ("s1", "s2"):
        writer = checkpointer(source, target, source, session)
        writer.read()
        writer.write(1, Statistics(), now=START)
        writer.write(2, Statistics(), now=START)
    history = source.documents["key"]["history"]
    assert [(entry["session_id"], entry["ordinal"]) for entry in history] == [("s2", 2), ("s1", 2)]


def where(run: Checkpointer) -> Any:
    run.read()
    return run.agree(None)


def test_history_is_bounded() -> None:
    source, target, _ = sides()
    for number in range(60):
        writer = checkpointer(source, target, source, f"s{number}")
        writer.read()
        writer.write(number + 1, Statistics(), now=START)
    assert len(source.documents["key"]["history"]) == 50
    assert where(checkpointer(source, target, source, "last")) == 60


def test_a_lost_answer_is_followed_by_a_second_write_over_what_is_stored() -> None:
    source, target, _ = sides()
    writer = checkpointer(source, target, source, "s1")
    writer.read()
    target.loses_next_answer = True
    with pytest.raises(Unreachable):
        writer.write(3, Statistics(), now=START)
    assert source.get_local("key") is None
    writer.write(4, Statistics(), now=START)
    assert where(checkpointer(source, target, source, "s2")) == 4


def test_a_target_restored_from_a_backup_is_found_out_and_read_from_where_it_stands() -> None:
    source, target, _ = sides()
    writer = checkpointer(source, target, source, "s1")
    writer.read()
    writer.write(10, Statistics(), now=START)
    backup = dict(target.documents)
    writer.write(20, Statistics(), now=START)
    target.documents = backup
    next_run = checkpointer(source, target, source, "s2")
    assert where(next_run) == 10
    assert next_run.other_side_went_back


def test_a_cut_between_the_two_writes_is_not_taken_for_a_restored_backup() -> None:
    source, target, _ = sides()
    writer = checkpointer(source, target, source, "s1")
    writer.read()
    writer.write(10, Statistics(), now=START)
    ours_before = dict(source.documents)
    writer.write(20, Statistics(), now=START)
    source.documents = ours_before
    next_run = checkpointer(source, target, source, "s2")
    assert where(next_run) == 10
    assert not next_run.other_side_went_back

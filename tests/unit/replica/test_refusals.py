"""What a target will not take: kept, shown, tried again when that makes sense, and never in anyone's way."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from replica import Database, Refusal, ServerFailure, Unreachable, list_refusals, replicate, retry_refused
from replica.replication.outcome import ReplicationResult
from replica.tuning import DOCUMENT_ATTEMPTS
from tests.support.cutting import CuttingPeer
from tests.support.grumpy import GrumpyPeer
from tests.support.world import START, StillWorld


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        database.bulk_docs([{"_id": f"note:{number:02d}"} for number in range(40)])
        yield database


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[GrumpyPeer]:
    with Database.open(tmp_path / "centre.sqlite") as database:
        yield GrumpyPeer(database)


def push(phone: Database, centre: GrumpyPeer) -> ReplicationResult:
    return replicate(phone, centre, attempts=1, world=StillWorld().world())


def refused_ids(phone: Database) -> list[str]:
    return [refusal.id for refusal in list_refusals(phone)]


def test_a_refused_document_is_recorded_and_all_others_arrive(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07"}
    result = push(phone, centre)
    assert centre.info().doc_count == 39
    assert (result.docs_written, result.doc_write_failures) == (39, 1)
    [refusal] = result.refused
    assert (refusal.id, refusal.error, refusal.reason) == ("note:07", "forbidden", "not in these hours")
    assert refusal.rev == phone.get("note:07")["_rev"]
    assert refusal.at == "2026-11-21T15:00:00Z"
    assert list_refusals(phone) == [refusal]


def test_a_refused_document_is_not_sent_again_by_itself(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07"}
    push(phone, centre)
    centre.batches.clear()
    assert push(phone, centre).refused == []
    assert centre.batches == []
    assert refused_ids(phone) == ["note:07"]


def test_a_refused_document_is_sent_again_when_the_rules_change(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07", "note:08"}
    push(phone, centre)
    centre.forbidden, centre.rules = {"note:08"}, "2-b"
    push(phone, centre)
    assert centre.get("note:07")
    assert refused_ids(phone) == ["note:08"]
    assert list_refusals(phone)[0].attempts == 2


def test_a_refused_document_is_sent_again_when_a_person_asks(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07", "note:08"}
    push(phone, centre)
    centre.forbidden = set()
    retry_refused(phone, ["note:08"])
    push(phone, centre)
    assert refused_ids(phone) == ["note:07"]
    retry_refused(phone)
    push(phone, centre)
    assert refused_ids(phone) == []
    assert centre.info().doc_count == 40


def test_a_newer_revision_that_is_taken_settles_the_refusal_of_the_older(
    phone: Database, centre: GrumpyPeer
) -> None:
    centre.forbidden = {"note:07"}
    push(phone, centre)
    centre.forbidden = set()
    phone.put({**phone.get("note:07"), "corrected": True})
    assert push(phone, centre).ok
    assert refused_ids(phone) == []
    assert centre.get("note:07")["corrected"]


def test_a_newer_revision_that_is_refused_too_leaves_its_own_refusal(
    phone: Database, centre: GrumpyPeer
) -> None:
    centre.forbidden = {"note:07"}
    push(phone, centre)
    rev = phone.put({**phone.get("note:07"), "corrected": True})
    push(phone, centre)
    assert [(one.id, one.rev) for one in list_refusals(phone)] == [("note:07", rev)]


def test_a_refusal_of_a_document_that_is_gone_here_is_forgotten(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07"}
    push(phone, centre)
    phone.purge({"note:07": [phone.get("note:07")["_rev"]]})
    retry_refused(phone)
    push(phone, centre)
    assert refused_ids(phone) == []


@pytest.mark.parametrize("way", ["malformed", "poisonous"])
def test_a_batch_refused_whole_is_halved_until_the_guilty_document_stands_alone(
    phone: Database, centre: GrumpyPeer, way: str
) -> None:
    setattr(centre, way, {"note:21"})
    push(phone, centre)
    assert centre.info().doc_count == 39
    assert refused_ids(phone) == ["note:21"]
    # 40 → 20 → 10 → 5 → 3 → 1, both halves each time, and one empty request to ask whether it is the server.
    assert len(centre.batches) <= 2 * 6 + 1


def test_a_server_that_takes_nothing_is_not_held_against_any_document(
    phone: Database, centre: GrumpyPeer
) -> None:
    centre.down = True
    with pytest.raises(ServerFailure):
        push(phone, centre)
    assert list_refusals(phone) == []
    centre.down = False
    assert push(phone, centre).docs_written == 40


def test_the_size_that_the_way_lets_through_is_learnt(phone: Database, centre: GrumpyPeer) -> None:
    phone.bulk_docs([{"_id": f"large:{number}", "text": "x" * 40_000} for number in range(20)])
    centre.most_bytes = 200_000
    assert push(phone, centre).ok
    assert centre.info().doc_count == 60


def test_one_document_too_large_for_the_target_is_refused_alone(phone: Database, centre: GrumpyPeer) -> None:
    phone.put({"_id": "huge", "text": "x" * 300_000})
    centre.most_bytes = 200_000
    push(phone, centre)
    assert centre.info().doc_count == 40
    assert refused_ids(phone) == ["huge"]


def test_a_passing_failure_of_one_document_is_tried_in_each_of_the_next_runs(
    phone: Database, centre: GrumpyPeer
) -> None:
    centre.busy = {"note:03"}
    for attempt in range(1, DOCUMENT_ATTEMPTS + 1):
        push(phone, centre)
        assert [(one.id, one.attempts) for one in list_refusals(phone)] == [("note:03", attempt)]
    centre.batches.clear()
    push(phone, centre)
    assert centre.batches == []


def test_after_that_the_pauses_double_up_to_a_bound() -> None:
    def pause_after(attempts: int) -> int:
        refusal = Refusal(
            id="note:03", rev="1-a", error="timeout", reason="", at="2026-11-21T15:00:00Z",
            replication="r", rules="", attempts=attempts, is_passing=True,
        )  # fmt: skip
        return next(wait for wait in itertools.count() if refusal.is_due(START + timedelta(seconds=wait)))

    pauses = [pause_after(attempts) for attempts in range(DOCUMENT_ATTEMPTS - 1, DOCUMENT_ATTEMPTS + 11)]
    assert pauses == [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_a_passing_failure_is_taken_however_often_and_long_it_failed(
    phone: Database, centre: GrumpyPeer
) -> None:
    centre.busy = {"note:03"}
    still = StillWorld()
    for _day in range(40):
        replicate(phone, centre, attempts=1, world=still.world())
        still.now += timedelta(days=1)
    [refusal] = list_refusals(phone)
    assert (refusal.attempts, refusal.is_stubborn) == (40, True)
    centre.busy = set()
    still.now -= timedelta(days=30)  # somebody set the clock right
    assert replicate(phone, centre, attempts=1, world=still.world()).ok
    assert list_refusals(phone) == []
    assert centre.info().doc_count == 40


def test_a_passing_failure_that_passes_is_settled(phone: Database, centre: GrumpyPeer) -> None:
    centre.busy = {"note:03"}
    push(phone, centre)
    centre.busy = set()
    assert push(phone, centre).ok
    assert refused_ids(phone) == []
    assert centre.info().doc_count == 40


def test_a_refusal_is_on_disk_before_any_checkpoint_passes_it(phone: Database, centre: GrumpyPeer) -> None:
    centre.forbidden = {"note:07"}
    for calls in range(12):
        far = CuttingPeer(centre, calls, delivered=False)
        try:
            replicate(phone, far, batch_size=5, attempts=1, world=StillWorld().world())
        except Unreachable:
            sent = {id for batch in centre.batches for id in batch}
            passed = any(document.get("source_last_seq", 0) >= 8 for document in phone.local_docs())
            assert not passed or "note:07" in refused_ids(phone), f"after {calls} calls, {len(sent)} sent"
    push(phone, centre)
    assert refused_ids(phone) == ["note:07"]
    assert centre.info().doc_count == 39

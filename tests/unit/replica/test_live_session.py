"""The live session: what goes first, when to come back, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from replica import (
    Database,
    Forbidden,
    LiveReplication,
    NotFound,
    PushClass,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from replica.errors import ReplicaError, StorageError
from replica.replication.live import Link
from replica.tuning import BACKOFF_FIRST_SECONDS, IDLE_SECONDS, OFFER_AGAIN_SECONDS
from tests.support.grumpy import GrumpyPeer
from tests.support.world import START, StillWorld


def is_receipt(document: dict[str, Any]) -> bool:
    return bool(document["_id"].startswith("receipt:"))


def is_photo(document: dict[str, Any]) -> bool:
    return bool(document["_id"].startswith("photo:"))


CLASSES = [
    PushClass(name="receipts", accepts=is_receipt),
    PushClass(name="facts", accepts=lambda document: not is_photo(document)),
    PushClass(name="photos", accepts=is_photo),
]


class Line(GrumpyPeer):
    """A centre whose line can fail: `error` is raised by every call named in `failing`, by all where it is
    None.
    """

    def __init__(self, peer: Database) -> None:
        super().__init__(peer)
        self.error: ReplicaError | None = None
        self.failing: str | None = None
        self.on_bulk_docs: Any = None
        self.checkpoints_asked = 0

    def __getattr__(self, name: str) -> Any:
        method = super().__getattr__(name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.check(name)
            self.checkpoints_asked += name == "get_local"
            return method(*arguments, **options)

        return call if callable(method) else method

    def check(self, name: str) -> None:
        if self.error is not None and self.failing in (None, name):
            raise self.error

    def bulk_docs(self, documents: Any, *, new_edits: bool = True) -> list[dict[str, Any]]:
        self.check("bulk_docs")
        answers = super().bulk_docs(documents, new_edits=new_edits)
        if self.on_bulk_docs:
            self.on_bulk_docs()
        return answers


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        yield database


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Line]:
    with Database.open(tmp_path / "centre.sqlite") as database:
        yield Line(database)


def session(phone: Database, centre: Line, **options: Any) -> LiveReplication:
    return LiveReplication(phone, centre, push=CLASSES, world=StillWorld().world(), **options)


def test_receipts_go_before_other_facts_and_photos_last(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": id} for id in ("photo:1", "note:1", "receipt:1", "photo:2", "receipt:2")])
    status = session(phone, centre).step(START)
    assert centre.batches == [["receipt:1", "receipt:2"], ["note:1"], ["photo:1", "photo:2"]]
    assert status.pushed == 5
    assert status.unsent == 0


def test_a_receipt_written_while_photos_are_sent_overtakes_the_remaining_photos(
    phone: Database, centre: Line
) -> None:
    phone.bulk_docs([{"_id": f"photo:{number}"} for number in range(9)])

    def write_one() -> None:
        centre.on_bulk_docs = None
        phone.put({"_id": "receipt:1"})

    centre.on_bulk_docs = write_one
    session(phone, centre, batch_size=3).step(START)
    assert [batch[0] for batch in centre.batches] == ["photo:0", "receipt:1", "photo:3", "photo:6"]


def test_a_photo_that_does_not_get_through_holds_back_no_receipt(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": "photo:1"}, {"_id": "receipt:1"}])
    live = session(phone, centre)

    def cut() -> None:
        centre.error = Unreachable("cut")

    centre.on_bulk_docs = cut
    status = live.step(START)
    assert status.link is Link.OFFLINE
    assert status.unsent == 2, "nothing counts as sent before its checkpoint is written"
    centre.on_bulk_docs = centre.error = None
    assert centre._peer.get("receipt:1")
    with pytest.raises(NotFound):
        centre._peer.get("photo:1")
    assert live.step(START).unsent == 0


PATIENT = [*CLASSES[:2], PushClass(name="photos", accepts=is_photo, batch_size=1, after_pull=True)]


def patient(phone: Database, centre: Line) -> LiveReplication:
    return LiveReplication(phone, centre, push=PATIENT, world=StillWorld().world())


def test_a_class_that_waits_for_the_pull_goes_after_it_one_by_one(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": id} for id in ("photo:1", "receipt:1", "photo:2", "photo:3")])
    centre.bulk_docs([{"_id": "customer:C1"}])
    centre.batches.clear()
    here: list[bool] = []
    centre.on_bulk_docs = lambda: here.append("customer:C1" in ids(phone))
    status = patient(phone, centre).step(START)
    assert centre.batches == [["receipt:1"], ["photo:1"], ["photo:2"], ["photo:3"]]
    assert here == [False, True, True, True]
    assert (status.unsent, status.link) == (0, Link.UP_TO_DATE)


def test_what_is_written_during_the_pull_goes_before_the_photos(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": "photo:1"}, {"_id": "photo:2"}])
    live = LiveReplication(
        phone,
        centre,
        push=PATIENT,
        world=StillWorld().world(),
        progress=lambda _progress: "receipt:1" in ids(phone) or phone.put({"_id": "receipt:1"}),  # type: ignore[func-returns-value]
    )
    centre.bulk_docs([{"_id": "customer:C1"}])
    centre.batches.clear()
    live.step(START)
    assert centre.batches == [["receipt:1"], ["photo:1"], ["photo:2"]]


def test_photos_that_do_not_get_through_leave_the_rest_in_step(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": "photo:1"}, {"_id": "receipt:1"}])
    centre.bulk_docs([{"_id": "customer:C1"}])

    def cut() -> None:
        centre.error, centre.failing = Unreachable("cut"), "bulk_docs"

    centre.on_bulk_docs = cut  # after the receipt, which is the first to be written
    live = patient(phone, centre)
    status = live.step(START)
    assert isinstance(status.error, Unreachable)
    assert status.last_sync_at == START
    assert status.unsent == 1
    assert "customer:C1" in ids(phone)
    centre.error = centre.on_bulk_docs = None
    assert live.step(START + timedelta(seconds=60)).unsent == 0
    assert centre.batches[-1] == ["photo:1"]


def test_a_session_that_is_up_to_date_comes_back_after_the_idle_time(phone: Database, centre: Line) -> None:
    status = session(phone, centre).step(START)
    assert status.link is Link.UP_TO_DATE
    assert status.next_step_at == START + timedelta(seconds=IDLE_SECONDS)
    assert status.last_sync_at == START
    assert status.first_sync_complete


def test_delays_grow_while_the_line_is_down_and_a_success_forgets_them(phone: Database, centre: Line) -> None:
    live = session(phone, centre)
    centre.error = Unreachable("no network")
    delays = [(live.step(START).next_step_at - START).total_seconds() for _ in range(4)]
    assert delays == [BACKOFF_FIRST_SECONDS * 0.75 * 2**n for n in range(4)]
    centre.error = None
    assert live.step(START).link is Link.UP_TO_DATE
    centre.error = Unreachable("no network")
    assert (live.step(START).next_step_at - START).total_seconds() == delays[0]


def test_a_peer_that_asks_for_patience_gets_it(phone: Database, centre: Line) -> None:
    centre.error = TooManyRequests("slow down", retry_after=90)
    assert session(phone, centre).step(START).next_step_at >= START + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("error", "link"),
    [
        (Unauthorized("sign in"), Link.SIGN_IN),
        (Forbidden("revoked"), Link.FORBIDDEN),
        (NotFound("no such database"), Link.MISSING),
        (Unreachable("no network"), Link.OFFLINE),
    ],
)
def test_each_refusal_of_the_peer_has_its_status(
    phone: Database, centre: Line, error: ReplicaError, link: Link
) -> None:
    phone.put({"_id": "receipt:1"})
    centre.error = error
    status = session(phone, centre).step(START)
    assert (status.link, status.error, status.unsent) == (link, error, 1)
    assert status.last_sync_at is None
    assert not status.first_sync_complete


def test_a_failure_of_our_own_file_is_not_a_matter_of_the_network(phone: Database, centre: Line) -> None:
    centre.error = StorageError("disk full")
    with pytest.raises(StorageError):
        session(phone, centre).step(START)


def test_unsent_is_known_with_the_radio_off_and_after_a_restart(phone: Database, centre: Line) -> None:
    centre._peer.bulk_docs([{"_id": f"customer:{number}"} for number in range(5)])
    phone.put({"_id": "receipt:1"})
    assert session(phone, centre).status(START).unsent == 1
    session(phone, centre).step(START)
    phone.put({"_id": "receipt:2"})
    phone.put({"_id": "photo:1"})
    centre.error = Unreachable("no network")
    status = session(phone, centre).status(START)
    assert (status.unsent, status.first_sync_complete, status.link) == (2, True, Link.NEVER_TRIED)


def test_a_refused_document_is_shown_apart_from_the_unsent(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": "receipt:1"}, {"_id": "receipt:2"}])
    centre.forbidden = {"receipt:1"}
    status = session(phone, centre).step(START)
    assert [one.id for one in status.refused] == ["receipt:1"]
    assert (status.pushed, status.unsent) == (1, 0)


def test_what_came_from_the_centre_is_not_counted_as_unsent(phone: Database, centre: Line) -> None:
    centre._peer.bulk_docs([{"_id": f"customer:{number}"} for number in range(5)])
    live = session(phone, centre)
    assert live.step(START).pulled == 5
    centre._peer.put({"_id": "customer:5"})
    status = live.step(START)
    assert (status.pulled, status.pushed, status.unsent) == (1, 0, 0)
    assert centre.batches == []


def test_a_cancelled_session_stops_between_batches(phone: Database, centre: Line) -> None:
    phone.bulk_docs([{"_id": f"receipt:{number}"} for number in range(9)])
    cancelled: list[bool] = []
    centre.on_bulk_docs = lambda: cancelled.append(True)
    live = session(phone, centre, batch_size=3, cancel=lambda: bool(cancelled))
    assert live.step(START).link is Link.CANCELLED
    assert len(centre.batches) == 1
    cancelled.clear()
    centre.on_bulk_docs = None
    assert live.step(START).unsent == 0


def test_a_projection_whose_history_was_cut_short_replaces_what_is_here(
    phone: Database, centre: Line
) -> None:
    """Otherwise the tombstone of a removed customer would lose against the customer that is still here."""
    live = session(phone, centre, replaces=lambda id: id.startswith("customer:"))
    for digest in "abc":
        generation = "abc".index(digest) + 1
        ids = list(reversed("abc"[:generation]))
        document = {
            "_id": "customer:1",
            "_rev": f"{generation}-{digest}",
            "_revisions": {"start": generation, "ids": ids},
        }
        centre._peer.bulk_docs([document], new_edits=False)
        if generation < 3:
            live.step(START)
    centre._peer.purge({"customer:1": ["3-c"]})
    tombstone = {
        "_id": "customer:1",
        "_rev": "3-d",
        "_revisions": {"start": 3, "ids": ["d"]},
        "_deleted": True,
    }
    centre._peer.bulk_docs([tombstone], new_edits=False)
    live.step(START)
    with pytest.raises(NotFound, match="deleted"):
        phone.get("customer:1")


def classes_compared(centre: Line, live: LiveReplication) -> int:
    """How many push classes one step compares with the peer's checkpoint; the pull looks there once."""
    before = centre.checkpoints_asked
    live.step(START)
    return centre.checkpoints_asked - before - 1


def test_a_class_with_nothing_new_asks_the_peer_nothing(phone: Database, centre: Line) -> None:
    phone.put({"_id": "receipt:1"})
    live = session(phone, centre)
    live.step(START)
    assert classes_compared(centre, live) == 0
    phone.put({"_id": "receipt:2"})
    live.step(START)
    assert "receipt:2" in ids(centre._peer)
    assert classes_compared(centre, live) == 0


@pytest.mark.parametrize("occasion", ["failure", "time", "a refusal is due", "the peer went back"])
def test_everything_is_offered_anew(phone: Database, centre: Line, occasion: str) -> None:
    world = StillWorld()
    live = LiveReplication(phone, centre, push=CLASSES, world=world.world())
    phone.put({"_id": "receipt:1"})
    centre._peer.put({"_id": "customer:1"})
    if occasion == "a refusal is due":
        centre.busy = {"receipt:1"}
    live.step(START)
    live.step(START)  # the pull of the first one had changed this side again
    match occasion:
        case "failure":
            centre.error = Unreachable("no network")
            live.step(START)
            centre.error = None
        case "time":
            world.now += timedelta(seconds=OFFER_AGAIN_SECONDS)
        case "the peer went back":
            before = centre._peer.info().update_seq
            centre._peer.put({"_id": "customer:2"})
            live.step(START)
            live.step(START)
            assert classes_compared(centre, live) == 0
            centre.info = lambda: centre._peer.info()._replace(update_seq=before)
    assert classes_compared(centre, live) >= len(CLASSES)


def test_a_peer_that_was_made_anew_is_filled_again_at_once(
    phone: Database, centre: Line, tmp_path: Path
) -> None:
    live = session(phone, centre)
    phone.put({"_id": "receipt:1"})
    live.step(START)
    assert classes_compared(centre, live) == 0
    with Database.open(tmp_path / "anew.sqlite") as anew:
        anew.bulk_docs([{"_id": f"customer:{number}"} for number in range(9)])
        centre._peer = anew
        live.step(START)
        assert "receipt:1" in ids(anew)


def test_who_watches_hears_of_the_peer_first_and_of_each_class_when_it_is_through(
    phone: Database, centre: Line
) -> None:
    heard: list[Any] = []
    live = session(
        phone, centre,
        met=lambda info: heard.append((info.uuid, centre._peer.info().doc_count)),
        offered=lambda name, seq: heard.append((name, seq, "receipt:1" in ids(centre._peer))),
    )  # fmt: skip
    phone.put({"_id": "receipt:1"})
    live.step(START)
    assert heard == [(centre._peer.uuid, 0), ("receipts", 1, True), ("facts", 1, True), ("photos", 1, True)]


def test_what_is_written_as_a_class_is_through_is_not_taken_for_offered(
    phone: Database, centre: Line
) -> None:
    """A refusal that is told of in the moment when the receipts are through travels in the same step."""

    def tell(name: str, _seq: int) -> None:
        if name == "receipts" and "note:refusal" not in ids(phone):
            phone.put({"_id": "note:refusal"})

    phone.put({"_id": "receipt:1"})
    session(phone, centre, offered=tell).step(START)
    assert ids(centre._peer) == {"receipt:1", "note:refusal"}


def ids(database: Any) -> set[str]:
    return {row["id"] for row in database.all_docs()["rows"]}

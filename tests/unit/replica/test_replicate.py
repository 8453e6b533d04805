"""`replicate` between two stores on this machine: what is chosen, what is tried again, and when it gives
up.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from replica import Database, NotFound, ServerFailure, TooManyRequests, Unreachable, replicate
from replica.errors import ReplicaError
from replica.replication.options import Options
from replica.replication.outcome import Progress
from replica.replication.session import Replication
from replica.tuning import ATTEMPTS, INACTIVITY_SECONDS
from tests.support.comparison import leaves
from tests.support.cutting import AsCentre, CuttingPeer
from tests.support.world import StillWorld


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "here.sqlite") as database:
        database.bulk_docs([{"_id": f"d{number:02d}", "number": number} for number in range(20)])
        yield database


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "there.sqlite") as database:
        yield database


class Moody(CuttingPeer):
    """Raises `errors` one after the other at calls of `name`, and then works."""

    def __init__(self, peer: Any, name: str, errors: list[ReplicaError]) -> None:
        super().__init__(peer, 10**9, delivered=False)
        self._moody_name, self._errors = name, errors
        self.limits: list[int] = []

    def __getattr__(self, name: str) -> Any:
        method = super().__getattr__(name)
        if name == "changes":
            return lambda **options: (
                self.limits.append(options["limit"]),
                self._or_raise(name),
                method(**options),
            )[2]
        if not callable(method):
            return method
        return lambda *a, **k: (self._or_raise(name), method(*a, **k))[1]

    def _or_raise(self, name: str) -> None:
        if name == self._moody_name and self._errors:
            raise self._errors.pop(0)


def ids(database: Database) -> list[str]:
    return [row["id"] for row in database.all_docs()["rows"]]


def test_everything_travels_and_a_second_run_has_nothing_to_do(here: Database, there: Database) -> None:
    still = StillWorld()
    first = replicate(here, there, world=still.world())
    assert (first.docs_read, first.docs_written, first.doc_write_failures, first.ok) == (20, 20, 0, True)
    assert replicate(here, there, world=still.world()).docs_read == 0
    assert leaves(here) == leaves(there)


def test_named_documents_a_selector_or_a_function_choose(here: Database, there: Database) -> None:
    world = StillWorld().world()
    assert replicate(here, there, doc_ids=["d01", "d07"], world=world).docs_written == 2
    assert replicate(here, there, selector={"number": {"$gte": 18}}, world=world).docs_written == 2
    even = replicate(
        here, there, document_filter=lambda one: one["number"] % 10 == 0, filter_name="tens", world=world
    )
    assert even.docs_written == 2
    assert ids(there) == ["d00", "d01", "d07", "d10", "d18", "d19"]


def test_selections_have_checkpoints_of_their_own(here: Database, there: Database) -> None:
    world = StillWorld().world()
    replicate(here, there, document_filter=lambda _: False, filter_name="nothing", world=world)
    assert replicate(here, there, world=world).docs_written == 20


def test_a_filter_without_a_name_and_two_selections_at_once_are_refused(
    here: Database, there: Database
) -> None:
    with pytest.raises(ValueError, match="filter_name"):
        replicate(here, there, document_filter=lambda _: True)
    with pytest.raises(ValueError, match="not by several"):
        replicate(here, there, doc_ids=["a"], selector={})


def test_a_deletion_passes_a_filter_by_what_is_left_of_it(here: Database, there: Database) -> None:
    world = StillWorld().world()

    def is_d(document: dict[str, Any]) -> bool:
        return bool(document["_id"].startswith("d0"))

    replicate(here, there, document_filter=is_d, filter_name="d0", world=world)
    here.delete("d03", here.get("d03")["_rev"])
    assert replicate(here, there, document_filter=is_d, filter_name="d0", world=world).docs_written == 1
    assert "d03" not in ids(there)


@pytest.mark.parametrize("error", [Unreachable("cut"), ServerFailure("500"), TooManyRequests("slow down")])
def test_a_passing_failure_is_tried_again_after_a_pause(
    here: Database, there: Database, error: ReplicaError
) -> None:
    still = StillWorld()
    source = Moody(here, "changes", [error, error])
    assert replicate(source, there, world=still.world()).docs_written == 20
    assert 0 < sum(still.slept) < 30


def test_the_peer_is_given_the_time_it_asks_for(here: Database, there: Database) -> None:
    still = StillWorld()
    source = Moody(here, "revs_diff", [])
    target = Moody(there, "revs_diff", [TooManyRequests("slow down", retry_after=42)])
    replicate(source, target, world=still.world())
    assert sum(still.slept) >= 42


def test_failures_in_a_row_are_bounded(here: Database, there: Database) -> None:
    source = Moody(here, "changes", [Unreachable(f"cut {number}") for number in range(ATTEMPTS + 1)])
    with pytest.raises(Unreachable, match=f"cut {ATTEMPTS - 1}"):
        replicate(source, there, world=StillWorld().world())


def test_what_someone_has_to_change_is_raised_at_once(here: Database, there: Database) -> None:
    still = StillWorld()
    source = Moody(here, "changes", [NotFound("gone")])
    with pytest.raises(NotFound):
        replicate(source, there, world=still.world())
    assert still.slept == []


def test_a_run_in_which_nothing_moves_ends(here: Database, there: Database) -> None:
    still = StillWorld()

    class Slow(Moody):
        def _or_raise(self, name: str) -> None:
            if name == "changes":
                still.now += timedelta(seconds=INACTIVITY_SECONDS)
                raise Unreachable("time-out")

    with pytest.raises(Unreachable, match="nothing moved"):
        replicate(Slow(here, "", []), there, attempts=100, world=still.world())


def test_a_batch_shrinks_when_the_line_fails_and_grows_again(here: Database, there: Database) -> None:
    here.bulk_docs([{"_id": f"e{number:04d}"} for number in range(600)])
    source = Moody(here, "bulk_get", [Unreachable("cut"), Unreachable("cut")])
    replicate(source, there, batch_size=200, world=StillWorld().world())
    assert source.limits[:5] == [200, 100, 50, 100, 200]
    assert leaves(here) == leaves(there)


def test_a_cancelled_run_keeps_what_it_did_and_goes_on_later(here: Database, there: Database) -> None:
    seen: list[Progress] = []
    world = StillWorld().world()
    result = replicate(
        here, there, batch_size=5, progress=seen.append, cancel=lambda: len(seen) >= 2, world=world
    )
    assert (result.state, result.docs_written) == ("cancelled", 10)
    assert replicate(here, there, world=world).docs_written == 10


def test_a_cancelled_run_does_not_sit_out_its_pause(here: Database, there: Database) -> None:
    still = StillWorld()
    source = Moody(here, "changes", [TooManyRequests("slow down", retry_after=600)])
    result = replicate(source, there, cancel=lambda: len(still.slept) >= 2, world=still.world())
    assert result.state == "cancelled"
    assert sum(still.slept) < 5


def test_progress_counts_down_to_nothing_pending(here: Database, there: Database) -> None:
    seen: list[Progress] = []
    replicate(here, there, batch_size=8, progress=seen.append, world=StillWorld().world())
    assert [(one.docs_written, one.pending) for one in seen] == [(8, 12), (16, 4), (20, 0)]


def test_large_attachments_flow_between_stores_without_standing_in_memory(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("batch", "delivery"):
        monkeypatch.setattr(f"replica.replication.{module}.ATTACHMENT_INLINE_BYTES", 10_000)
    here.put_attachment("photo:1", "a.jpg", os.urandom(700_000), "image/jpeg")
    here.put_attachment("photo:2", "b.jpg", b"small", "image/jpeg")
    assert replicate(here, there, world=StillWorld().world()).ok
    assert leaves(here) == leaves(there)


def test_a_large_attachment_whose_bytes_are_gone_holds_back_nothing_else(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("batch", "delivery"):
        monkeypatch.setattr(f"replica.replication.{module}.ATTACHMENT_INLINE_BYTES", 1000)
    here.put_attachment("photo:1", "a.jpg", b"x" * 5000, "image/jpeg")

    class WithoutBytes:
        def __getattr__(self, name: str) -> Any:
            return getattr(here, name)

        def get_attachment(self, *_arguments: Any) -> Any:
            raise NotFound("attachment body was removed")

        def open_attachment_writer(self) -> Any:
            raise AssertionError

    result = replicate(WithoutBytes(), there, world=StillWorld().world())
    assert [(one.id, one.error) for one in result.refused] == [("photo:1", "not_found")]
    assert result.docs_written == 20


def test_a_document_pulled_without_its_bytes_goes_back_as_a_stub(here: Database, there: Database) -> None:
    world = StillWorld().world()
    here.put_attachment("photo:1", "a.jpg", b"bytes", "image/jpeg")
    replicate(here, there, attachments=False, world=world)
    there.put({**there.get("photo:1"), "seen": True})
    assert replicate(there, here, world=world).ok
    assert here.get("photo:1")["seen"]
    assert here.get_attachment("photo:1", "a.jpg").read() == b"bytes"


def test_the_next_batch_is_read_while_one_is_written(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = 4
    asked = [threading.Event() for _ in range(batches)]
    reads = itertools.count()
    writes = itertools.count()
    seen: list[bool] = []
    changes, bulk_docs = here.changes, there.bulk_docs

    def read(**options: Any) -> Any:
        asked[next(reads)].set()
        return changes(**options)

    def write(*arguments: Any, **options: Any) -> Any:
        following = next(writes) + 1
        seen.append(following == batches or asked[following].wait(20))
        return bulk_docs(*arguments, **options)

    monkeypatch.setattr(here, "changes", read)
    monkeypatch.setattr(there, "bulk_docs", write)
    with ThreadPoolExecutor(1) as ahead:
        run = Replication(here, there, Options(batch_documents=5, ahead=ahead), StillWorld().world())
        while run.step():
            pass
        run.close()
    monkeypatch.undo()
    assert seen == [True] * batches
    assert leaves(there) == leaves(here)


@pytest.mark.parametrize("calls", range(4, 14))
def test_what_came_in_a_run_that_was_cut_is_offered_back_to_a_peer_that_lost_it(
    tmp_path: Path, calls: int
) -> None:
    """The peer's backup is older than the document, and no checkpoint may tell that it went back."""
    world = StillWorld().world()
    path, backup = tmp_path / "there.sqlite", tmp_path / "there.backup"
    Database.open(path).close()
    shutil.copy(path, backup)
    with Database.open(tmp_path / "here.sqlite") as here:
        with Database.open(path) as there:
            rev = there.put({"_id": "receipt:1", "total": 100})
            with contextlib.suppress(Unreachable):
                replicate(there, CuttingPeer(here, calls, delivered=False), attempts=1, world=world)
        arrived = ids(here) == ["receipt:1"]
        shutil.copy(backup, path)
        with Database.open(path) as restored:
            for _round in range(2):
                replicate(restored, here, world=world)
                replicate(here, restored, world=world)
            assert ids(restored) == ids(here) == (["receipt:1"] if arrived else [])
            assert not arrived or restored.get("receipt:1")["_rev"] == rev


def test_what_a_checkpoint_covers_is_not_offered_back(here: Database, there: Database) -> None:
    world = StillWorld().world()
    replicate(here, there, world=world)
    asked: list[Any] = []
    back = Moody(here, "", [])
    back.revs_diff = lambda revisions: asked.append(revisions) or here.revs_diff(revisions)
    replicate(there, AsCentre(back), world=world)
    assert not asked

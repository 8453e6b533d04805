"""The first sync: one stream, cut anywhere and gone on with, whole only when it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from replica import Database, Unreachable, replicate
from replica.replication.outcome import Progress
from tests.support.comparison import leaves
from tests.support.cutting import CuttingPeer
from tests.support.streaming import StreamingPeer
from tests.support.world import StillWorld


@pytest.fixture
def source(tmp_path: Path) -> Iterator[StreamingPeer]:
    with Database.open(tmp_path / "centre.sqlite") as database:
        database.bulk_docs([{"_id": f"customer:{number:03d}", "number": number} for number in range(60)])
        for number in range(0, 60, 7):
            document = database.get(f"customer:{number:03d}")
            database.put({**document, "edited": True})
        database.delete("customer:001", database.get("customer:001")["_rev"])
        yield StreamingPeer(database)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "phone.sqlite") as database:
        yield database


def pull(source: Any, phone: Database, **options: Any) -> Any:
    return replicate(source, phone, attempts=1, world=StillWorld().world(), **options)


def first_sync_complete(phone: Database) -> bool:
    records = [one for one in phone.local_docs() if one["_id"].startswith("_local/first-sync-")]
    return bool(records) and all(one["complete"] for one in records)


def test_a_first_sync_asks_for_no_document_singly(source: StreamingPeer, phone: Database) -> None:
    assert pull(source, phone).docs_written == 60
    assert source.bulk_gets == 0
    assert leaves(phone) == leaves(source._peer)
    assert first_sync_complete(phone)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 20, 59])
def test_a_cut_stream_goes_on_where_it_was_committed(
    source: StreamingPeer, phone: Database, rows: int
) -> None:
    source.rows_before_cut = rows
    with pytest.raises(Unreachable):
        pull(source, phone, batch_size=4)
    assert not first_sync_complete(phone)
    held = phone.update_seq
    assert held == rows // 8 * 8
    source.rows_before_cut = None
    result = pull(source, phone, batch_size=4)
    assert result.docs_written == 60 - held
    assert leaves(phone) == leaves(source._peer)
    assert first_sync_complete(phone)


def test_a_stream_that_the_source_ends_early_is_opened_again(source: StreamingPeer, phone: Database) -> None:
    source.rows_at_once = 25
    assert pull(source, phone, batch_size=4).docs_written == 60
    assert len(source.streams) == 3
    assert leaves(phone) == leaves(source._peer)
    assert first_sync_complete(phone)


def test_what_was_written_here_during_the_stream_is_kept_and_goes_up(
    source: StreamingPeer, phone: Database
) -> None:
    written: list[str] = []

    def write_a_receipt() -> None:
        if len(written) < 60:
            written.append(phone.put({"_id": f"receipt:{len(written)}"}))

    source.on_row = write_a_receipt
    pull(source, phone, batch_size=4)
    assert phone.info().doc_count == 59 + len(written)
    result = replicate(phone, source._peer, world=StillWorld().world())
    assert result.docs_written == result.docs_read == len(written)
    assert leaves(phone) == leaves(source._peer)


def test_a_document_that_is_here_already_is_joined_and_not_doubled(
    source: StreamingPeer, phone: Database
) -> None:
    older = source._peer.open_revisions("customer:007", ["1-" + _first_digest(source)], with_history=True)
    phone.bulk_docs([answer["ok"] for answer in older if "ok" in answer], new_edits=False)
    pull(source, phone)
    assert leaves(phone) == leaves(source._peer)


def _first_digest(source: StreamingPeer) -> str:
    revisions = source._peer.get("customer:007", revs=True)["_revisions"]
    return str(revisions["ids"][-1])


def test_a_store_that_has_most_of_it_asks_what_is_missing_instead(
    source: StreamingPeer, phone: Database
) -> None:
    replicate(source._peer, phone, world=StillWorld().world())
    for document in phone.local_docs():
        phone.delete_local(document["_id"].removeprefix("_local/"))
    assert pull(source, phone).docs_written == 0
    assert source.streams == []


def test_a_source_that_went_back_during_a_first_sync_is_read_from_the_beginning(
    source: StreamingPeer, phone: Database, tmp_path: Path
) -> None:
    source.rows_before_cut = 40
    with pytest.raises(Unreachable):
        pull(source, phone, batch_size=4)
    with Database.open(tmp_path / "restored.sqlite", uuid=source.uuid, now=lambda: 0) as restored:
        restored.bulk_docs([{"_id": f"customer:{number:03d}", "number": number} for number in range(3)])
        restored.instance_start_time = source.instance_start_time
        again = StreamingPeer(restored)
        pull(again, phone, batch_size=4)
        assert again.streams in ([0], [])
        assert all(phone.get(f"customer:{number:03d}") for number in range(3))


def test_progress_counts_documents_and_what_is_left(source: StreamingPeer, phone: Database) -> None:
    seen: list[Progress] = []
    pull(source, phone, batch_size=10, progress=seen.append)
    assert [one.docs_written for one in seen] == [20, 40, 60, 60]
    assert [one.pending for one in seen] == [40, 20, 0, 0]


def test_a_cancelled_first_sync_is_not_complete_and_goes_on_later(
    source: StreamingPeer, phone: Database
) -> None:
    seen: list[Progress] = []
    result = pull(source, phone, batch_size=10, progress=seen.append, cancel=lambda: bool(seen))
    assert result.state == "cancelled"
    assert phone.update_seq == 20
    assert not first_sync_complete(phone)
    assert pull(source, phone).docs_written == 40
    assert first_sync_complete(phone)


def test_what_the_manifest_names_arrives_before_the_stream(source: StreamingPeer, phone: Database) -> None:
    source._peer.put({"_id": "manifest:ana", "ids": ["customer:050", "customer:042", "no such", 7]})
    source.rows_before_cut = 0
    with pytest.raises(Unreachable):
        pull(source, phone, manifest="manifest:ana")
    assert {row["id"] for row in phone.all_docs()["rows"]} == {"manifest:ana", "customer:050", "customer:042"}
    source.rows_before_cut = None
    pull(source, phone, manifest="manifest:ana")
    assert leaves(phone) == leaves(source._peer)


def test_after_a_long_absence_what_the_manifest_names_comes_before_the_rest(
    source: StreamingPeer, phone: Database
) -> None:
    pull(source, phone)
    for number in range(60):
        stored = {} if number == 1 else source._peer.get(f"customer:{number:03d}")
        source._peer.put({**stored, "_id": f"customer:{number:03d}", "round": 2})
    source._peer.put({"_id": "manifest:ana", "ids": ["customer:050"]})
    first = CuttingPeer(source, 8, delivered=False)
    with pytest.raises(Unreachable):
        pull(first, phone, batch_size=5, manifest="manifest:ana")
    assert phone.get("customer:050")["round"] == 2
    assert phone.get("manifest:ana")
    assert "round" not in phone.get("customer:040")
    pull(source, phone, batch_size=5, manifest="manifest:ana")
    assert leaves(phone) == leaves(source._peer)

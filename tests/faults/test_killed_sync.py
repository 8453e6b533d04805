"""The process killed in the middle of a sync, at every request and at every write to the file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.sweep import Case, Stage
from tests.support.couch import embedded_server
from tests.support.faulty import KILLED, KILLS, every

SMALL_BATCH = 7
DEFAULT_BATCH = 500
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "COMMIT")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("kills")
    with pytest.MonkeyPatch.context() as patch, embedded_server(folder / "server") as server:
        patch.setattr("replica.replication.batch.ATTACHMENT_INLINE_BYTES", 4000)
        patch.setattr("replica.replication.delivery.ATTACHMENT_INLINE_BYTES", 4000)
        yield Stage(folder, server)


class WriteCounter:
    """Counts the writing statements of every connection opened from now on; ends the process at number
    `fatal`.
    """

    def __init__(self, fatal: int | None = None) -> None:
        self.count = 0
        self._fatal = fatal
        self._connect = sqlite3.connect

    def __call__(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = self._connect(*arguments, **options)
        connection.set_trace_callback(self._trace)
        return connection

    def _trace(self, statement: str) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            self.count += 1
            if self.count == self._fatal:
                os._exit(KILLED)


def writes_of_one_sync(stage: Stage, batch: int, monkeypatch: pytest.MonkeyPatch) -> int:
    counter = WriteCounter()
    case = stage(batch)
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", counter)
        case.sync({})
    case.assert_whole()
    return counter.count


def die_at_write(case: Case, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", WriteCounter(fatal=number))
        assert case.sync_in_a_child({}), f"write {number} was never reached"
    case.assert_whole()


def die_at_request(stage: Stage, batch: int, cut: Any) -> None:
    case = stage(batch)
    assert case.sync_in_a_child(dict([cut])), f"request {cut[0]} was never reached"
    case.assert_whole()


def test_a_sample_of_kills_loses_and_doubles_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = writes_of_one_sync(stage, SMALL_BATCH, monkeypatch)
    assert writes > 100
    for number in range(1, writes, writes // 4):
        die_at_write(stage(SMALL_BATCH), number, monkeypatch)
    requests = len(stage(SMALL_BATCH).sync({}))
    for cut in list(every(requests, KILLS))[:: requests // 2]:
        die_at_request(stage, SMALL_BATCH, cut)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("batch", [SMALL_BATCH, DEFAULT_BATCH])
def test_no_kill_anywhere_loses_or_doubles_anything(
    stage: Stage, batch: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    writes = writes_of_one_sync(stage, batch, monkeypatch)
    for number in range(1, writes + 1):
        die_at_write(stage(batch), number, monkeypatch)
    cuts = list(every(len(stage(batch).sync({})), KILLS))
    for cut in cuts:
        die_at_request(stage, batch, cut)
    with capsys.disabled():
        print(
            f"\nbatch {batch}: killed at {writes} writes and {len(cuts)} times at a request, whole after each"
        )

"""The heartbeat: whoever reads it sees all of it, and a silent process is a dead one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schedulers.heartbeat import SILENT_SECONDS, Heartbeat, is_alive

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)


def test_a_beat_says_how_each_job_went_last(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "deep" / "scheduler.json")
    heartbeat.note("erp_in:andina", now=NOW, outcome={"written": 3}, error=None)
    heartbeat.note("erp_in:norte", now=NOW, outcome=None, error="the line went dead")
    heartbeat.beat(now=NOW)
    alive, said = is_alive(tmp_path / "deep" / "scheduler.json", now=NOW)
    assert alive
    assert json.loads(said) == {
        "at": "2026-11-21T20:00:00Z",
        "jobs": {
            "erp_in:andina": {"at": "2026-11-21T20:00:00Z", "outcome": {"written": 3}, "error": None},
            "erp_in:norte": {"at": "2026-11-21T20:00:00Z", "outcome": None, "error": "the line went dead"},
        },
    }


def test_silence_is_death(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    Heartbeat(path).beat(now=NOW)
    assert is_alive(path, now=NOW + timedelta(seconds=SILENT_SECONDS))[0]
    assert is_alive(path, now=NOW + timedelta(seconds=SILENT_SECONDS + 1)) == (False, "silent for 36 s")


def test_a_process_that_stopped_or_never_ran_is_not_alive(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    assert is_alive(path, now=NOW) == (False, "no scheduler is running")
    heartbeat = Heartbeat(path)
    heartbeat.beat(now=NOW)
    heartbeat.stop()
    assert is_alive(path, now=NOW) == (False, "no scheduler is running")


def test_a_file_that_is_none_is_not_alive(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    path.write_text("{")
    assert not is_alive(path, now=NOW)[0]

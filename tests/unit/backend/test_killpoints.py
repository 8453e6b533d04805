"""The list of kill points is what a sweep over them relies on, so it has to be the program's own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.killpoints import KILL_STATUS, POINTS

ROOT = Path(__file__).parents[3]
REACHED = re.compile(r'\breach\(\s*"([^"]+)"')


def names_reached() -> list[str]:
    folders = (ROOT / "backend", ROOT / "schedulers")
    sources = (path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    return [name for source in sources for name in REACHED.findall(source)]


def test_every_point_that_is_reached_is_listed_and_no_other() -> None:
    assert sorted(set(names_reached())) == sorted(POINTS)


def test_no_point_is_listed_twice() -> None:
    assert len(POINTS) == len(set(POINTS))


@pytest.mark.parametrize(
    ("asked", "status", "printed"),
    [
        (None, 0, "1 2 3"),
        ("other", 0, "1 2 3"),
        ("here", KILL_STATUS, ""),
        ("here:2", KILL_STATUS, "1"),
        ("here:4", 0, "1 2 3"),
    ],
)
def test_the_process_ends_at_the_occurrence_asked_for(asked: str | None, status: int, printed: str) -> None:
    program = "import backend.killpoints as k\nfor i in '123': k.reach('here'); print(i, flush=True)"
    environment = {"PYTHONPATH": str(ROOT)} | ({"RECAUDO_KILL_AT": asked} if asked else {})
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, " ".join(ended.stdout.split())) == (status, printed)

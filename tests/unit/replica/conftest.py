from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from replica import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ana.sqlite"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with Database.open(path) as database:
        yield database

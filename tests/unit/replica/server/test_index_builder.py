"""Indexes that are kept up to date while nobody asks for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.server.authentication import User
from replica.server.authorization import OPEN
from replica.server.catalogue import Options
from replica.server.javascript.sandbox import Limits, ScriptPool
from replica.server.registry import Registry
from replica.server.views.builder import IndexBuilder

ADMIN = User(name="admin", roles=("_admin",))
DESIGN = {"_id": "_design/d", "views": {"v": {"map": "function (doc) { emit(doc._id); }"}}}
PATIENCE_SECONDS = 20.0


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    limits = Limits(seconds=1, memory_bytes=16 << 20, stack_bytes=512 << 10)
    scripts = ScriptPool(limits, threads=1, name="test scripts")
    registry = Registry(tmp_path, scripts, most_open=10)
    yield registry
    registry.close(deadline=float("inf"))
    scripts.close()


@pytest.fixture
def builder(registry: Registry) -> Iterator[IndexBuilder]:
    limits = Limits(seconds=1, memory_bytes=16 << 20, stack_bytes=512 << 10)
    scripts, closing = ScriptPool(limits, threads=1, name="test indexes"), threading.Event()
    builder = IndexBuilder(registry, scripts, closing)
    builder.start()
    yield builder
    closing.set()
    builder.close()
    scripts.close()


def test_an_index_that_can_not_be_opened_leaves_the_others_at_work(
    registry: Registry, builder: IndexBuilder
) -> None:
    for name in ("broken", "sound"):
        registry.create(name, Options(), OPEN)
        with registry.lease(name) as served:
            served.put(dict(DESIGN), ADMIN)
    with registry.lease("broken") as served:
        signature = served.designs()["_design/d"].signature
        (registry.index_folder("broken") / f"{signature}.sqlite").mkdir(parents=True)
        served.put({"_id": "a"}, ADMIN)
    with registry.lease("sound") as served:
        index = builder.index(served, served.designs()["_design/d"])
        time.sleep(1.5)
        served.put({"_id": "a"}, ADMIN)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while index.state().seq < served.store.update_seq:
            assert time.monotonic() < deadline
            time.sleep(0.1)

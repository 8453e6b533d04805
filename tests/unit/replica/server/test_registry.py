"""Databases that come and go while somebody uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from replica.errors import BadRequest, Forbidden, Unauthorized
from replica.server.authentication import User
from replica.server.authorization import ADMIN_ONLY, OPEN, is_member
from replica.server.catalogue import Options
from replica.server.javascript.sandbox import Limits, ScriptPool
from replica.server.registry import Registry
from replica.server.replicating.endpoints import ServedPeer, checked_endpoint

ADMIN = User(name="admin", roles=("_admin",))
ANA = User(name="ana", roles=())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    limits = Limits(seconds=1, memory_bytes=16 << 20, stack_bytes=512 << 10)
    scripts = ScriptPool(limits, threads=1, name="test scripts")
    registry = Registry(tmp_path, scripts, most_open=10)
    yield registry
    registry.close(deadline=float("inf"))
    scripts.close()


def test_database_that_went_away_lets_nobody_in(registry: Registry) -> None:
    registry.create("db", Options(), OPEN)
    with registry.lease("db") as held:
        assert is_member(ANA, held.security)
        registry.delete("db")
        assert not is_member(ANA, held.security)


@pytest.mark.parametrize(("name", "security"), [("db", ADMIN_ONLY), ("_users", OPEN)])
def test_refused_replication_holds_nothing_open(
    registry: Registry, name: str, security: dict[str, object]
) -> None:
    registry.create(name, Options(), security)
    with pytest.raises((Forbidden, Unauthorized)):
        ServedPeer(registry, name, ANA)
    lease = registry.acquire(name)
    assert lease.holders == 1
    registry.release(lease)


@pytest.mark.parametrize(
    "end",
    ["", 3, {}, {"url": 3}, {"url": "http://x", "auth": "y"}, {"url": "http://x", "headers": ["y"]}],
    ids=str,
)
def test_end_that_names_no_database_is_refused(end: object) -> None:
    with pytest.raises(BadRequest):
        checked_endpoint(end, "source")


def test_design_document_written_while_others_are_read_counts(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before it must not be remembered after it."""
    registry.create("db", Options(), OPEN)
    guard = {"_id": "_design/guard", "validate_doc_update": "function () { throw({forbidden: 'no'}); }"}
    with registry.lease("db") as held:
        listed = held.store.all_docs
        written = threading.Event()

        def overtaken(**asked: object) -> object:
            rows = listed(**asked)  # type: ignore[arg-type]
            if not written.is_set():
                written.set()
                held.store.put(guard)
                held.changed(designs=True)
            return rows

        monkeypatch.setattr(held.store, "all_docs", overtaken)
        held.designs()
        with pytest.raises(Forbidden):
            held.put({"_id": "a"}, ANA)

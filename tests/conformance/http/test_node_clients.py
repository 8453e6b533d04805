"""What others use to speak to CouchDB, unchanged: PouchDB 9 and nano 11."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.http.conftest import Peer
from tests.support.node_peers import PEERS, lacking

pytestmark = pytest.mark.peers
HERE = Path(__file__).parent


def run(script: str, package: str, *arguments: str) -> dict[str, Any]:
    """What the script saw."""
    if reason := lacking(package, "client"):
        pytest.skip(reason)
    done = subprocess.run(
        ["node", str(HERE / script), *arguments],
        cwd=PEERS / "client",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return seen


def test_pouchdb_syncs_follows_and_queries(peer: Peer, db: str) -> None:
    seen = run("pouchdb.cjs", "pouchdb", peer.with_credentials(db))
    assert seen["info"] == db[1:]
    assert seen["pushed"] == 27
    assert seen["pulled"] == 27
    assert seen["sameConflict"] is True
    assert seen["photo"] == "000102ff"
    assert seen["quiet"] == 0
    assert seen["live"] is True
    assert seen["byIds"] == ["office-1", "office-2"]
    assert seen["bySelector"] == ["office-23", "office-24", "phone-23", "phone-24"]
    assert seen["found"] == [23, 23, 24, 24]
    assert seen["grouped"] == [2 * sum(range(group, 25, 5)) for group in range(5)]
    assert seen["keyed"] == ["office-1", "office-11"]
    assert seen["missing"] == [404, "not_found", "missing"]
    assert seen["conflict"] == [409, "conflict"]
    assert seen["listed"] == ["office-1", "not_found", "deleted"]


def test_nano_works_unchanged(peer: Peer, db: str) -> None:
    seen = run("nano.cjs", "nano", peer.with_credentials(), db[1:])
    assert seen == {
        "version": "Welcome",
        "listed": True,
        "read": 1,
        "head": True,
        "fetched": [1, 2],
        "attachment": "hello",
        "multipart": "1st",
        "view": ["d3", "m"],
        "found": ["d8", "d9"],
        "partition": 2,
        "late": "late",
        "missing": [404, "not_found", "deleted"],
    }

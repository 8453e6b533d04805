"""The embedded server as a process: how it refuses to start, how it stops, and what a kill may cost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.support.couch import ROOT, CouchProcess, start_couch

WRITERS = 4


def refused(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COUCHDB_")}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "replica.server",
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--data",
            str(tmp_path / "d"),
        ],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("environment", [{}, {"COUCHDB_USER": "admin"}, {"COUCHDB_PASSWORD": "x"}])
def test_without_an_administrator_it_refuses_to_start(tmp_path: Path, environment: dict[str, str]) -> None:
    ended = refused(tmp_path, **environment)
    assert ended.returncode == 2
    assert "COUCHDB_USER and COUCHDB_PASSWORD" in ended.stderr
    assert not (tmp_path / "d" / "databases").exists()


def test_administrator_may_come_from_the_ini_file(tmp_path: Path) -> None:
    config = tmp_path / "couch.ini"
    config.write_text("[admins]\nroot = long password\n\n[couchdb]\nmax_document_size = 100\n")
    with start_couch(tmp_path / "data", user="", password="", config=config) as couch:
        auth = ("root", "long password")
        assert httpx.put(f"{couch.url}/db", auth=auth).status_code == 201
        assert httpx.put(f"{couch.url}/db/a", auth=auth, json={"x": "y" * 200}).status_code == 413
        assert "long password" not in (tmp_path / "data" / "local.ini").read_text()


def test_it_stops_within_two_seconds_whatever_is_open(tmp_path: Path) -> None:
    couch = start_couch(tmp_path / "data")
    with httpx.Client(base_url=couch.url, auth=couch.auth, timeout=30) as client:
        client.put("/db")
        told: list[str] = []

        def follow(feed: str) -> None:
            with httpx.stream(
                "GET",
                f"{couch.url}/db/_changes",
                params={"feed": feed, "since": "now", "heartbeat": 10_000},
                auth=couch.auth,
                timeout=30,
            ) as answer:
                told.append("".join(answer.iter_text()))

        feeds = [threading.Thread(target=follow, args=(feed,)) for feed in ("longpoll", "continuous") * 5]
        for feed in feeds:
            feed.start()
        time.sleep(1)
        began = time.monotonic()
        assert couch.stop() == 0
        assert time.monotonic() - began < 2
        for feed in feeds:
            feed.join()
    assert len(told) == 10
    assert all("last_seq" in text for text in told)


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    with start_couch(tmp_path / "data") as couch, httpx.Client(base_url=couch.url, auth=couch.auth) as client:
        client.put("/db")
        client.put("/db/_security", json={"members": {"names": ["ana"]}, "admins": {}})
        client.put("/db/a", json={"n": 1})
        client.put("/_node/_local/_config/jwt_keys/hmac:one", json="c2VjcmV0")
        uuid = client.get("/").json()["uuid"]
        seq = client.get("/db/_changes").json()["last_seq"]
    with start_couch(tmp_path / "data") as couch, httpx.Client(base_url=couch.url, auth=couch.auth) as client:
        assert client.get("/db/a").json()["n"] == 1
        assert client.get("/db/_security").json()["members"] == {"names": ["ana"]}
        assert client.get("/_node/_local/_config/jwt_keys/hmac:one").json() == "c2VjcmV0"
        assert client.get("/").json()["uuid"] == uuid
        assert client.get("/db/_changes", params={"since": seq}).json()["results"] == []


def write_until_killed(couch: CouchProcess, writer: int, acknowledged: list[tuple[str, str]]) -> None:
    """Push receipts one after another, keeping what the server said yes to."""
    with httpx.Client(base_url=couch.url, auth=couch.auth, timeout=10) as client:
        for number in range(10_000):
            doc_id = f"receipt:{couch.pid}-{writer}:{number:08}"
            try:
                answer = client.put(f"/phone{writer}/{doc_id}", json={"total": number, "text": "x" * 500})
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                acknowledged.append((f"/phone{writer}/{doc_id}", answer.json()["rev"]))


def killed_under_load(data: Path, seconds: float) -> list[tuple[str, str]]:
    couch = start_couch(data)
    acknowledged: list[tuple[str, str]] = []
    with httpx.Client(base_url=couch.url, auth=couch.auth) as client:
        for writer in range(WRITERS):
            client.put(f"/phone{writer}")
    writers = [
        threading.Thread(target=write_until_killed, args=(couch, writer, acknowledged))
        for writer in range(WRITERS)
    ]
    for thread in writers:
        thread.start()
    time.sleep(seconds)
    couch.kill()
    for thread in writers:
        thread.join()
    return acknowledged


def assert_nothing_is_missing(data: Path, acknowledged: list[tuple[str, str]]) -> None:
    assert acknowledged
    with start_couch(data) as couch, httpx.Client(base_url=couch.url, auth=couch.auth, timeout=30) as client:
        for path, rev in acknowledged:
            assert client.get(path).json()["_rev"] == rev
        for writer in range(WRITERS):
            info = client.get(f"/phone{writer}").json()
            rows = client.get(f"/phone{writer}/_all_docs").json()["rows"]
            assert info["doc_count"] == len(rows)


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged = killed_under_load(tmp_path / "data", 1.5)
    assert_nothing_is_missing(tmp_path / "data", acknowledged)


@pytest.mark.slow
def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged: list[tuple[str, str]] = []
    for number in range(10):
        acknowledged += killed_under_load(tmp_path / "data", 0.5 + number * 0.3)
    assert_nothing_is_missing(tmp_path / "data", acknowledged)

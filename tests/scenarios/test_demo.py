"""`make run`: one command, everything healthy, nothing left behind, the data kept."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.demo.erp_data import BLOCKED
from tests.support.stack import ROOT, Stack, eventually, free_port, stack


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack(tmp_path_factory.mktemp("demo")) as house:
        house.start_couchdb()
        house.run("-m", "backend.demo", "prepare")
        yield house


def counts(house: Stack) -> dict[str, int]:
    rows = house.get("andina/_all_docs")["rows"]
    kinds = ("customer", "invoice", "withholding", "credit_note", "assignment", "goal", "route", "collector")
    return {kind: sum(row["id"].startswith(f"{kind}:") for row in rows) for kind in kinds}


def test_the_company_is_whole(prepared: Stack) -> None:
    assert counts(prepared) == {
        "customer": 400,
        "invoice": 2500,
        "withholding": 300,
        "credit_note": 120,
        "assignment": 400,
        "goal": 6,
        "route": 3,
        "collector": 3,
    }


def test_each_collector_has_a_zone_and_a_route_of_twenty(prepared: Stack) -> None:
    documents = [row["doc"] for row in prepared.get("andina/_all_docs?include_docs=true")["rows"]]
    served = {doc["customer"]: doc["collector"] for doc in documents if doc["_id"].startswith("assignment:")}
    routes = [doc for doc in documents if doc["_id"].startswith("route:")]
    assert sorted(route["collector"] for route in routes) == ["ana", "bruno", "carla"]
    for route in routes:
        stops = [stop["customer"] for stop in route["stops"]]
        assert len(set(stops)) == 20
        assert {served[customer] for customer in stops} == {route["collector"]}


def test_each_route_begins_with_a_debt_that_four_taps_collect(prepared: Stack) -> None:
    """Cash is what the app proposes: the first stop owes no more than may be taken so, and is not barred."""
    documents = [row["doc"] for row in prepared.get("andina/_all_docs?include_docs=true")["rows"]]
    cap = next(doc["cash_cap"] for doc in documents if doc["_id"] == "policy:collection")
    for route in (doc for doc in documents if doc["_id"].startswith("route:")):
        first = route["stops"][0]["customer"]
        owed = sum(
            doc["balance"] for doc in documents
            if doc["_id"].startswith("invoice:") and doc["customer"] == first
            and doc["due_on"] < route["route_on"]
        )  # fmt: skip
        assert 0 < owed <= cap
        assert first not in BLOCKED


def test_preparing_again_keeps_what_people_did(prepared: Stack) -> None:
    moved = prepared.get("andina/assignment:C0003") | {"collector": "bruno"}
    answer = httpx.put(
        f"{prepared.couchdb_url}/andina/assignment:C0003",
        json=moved,
        auth=(prepared.env["COUCHDB_USER"], prepared.env["COUCHDB_PASSWORD"]),
    )
    assert answer.status_code == 201
    before = counts(prepared)
    prepared.run("-m", "backend.demo", "prepare")
    assert counts(prepared) == before
    assert prepared.get("andina/assignment:C0003")["collector"] == "bruno"


def ports() -> dict[str, str]:
    phones = eventually(three_in_a_row, what="three free ports in a row")
    names = ("RECAUDO_COUCHDB_PORT", "RECAUDO_API_PORT", "RECAUDO_SUPERVISOR_PORT", "SMTP_PORT")
    return {name: str(free_port()) for name in names} | {"RECAUDO_PHONES_PORT": str(phones)}


def three_in_a_row() -> int | None:
    first = free_port()
    for port in (first + 1, first + 2):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return None
    return first


def clean_environment(folder: Path, **extra: str) -> dict[str, str]:
    foreign = ("RECAUDO_", "COUCHDB_", "SMTP_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return own | {"RECAUDO_DATA": str(folder)} | extra


def listens(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def test_one_command_starts_everything_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    taken = ports()
    data = tmp_path / "a folder with spaces"
    environment = clean_environment(data, **taken)
    said = tmp_path / "said.txt"
    with said.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "backend.demo", "run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            table = eventually(
                lambda: "Ctrl-C" in said.read_text() or demo.poll() is not None,
                seconds=240,
                what="the table of addresses",
            )
            assert table
            assert demo.poll() is None, said.read_text()
            api = f"http://127.0.0.1:{taken['RECAUDO_API_PORT']}"
            assert httpx.get(f"{api}/api/v1/health").json()["status"] == "ok"
            for words in ("sofia@andina.example", "Teléfono de Ana", str(data / "mail")):
                assert words in said.read_text()
            secrets = data / "demo.env"
            assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
            password = secrets.read_text().split('RECAUDO_DEMO_PASSWORD="')[1].split('"')[0]
            signed_in = httpx.post(
                f"{api}/api/v1/auth/login",
                json={"email": "ana@andina.example", "password": password},
                timeout=30,
            )
            assert signed_in.json()["companies"][0]["collector"] == "ana"
            demo.send_signal(signal.SIGINT)
            assert demo.wait(40) == 0
        finally:
            if demo.poll() is None:
                demo.terminate()
                demo.wait(40)
    assert [name for name, port in taken.items() if listens(port)] == []
    assert "Todo detenido" in said.read_text()


def test_a_taken_port_is_named_with_its_variable(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = str(somebody.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "backend.demo", "run"],
            cwd=ROOT,
            env=clean_environment(tmp_path, **ports() | {"RECAUDO_API_PORT": port}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"El puerto {port} está ocupado" in done.stderr
    assert "RECAUDO_API_PORT" in done.stderr


def test_an_external_database_needs_its_account(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backend.demo", "run"],
        cwd=ROOT,
        env=clean_environment(tmp_path, COUCHDB_URL="http://127.0.0.1:1"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "COUCHDB_USER y COUCHDB_PASSWORD" in done.stderr

"""The application when its database is away: it says so, soon, and goes on."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.bootstrap import Services, build_services
from backend.config import Settings
from backend.logs import JsonLines

NOWHERE = {
    "COUCHDB_URL": "http://127.0.0.1:1",
    "COUCHDB_USER": "admin",
    "COUCHDB_PASSWORD": "hunter2",
    "RECAUDO_JWT_SECRET": base64.b64encode(b"s" * 32).decode(),
}


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    services = build_services(Settings.from_environment(NOWHERE))
    yield services
    services.couch.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def test_a_database_that_is_away_is_told_with_when_to_come_back(
    services: Services, client: FlaskClient
) -> None:
    token, _ = services.tokens.issue("sofia@andina.example", ["andina:supervisor"], services.now())
    answer = client.get("/api/v1/companies/andina/summary", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "127.0.0.1" not in answer.text


def test_the_process_is_healthy_without_its_database(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").get_json() == {"status": "ok", "service": "recaudo"}


def test_a_failure_of_our_own_tells_nothing_but_that(client: FlaskClient) -> None:
    @client.application.get("/api/v1/broken")
    def broken() -> str:
        raise RuntimeError("hunter2")

    answer = client.get("/api/v1/broken")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "server_failure")
    assert "hunter2" not in answer.text


def test_answers_are_not_kept_by_caches(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").headers["Cache-Control"] == "no-store"


def test_a_line_of_the_log_is_one_object_with_what_the_call_added() -> None:
    record = logging.makeLogRecord(
        {"name": "recaudo.api", "msg": "request %s", "args": ("x",), "status": 200}
    )
    line = JsonLines().format(record)
    assert "\n" not in line
    assert {"event": "request x", "status": 200, "logger": "recaudo.api"}.items() <= json.loads(line).items()

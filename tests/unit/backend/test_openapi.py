"""The API's description describes the API: the same routes, methods and parameters, nothing more."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.app import PREFIX, create_app
from backend.bootstrap import build_services
from backend.config import Settings
from backend.http.openapi import openapi_document

DOCUMENT = openapi_document()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    secret = base64.b64encode(b"s" * 32).decode()
    services = build_services(
        Settings.from_environment(
            {
                "COUCHDB_USER": "a",
                "COUCHDB_PASSWORD": "b",
                "RECAUDO_JWT_SECRET": secret,
                "COUCHDB_URL": "http://127.0.0.1:1",
            }
        )
    )
    yield create_app(services)
    services.couch.close()


def test_it_describes_every_route_and_no_other(app: Flask) -> None:
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX)), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in OPERATIONS} == served


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda value: str(value)[:40])
def test_every_part_of_a_path_is_a_parameter(path: str, method: str, operation: dict[str, Any]) -> None:
    named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
    assert named == set(re.findall(r"{(\w+)}", path)), method


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda value: str(value)[:40])
def test_what_is_below_a_company_needs_a_token(path: str, method: str, operation: dict[str, Any]) -> None:
    assert bool(operation["security"]) == path.startswith("/companies/"), method


def test_every_reference_leads_somewhere() -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "$ref":
                    yield inner
                else:
                    yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_it_is_served(app: Flask) -> None:
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json()["openapi"] == "3.1.0"

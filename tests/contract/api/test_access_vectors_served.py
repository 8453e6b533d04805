"""The database itself, asked over HTTP with each writer's own token, answers as the shared vectors say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest

from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.couch.design_docs import DatabaseKind, deploy_design_docs
from backend.tokens import Tokens
from receivables.access import SERVER_ROLE
from tests.support.access_vectors import AccessVector, read_access_vectors
from tests.support.office import a_database_server

PROBE = "probe"  # lets every writer of a vector into the databases, and means nothing to their rules
BESIDE_THE_BODY = ("_deleted", "_revisions", "_attachments")
VECTORS = [
    vector
    for vector in read_access_vectors()
    if vector.old is None and not any(f'"{key}"' in vector.text for key in BESIDE_THE_BODY)
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_database_server(tmp_path_factory.mktemp("vectors")) as settings:
        yield settings


@pytest.fixture(scope="module")
def couch(settings: Settings) -> Iterator[Couch]:
    names = sorted({vector.database for vector in VECTORS})
    with connect(settings) as couch:
        if set(names) & set(couch.all_dbs()):
            pytest.skip(f"the server has databases of these names: {names}")
        for name in names:
            couch.create_database(name)
            deploy_design_docs(couch, name, DatabaseKind.COLLECTOR)
            couch.put_security(name, {"members": {"names": [], "roles": [PROBE]}})
        yield couch
        for name in names:
            couch.delete_database(name)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_database_answers_as_the_vector_says(
    vector: AccessVector, settings: Settings, couch: Couch
) -> None:
    doc_id = str(json.loads(vector.text)["_id"])
    path = doc_id if doc_id.startswith("_design/") else quote(doc_id, safe="")
    answer = httpx.put(
        f"{settings.couchdb_url}/{vector.database}/{path}",
        content=vector.text.encode(),
        timeout=30,
        **as_writer(settings, vector.roles),
    )
    if vector.expect is None:
        assert answer.status_code == 201, answer.text
        couch.request("POST", f"/{vector.database}/_purge", body={doc_id: [answer.json()["rev"]]})
    elif "1e400" in vector.text:
        assert answer.status_code in {400, 403}, "a number beyond all bounds may not get as far as the rule"
    elif doc_id.startswith("_"):
        assert answer.status_code in {401, 403}, "the server's own rule speaks first"
    else:
        assert (answer.status_code, answer.json()["reason"]) == (403, vector.expect)


def as_writer(settings: Settings, roles: list[str]) -> dict[str, object]:
    """Basic authentication for the server itself, a token with these roles for everybody else."""
    if SERVER_ROLE in roles:
        return {"auth": (settings.couchdb_user, settings.couchdb_password)}
    tokens = Tokens(settings.require_jwt_secret(), settings.jwt_kid)
    token, _ = tokens.issue("writer@example.com", [*roles, PROBE], datetime.now(UTC))
    return {"headers": {"Authorization": f"Bearer {token}"}}

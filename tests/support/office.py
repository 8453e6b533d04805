"""A company on a real server with the API in front of it, as the office and a phone meet it."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.app import PREFIX, create_app
from backend.bootstrap import Services, build_services
from backend.companies import CompanyProfile, add_collector, collector_databases, create_company
from backend.config import Settings
from backend.couch.preparation import prepare_couchdb
from backend.services.accounts import USERS, grant_role
from receivables.access import Role
from receivables.signatures import enrolment_message
from tests.support.couch import start_couch

PASSWORD = "clave de prueba"

Json = dict[str, Any]


class Clock:
    """Begins at the real instant, because CouchDB compares tokens with its own clock; moves when told."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


class Phone:
    """What enrolment gave a device, and its way to CouchDB."""

    def __init__(self, enrolled: Json, key: PhoneKey) -> None:
        self.enrolled = enrolled
        self.key = key
        self.database = enrolled["database"]
        self.series = enrolled["series"]
        self.device = enrolled["device"]

    def request(
        self, method: str, path: str = "", *, token: str | None = None, **options: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.enrolled['access_token']}"}
        url = f"{self.enrolled['couchdb_url']}/{path or self.database}"
        return httpx.request(method, url, headers=headers, timeout=30, **options)

    def put(self, document: Json) -> httpx.Response:
        return self.request("PUT", f"{self.database}/{document['_id']}", json=document)


class PhoneKey:
    """A phone's Ed25519 key, and what it says with it."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message)).decode()

    def wish(self, company: str, token: str, **fields: str) -> Json:
        """What the phone sends to be enrolled; `token` travels beside it."""
        proof = self.sign(enrolment_message(company, token))
        said = {"name": "Teléfono", "public_key": self.public, "proof": proof, "token": token}
        return said | {"attempt": secrets.token_hex(32)} | fields

    def send(self, office: Office, wish: Json) -> TestResponse:
        body = {name: value for name, value in wish.items() if name != "token"}
        return Bearer(office, wish["token"]).post("/devices", body)


class Office:
    """One company; people are hired with `hire` and `collect`, and speak through `as_`."""

    def __init__(self, services: Services, clock: Clock, company: str) -> None:
        self.services = services
        self.clock = clock
        self.company = company
        self.couch = services.couch
        self.client: FlaskClient = create_app(services).test_client()
        self.accounts: list[str] = []

    def email(self, person: str) -> str:
        return f"{person}@{self.company}.example"

    def hire(self, person: str, role: Role, *, collector: str | None = None) -> None:
        grant_role(
            self.couch,
            company=self.company,
            email=self.email(person),
            role=role,
            full_name=person.title(),
            password=PASSWORD,
            collector=collector,
        )
        self.accounts.append(self.email(person))

    def collect(self, *collectors: str) -> None:
        for code in collectors:
            add_collector(
                self.couch, company=self.company, collector=code, name=code.title(), email=self.email(code)
            )
            self.hire(code, Role.COLLECTOR, collector=code)

    def post(self, path: str, body: Json, **options: Any) -> TestResponse:
        return self.client.post(PREFIX + path, json=body, **options)

    def login(self, person: str, password: str = PASSWORD, **options: Any) -> TestResponse:
        return self.post("/auth/login", {"email": self.email(person), "password": password}, **options)

    def token(self, person: str) -> str:
        answer = self.login(person)
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["access_token"])

    def as_(self, person: str) -> Bearer:
        return Bearer(self, self.token(person))

    def issue_code(self, collector: str) -> str:
        codes = self.services.enrolment_codes
        return codes.issue(self.company, collector=collector, by="tests", now=self.clock()).code

    def enrol(self, collector: str, name: str = "Teléfono", *, seed: bytes = b"") -> Phone:
        """Enrol a phone, another one each time unless it is given the seed of one that was there before."""
        key = PhoneKey(seed or secrets.token_bytes(32))
        wish = key.wish(self.company, self.token(collector), code=self.issue_code(collector), name=name)
        answer = key.send(self, wish)
        assert answer.status_code == 201, answer.text
        return Phone(answer.get_json(), key)

    def put(self, *documents: Json) -> None:
        refused = [result for result in self.couch.bulk(self.company, documents) if "error" in result]
        assert not refused, refused


class Bearer:
    """The API below the company, with one token."""

    def __init__(self, office: Office, token: str) -> None:
        self._office = office
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, *, company: str | None = None, **options: Any) -> TestResponse:
        headers = self._headers | options.pop("headers", {})
        url = f"{PREFIX}/companies/{company or self._office.company}{path}"
        return self._office.client.open(url, method=method, headers=headers, **options)

    def read(self, path: str, **options: Any) -> Any:
        answer = self.send("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def post(self, path: str, body: Json) -> TestResponse:
        return self.send("POST", path, json=body)

    def put(self, path: str, body: Json) -> TestResponse:
        return self.send("PUT", path, json=body)


@contextmanager
def a_database_server(folder: Path) -> Iterator[Settings]:
    """The embedded server, or the CouchDB that the environment names, prepared for our tokens."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    named = {name: os.environ.get(name, "") for name in ("COUCHDB_URL", "COUCHDB_USER", "COUCHDB_PASSWORD")}
    if named["COUCHDB_URL"]:
        yield _prepared(
            named | {"RECAUDO_JWT_SECRET": secret, "RECAUDO_JWT_KID": f"tests-{secrets.token_hex(4)}"}
        )
        return
    with start_couch(folder / "couchdb") as server:
        ours = {"COUCHDB_URL": server.url, "COUCHDB_USER": server.user, "COUCHDB_PASSWORD": server.password}
        yield _prepared(ours | {"RECAUDO_JWT_SECRET": secret})


def _prepared(environment: dict[str, str]) -> Settings:
    settings = Settings.from_environment(environment)
    services = build_services(settings)
    try:
        verdict = prepare_couchdb(services.couch, settings, now=datetime.now(UTC))
    finally:
        services.couch.close()
    assert verdict.accepted, verdict.advice
    return settings


@contextmanager
def an_office(settings: Settings, **profile: Any) -> Iterator[Office]:
    """A company of a name that no other test has; its databases and accounts are gone afterwards."""
    clock = Clock()
    services = build_services(settings, now=clock)
    company = f"t{secrets.token_hex(5)}"
    office = Office(services, clock, company)
    try:
        create_company(services.couch, CompanyProfile(code=company, name="Empresa de prueba", **profile))
        yield office
    finally:
        for database in (*collector_databases(services.couch, company), company):
            services.couch.delete_database(database)
        for email in office.accounts:
            account = services.couch.get(USERS, f"org.couchdb.user:{email}")
            if account:
                services.couch.delete(USERS, account["_id"], account["_rev"])
        services.couch.close()

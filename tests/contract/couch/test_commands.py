"""`python -m backend …` as an operator uses it:

what it says, what it returns, and that it may be repeated.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.companies import collector_databases
from backend.config import Settings
from backend.couch.client import connect
from backend.services.accounts import find_account
from tests.support.couch import CouchProcess, start_couch
from tests.support.office import Phone, PhoneKey
from tests.support.stack import free_port

ROOT = Path(__file__).parents[3]
SECRET = "c2VjcmV0LW9mLXRoZS10ZXN0cy13aXRoLTMyLWJ5dGVzISE="
PASSWORD = "clave de prueba"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CouchProcess]:
    with start_couch(tmp_path_factory.mktemp("commands") / "couchdb") as server:
        yield server


@pytest.fixture(scope="module")
def environment(server: CouchProcess) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("RECAUDO_", "COUCHDB_"))},
        "COUCHDB_URL": server.url,
        "COUCHDB_USER": server.user,
        "COUCHDB_PASSWORD": server.password,
        "RECAUDO_JWT_SECRET": SECRET,
        "RECAUDO_PASSWORD": PASSWORD,
    }


@pytest.fixture
def company() -> str:
    return f"t{secrets.token_hex(4)}"


def run(environment: dict[str, str], *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", *arguments],
        env=environment | extra,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def done(environment: dict[str, str], *arguments: str, **extra: str) -> str:
    ended = run(environment, *arguments, **extra)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_before_it_is_prepared_the_api_refuses_to_start_and_says_what_to_do(
    environment: dict[str, str],
) -> None:
    ended = run(environment, "serve", RECAUDO_JWT_KID="never-prepared")
    assert ended.returncode == 1
    assert "authentication_handlers" in ended.stderr
    assert "hmac:never-prepared" in ended.stderr
    assert "prepare-couchdb" in ended.stderr
    assert SECRET not in ended.stderr + ended.stdout


def test_a_company_is_made_step_by_step_and_each_step_may_be_repeated(
    environment: dict[str, str], company: str
) -> None:
    for _ in range(2):
        assert "accepts tokens" in done(environment, "prepare-couchdb")
        done(environment, "create-company", company, "--name", "Empresa", "--legend", "Gracias")
        done(
            environment,
            "add-collector",
            "ana",
            "--company",
            company,
            "--email",
            f"ana@{company}.example",
            "--name",
            "Ana",
        )
        done(
            environment, "add-user", f"sofia@{company}.example", "--company", company, "--role", "supervisor"
        )
        done(environment, "push-design-docs")
    unequipped = run(environment, "doctor")
    assert unequipped.returncode == 1
    assert "missing (" in unequipped.stdout
    assert "doctor --repair" in unequipped.stdout
    done(environment, "doctor", "--repair")
    assert f"ok  {company}: 1 collectors" in done(environment, "doctor")
    with connect(Settings.from_environment(environment)) as couch:
        assert collector_databases(couch, company) == [f"{company}-c-ana"]
        profile = couch.get(company, f"company:{company}")
        assert profile is not None
        assert profile["legends"] == ["Gracias"]
        assert profile["_rev"].startswith("1-")
        ana = find_account(couch, f"ana@{company}.example")
        assert ana is not None
        assert (ana.roles, ana.collectors) == ((f"{company}:collector",), {company: "ana"})


def test_what_the_office_changed_is_left_alone(environment: dict[str, str], company: str) -> None:
    done(environment, "prepare-couchdb")
    done(environment, "create-company", company, "--name", "Empresa")
    with connect(Settings.from_environment(environment)) as couch:
        policy = couch.get(company, "policy:collection")
        assert policy is not None
        couch.put(company, policy | {"cheque_max_days": 7})
        done(environment, "create-company", company, "--name", "Otra")
        kept = couch.get(company, "policy:collection")
        assert kept is not None
        assert kept["cheque_max_days"] == 7


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create-company", "An-dina", "--name", "x"), "An-dina"),
        (("create-company", "andina", "--name", "x", "--timezone", "Quito"), "Quito"),
        (("create-company", "andina", "--name", "x", "--currency", "dollars"), "dollars"),
        (("add-user", "a@b.example", "--company", "nosuch", "--role", "supervisor"), "nosuch"),
        (("revoke-device", "01K", "--company", "nosuch"), "nosuch"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    environment: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    ended = run(environment, *arguments)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_variable_is_told_by_name(environment: dict[str, str]) -> None:
    without = {key: value for key, value in environment.items() if key != "COUCHDB_PASSWORD"}
    ended = run(without, "doctor")
    assert (ended.returncode, "COUCHDB_PASSWORD" in ended.stderr) == (1, True)


def test_a_new_person_without_a_password_gets_one(environment: dict[str, str], company: str) -> None:
    done(environment, "prepare-couchdb")
    done(environment, "create-company", company, "--name", "Empresa")
    arguments = ("add-user", f"eva@{company}.example", "--company", company, "--role", "backoffice")
    without = {key: value for key, value in environment.items() if key != "RECAUDO_PASSWORD"}
    assert "Password of" in done(without, *arguments)
    assert "Password of" not in done(without, *arguments)


def test_a_person_is_let_go_and_back_by_command_with_a_line_in_the_audit(
    environment: dict[str, str], company: str
) -> None:
    done(environment, "prepare-couchdb")
    done(environment, "create-company", company, "--name", "Empresa")
    email = f"eva@{company}.example"
    one = (email, "--company", company)
    done(environment, "add-user", *one, "--role", "administrator")
    alone = run(environment, "disable-user", *one)
    assert (alone.returncode, "Name somebody else first" in alone.stderr) == (1, True)
    done(environment, "add-user", f"ada@{company}.example", "--company", company, "--role", "administrator")
    done(environment, "disable-user", *one)
    with connect(Settings.from_environment(environment)) as couch:
        account = find_account(couch, email)
        assert account is not None
        assert (account.roles, account.disabled) == ((), (company,))
        again = run(environment, "add-user", *one, "--role", "supervisor")
        assert (again.returncode, "disabled" in again.stderr) == (1, True)
        assert "administrator" in done(environment, "enable-user", *one)
        once = done(environment, "reset-password", *one).split()[-1]
        account = find_account(couch, email)
        assert account is not None
        assert account.one_time_until is not None
        rows = couch.all_docs(company, start_key="audit:", end_key="audit;", include_docs=True)
    told = [(row["doc"]["action"], row["doc"]["outcome"]) for row in rows if row["doc"]["subject"] == email]
    assert sorted(told) == [
        ("password_reset", "accepted"),
        ("person_added", "accepted"), ("person_added", "accepted"), ("person_added", "person_disabled"),
        ("person_disabled", "accepted"), ("person_disabled", "accepted"),
        ("person_disabled", "last_administrator"), ("person_enabled", "accepted"),
    ]  # fmt: skip
    assert once not in str(rows)


def test_the_api_serves_a_phone_until_it_is_told_to_stop(environment: dict[str, str], company: str) -> None:
    done(environment, "prepare-couchdb")
    done(environment, "create-company", company, "--name", "Empresa")
    email = f"ana@{company}.example"
    done(environment, "add-collector", "ana", "--company", company, "--email", email, "--name", "Ana")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "serve"],
        env=environment | {"RECAUDO_API_PORT": str(port)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        api = f"http://127.0.0.1:{port}/api/v1"
        wait_for(f"{api}/health")
        login = httpx.post(f"{api}/auth/login", json={"email": email, "password": PASSWORD}).json()
        code = done(environment, "issue-code", "ana", "--company", company).split()[0]
        key = PhoneKey(b"k" * 32)
        wish = key.wish(company, login["access_token"], code=code)
        enrolled = httpx.post(
            f"{api}/companies/{company}/devices",
            json=wish,
            headers={"Authorization": f"Bearer {login['access_token']}"},
        )
        phone = Phone(enrolled.json(), key)
        assert phone.request("GET").status_code == 200
        done(environment, "revoke-device", phone.device, "--company", company)
        assert phone.request("GET").status_code == 403
        named = (phone.device, "--company", company)
        assert "to be erased: asked" in done(environment, "wipe-device", *named, "--reason", "Robado")
        assert run(environment, "wipe-device", "01K", "--company", company, "--reason", "x").returncode == 1
        assert "not to be erased" in done(environment, "undo-wipe", *named)
        again = run(environment, "undo-wipe", *named)
        assert (again.returncode, "nobody has asked" in again.stderr) == (1, True)
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert '"event": "stopped"' in output
    assert PASSWORD not in output


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")

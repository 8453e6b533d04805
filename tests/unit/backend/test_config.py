"""What the environment may say, and what a wrong value is told."""

from __future__ import annotations

import base64

import pytest

from backend.config import SettingError, Settings

SECRET = base64.b64encode(b"s" * 32).decode()
COMPLETE = {"COUCHDB_USER": "admin", "COUCHDB_PASSWORD": "hunter2", "RECAUDO_JWT_SECRET": SECRET}


def test_defaults_are_those_of_one_machine() -> None:
    settings = Settings.from_environment(COMPLETE)
    assert settings.couchdb_url == "http://127.0.0.1:5984"
    assert settings.public_couchdb_url == settings.couchdb_url
    assert settings.api_url == "http://127.0.0.1:8000"
    assert settings.require_jwt_secret() == b"s" * 32


def test_an_address_loses_its_last_slash() -> None:
    settings = Settings.from_environment(COMPLETE | {"COUCHDB_URL": "https://db.example/"})
    assert settings.couchdb_url == "https://db.example"


@pytest.mark.parametrize("name", ["COUCHDB_USER", "COUCHDB_PASSWORD"])
@pytest.mark.parametrize("value", [None, "", "   "])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    environment = {key: text for key, text in COMPLETE.items() if key != name}
    with pytest.raises(SettingError, match=name):
        Settings.from_environment(environment | ({} if value is None else {name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUCHDB_URL", "db.example:5984"),
        ("COUCHDB_URL", "ftp://db.example"),
        ("COUCHDB_URL", "http://admin:hunter2@db.example"),
        ("RECAUDO_API_PORT", "eighty"),
        ("RECAUDO_API_PORT", "-1"),
        ("RECAUDO_API_PORT", "65536"),
        ("RECAUDO_API_PORT", "٨٠"),
        ("SMTP_STARTTLS", "perhaps"),
        ("RECAUDO_JWT_SECRET", "not base64!"),
        ("RECAUDO_JWT_SECRET", base64.b64encode(b"s" * 31).decode()),
    ],
)
def test_what_makes_no_sense_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        Settings.from_environment(COMPLETE | {name: value})
    assert value not in str(caught.value)


def test_only_who_signs_needs_the_signing_secret() -> None:
    settings = Settings.from_environment(
        {key: value for key, value in COMPLETE.items() if key != "RECAUDO_JWT_SECRET"}
    )
    with pytest.raises(SettingError, match="RECAUDO_JWT_SECRET"):
        settings.require_jwt_secret()


def test_no_secret_is_shown() -> None:
    shown = repr(Settings.from_environment(COMPLETE | {"SMTP_PASSWORD": "hunter3"}))
    assert not [secret for secret in ("hunter2", "hunter3", "ssss") if secret in shown]


@pytest.mark.parametrize(("text", "flag"), [("yes", True), ("TRUE", True), ("0", False), ("off", False)])
def test_a_flag_is_read(text: str, flag: bool) -> None:
    assert Settings.from_environment(COMPLETE | {"SMTP_STARTTLS": text}).smtp_starttls is flag

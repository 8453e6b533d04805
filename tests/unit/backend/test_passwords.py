"""The first look at a password: CouchDB's own hashes, and everything it can't judge left to CouchDB."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from backend.passwords import may_match

SALT = "0123456789abcdef"


def hashed(password: str, prf: str, name: str) -> dict[str, Any]:
    key = hashlib.pbkdf2_hmac(name, password.encode(), SALT.encode(), 10).hex()
    return {
        "password_scheme": "pbkdf2",
        "pbkdf2_prf": prf,
        "salt": SALT,
        "iterations": 10,
        "derived_key": key,
    }


@pytest.mark.parametrize(("prf", "name"), [("sha", "sha1"), ("sha256", "sha256"), ("sha512", "sha512")])
def test_the_right_password_matches_and_no_other(prf: str, name: str) -> None:
    account = hashed("contraseña", prf, name)
    assert may_match(account, "contraseña")
    assert not [
        wrong for wrong in ("contrasena", "Contraseña", "contraseña ", "") if may_match(account, wrong)
    ]


def test_an_account_of_an_older_couchdb_is_sha1() -> None:
    account = hashed("clave", "sha", "sha1")
    del account["pbkdf2_prf"]
    assert may_match(account, "clave")
    assert not may_match(account, "otra")


def test_no_account_matches_nothing() -> None:
    assert not may_match(None, "clave")


@pytest.mark.parametrize(
    "changed",
    [
        {"password_scheme": "simple"},
        {"pbkdf2_prf": "sha3"},
        {"salt": None},
        {"iterations": "10"},
        {"derived_key": 7},
    ],
)
def test_what_only_couchdb_can_judge_is_left_to_it(changed: dict[str, Any]) -> None:
    assert may_match(hashed("clave", "sha256", "sha256") | changed, "otra")

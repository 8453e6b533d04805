"""Access tokens: what they carry and what is refused."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from backend.tokens import ACCESS_LIFETIME, ROLES_CLAIM, TokenRefused, Tokens

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
SECRET = b"s" * 32
TOKENS = Tokens(SECRET, "recaudo-1")


def forged(
    claims: dict[str, Any], *, secret: bytes = SECRET, kid: str = "recaudo-1", alg: str = "HS256"
) -> str:
    return jwt.encode(claims, secret, algorithm=alg, headers={"kid": kid})


def claims(**changed: Any) -> dict[str, Any]:
    later = int((NOW + timedelta(minutes=5)).timestamp())
    return {"sub": "ana@andina.example", "exp": later, ROLES_CLAIM: ["andina:collector"]} | changed


def test_what_was_issued_is_read_back() -> None:
    token, expires_at = TOKENS.issue("ana@andina.example", ["andina:collector", "c:ana"], NOW)
    read = TOKENS.read(token, NOW)
    assert (read.subject, read.roles) == ("ana@andina.example", ("andina:collector", "c:ana"))
    assert read.expires_at == expires_at == NOW + ACCESS_LIFETIME


def test_the_header_names_the_key_and_the_algorithm() -> None:
    token, _ = TOKENS.issue("ana@andina.example", [], NOW)
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert (head["alg"], head["kid"]) == ("HS256", "recaudo-1")


@pytest.mark.parametrize("role", ["_admin", "_replicator", "_"])
def test_a_role_that_couchdb_reserves_is_never_issued(role: str) -> None:
    with pytest.raises(ValueError, match=role):
        TOKENS.issue("ana@andina.example", ["andina:collector", role], NOW)


def test_a_role_that_couchdb_reserves_is_never_read() -> None:
    token = forged(claims(**{ROLES_CLAIM: ["_admin", "andina:collector"]}))
    assert TOKENS.read(token, NOW).roles == ("andina:collector",)


def test_a_token_ends_at_its_second() -> None:
    token, expires_at = TOKENS.issue("ana@andina.example", [], NOW)
    assert TOKENS.read(token, expires_at - timedelta(seconds=1))
    with pytest.raises(TokenRefused) as refused:
        TOKENS.read(token, expires_at)
    assert refused.value.expired


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "not a token",
        forged(claims(), secret=b"t" * 32),
        forged(claims(), kid="recaudo-0"),
        forged(claims(), alg="HS512", secret=b"s" * 64),
        forged({key: value for key, value in claims().items() if key != "exp"}),
        forged({key: value for key, value in claims().items() if key != "sub"}),
        forged({key: value for key, value in claims().items() if key != ROLES_CLAIM}),
        forged(claims(exp="tomorrow")),
        forged(claims(exp=10**30)),
        forged(claims(**{ROLES_CLAIM: "andina:collector"})),
        jwt.encode(claims(), None, algorithm="none", headers={"kid": "recaudo-1"}),
    ],
)
def test_what_is_not_ours_is_refused_and_is_not_called_expired(token: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        TOKENS.read(token, NOW)
    assert not refused.value.expired


def test_a_changed_role_breaks_the_signature() -> None:
    head, body, signature = TOKENS.issue("ana@andina.example", ["andina:collector"], NOW)[0].split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    said[ROLES_CLAIM] = ["andina:administrator"]
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRefused):
        TOKENS.read(f"{head}.{body}.{signature}", NOW)

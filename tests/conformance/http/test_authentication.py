"""Who may come in: basic, cookie, bearer tokens, lockout (CouchDB API reference, "Authentication")."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from tests.conformance.http.conftest import Peer, Person, error, only_ours, until

KID = "conformance-1"
KEY = secrets.token_bytes(32)
CONFIG = "/_node/_local/_config"


@pytest.fixture
def tokens(peer: Peer, admin: httpx.Client) -> Iterator[None]:
    """The peer knows our key. A CouchDB must have its JWT handler switched on; ours always has."""
    if "jwt_authentication_handler" not in admin.get(f"{CONFIG}/chttpd/authentication_handlers").text:
        pytest.skip("this CouchDB has no jwt_authentication_handler in [chttpd] authentication_handlers")
    path = f"{CONFIG}/jwt_keys/hmac:{KID}"
    if admin.put(path, json=base64.b64encode(KEY).decode()).is_error:
        pytest.skip("this CouchDB lets nobody write [jwt_keys]")
    yield
    admin.delete(path)


def token(*, key: bytes = KEY, headers: dict[str, Any] | None = None, **claims: Any) -> dict[str, str]:
    claims = {"sub": "ana@example.com", "exp": int(time.time()) + 60, **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    text = jwt.encode(claims, key, algorithm="HS256", headers={"kid": KID} if headers is None else headers)
    return {"Authorization": f"Bearer {text}"}


def test_nobody_is_nobody(anonymous: httpx.Client) -> None:
    body = anonymous.get("/_session").json()
    assert body["userCtx"] == {"name": None, "roles": []}
    assert "cookie" in body["info"]["authentication_handlers"]


def test_basic_credentials_are_enough(peer: Peer, admin: httpx.Client, person: Person) -> None:
    assert admin.get("/_session").json()["userCtx"]["roles"] == ["_admin"]
    assert person.client.get("/_session").json()["userCtx"] == {"name": person.name, "roles": ["tester"]}


def test_basic_credentials_are_answered_with_a_cookie(peer: Peer, person: Person) -> None:
    """Whoever sends it back is spared the slow hash; another name in the header is believed instead."""
    with httpx.Client(base_url=peer.url, timeout=30) as client:
        answer = client.get("/_session", auth=(person.name, person.password))
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert client.get("/_session").json()["userCtx"]["name"] == person.name
        assert client.get("/_session", auth=peer.auth).json()["userCtx"]["name"] == peer.user


def test_cookie_session_begins_and_ends(anonymous: httpx.Client, person: Person) -> None:
    answer = anonymous.post("/_session", json={"name": person.name, "password": person.password})
    assert answer.json() == {"ok": True, "name": person.name, "roles": ["tester"]}
    assert "HttpOnly" in answer.headers["set-cookie"]
    who = anonymous.get("/_session").json()
    assert (who["userCtx"]["name"], who["info"]["authenticated"]) == (person.name, "cookie")
    assert anonymous.delete("/_session").json() == {"ok": True}
    assert anonymous.get("/_session").json()["userCtx"]["name"] is None


@pytest.mark.parametrize("path", ["/%0aX-Mine:1", "//elsewhere.example", "elsewhere", "/%5celsewhere"])
def test_session_leads_on_inside_this_server_only(peer: Peer, anonymous: httpx.Client, path: str) -> None:
    only_ours(peer, "CouchDB leads wherever it is asked to")
    assert error(anonymous.delete(f"/_session?next={path}"))[:2] == (400, "bad_request")


def test_cookie_session_begins_with_a_form_too(anonymous: httpx.Client, person: Person) -> None:
    answer = anonymous.post("/_session", data={"name": person.name, "password": person.password})
    assert answer.json()["name"] == person.name


def test_bad_password_begins_no_session(anonymous: httpx.Client, person: Person) -> None:
    answer = anonymous.post("/_session", json={"name": person.name, "password": "guess"})
    assert error(answer) == (401, "unauthorized", "Name or password is incorrect.")
    assert "AuthSession=" not in answer.headers.get("set-cookie", "AuthSession=;").replace(
        "AuthSession=;", ""
    )


@pytest.mark.parametrize("kind", ["malformed", "forged"])
def test_bad_cookie_is_nobody(anonymous: httpx.Client, peer: Peer, kind: str) -> None:
    plain = f"{peer.user}:{int(time.time()):X}:".encode() + b"0" * 32
    value = base64.urlsafe_b64encode(plain).decode() if kind == "forged" else "%%%"
    answer = anonymous.get("/_session", headers={"Cookie": f"AuthSession={value}"})
    if answer.status_code == 200:
        assert answer.json()["userCtx"]["name"] is None
    else:
        assert error(answer)[:2] == (400, "bad_request")


def test_new_password_ends_old_sessions(admin: httpx.Client, anonymous: httpx.Client, person: Person) -> None:
    anonymous.post("/_session", json={"name": person.name, "password": person.password})
    path = f"/_users/org.couchdb.user:{person.name}"
    account = admin.get(path).json()
    assert admin.put(path, json={**account, "password": "another"}).status_code == 201
    until(lambda: anonymous.get("/_session").json()["userCtx"]["name"] is None, "the old session ends")


def test_token_carries_name_and_roles(anonymous: httpx.Client, tokens: None) -> None:
    headers = token(**{"_couchdb.roles": ["andina:collector", "c:ana"]})
    body = anonymous.get("/_session", headers=headers).json()
    assert body["userCtx"] == {"name": "ana@example.com", "roles": ["andina:collector", "c:ana"]}
    assert body["info"]["authenticated"] == "jwt"


def test_role_admin_in_a_token_is_the_administrator(anonymous: httpx.Client, tokens: None) -> None:
    headers = token(**{"_couchdb.roles": ["_admin"]})
    assert anonymous.get("/_all_dbs", headers=headers).status_code == 200


def test_expired_token_asks_for_another(anonymous: httpx.Client, tokens: None) -> None:
    answer = anonymous.get("/_session", headers=token(exp=int(time.time()) - 1))
    assert error(answer) == (401, "unauthorized", "exp not in future")


@pytest.mark.parametrize(
    "headers",
    [
        token(exp=None),
        token(key=b"x" * 32),
        token(headers={"kid": "nobody-knows"}),
        {"Authorization": "Bearer not-a-token"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer " + jwt.encode({"sub": "x", "exp": 9e9}, "", algorithm="none")},
    ],
    ids=["no exp", "other key", "unknown kid", "no dots", "no base64", "no signature"],
)
def test_bad_token_is_a_bad_request(anonymous: httpx.Client, tokens: None, headers: dict[str, str]) -> None:
    answer = anonymous.get("/_session", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_token_needs_a_subject(anonymous: httpx.Client, tokens: None) -> None:
    assert anonymous.get("/_session", headers=token(sub=None)).status_code == 401


def test_token_opens_the_databases_of_its_roles(
    admin: httpx.Client, anonymous: httpx.Client, db: str, tokens: None
) -> None:
    admin.put(f"{db}/_security", json={"members": {"roles": ["d:phone-1"]}, "admins": {"roles": ["_admin"]}})
    mine = token(**{"_couchdb.roles": ["d:phone-1"]})
    other = token(**{"_couchdb.roles": ["d:phone-2"]})
    assert anonymous.put(f"{db}/a", json={}, headers=mine).status_code == 201
    assert error(anonymous.get(f"{db}/a", headers=other)) == (
        403,
        "forbidden",
        "You are not allowed to access this db.",
    )
    admin.put(f"{db}/_security", json={"members": {"roles": ["d:phone-3"]}, "admins": {"roles": ["_admin"]}})
    assert anonymous.get(f"{db}/a", headers=mine).status_code == 403


def test_asymmetric_tokens_are_checked_with_the_public_key(
    admin: httpx.Client, anonymous: httpx.Client, tokens: None
) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    keys = {
        "rsa": ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        "ec": ("ES256", ec.generate_private_key(ec.SECP256R1())),
    }
    for kind, (algorithm, key) in keys.items():
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        path = f"{CONFIG}/jwt_keys/{kind}:{KID}"
        admin.put(path, json=pem.replace("\n", "\\n"))
        claims = {"sub": "ana", "exp": int(time.time()) + 60}
        text = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": KID})
        answer = anonymous.get("/_session", headers={"Authorization": f"Bearer {text}"})
        assert answer.json()["userCtx"]["name"] == "ana", algorithm
        admin.delete(path)


def test_public_key_is_never_taken_for_a_shared_secret(
    admin: httpx.Client, anonymous: httpx.Client, tokens: None
) -> None:
    """The classic forgery: sign with HS256 and the text of the public key."""
    path = f"{CONFIG}/jwt_keys/rsa:public"
    admin.put(path, json="-----BEGIN PUBLIC KEY-----")
    headers = token(key=b"-----BEGIN PUBLIC KEY-----      ", headers={"kid": "public"})
    assert anonymous.get("/_session", headers=headers).status_code == 400
    admin.delete(path)


def test_five_wrong_passwords_lock_the_account(
    peer: Peer, admin: httpx.Client, anonymous: httpx.Client, person: Person
) -> None:
    if "enforce" not in admin.get(f"{CONFIG}/chttpd_auth_lockout/mode").text:
        only_ours(peer, "this CouchDB does not say that it locks accounts")
    for _ in range(5):
        assert anonymous.get("/_session", auth=(person.name, "guess")).status_code == 401
    answer = anonymous.get("/_session", auth=(person.name, person.password))
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert "locked" in answer.json()["reason"]
    assert anonymous.get("/_session", auth=peer.auth).status_code == 200
